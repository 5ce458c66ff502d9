"""A caller that speaks another protocol than the one that it calls."""

from __future__ import annotations

from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.dependency.callers import caller_effects, suffers
from cluster_doctor.rules.dependency.failing_calls import callers_in_trouble, failing_calls
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.snapshot.log_lines.trouble import Trouble
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod, Workload


@rule(
    Severity.ERROR,
    subject=Workload,
    needs=(Records.LOGS, Pod),
    directness=Directness.REPORTED,
    among=callers_in_trouble,
)
def call_uses_wrong_protocol(workload: Workload, cluster: ClusterSnapshot) -> Matches:
    """The workload speaks TLS, HTTP or HTTP/2 to a port that speaks something else.

    Why it matters:
        The connection is made and nothing on it can be read; a scheme, a port or a plaintext setting is wrong.

    Fires on:
        kind: Deployment
        metadata: {name: api}
        spec: {template: {metadata: {labels: {app: api}}, spec: {containers: [{name: app}]}}}
        ---
        kind: Pod
        metadata:
          name: api-0
          ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: api, controller: true}]
        spec: {nodeName: n1, containers: [{name: app}]}
        status:
          phase: Running
          containerStatuses:
          - {name: app, ready: false, restartCount: 4, state: {waiting: {reason: CrashLoopBackOff}}}
        ---
        kind: Log
        subject: Pod/api-0
        container: app
        lines: ['Get "https://cart:7070/": http: server gave HTTP response to HTTPS client']

    Stays quiet on:
        kind: Deployment
        metadata: {name: api}
        spec: {template: {metadata: {labels: {app: api}}, spec: {containers: [{name: app}]}}}
        ---
        kind: Pod
        metadata:
          name: api-0
          ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: api, controller: true}]
        spec: {nodeName: n1, containers: [{name: app}]}
        status:
          phase: Running
          containerStatuses:
          - {name: app, ready: false, restartCount: 4, state: {waiting: {reason: CrashLoopBackOff}}}
        ---
        kind: Log
        subject: Pod/api-0
        container: app
        lines: ['TLS handshake error from 10.9.9.9:4100: client sent an HTTP request to an HTTPS server']

    Remedy:
        Correct the scheme or the port in the caller's address, or its setting for TLS or plaintext.

    References:
        https://kubernetes.io/docs/concepts/services-networking/service/#application-protocol
    """
    if not suffers(workload, cluster):
        return
    for call in failing_calls(workload.ref, cluster):
        if call.trouble is not Trouble.PROTOCOL:
            continue
        peer = f"{call.host}{f':{call.port}' if call.port else ''}" if call.host else "what it calls"
        yield Match(
            message=f"{workload.ref} and {peer} speak different protocols: {str(call.evidence.value)[:200]}",
            evidence=(call.evidence,),
            effects=caller_effects(workload, cluster),
            about=call.host,
            facts=(("host", call.host), ("port", str(call.port or ""))),
        )
        return
