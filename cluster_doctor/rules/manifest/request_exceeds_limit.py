"""A container that requests more than it may use."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.paths import dig, mapping
from cluster_doctor.snapshot.quantity import parse_quantity
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Workload


@rule(Severity.ERROR, subject=Workload)
def request_exceeds_limit(workload: Workload, cluster: ClusterSnapshot) -> Matches:
    """A container requests more of a resource than its limit allows.

    Why it matters:
        The API server refuses it: a request must be less than or equal to the limit.

    Fires on:
        kind: Deployment
        metadata: {name: web}
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - name: app
                image: nginx
                ports:
                - {name: http, containerPort: 8080}
                resources:
                  requests: {memory: 1Gi}
                  limits: {memory: 512Mi}

    Stays quiet on:
        kind: Deployment
        metadata: {name: web}
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - name: app
                image: nginx
                ports:
                - {name: http, containerPort: 8080}
                resources:
                  requests: {memory: 256Mi}
                  limits: {memory: 512Mi}

    Remedy:
        Raise the limit, or lower the request.

    References:
        https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
    """
    if not cluster.is_unapplied:
        return
    for container in workload.template.containers:
        for resource, written in mapping(container.raw, "resources", "requests").items():
            asked, limit = parse_quantity(written), container.limit(resource)
            if asked is None or limit is None or asked <= limit:
                continue
            allowed = dig(container.raw, "resources", "limits", resource)
            yield Match(
                message=f"container {container.name} of {workload.ref} requests {written} of {resource}; "
                f"its limit is {allowed}",
                evidence=(workload.cite(f"{container.path}.resources"),),
                effects=(Effect(EffectKind.PODS_NOT_CREATED, workload.ref),),
                about=f"{container.name}/{resource}",
                facts=(("container", container.name), ("resource", resource)),
            )
