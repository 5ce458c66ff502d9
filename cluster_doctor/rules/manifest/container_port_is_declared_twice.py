"""A port that a Pod template declares twice."""

from __future__ import annotations

from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Port, Workload


@rule(Severity.WARNING, subject=Workload)
def container_port_is_declared_twice(workload: Workload, cluster: ClusterSnapshot) -> Matches:
    """A Pod template declares one port, or one name of a port, twice.

    Why it matters:
        Two processes cannot listen on one port of a Pod, and a name that stands for two ports leads to the first.

    Fires on:
        kind: Deployment
        metadata: {name: web}
        spec:
          template:
            spec:
              containers:
              - {name: app, ports: [{containerPort: 8080}]}
              - {name: proxy, ports: [{containerPort: 8080}]}

    Stays quiet on:
        kind: Deployment
        metadata: {name: web}
        spec:
          template:
            spec:
              containers:
              - {name: app, ports: [{containerPort: 8080}]}
              - {name: proxy, ports: [{containerPort: 8080, protocol: UDP}]}

    Remedy:
        Give each its own port and name.

    References:
        https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#ports
    """
    if not cluster.is_unapplied:
        return
    first: dict[str, Port] = {}
    for container in workload.template.main_containers:
        for port in container.ports:
            for word in filter(None, (f"{port.number}/{port.protocol}", port.name)):
                known = first.setdefault(word, port)
                if known is port:
                    continue
                yield Match(
                    message=f"{workload.ref} declares port {word} twice",
                    evidence=(workload.cite(known.path), workload.cite(port.path)),
                    about=word,
                )
