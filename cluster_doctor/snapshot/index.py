"""Objects by kind, name, namespace, label and owner."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import cached_property
from typing import TypeVar

from pydantic import JsonValue

from cluster_doctor.domain.coverage import Coverage
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.paths import text
from cluster_doctor.snapshot.selectors import matches_selector
from cluster_doctor.snapshot.views import VIEWS, Custom, Event, Pod, View

V = TypeVar("V", bound=View)
T = TypeVar("T")

_OWN_GROUPS = frozenset(
    {
        "", "apps", "batch", "autoscaling", "policy", "extensions", "storage.k8s.io", "networking.k8s.io",
        "discovery.k8s.io", "events.k8s.io", "scheduling.k8s.io", "coordination.k8s.io",
        "rbac.authorization.k8s.io", "admissionregistration.k8s.io", "apiextensions.k8s.io",
        "apiregistration.k8s.io",
    }
)  # fmt: skip


def view_of(raw: dict[str, JsonValue]) -> View:
    """Choose the view of an object; custom resources get `Custom`, whatever their kind is called."""
    group = text(raw, "apiVersion").rpartition("/")[0]
    view = VIEWS.get(text(raw, "kind")) if group in _OWN_GROUPS else None
    return (view or Custom)(raw)


class ObjectIndex:
    """Looks objects up; every answer costs what it returns, not what the snapshot holds."""

    def __init__(self, objects: Iterable[dict[str, JsonValue]], coverage: Coverage) -> None:
        """Index objects, which must have a kind and a name; of two with one name the later wins."""
        self.coverage = coverage
        self._by_type: dict[type[View], dict[tuple[str, str], View]] = defaultdict(dict)
        self._by_namespace: dict[tuple[type[View], str], list[View]] = defaultdict(list)
        self._remembered: dict[Hashable, object] = {}
        events = 0
        for raw in objects:
            view = view_of(raw)
            name = view.name
            if isinstance(view, Event):
                events += 1
                name = name or f"event-{events}"
            elif isinstance(view, Custom):
                name = f"{view.ref.kind}.{view.ref.group}/{name}"
            self._by_type[type(view)][(view.namespace or "", name)] = view
        for kind, views in self._by_type.items():
            for (namespace, _), view in views.items():
                self._by_namespace[(kind, namespace)].append(view)

    def remember(self, key: Hashable, read: Callable[[], T]) -> T:
        """Read something off this snapshot once; it never changes, so neither does what is read."""
        if key not in self._remembered:
            self._remembered[key] = read()
        return self._remembered[key]  # type: ignore[return-value]  # a key always keeps the type of its reader

    def all(self, kind: type[V]) -> list[V]:
        """List all objects of a kind."""
        return list(self._by_type.get(kind, {}).values())  # type: ignore[arg-type]  # keyed by the view's own type

    def within(self, kind: type[V], namespace: str | None) -> list[V]:
        """List the objects of a kind in one namespace; None lists what lives in no namespace."""
        return self._by_namespace.get((kind, namespace or ""), [])  # type: ignore[return-value]  # as above

    def get(self, kind: type[V], namespace: str | None, name: str) -> V | None:
        """Find one object; None if the snapshot does not hold it, which alone proves nothing."""
        return self._by_type.get(kind, {}).get((namespace or "", name))  # type: ignore[return-value]  # as above

    def exists(self, kind: type[View], namespace: str | None, name: str) -> bool | None:
        """Tell whether an object exists; None when nobody looked."""
        if self.get(kind, namespace, name) is not None:
            return True
        return False if self.covers(kind, namespace, name) else None

    def covers(self, kind: type[View] | str, namespace: str | None = None, name: str | None = None) -> bool:
        """Tell whether absence from the snapshot means absence from the cluster."""
        return self.coverage.covers(kind if isinstance(kind, str) else kind.kind, namespace, name)

    def find(self, ref: ObjectRef) -> View | None:
        """Find an object by reference."""
        view = VIEWS.get(ref.kind) if ref.group in _OWN_GROUPS else None
        if view is not None:
            return self.get(view, ref.namespace, ref.name)
        return self._by_type.get(Custom, {}).get((ref.namespace or "", f"{ref.kind}.{ref.group}/{ref.name}"))

    @cached_property
    def _by_label(self) -> dict[tuple[str, str, str], list[Pod]]:
        found: dict[tuple[str, str, str], list[Pod]] = defaultdict(list)
        for pod in self.all(Pod):
            for key, value in pod.labels.items():
                found[(pod.namespace or "", key, value)].append(pod)
        return found

    def select(self, namespace: str | None, selector: Mapping[str, str]) -> list[Pod]:
        """List the Pods of a namespace that satisfy an equality selector; an empty one selects nothing.

        That is a Service's reading of an empty selector: no Pods, because its endpoints are made by hand.
        """
        if not selector:
            return []
        key = ("selected", namespace, tuple(sorted(selector.items())))
        return self.remember(key, lambda: self._select(namespace, selector))

    def _select(self, namespace: str | None, selector: Mapping[str, str]) -> list[Pod]:
        candidates = min(
            (self._by_label.get((namespace or "", key, value), []) for key, value in selector.items()), key=len
        )
        return [pod for pod in candidates if all(pod.labels.get(key) == value for key, value in selector.items())]

    def select_by(self, namespace: str | None, selector: Mapping[str, JsonValue]) -> list[Pod]:
        """List the Pods of a namespace that satisfy a LabelSelector; an empty one selects all."""
        wanted = selector.get("matchLabels")
        if isinstance(wanted, dict) and wanted:
            candidates = self.select(namespace, {key: str(value) for key, value in wanted.items()})
        else:
            candidates = self.within(Pod, namespace)
        return [pod for pod in candidates if matches_selector(selector, pod.labels)]

    @cached_property
    def _events_by_subject(self) -> dict[ObjectRef, list[Event]]:
        found: dict[ObjectRef, list[Event]] = defaultdict(list)
        for event in self.all(Event):
            found[event.regarding].append(event)
        for events in found.values():
            events.sort(key=lambda event: event.last_seen.timestamp() if event.last_seen else 0.0, reverse=True)
        return found

    def events_about(self, ref: ObjectRef, *reasons: str) -> list[Event]:
        """List the Events about an object, newest first, all or those with one of the reasons."""
        found = self._events_by_subject.get(ref, [])
        return [event for event in found if event.reason in reasons] if reasons else list(found)

    @cached_property
    def _owned(self) -> dict[ObjectRef, list[View]]:
        found: dict[ObjectRef, list[View]] = defaultdict(list)
        for views in self._by_type.values():
            for view in views.values():
                if view.controller:
                    found[view.controller].append(view)
        return found

    def owned_by(self, ref: ObjectRef) -> list[View]:
        """List the objects that an object manages directly."""
        return list(self._owned.get(ref, []))
