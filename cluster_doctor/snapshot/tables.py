"""Objects in tables: whatever is built over the same objects shares them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import TypeVar

from pydantic import JsonValue

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.paths import text
from cluster_doctor.snapshot.views import VIEWS, Custom, Event, Pod, View

V = TypeVar("V", bound=View)

OWN_GROUPS = frozenset(
    {
        "", "apps", "batch", "autoscaling", "policy", "extensions", "storage.k8s.io", "networking.k8s.io",
        "discovery.k8s.io", "events.k8s.io", "scheduling.k8s.io", "coordination.k8s.io",
        "rbac.authorization.k8s.io", "admissionregistration.k8s.io", "apiextensions.k8s.io",
        "apiregistration.k8s.io", "certificates.k8s.io",
    }
)  # fmt: skip
"""API groups of Kubernetes itself that have views."""


def view_of(raw: dict[str, JsonValue]) -> View:
    """Choose the view of an object; custom resources get `Custom`, whatever their kind is called."""
    group = text(raw, "apiVersion").rpartition("/")[0]
    view = VIEWS.get(text(raw, "kind")) if group in OWN_GROUPS else None
    return (view or Custom)(raw)


class ObjectTables:
    """The views of objects by type, namespace, label, owner and, for Events, subject."""

    def __init__(self, objects: Iterable[dict[str, JsonValue]]) -> None:
        """Sort objects, which must have a kind and a name; of two with one name the later wins."""
        self.objects = tuple(objects)
        self.by_type: dict[type[View], dict[tuple[str, str], View]] = defaultdict(dict)
        self.by_namespace: dict[tuple[type[View], str], list[View]] = defaultdict(list)
        self._by_owner: dict[type[View], dict[ObjectRef, list[View]]] = {}
        self._in_order: set[tuple[str, str, str]] = set()
        events = 0
        for raw in self.objects:
            view = view_of(raw)
            name = view.name
            if isinstance(view, Event):
                events += 1
                name = name or f"event-{events}"
            elif isinstance(view, Custom):
                name = f"{view.ref.kind}.{view.ref.group}/{name}"
            self.by_type[type(view)][(view.namespace or "", name)] = view
        for kind, views in self.by_type.items():
            for (namespace, _), view in views.items():
                self.by_namespace[(kind, namespace)].append(view)

    def _all(self, kind: type[V]) -> Iterable[V]:
        return self.by_type.get(kind, {}).values()  # type: ignore[return-value]  # keyed by the view's own type

    @cached_property
    def pods_by_label(self) -> dict[tuple[str, str, str], list[Pod]]:
        """Pods under namespace, key and value of each of their labels."""
        found: dict[tuple[str, str, str], list[Pod]] = defaultdict(list)
        for pod in self._all(Pod):
            for key, value in pod.labels.items():
                found[(pod.namespace or "", key, value)].append(pod)
        return found

    def events_of(self, subject: tuple[str, str, str]) -> list[Event]:
        """Events under kind, namespace and name of what they are about, newest first; put in order when asked for."""
        found = self._events_by_subject.get(subject, [])
        if len(found) > 1 and subject not in self._in_order:
            found.sort(key=lambda event: event.last_seen.timestamp() if event.last_seen else 0.0, reverse=True)
            self._in_order.add(subject)
        return found

    @cached_property
    def _events_by_subject(self) -> dict[tuple[str, str, str], list[Event]]:
        found: dict[tuple[str, str, str], list[Event]] = defaultdict(list)
        for event in self._all(Event):
            found[event.regarding_key].append(event)
        return found

    @cached_property
    def events_by_reason(self) -> dict[str, list[Event]]:
        """Events under their reason."""
        found: dict[str, list[Event]] = defaultdict(list)
        for event in self._all(Event):
            found[event.reason].append(event)
        return found

    def by_owner(self, kind: type[View]) -> dict[ObjectRef, list[View]]:
        """Objects of a kind under what manages them directly; made for each kind when it is first asked for."""
        if kind not in self._by_owner:
            found: dict[ObjectRef, list[View]] = defaultdict(list)
            for view in self._all(kind):
                if view.controller:
                    found[view.controller].append(view)
            self._by_owner[kind] = found
        return self._by_owner[kind]
