"""A workload that would not select its own Pods."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.paths import strings
from cluster_doctor.snapshot.selectors import matches_selector, show_labels
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import CronJob, Job, Workload


@rule(Severity.ERROR, subject=Workload)
def selector_differs_from_template(workload: Workload, cluster: ClusterSnapshot) -> Matches:
    """The workload's selector does not match the labels in its own Pod template.

    Why it matters:
        The API server refuses such an object: `selector` does not match template `labels`.

    Fires on:
        kind: Deployment
        metadata: {name: web}
        spec:
          selector: {matchLabels: {app: website}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - name: app
                image: nginx
                ports:
                - {name: http, containerPort: 8080}

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

    Remedy:
        Give the Pod template the labels that `spec.selector` asks for.

    References:
        https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector
    """
    if not cluster.is_unapplied or isinstance(workload, (Job, CronJob)) or not workload.selector:
        return  # a Job's selector is made by the API server
    if matches_selector(workload.selector, workload.template_labels):
        return
    labels = ".".join((*workload.template_path, "metadata", "labels"))
    wanted = strings(workload.selector, "matchLabels")
    yield Match(
        message=f"{workload.ref.kind} {workload.name} selects {show_labels(wanted) or 'by expressions'}; "
        f"its Pod template carries {show_labels(workload.template_labels) or 'no labels'}",
        evidence=(workload.cite("spec.selector"), workload.cite(labels)),
        effects=(Effect(EffectKind.PODS_NOT_CREATED, workload.ref),),
    )
