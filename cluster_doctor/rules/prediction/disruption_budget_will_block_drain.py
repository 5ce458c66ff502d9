"""A disruption budget that the next drain runs into."""

from __future__ import annotations

from cluster_doctor.domain.findings import Directness, Match, Severity, Stage
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.rollout.evictions import blocked_while_well, on_cordoned_nodes, refused_evictions
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import DisruptionBudget, Pod

_MOST_NODES = 3


@rule(
    Severity.WARNING,
    subject=DisruptionBudget,
    needs=(Pod,),
    stage=Stage.PREDICTION,
    directness=Directness.STATED,
)
def disruption_budget_will_block_drain(budget: DisruptionBudget, cluster: ClusterSnapshot) -> Matches:
    """The PodDisruptionBudget allows no eviction while all its Pods are healthy, so the next drain will wait for ever.

    Why it matters:
        A drain evicts every Pod of its node, and an upgrade drains one node after the other. A budget that refuses
        an eviction today is a cause, not a prediction.

    Fires on:
        kind: PodDisruptionBudget
        metadata: {name: web}
        spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
        status: {disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1}
        ---
        kind: Pod
        metadata: {name: web-0, labels: {app: web}}
        spec: {nodeName: n1, containers: [{name: web}]}
        status: {phase: Running}

    Stays quiet on:
        kind: PodDisruptionBudget
        metadata: {name: web}
        spec: {minAvailable: 2, selector: {matchLabels: {app: web}}}
        status: {disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 2, expectedPods: 3}
        ---
        kind: Pod
        metadata: {name: web-0, labels: {app: web}}
        spec: {nodeName: n1, containers: [{name: web}]}
        status: {phase: Running}

    Remedy:
        Allow at least one disruption: `maxUnavailable: 1`, or one replica more than `minAvailable`.

    References:
        https://kubernetes.io/docs/tasks/run-application/configure-pdb/
        https://kubernetes.io/docs/tasks/administer-cluster/safely-drain-node/
    """
    expected = blocked_while_well(budget)
    if not expected or refused_evictions(budget, cluster) or on_cordoned_nodes(budget, cluster):
        return  # it holds somebody up today
    if budget.integer("status", "desiredHealthy") < expected:
        return  # an eviction that has just been granted is being counted
    covered = cluster.select_by(budget.namespace, budget.mapping("spec", "selector"))
    nodes = sorted({pod.node_name for pod in covered if pod.node_name and pod.expected_to_run})
    if not nodes:
        return
    more = f" and {len(nodes) - _MOST_NODES} more" if len(nodes) > _MOST_NODES else ""
    field = "maxUnavailable" if budget.mapping("spec").get("maxUnavailable") is not None else "minAvailable"
    yield Match(
        message=f"PodDisruptionBudget {budget.name} will block the drain of {', '.join(nodes[:_MOST_NODES])}{more}",
        evidence=(budget.cite(f"spec.{field}"), budget.cite("status.disruptionsAllowed")),
        blame=budget.ref,
        arithmetic=f"{budget.integer('status', 'currentHealthy')} of {expected} Pods are healthy and "
        f"{budget.integer('status', 'desiredHealthy')} must stay so ({field}: "
        f"{budget.mapping('spec').get(field)}), which leaves 0 to evict",
    )
