"""A store in memory that takes no more."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.dependency.passed_on import says_of
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.rules.selections import pods_with_logs
from cluster_doctor.snapshot.log_lines.wording import wording
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod

_WORDS = wording(
    r"OOM command not allowed when used memory|memory resource limit alarm set"
    r"|SERVER_ERROR out of memory storing object",
    "oom command not allowed",
    "memory resource limit alarm",
    "out of memory storing",
)
"""What Redis and Valkey, RabbitMQ and memcached say when they have as much as they may."""


@rule(Severity.ERROR, subject=Pod, needs=(Records.LOGS,), directness=Directness.STATED, among=pods_with_logs)
def store_has_reached_its_memory(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """A cache or broker holds as much as its configuration allows, and refuses what would add to it.

    Why it matters:
        Reads go on and the Pod looks healthy, while every write of its clients fails.

    Fires on:
        kind: Pod
        metadata: {name: cart-0}
        spec: {nodeName: n1, containers: [{name: app}]}
        status: {phase: Running, conditions: [{type: Ready, status: 'True'}]}
        ---
        kind: Log
        subject: Pod/cart-0
        container: app
        lines:
        - OOM command not allowed when used memory > 'maxmemory'.
        - OOM command not allowed when used memory > 'maxmemory'.
        - OOM command not allowed when used memory > 'maxmemory'.

    Stays quiet on:
        kind: Pod
        metadata: {name: cart-0}
        spec: {nodeName: n1, containers: [{name: app}]}
        status: {phase: Running, conditions: [{type: Ready, status: 'True'}]}
        ---
        kind: Log
        subject: Pod/cart-0
        container: app
        lines: [used memory 80 of 100 MB, stored, stored]

    Remedy:
        Find out who fills it, give keys an expiry or the store a policy of eviction, or raise its limit.

    References:
        https://redis.io/docs/latest/develop/reference/eviction/
        https://www.rabbitmq.com/docs/memory
    """
    found = says_of(pod, _WORDS, cluster)
    if found is None:
        return
    said, owner, client = found
    yield Match(
        message=f"{owner} has used up the memory that it may use: {said.value}",
        evidence=(said,),
        blame=owner,
        effects=(Effect(EffectKind.SERVING_ERRORS, owner), Effect(EffectKind.CALLS_FAILING, client)),
        because=(Effect(EffectKind.FLOODED, owner), Effect(EffectKind.MEMORY_LEAKING, owner)),
    )
