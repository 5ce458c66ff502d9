"""A mesh policy that denies calls."""

from __future__ import annotations

import re

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.rules.network.mesh import GROUP, policies
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.rules.selections import pods_with_logs
from cluster_doctor.snapshot.log_lines.wording import wording
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod

_WORDS = wording(
    r"rbac_access_denied_matched_policy\[(?:ns\[([\w.-]+)\]-policy\[([\w.-]+)\]|none)", "rbac_access_denied"
)
_LINES = 100


@rule(Severity.ERROR, subject=Pod, needs=(Records.LOGS,), directness=Directness.STATED, among=pods_with_logs)
def authorization_policy_denies_calls(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The mesh's proxy beside the Pod denies calls, and says by which AuthorizationPolicy.

    Why it matters:
        Callers get 403 "RBAC: access denied" from the proxy; the program behind it never sees the call.

    Fires on:
        kind: Pod
        metadata:
          name: stock-0
          labels: {app: stock}
        spec:
          nodeName: n1
          containers:
          - {name: app}
          - {name: istio-proxy}
        status:
          phase: Running
          conditions:
          - {type: Ready, status: 'True'}
        ---
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: stock-viewers}
        spec:
          action: DENY
          rules:
          - from:
            - source:
                principals: ['*']
        ---
        kind: Log
        subject: Pod/stock-0
        container: istio-proxy
        lines: ['"GET /items HTTP/1.1" 403 - rbac_access_denied_matched_policy[ns[shop]-policy[stock-viewers]-rule[0]]']

    Stays quiet on:
        kind: Pod
        metadata: {name: stock-0, labels: {app: stock}}
        spec: {nodeName: n1, containers: [{name: app}, {name: istio-proxy}]}
        status: {phase: Running, conditions: [{type: Ready, status: 'True'}]}
        ---
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: stock-viewers}
        spec: {action: ALLOW, rules: [{}]}
        ---
        kind: Log
        subject: Pod/stock-0
        container: istio-proxy
        lines: ['"GET /items HTTP/1.1" 200 - via_upstream']

    Remedy:
        Admit the caller's identity in the policy; where none matched, an ALLOW policy means the Pod and no rule of
        it means the call.

    References:
        https://istio.io/latest/docs/ops/common-problems/security-issues/
    """
    for log in cluster.logs_of(pod.ref):
        for position, found in _WORDS.newest_in(log, _LINES):
            meant = _policy(found, pod, cluster)
            callers = sorted(cluster.callers_of(cluster.workload_ref(pod.ref)))
            yield Match(
                message=f"the proxy of Pod {pod.name} denies calls: "
                + (
                    f"{meant} denies them"
                    if found[2]
                    else f"no rule of {meant or 'an AuthorizationPolicy'} admits them"
                ),
                evidence=(log.cite(position),),
                blame=meant,
                effects=tuple(Effect(EffectKind.CALLS_FAILING, caller) for caller in callers),
                facts=(("policy", str(meant or "")),),
            )
            return


def _policy(found: re.Match[str], pod: Pod, cluster: ClusterSnapshot) -> ObjectRef | None:
    if found[2]:
        return ObjectRef("AuthorizationPolicy", found[2], found[1], f"{GROUP}/v1")
    return next((policy.ref for policy in policies("AuthorizationPolicy", pod, cluster)), None)
