"""A disruption budget that can never allow a disruption."""

from __future__ import annotations

from pydantic import JsonValue

from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.paths import dig
from cluster_doctor.snapshot.selectors import matches_selector
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Autoscaler, Deployment, DisruptionBudget, StatefulSet, Workload


@rule(Severity.WARNING, subject=DisruptionBudget)
def disruption_budget_blocks_every_eviction(budget: DisruptionBudget, cluster: ClusterSnapshot) -> Matches:
    """The PodDisruptionBudget demands as many Pods as its workloads can have.

    Why it matters:
        No such Pod can ever be evicted, so a drain of its node waits for ever, and with it every upgrade.

    Fires on:
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - name: app
                image: nginx
                ports:
                - {name: http, containerPort: 8080}
        ---
        kind: PodDisruptionBudget
        metadata: {name: web}
        spec: {selector: {matchLabels: {app: web}}, minAvailable: 2}

    Stays quiet on:
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - name: app
                image: nginx
                ports:
                - {name: http, containerPort: 8080}
        ---
        kind: PodDisruptionBudget
        metadata: {name: web}
        spec: {selector: {matchLabels: {app: web}}, minAvailable: 1}

    Remedy:
        Allow one disruption: `maxUnavailable: 1`, or one replica more than `minAvailable`.

    References:
        https://kubernetes.io/docs/tasks/run-application/configure-pdb/
    """
    if not cluster.is_unapplied:
        return
    covered = [
        workload
        for workload in cluster.workloads()
        if workload.namespace == budget.namespace
        and matches_selector(budget.mapping("spec", "selector"), workload.template_labels)
    ]
    if not covered or not all(isinstance(workload, (Deployment, StatefulSet)) for workload in covered):
        return  # how many Pods other kinds make is not written down
    most = sum(_most(workload, cluster) for workload in covered)
    least, gone = dig(budget.raw, "spec", "minAvailable"), dig(budget.raw, "spec", "maxUnavailable")
    field, value = ("maxUnavailable", gone) if gone is not None else ("minAvailable", least)
    blocks = _count(value, most) == 0 if gone is not None else (_count(value, most) or 0) >= most
    if not most or not blocks:
        return
    yield Match(
        message=f"PodDisruptionBudget {budget.name} sets {field} to {value}, and {covered[0].ref} has {most} "
        f"Pod{'s' if most > 1 else ''} at the most, so that none may ever be evicted",
        evidence=(budget.cite(f"spec.{field}"), covered[0].cite("spec.replicas")),
        blame=budget.ref,
        facts=(("field", field), ("value", str(value)), ("replicas", str(most))),
    )


def _most(workload: Workload, cluster: ClusterSnapshot) -> int:
    """Replicas that a workload can have: what its autoscaler allows, where there is one."""
    scalers = [scaler for scaler in cluster.within(Autoscaler, workload.namespace) if scaler.target == workload.ref]
    return max([workload.wanted, *(scaler.integer("spec", "maxReplicas") for scaler in scalers)])


def _count(value: JsonValue, of: int) -> int | None:
    """Read a number of Pods or a percentage, which Kubernetes rounds up; None if it is neither."""
    if isinstance(value, str) and value.endswith("%") and value[:-1].isdigit():
        return -(-of * int(value[:-1]) // 100)
    return value if isinstance(value, int) else None
