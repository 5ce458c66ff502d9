"""What Istio makes of a Pod: whether it has a proxy, and which policies mean it."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.snapshot.selectors import matches_labels
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Custom, Namespace, Pod

GROUP = "security.istio.io"
_ROOT = "istio-system"
_PROXY = "istio-proxy"
_AMBIENT = "istio.io/dataplane-mode"


def in_mesh(pod: Pod, cluster: ClusterSnapshot) -> bool | None:
    """Tell whether a Pod speaks the mesh's TLS; None where its namespace's labels were not read."""
    if pod.spec.container(_PROXY) is not None:
        return True
    if pod.labels.get(_AMBIENT):
        return pod.labels[_AMBIENT] == "ambient"
    namespace = cluster.get(Namespace, None, pod.namespace or "")
    return namespace.labels.get(_AMBIENT) == "ambient" if namespace else None


def policies(kind: str, pod: Pod, cluster: ClusterSnapshot) -> Iterator[Custom]:
    """Policies of a kind that mean a Pod, the most special first: by selector, by namespace, of the whole mesh."""
    found = [policy for policy in cluster.all(Custom) if policy.ref.kind == kind and policy.ref.group == GROUP]
    own = [policy for policy in found if policy.namespace == pod.namespace]
    for policy in own:
        wanted = policy.strings("spec", "selector", "matchLabels")
        if wanted and matches_labels(wanted, pod.labels):
            yield policy
    for place in (own, [policy for policy in found if policy.namespace == _ROOT]):
        for policy in place:
            if not policy.strings("spec", "selector", "matchLabels") and (place is own or pod.namespace != _ROOT):
                yield policy
