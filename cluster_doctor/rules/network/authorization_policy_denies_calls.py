"""A mesh policy that denies calls."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.rules.container.final_complaint import keeps_saying
from cluster_doctor.rules.network.mesh import GROUP, policies
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.rules.selections import pods_with_logs
from cluster_doctor.snapshot.log_lines.address import address_in
from cluster_doctor.snapshot.log_lines.wording import wording
from cluster_doctor.snapshot.paths import objects, words
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Custom, Pod, Service

_WORDS = wording(
    r"rbac_access_denied_matched_policy\[(?:ns\[([\w.-]+)\]-policy\[([\w.-]+)\]|none)", "rbac_access_denied"
)
_LINES = 100
_ANSWER = wording(r"RBAC: access denied", "rbac: access denied")
"""What Envoy answers a denied call with; a caller that logs the answer passes it on."""


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
    yield from _denied_here(pod, cluster)
    yield from _denied_there(pod, cluster)


def _denied_here(pod: Pod, cluster: ClusterSnapshot) -> Iterator[Match]:
    """What the proxy beside the Pod says of calls that it denies."""
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


def _denied_there(pod: Pod, cluster: ClusterSnapshot) -> Iterator[Match]:
    """What the Pod says of calls that the proxy of another one has answered with a denial."""
    said = keeps_saying(pod, _ANSWER, cluster) if pod.expected_to_run else None
    if said is None:
        return
    caller = cluster.workload_ref(pod.ref)
    host, _ = address_in(str(said.value))
    named = cluster.service_named(host, pod.namespace) if host else None
    services = [named] if named else sorted(ref for ref in cluster.callees_of(caller) if ref.kind == Service.kind)
    meant = {
        policy.ref: policy
        for ref in services
        if (service := cluster.get(Service, ref.namespace, ref.name)) is not None
        and (policy := _policy_against(pod, service, cluster)) is not None
    }
    if len(meant) != 1:
        return  # nobody knows which of them answered
    policy = next(iter(meant.values()))
    yield Match(
        message=f"{policy.ref} does not admit the calls of {caller}",
        evidence=(said, policy.cite("spec")),
        blame=policy.ref,
        effects=(Effect(EffectKind.CALLS_FAILING, caller),),
        about=str(caller),
        directness=Directness.COMPARED,
        facts=(("policy", str(policy.ref)),),
    )


def _policy_against(caller: Pod, service: Service, cluster: ClusterSnapshot) -> Custom | None:
    """The policy that denies a Pod's calls of a Service: one that denies its identity, else one that leaves it out."""
    target = next((pod for pod in cluster.select(service.namespace, service.selector) if pod.ready), None)
    if target is None:
        return None
    found = list(policies("AuthorizationPolicy", target, cluster))
    identity = f"/ns/{caller.namespace}/sa/{caller.spec.service_account}"
    denying = [policy for policy in found if policy.text("spec", "action") == "DENY" and _names(policy, identity)]
    admitting = [policy for policy in found if policy.text("spec", "action") in {"", "ALLOW"}]
    if any(_names(policy, identity) for policy in admitting):
        admitting = []  # by its identity it is admitted; what else the rules ask for is not known here
    return next(iter(denying + admitting), None)


def _names(policy: Custom, identity: str) -> bool:
    principals = [
        principal
        for _, given in policy.objects("spec", "rules")
        for _, source in objects(given, "from")
        for principal in words(source, "source", "principals")
    ]
    return any(principal == "*" or principal.endswith(identity) for principal in principals)


def _policy(found: re.Match[str], pod: Pod, cluster: ClusterSnapshot) -> ObjectRef | None:
    if found[2]:
        return ObjectRef("AuthorizationPolicy", found[2], found[1], f"{GROUP}/v1")
    return next((policy.ref for policy in policies("AuthorizationPolicy", pod, cluster)), None)
