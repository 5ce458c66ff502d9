"""A pull secret that nobody made."""

from __future__ import annotations

from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Secret, Workload


@rule(Severity.INFO, subject=Workload, needs=(Secret,))
def pull_secret_does_not_exist(workload: Workload, cluster: ClusterSnapshot) -> Matches:
    """The workload's template names a pull secret that does not exist.

    Why it matters:
        The kubelet goes on without it. A private image is then found on the nodes that have it already, and nowhere
        else: the next node, or the next version, cannot pull.

    Fires on:
        kind: Deployment
        metadata: {name: web}
        spec: {template: {spec: {imagePullSecrets: [{name: registry}], containers: [{name: app}]}}}

    Stays quiet on:
        kind: Deployment
        metadata: {name: web}
        spec: {template: {spec: {imagePullSecrets: [{name: registry}], containers: [{name: app}]}}}
        ---
        {kind: Secret, metadata: {name: registry}}

    Remedy:
        Create the Secret of type kubernetes.io/dockerconfigjson, or take its name out of the template.

    References:
        https://kubernetes.io/docs/concepts/containers/images/#specifying-imagepullsecrets-on-a-pod
    """
    for reference in workload.template.pull_secrets():
        if not reference.name or cluster.exists(Secret, workload.namespace, reference.name) is not False:
            continue
        missing = Secret.ref_to(workload.namespace, reference.name)
        yield Match(
            message=f"{workload.ref} names pull secret {reference.name}, which does not exist",
            evidence=(workload.cite(reference.path), cluster.cite_absence(missing)),
            about=reference.name,
            facts=(("secret", reference.name),),
        )
