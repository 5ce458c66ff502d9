"""A cluster DNS that does not answer."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod, Service


@rule(Severity.CRITICAL, subject=Service, needs=(Pod,))
def cluster_dns_is_down(service: Service, cluster: ClusterSnapshot) -> Matches:
    """The cluster's DNS Service has no ready endpoint.

    Why it matters:
        Every name in the cluster fails to resolve, so that everything that connects anywhere fails.

    Fires on:
        kind: Service
        metadata:
          name: kube-dns
          namespace: kube-system
          labels: {k8s-app: kube-dns}
        spec:
          selector: {k8s-app: kube-dns}
          ports:
          - {port: 53}
        ---
        kind: Endpoints
        metadata: {name: kube-dns, namespace: kube-system}
        subsets:
        - notReadyAddresses:
          - {ip: 10.0.0.2}
          ports:
          - {port: 53}

    Stays quiet on:
        kind: Service
        metadata:
          name: kube-dns
          namespace: kube-system
          labels: {k8s-app: kube-dns}
        spec:
          selector: {k8s-app: kube-dns}
          ports:
          - {port: 53}
        ---
        kind: Endpoints
        metadata: {name: kube-dns, namespace: kube-system}
        subsets:
        - addresses:
          - {ip: 10.0.0.2}
          ports:
          - {port: 53}

    Remedy:
        Restore the CoreDNS Pods: their logs, their ConfigMap, the nodes that they run on.

    References:
        https://kubernetes.io/docs/tasks/administer-cluster/dns-debugging-resolution/
    """
    if service.labels.get("k8s-app") != "kube-dns" and not (
        service.namespace == "kube-system" and service.name == "kube-dns"
    ):
        return
    addresses = cluster.addresses_of(service)
    if addresses is None or any(address.ready for address in addresses):
        return
    yield Match(
        message=f"the cluster DNS (Service {service.name}) has no ready endpoint",
        evidence=(service.cite("spec.selector"),),
        blame=_serving(service, cluster),
        effects=(
            Effect(EffectKind.SERVICE_UNREACHABLE, service.ref),
            *(Effect(EffectKind.NAME_UNRESOLVED, workload.ref) for workload in cluster.workloads()),
        ),
        because=(Effect(EffectKind.SERVICE_UNREACHABLE, service.ref),),
    )


def _serving(service: Service, cluster: ClusterSnapshot) -> ObjectRef | None:
    """The workload whose Pods should answer; a Service that selects nobody has to change itself."""
    behind = cluster.workloads_behind(service)
    return behind[0] if len(behind) == 1 else None
