"""A volume that lives where the Pod may not run."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.scheduling.attempt import Refusal
from cluster_doctor.rules.scheduling.fit import fit_of, unfit_pods
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod


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
    yield Match(
        message=f"a volume of Pod {pod.name} is bound to nodes that do not take the Pod"
        + (f" (claim {claims[0][0]})" if claims else ""),
        evidence=(*(pod.cite(path) for _, path in claims[:2]), fit.verdict.evidence),
        effects=(Effect(EffectKind.POD_NOT_SCHEDULED, pod.ref),),
        since=pod.created_at,
    )
