"""Objects by kind, name, namespace, label and owner."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import TypeVar

from pydantic import JsonValue

from cluster_doctor.domain.coverage import Coverage
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.selectors import matches_selector
from cluster_doctor.snapshot.tables import OWN_GROUPS, ObjectTables
from cluster_doctor.snapshot.views import VIEWS, Custom, Event, Pod, View

V = TypeVar("V", bound=View)
T = TypeVar("T")


class ObjectIndex:
    """Looks objects up; every answer costs what it returns, not what the snapshot holds."""

    def __init__(self, objects: ObjectTables | Iterable[dict[str, JsonValue]], coverage: Coverage) -> None:
        """Index objects, which must have a kind and a name; of two with one name the later wins."""
        self.tables = objects if isinstance(objects, ObjectTables) else ObjectTables(objects)
        self.coverage = coverage
        self._remembered: dict[Hashable, object] = {}

    def remember(self, key: Hashable, read: Callable[[], T]) -> T:
        """Read something off this snapshot once; it never changes, so neither does what is read."""
        if key not in self._remembered:
            self._remembered[key] = read()
        return self._remembered[key]  # type: ignore[return-value]  # a key always keeps the type of its reader

    def all(self, kind: type[V]) -> list[V]:
        """List all objects of a kind."""
        return list(self.tables.by_type.get(kind, {}).values())  # type: ignore[arg-type]  # keyed by the view's own type

    def within(self, kind: type[V], namespace: str | None) -> list[V]:
        """List the objects of a kind in one namespace; None lists what lives in no namespace."""
        return self.tables.by_namespace.get((kind, namespace or ""), [])  # type: ignore[return-value]  # as above

    def get(self, kind: type[V], namespace: str | None, name: str) -> V | None:
        """Find one object; None if the snapshot does not hold it, which alone proves nothing."""
        return self.tables.by_type.get(kind, {}).get((namespace or "", name))  # type: ignore[return-value]  # as above

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
        view = VIEWS.get(ref.kind) if ref.group in OWN_GROUPS else None
        if view is not None:
            return self.get(view, ref.namespace, ref.name)
        return self.tables.by_type.get(Custom, {}).get((ref.namespace or "", f"{ref.kind}.{ref.group}/{ref.name}"))

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
            (self.tables.pods_by_label.get((namespace or "", key, value), []) for key, value in selector.items()),
            key=len,
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

    def events_about(self, ref: ObjectRef, *reasons: str) -> list[Event]:
        """List the Events about an object, newest first, all or those with one of the reasons."""
        found = self.tables.events_of((ref.kind, ref.namespace or "", ref.name))
        return [event for event in found if (not reasons or event.reason in reasons) and event.regarding == ref]

    def events_with(self, *reasons: str) -> list[Event]:
        """List the Events with one of some reasons, whatever they are about."""
        return [event for reason in reasons for event in self.tables.events_by_reason.get(reason, ())]

    def owned_by(self, ref: ObjectRef, kind: type[V]) -> list[V]:
        """List the objects of a kind that an object manages directly."""
        return list(self.tables.by_owner(kind).get(ref, []))  # type: ignore[arg-type]  # keyed by the view's own type

    def all_owned_by(self, ref: ObjectRef) -> list[View]:
        """List the objects of all kinds but Events that an object manages directly."""
        kinds = [kind for kind in self.tables.by_type if kind is not Event]
        return [view for kind in kinds for view in self.owned_by(ref, kind)]
