"""A volume that lives where the Pod may not run."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.scheduling.attempt import Refusal
from cluster_doctor.rules.scheduling.fit import fit_of, unfit_pods
from cluster_doctor.snapshot.paths import objects, text, words
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Claim, Pod, Volume


@rule(Severity.ERROR, subject=Pod, directness=Directness.STATED, among=unfit_pods)
def volume_is_bound_to_other_nodes(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The Pod's volume can be reached only from nodes that do not take the Pod.

    Why it matters:
        Local and zonal volumes pin a Pod to their place; when that place is full, cordoned or excluded, the Pod waits.

    Fires on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          containers:
          - {name: app}
          volumes:
          - name: data
            persistentVolumeClaim: {claimName: data}
        status:
          phase: Pending
          conditions:
          - {type: PodScheduled, status: 'False', reason: Unschedulable, message: '0/1 nodes are available:
              1 node(s) had volume node affinity conflict.'}

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          nodeName: n1
          containers:
          - {name: app}
        status: {phase: Running}

    Remedy:
        Let the Pod run where the volume is, or move the data to a volume that its nodes can reach.

    References:
        https://kubernetes.io/docs/concepts/storage/persistent-volumes/#node-affinity
    """
    fit = fit_of(pod, cluster)
    if fit is None or Refusal.VOLUME_NODE not in fit.causes:
        return
    claims = pod.spec.claims()
    pinned = list(_pinned(pod, cluster))
    places = ", ".join(f"{volume.name} of claim {claim} to {place}" for claim, volume, place in pinned[:2])
    yield Match(
        message=f"a volume of Pod {pod.name} is bound to nodes that do not take the Pod"
        + (f": {places}" if places else f" (claim {claims[0][0]})" if claims else ""),
        evidence=(
            *(volume.cite("spec.nodeAffinity") for _, volume, _ in pinned[:2]),
            *(pod.cite(path) for _, path in claims[:2]),
            fit.verdict.evidence,
        ),
        effects=(Effect(EffectKind.POD_NOT_SCHEDULED, pod.ref),),
        since=pod.created_at,
    )


def _pinned(pod: Pod, cluster: ClusterSnapshot) -> Iterator[tuple[str, Volume, str]]:
    """Volumes of a Pod that say from where they can be reached: claim, volume, and the places as labels of nodes."""
    for name, _ in pod.spec.claims():
        claim = cluster.get(Claim, pod.namespace, name)
        volume = cluster.get(Volume, None, claim.volume) if claim else None
        if volume is None:
            continue
        told = [
            f"{text(expression, 'key')} {text(expression, 'operator')} {', '.join(words(expression, 'values'))}"
            for _, term in volume.objects("spec", "nodeAffinity", "required", "nodeSelectorTerms")
            for _, expression in objects(term, "matchExpressions")
        ]
        if told:
            yield name, volume, " or ".join(told)
