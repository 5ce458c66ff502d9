"""Whom a name in an alert, a log or a metric means."""

from __future__ import annotations

from dataclasses import dataclass

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.kinds import BY_KIND
from cluster_doctor.sources.terminal.partials import Partials

_WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob")


@dataclass(frozen=True)
class Subjects:
    """The names that exist: workloads first, then Services, then nodes."""

    namespace: str
    kinds: dict[str, str]

    @classmethod
    def of(cls, partials: Partials, namespace: str) -> Subjects:
        """Collect the names of what was recorded."""
        kinds = dict.fromkeys(partials.names_of("Node", None), "Node")
        for kind in ("Service", *reversed(_WORKLOADS)):
            kinds.update(dict.fromkeys(partials.names_of(kind, namespace), kind))
        return cls(namespace, kinds)

    def named(self, name: str) -> ObjectRef | None:
        """Find the workload, Service or node of a name."""
        kind = self.kinds.get(name)
        return self._ref(kind, name) if kind else None

    def workload(self, name: str) -> ObjectRef:
        """The workload of a name, taken for a Deployment where nobody recorded it."""
        known = self.kinds.get(name)
        return self._ref(known if known and known != "Node" else "Deployment", name)

    def service(self, name: str) -> ObjectRef:
        """The Service of a name."""
        return self._ref("Service", name)

    def _ref(self, kind: str, name: str) -> ObjectRef:
        namespace = None if kind == "Node" else self.namespace
        return ObjectRef(kind=kind, name=name, namespace=namespace, api_version=BY_KIND[kind].api_version)
