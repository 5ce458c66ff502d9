"""What Pod templates name, and whether the manifests have it."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import ConfigMap, Secret, ServiceAccount, Workload

_MADE_BY_CONTROLLERS = frozenset({"kube-root-ca.crt", "openshift-service-ca.crt", "istio-ca-root-cert", "default"})
"""ConfigMaps and the account that appear in every namespace by themselves."""


def keys_that_templates_miss(held: ConfigMap | Secret, cluster: ClusterSnapshot) -> Iterator[Match]:
    """Yield the keys that Pod templates cannot do without and that what they name lacks."""
    if not cluster.is_unapplied:
        return
    kind = held.kind
    for user in cluster.users_of(held.ref):
        if not isinstance(user, Workload):
            continue
        for reference in user.template.references():
            if (reference.kind, reference.name) != (kind, held.name) or reference.optional:
                continue
            if reference.key is None or reference.key in held.keys:
                continue
            wanted = f"container {reference.container}" if reference.container else "a volume"
            has = f"it has: {', '.join(sorted(held.keys)[:8])}" if held.keys else "it is empty"
            yield Match(
                message=f"{kind} {held.name} lacks key {reference.key}, wanted by {wanted} of {user.ref} ({has})",
                evidence=(user.cite(reference.path), held.cite("data" if kind == ConfigMap.kind else "keys")),
                blame=user.ref,
                effects=(Effect(EffectKind.WORKLOAD_UNAVAILABLE, user.ref),),
                about=f"{held.name}/{reference.key}",
                facts=(("name", held.name), ("key", reference.key), ("container", reference.container)),
            )


def names_that_manifests_lack(
    workload: Workload, kind: type[ConfigMap | ServiceAccount], cluster: ClusterSnapshot
) -> Iterator[Match]:
    """Yield what a Pod template names and what is known to be nowhere, one match for each name."""
    if not cluster.is_unapplied:
        return
    seen = set(_MADE_BY_CONTROLLERS)
    for reference in workload.template.references():
        if reference.kind != kind.kind or reference.optional or reference.name in seen:
            continue
        seen.add(reference.name)
        if cluster.exists(kind, workload.namespace, reference.name) is not False:
            continue
        missing = kind.ref_to(workload.namespace, reference.name)
        yield Match(
            message=f"{kind.kind} {reference.name}, which the Pods of {workload.ref} need, is not among the manifests",
            evidence=(workload.cite(reference.path), cluster.cite_absence(missing)),
            effects=(Effect(EffectKind.WORKLOAD_UNAVAILABLE, workload.ref),),
            about=reference.name,
            facts=(("name", reference.name), ("use", reference.use)),
        )
