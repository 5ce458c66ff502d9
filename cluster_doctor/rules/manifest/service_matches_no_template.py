"""A Service beside the workload that it misses."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.service.meant import workload_meant_by
from cluster_doctor.snapshot.selectors import show_labels
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Service


@rule(Severity.ERROR, subject=Service)
def service_matches_no_template(service: Service, cluster: ClusterSnapshot) -> Matches:
    """The Service selects no Pod template in its namespace, although it seems meant for one that is there.

    Why it matters:
        Once applied, the Service has no endpoints, and every connection to it fails.

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
        ---
        kind: Service
        metadata: {name: web}
        spec:
          selector: {app: website}
          ports:
          - {port: 80, targetPort: http}

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
        ---
        kind: Service
        metadata: {name: web}
        spec:
          selector: {app: web}
          ports:
          - {port: 80, targetPort: http}

    Remedy:
        Make `spec.selector` equal to the labels in the workload's Pod template.

    References:
        https://kubernetes.io/docs/concepts/services-networking/service/#services-in-kubernetes
    """
    if not cluster.is_unapplied or not service.selector or service.type == "ExternalName":
        return
    if cluster.workloads_behind(service):
        return
    meant = workload_meant_by(service, cluster)
    if meant is None:
        return  # its Pods may be delivered from elsewhere
    yield Match(
        message=f"Service {service.name} selects {show_labels(service.selector)}, which no Pod template in namespace "
        f"{service.namespace} bears; {meant.ref} gives its Pods {show_labels(meant.template_labels)}",
        evidence=(
            service.cite("spec.selector"),
            meant.cite(".".join((*meant.template_path, "metadata", "labels"))),
        ),
        effects=(Effect(EffectKind.SERVICE_UNREACHABLE, service.ref),),
        facts=(("selector", show_labels(service.selector)), ("workload", meant.name)),
    )
