"""A workload without Pods, whose ServiceAccount nobody made."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.admission.rejection import has_its_pods, refusals, replica_failure
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Deployment, Pod, ServiceAccount, Workload


@rule(Severity.ERROR, subject=Workload, needs=(ServiceAccount, Pod), directness=Directness.COMPARED)
def pods_lack_their_service_account(workload: Workload, cluster: ClusterSnapshot) -> Matches:
    """Pods of the workload are not made, and the ServiceAccount that they should run as does not exist.

    Why it matters:
        The API server admits no such Pod. The Events that say so last an hour, the fault for as long as it stands.

    Fires on:
        kind: StatefulSet
        metadata: {name: ledger}
        spec:
          replicas: 1
          template:
            spec:
              serviceAccountName: ledger
              containers: [{name: app}]
        status: {replicas: 0}

    Stays quiet on:
        kind: StatefulSet
        metadata: {name: ledger}
        spec:
          replicas: 1
          template:
            spec:
              serviceAccountName: ledger
              containers: [{name: app}]
        status: {replicas: 0}
        ---
        {kind: ServiceAccount, metadata: {name: ledger}}

    Remedy:
        Create the ServiceAccount, or correct `serviceAccountName` in the Pod template.

    References:
        https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/
    """
    named = workload.template.service_account
    if named == "default" or cluster.exists(ServiceAccount, workload.namespace, named) is not False:
        return  # the controller manager makes `default` in every namespace
    account = next((ref for ref in workload.template.references() if ref.kind == ServiceAccount.kind), None)
    if account is None:
        return
    if cluster.workload_ref(workload.ref) != workload.ref or not workload.has_status or not workload.wanted:
        return
    if has_its_pods(workload, cluster):
        return
    told = replica_failure(workload) if isinstance(workload, Deployment) else None
    if told and told.value and "serviceaccount" not in str(told.value):
        return  # they are refused for something else
    if any(cluster.workload_ref(event.regarding) == workload.ref for event in refusals(cluster)):
        return  # the API server's own words tell more
    yield Match(
        message=f"{workload.ref} has not got its Pods, and ServiceAccount {account.name}, which they run as, "
        "does not exist",
        evidence=(workload.cite(account.path), told or workload.cite("status")),
        effects=(Effect(EffectKind.PODS_NOT_CREATED, workload.ref),),
        facts=(("name", account.name),),
    )
