"""An API server that turns requests away because there are too many."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.container.final_complaint import keeps_saying
from cluster_doctor.rules.controlplane.control_plane import component
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.rules.selections import pods_with_logs
from cluster_doctor.snapshot.log_lines.wording import wording
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod

_WORDS = wording(
    r"the server has received too many requests and has asked us to try again later"
    r"|[Tt]oo many requests, please try again later"
    r"|Sending 429 .{0,80}flowcontrol|rejected by .{0,40}priority.{0,10}fairness",
    "too many requests",
    "flowcontrol",
    "fairness",
)


@rule(Severity.CRITICAL, subject=Pod, needs=(Records.LOGS,), directness=Directness.STATED, among=pods_with_logs)
def api_server_sheds_requests(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """A client of the API server says again and again that it is turned away for too many requests.

    Why it matters:
        API Priority and Fairness turns away what exceeds a priority level's share. Controllers that are turned away
        stand still, and nothing that they look after changes.

    Fires on:
        kind: Pod
        metadata:
          name: web-0
          labels: {app: web}
          ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]
        spec: {nodeName: n1, containers: [{name: app}]}
        status:
          phase: Running
          conditions: [{type: Ready, status: 'True'}]
          containerStatuses: [{name: app, ready: true, restartCount: 0, state: {running: {}}}]
        ---
        kind: Log
        subject: Pod/web-0
        container: app
        lines:
        - the server has received too many requests and has asked us to try again later (get pods)
        - the server has received too many requests and has asked us to try again later (get pods)
        - the server has received too many requests and has asked us to try again later (get pods)

    Stays quiet on:
        kind: Pod
        metadata:
          name: web-0
          labels: {app: web}
          ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]
        spec: {nodeName: n1, containers: [{name: app}]}
        status:
          phase: Running
          conditions: [{type: Ready, status: 'True'}]
          containerStatuses: [{name: app, ready: true, restartCount: 0, state: {running: {}}}]
        ---
        kind: Log
        subject: Pod/web-0
        container: app
        lines: [the server has received too many requests and has asked us to try again later (get pods)]

    Remedy:
        Find who asks so often (`apiserver_flowcontrol_rejected_requests_total` by flow schema), slow it down or give it
        a priority level of its own; watch instead of listing.

    References:
        https://kubernetes.io/docs/concepts/cluster-administration/flow-control/
    """
    evidence = keeps_saying(pod, _WORDS, cluster) if pod.expected_to_run else None
    if evidence is None:
        return
    workload = cluster.workload_ref(pod.ref)
    yield Match(
        message=f"the API server turns requests away, those of {workload} among them: {str(evidence.value)[:200]}",
        evidence=(evidence,),
        blame=component("kube-apiserver", cluster),
        effects=(
            Effect(EffectKind.CALLS_FAILING, workload),
            Effect(EffectKind.NOT_RECONCILED, workload),
            Effect(EffectKind.CONTAINER_CRASHING, pod.ref),
        ),
    )
