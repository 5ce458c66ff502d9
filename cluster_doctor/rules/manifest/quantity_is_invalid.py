"""A quantity that Kubernetes cannot read."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.paths import mapping
from cluster_doctor.snapshot.quantity import parse_quantity
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Workload


@rule(Severity.ERROR, subject=Workload)
def quantity_is_invalid(workload: Workload, cluster: ClusterSnapshot) -> Matches:
    """A request or limit is no quantity, such as `512MB` or `0,5`.

    Why it matters:
        The API server refuses the object.

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
                  requests: {memory: 512MB}
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
        Write it with a suffix that Kubernetes knows: `m`, `k`, `M`, `G`, `Ki`, `Mi`, `Gi`.

    References:
        https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
    """
    if not cluster.is_unapplied:
        return
    for container in workload.template.containers:
        for field in ("requests", "limits"):
            for resource, written in mapping(container.raw, "resources", field).items():
                read = parse_quantity(written)
                if read is not None and read >= 0:
                    continue
                yield Match(
                    message=f"container {container.name} of {workload.ref} has {written!r} among its {field} "
                    f"as {resource}, which is no quantity",
                    evidence=(workload.cite(f"{container.path}.resources.{field}"),),
                    effects=(Effect(EffectKind.PODS_NOT_CREATED, workload.ref),),
                    about=f"{container.name}/{field}/{resource}",
                    facts=(("container", container.name), ("resource", resource)),
                )
