"""Tools by which a chat model looks at a snapshot: small, read-only, and every fact under an id that it may cite.

What they return is data in JSON. They never raise for what a model asks: what is not there, or was not collected, is
an answer. Bounds hold for each call, so that no question can bring the whole picture.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TypeAlias

from pydantic import JsonValue

from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.rules.engine import check_all
from cluster_doctor.rules.rule_set import OURS, RuleSet
from cluster_doctor.snapshot.changes.changes import changes_of
from cluster_doctor.snapshot.kinds import BY_KIND, KINDS
from cluster_doctor.snapshot.paths import join, resolve
from cluster_doctor.snapshot.records import ContainerLog
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Event, Service, View, Workload

Answer: TypeAlias = dict[str, JsonValue]

MOST_FIELDS = 120
MOST_LISTED = 60
MOST_LINES = 40
MOST_FOUND = 30
LONGEST = 400
"""Characters of a value that are shown; a citation of it is held against the whole."""

_BY_NAME = {
    name.lower(): kind.kind for kind in KINDS for name in (kind.kind, f"{kind.kind}s", kind.plural, *kind.short)
}
_UNTOLD = frozenset({"managedFields", "uid", "generation", "resourceVersion", "selfLink"})


class Looking:
    """Looks at one picture, and knows what it has shown: only that may be cited."""

    def __init__(self, cluster: ClusterSnapshot, rules: RuleSet = OURS) -> None:
        """Look at a picture, on which some rules were run."""
        self.cluster = cluster
        """The picture."""
        self._cluster, self._rules = cluster, rules
        self.shown: dict[str, Evidence] = {}
        """Facts that were in view, by id."""

    def list_objects(self, kind: str, namespace: str = "", name_contains: str = "") -> Answer:
        """List the names of objects of a kind; in all namespaces if none is given."""
        wanted = _kind(kind)
        found = [
            view.ref
            for view in self._views().values()
            if view.ref.kind == wanted and namespace in {"", view.namespace} and name_contains in view.name
        ]
        answer: Answer = {"objects": [ref.path for ref in sorted(found)[:MOST_LISTED]], "count": len(found)}
        if not found or not self._cluster.covers(wanted, namespace or None):
            answer["collected"] = self._collected(wanted, namespace)
        return answer

    def read_object(self, kind: str, name: str, namespace: str = "", path: str = "") -> Answer:
        """Read the fields of one object, each with an id to cite; below a dotted path if one is given."""
        ref, view = self._found(kind, name, namespace)
        if view is None:
            if self._cluster.covers(ref.kind, ref.namespace, ref.name):
                return {"exists": False, "id": self.show(self._cluster.cite_absence(ref))}
            return {"exists": "unknown", "collected": self._collected(ref.kind, namespace)}
        paths = list(islice(_leaves(resolve(view.raw, path) if path else view.raw, path), MOST_FIELDS + 1))
        fields: list[JsonValue] = [self._fact(view.cite(leaf)) for leaf in paths[:MOST_FIELDS]]
        answer: Answer = {"object": str(view.ref), "fields": fields}
        if len(paths) > MOST_FIELDS:
            answer["more"] = "ask below a path"
        return answer

    def read_events(self, kind: str, name: str, namespace: str = "") -> Answer:
        """Read the Events about an object, and about the Pods of a workload, newest first, each with an id to cite."""
        ref, _ = self._found(kind, name, namespace)
        about = [ref, *(pod.ref for pod in self._cluster.pods_of(ref))]
        found = sorted((event for one in about for event in self._cluster.events_about(one)), key=_newest_first)
        told: list[JsonValue] = [self._event(event) for event in found[:MOST_FOUND]]
        answer: Answer = {"events": told, "count": len(found)}
        if not found:
            answer["collected"] = self._collected(Event.kind, namespace)
        return answer

    def read_log(self, kind: str, name: str, namespace: str = "", containing: str = "", last: int = 20) -> Answer:
        """Read the last lines of the logs of a Pod or workload, each with an id to cite; only those with a text."""
        ref, _ = self._found(kind, name, namespace)
        logs = sorted(self._cluster.logs_of(ref), key=_log_order)
        most = max(1, min(last, MOST_LINES))
        lines: list[JsonValue] = []
        for log in logs:
            chosen = [at for at, line in enumerate(log.lines) if containing.lower() in line.lower()][-most:]
            lines += [self._fact(log.cite(at)) for at in chosen]
        answer: Answer = {"lines": lines[-MOST_LINES * 2 :]}
        if not logs:
            answer["collected"] = "no log of it was collected"
        return answer

    def related_objects(self, kind: str, name: str, namespace: str = "") -> Answer:
        """Tell what an object hangs together with: owner, Pods, node, Services, what it uses, who calls it."""
        ref, view = self._found(kind, name, namespace)
        cluster = self._cluster
        top = cluster.workload_ref(ref)
        related: dict[str, Iterable[ObjectRef]] = {
            "managed_by": [top] if top != ref else [],
            "pods": [pod.ref for pod in cluster.pods_of(ref)],
            "nodes": sorted(
                {ObjectRef(kind="Node", name=pod.node_name) for pod in cluster.pods_of(ref) if pod.node_name}
            ),
            "services": [service.ref for service in cluster.services_of(ref)],
            "leads_to": cluster.workloads_behind(view) if isinstance(view, Service) else [],
            "uses": _used(view),
            "used_by": [user.ref for user in cluster.users_of(ref)],
            "calls": sorted(cluster.callees_of(top)),
            "called_by": sorted(cluster.callers_of(top)),
        }
        return {
            how: [str(one) for one in islice(refs, MOST_LISTED)]
            for how, refs in ((how, list(refs)) for how, refs in related.items())
            if refs
        }

    def recent_changes(self, kind: str, name: str, namespace: str = "") -> Answer:
        """Tell what is known to have changed of an object, newest first, with when and by whom."""
        ref, _ = self._found(kind, name, namespace)
        return {
            "changes": [
                {
                    "what": change.statement,
                    "at": change.at.isoformat() if change.at else None,
                    "by": change.by,
                    "facts": [self._fact(fact) for fact in change.evidence],
                }
                for change in changes_of(self._cluster, ref)[:MOST_FOUND]
            ]
        }

    def read_measurements(self, kind: str, name: str, namespace: str = "") -> Answer:
        """Read alerts, connection attempts, node services and the range of metrics of an object, with ids to cite."""
        ref, _ = self._found(kind, name, namespace)
        cluster = self._cluster
        facts = [alert.cite() for alert in cluster.alerts_on(ref)]
        facts += [probe.cite() for probe in cluster.connection_probes if probe.target == ref]
        facts += [
            service.cite() for service in cluster.node_services if ref.kind == "Node" and service.node == ref.name
        ]
        series = [one for one in cluster.metrics if one.subject == ref and one.values]
        facts += [one.cite("last", one.values[-1]) for one in series]
        return {"facts": [self._fact(fact) for fact in facts[:MOST_FOUND]]}

    def find_text(self, text: str, namespace: str = "") -> Answer:
        """Find where a text stands: in fields of objects, Events and logs, each with an id to cite."""
        if len(text.strip()) < 3:
            return {"problem": "three characters at least"}
        return {"found": [self._fact(fact) for fact in islice(self._holding(text, namespace), MOST_FOUND)]}

    def findings(self) -> list[Answer]:
        """What the rules found, each with the ids of its evidence."""
        return [
            {
                "fingerprint": finding.fingerprint,
                "stage": finding.stage.value,
                "subject": str(finding.subject),
                "statement": finding.message,
                "evidence": [self._fact(fact) for fact in finding.evidence],
            }
            for finding in check_all(self._cluster, rules=self._rules).findings
        ]

    def views(self) -> tuple[View, ...]:
        """Everything but Events, in order of kind, namespace and name."""
        return tuple(self._views().values())

    def named(self, kind: str, name: str, namespace: str = "") -> ObjectRef:
        """Name an object as the picture knows it; as it was named where it does not."""
        return self._found(kind, name, namespace)[0]

    def show(self, fact: Evidence) -> str:
        """Put a fact in view; return its id."""
        self.shown[fact.id] = fact
        return fact.id

    def _fact(self, fact: Evidence) -> Answer:
        value = fact.value if not isinstance(fact.value, str) else _short(fact.value)
        return {"id": self.show(fact), "of": str(fact.subject), "path": fact.path, "value": value}

    def _event(self, event: Event) -> Answer:
        seen = event.last_seen
        return {
            **self._fact(event.cite_message()),
            "type": event.type,
            "count": event.count,
            "last_seen": seen.isoformat() if seen else None,
        }

    def _holding(self, text: str, namespace: str) -> Iterator[Evidence]:
        wanted = text.lower()
        for event in sorted(self._cluster.all(Event), key=_newest_first):
            if wanted in event.message.lower() and namespace in {"", event.regarding.namespace}:
                yield event.cite_message()
        for log in sorted(self._cluster.logs, key=_log_order):
            if namespace in {"", log.subject.namespace} and wanted in log.lowered:
                at = next((at for at, line in enumerate(log.lines) if wanted in line.lower()), None)
                if at is not None:
                    yield log.cite(at)
        for view in self._views().values():
            if namespace in {"", view.namespace}:
                for path in _leaves(view.raw, ""):
                    if wanted in str(resolve(view.raw, path)).lower():
                        yield view.cite(path)

    def _views(self) -> Mapping[tuple[str, str, str], View]:
        return self._cluster.remember(("views by lower kind",), self._by_kind)

    def _by_kind(self) -> dict[tuple[str, str, str], View]:
        found = {
            (view.ref.kind, view.namespace or "", view.name): view
            for kind, views in self._cluster.tables.by_type.items()
            if kind is not Event
            for view in views.values()
        }
        return {key: found[key] for key in sorted(found)}

    def _found(self, kind: str, name: str, namespace: str) -> tuple[ObjectRef, View | None]:
        wanted = _kind(kind)
        name = name.rpartition("/")[2]
        view = self._views().get((wanted, namespace, name)) or self._views().get((wanted, "", name))
        if view is None and not namespace:
            alike = [one for (kind_, _, name_), one in self._views().items() if (kind_, name_) == (wanted, name)]
            view = alike[0] if len(alike) == 1 else None
        if view is not None:
            return view.ref, view
        known = BY_KIND.get(wanted)
        api_version = known.api_version if known else "v1"
        return ObjectRef(kind=wanted, name=name, namespace=namespace or None, api_version=api_version), None

    def _collected(self, kind: str, namespace: str) -> str:
        if self._cluster.covers(kind, namespace or None):
            return "all of this kind were collected"
        gaps = self._cluster.coverage.gaps_of(kind, namespace or None)
        return str(gaps[0]) if gaps else "not all of this kind were collected: absence proves nothing"


def _newest_first(event: Event) -> tuple[object, ...]:
    return -(event.last_seen.timestamp() if event.last_seen else 0.0), event.regarding.key, event.reason, event.message


def _log_order(log: ContainerLog) -> tuple[object, ...]:
    return log.subject.key, log.container, log.previous


def _kind(named: str) -> str:
    return _BY_NAME.get(named.lower(), named)


def _used(view: View | None) -> list[ObjectRef]:
    if not isinstance(view, Workload):
        return []
    return [
        ObjectRef(kind=reference.kind, name=reference.name, namespace=view.namespace)
        for reference in view.template.references()
    ]


def _leaves(value: JsonValue, path: str) -> Iterator[str]:
    """Paths of the scalar fields of an object, in order of their names: recordings differ in the order of keys."""
    if isinstance(value, dict):
        for key in sorted(value):
            if key not in _UNTOLD:
                name = join(key)
                yield from _leaves(
                    value[key], f"{path}{name}" if not path or name.startswith("[") else f"{path}.{name}"
                )
    elif isinstance(value, list):
        for at, member in enumerate(value):
            yield from _leaves(member, f"{path}[{at}]")
    elif value is not None and path:
        yield path


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
