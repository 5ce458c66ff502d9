"""How a state of one object brings about states of others.

One table, in the words of Kubernetes' own machinery: a Pod on a lost node is not ready, a Service without
ready Pods cannot be reached, whoever calls it fails. Findings never name each other; they are linked where
the effects that one brings about meet those that another observed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.inference.delivery import built_from, made_by
from cluster_doctor.rules.admission.webhooks import calling
from cluster_doctor.rules.scheduling.attempt import Refusal
from cluster_doctor.rules.scheduling.fit import fit_of
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Autoscaler, Node, Pod, Service

E = EffectKind
Relation = Callable[[ClusterSnapshot, ObjectRef], Iterable[ObjectRef]]


@dataclass(frozen=True, slots=True)
class Law:
    """`before` at an object brings about each of `after` at what `relation` leads to."""

    before: EffectKind
    relation: Relation
    after: tuple[EffectKind, ...]


def itself(_: ClusterSnapshot, ref: ObjectRef) -> Iterator[ObjectRef]:
    """The same object."""
    yield ref


def pods_on_node(cluster: ClusterSnapshot, ref: ObjectRef) -> Iterator[ObjectRef]:
    """Pods bound to a node."""
    return (pod.ref for pod in cluster.pods_on(ref.name))


def workloads_on_node(cluster: ClusterSnapshot, ref: ObjectRef) -> Iterator[ObjectRef]:
    """Workloads with a Pod on a node."""
    return iter({cluster.workload_ref(pod.ref) for pod in cluster.pods_on(ref.name)})


def workload_of_pod(cluster: ClusterSnapshot, ref: ObjectRef) -> Iterator[ObjectRef]:
    """The workload that a Pod belongs to."""
    top = cluster.workload_ref(ref)
    if top != ref:
        yield top


def pods_of_workload(cluster: ClusterSnapshot, ref: ObjectRef) -> Iterator[ObjectRef]:
    """The Pods of a workload."""
    return (pod.ref for pod in cluster.pods_of(ref))


def services_of(cluster: ClusterSnapshot, ref: ObjectRef) -> Iterator[ObjectRef]:
    """Services that lead to a Pod or workload."""
    return (service.ref for service in cluster.services_of(ref))


def pods_kept_off(cluster: ClusterSnapshot, ref: ObjectRef) -> Iterator[ObjectRef]:
    """Pods that wait for a node and that this one refuses for the taints that a sick node gets, or is not rid of."""
    node = cluster.get(Node, None, ref.name)
    sick = node is not None and any(
        key.startswith("node.kubernetes.io/") or key.endswith(("/agent-not-ready", "/uninitialized"))
        for key, _, _ in node.taints
    )
    for pod in cluster.all(Pod) if sick else ():
        fit = fit_of(pod, cluster)
        if fit and Refusal.TAINT in fit.in_the_way.get(ref.name, frozenset()):
            yield pod.ref


def callers(cluster: ClusterSnapshot, ref: ObjectRef) -> Iterator[ObjectRef]:
    """Workloads that call a Service or workload."""
    return iter(cluster.callers_of(ref))


def pods_using(cluster: ClusterSnapshot, ref: ObjectRef) -> Iterator[ObjectRef]:
    """Pods that name a ConfigMap, Secret, claim or ServiceAccount."""
    return (view.ref for view in cluster.users_of(ref) if view.ref.kind == "Pod")


def workloads_using(cluster: ClusterSnapshot, ref: ObjectRef) -> Iterator[ObjectRef]:
    """Workloads that name a ConfigMap, Secret, claim or ServiceAccount."""
    return (view.ref for view in cluster.users_of(ref) if view.ref.kind != "Pod")


def routes_to(cluster: ClusterSnapshot, ref: ObjectRef) -> Iterator[ObjectRef]:
    """Ingresses that lead to a Service."""
    return (ingress.ref for ingress in cluster.ingresses_to(ref))


def webhooks_served_by(cluster: ClusterSnapshot, ref: ObjectRef) -> Iterator[ObjectRef]:
    """Webhook configurations that call a Service."""
    return (configuration.ref for configuration in calling(ref, cluster))


def autoscalers_of(cluster: ClusterSnapshot, ref: ObjectRef) -> Iterator[ObjectRef]:
    """Autoscalers that target a workload."""
    return (scaler.ref for scaler in cluster.within(Autoscaler, ref.namespace) if scaler.target == ref)


def service_itself(_: ClusterSnapshot, ref: ObjectRef) -> Iterator[ObjectRef]:
    """The object, where it is a Service."""
    if ref.kind == Service.kind:
        yield ref


def owner(cluster: ClusterSnapshot, ref: ObjectRef) -> Iterator[ObjectRef]:
    """The object that manages this one."""
    view = cluster.find(ref)
    if view and view.controller:
        yield view.controller


LAWS = (
    Law(E.NODE_NOT_READY, pods_on_node, (E.POD_NOT_READY, E.POD_NOT_STARTED, E.POD_NOT_TERMINATING, E.POD_EVICTED)),
    Law(E.NODE_NOT_READY, workloads_on_node, (E.CALLS_FAILING, E.SERVING_ERRORS, E.SLOW, E.WORKLOAD_UNAVAILABLE)),
    Law(E.NODE_NOT_READY, pods_kept_off, (E.POD_NOT_SCHEDULED,)),
    Law(E.NODE_UNDER_PRESSURE, pods_kept_off, (E.POD_NOT_SCHEDULED,)),
    Law(E.NODE_NETWORK_IMPAIRED, pods_kept_off, (E.POD_NOT_SCHEDULED,)),
    Law(E.NODE_UNDER_PRESSURE, pods_on_node, (E.POD_EVICTED, E.POD_NOT_READY)),
    Law(E.NODE_NETWORK_IMPAIRED, workloads_on_node, (E.SLOW, E.SERVING_ERRORS, E.CALLS_FAILING)),
    Law(E.NODE_NETWORK_IMPAIRED, pods_on_node, (E.POD_NOT_READY, E.CONTAINER_CRASHING, E.POD_NOT_STARTED)),
    Law(E.PODS_NOT_CREATED, itself, (E.WORKLOAD_UNAVAILABLE, E.ROLLOUT_STUCK, E.JOB_NOT_RUN)),
    Law(E.PODS_NOT_CREATED, owner, (E.PODS_NOT_CREATED,)),
    Law(E.POD_NOT_SCHEDULED, itself, (E.POD_NOT_READY,)),
    Law(E.POD_NOT_STARTED, itself, (E.POD_NOT_READY,)),
    Law(E.CONTAINER_CRASHING, itself, (E.POD_NOT_READY, E.POD_NOT_STARTED)),
    Law(E.POD_EVICTED, itself, (E.POD_NOT_READY,)),
    Law(E.POD_NOT_READY, workload_of_pod, (E.WORKLOAD_UNAVAILABLE,)),
    Law(E.POD_NOT_READY, services_of, (E.SERVICE_UNREACHABLE,)),
    Law(E.POD_NOT_SCHEDULED, services_of, (E.SERVICE_UNREACHABLE,)),
    Law(E.POD_NOT_TERMINATING, workload_of_pod, (E.WORKLOAD_UNAVAILABLE,)),
    Law(E.WORKLOAD_UNAVAILABLE, itself, (E.ROLLOUT_STUCK, E.JOB_FAILED, E.SERVING_ERRORS, E.SLOW)),
    Law(E.WORKLOAD_UNAVAILABLE, services_of, (E.SERVICE_UNREACHABLE,)),
    Law(E.WORKLOAD_UNAVAILABLE, callers, (E.CALLS_FAILING,)),
    Law(E.WORKLOAD_UNAVAILABLE, autoscalers_of, (E.NOT_SCALING,)),
    Law(E.JOB_FAILED, owner, (E.JOB_FAILED,)),
    Law(E.SERVICE_MISSING, itself, (E.SERVICE_UNREACHABLE, E.NAME_UNRESOLVED)),
    Law(E.NAME_UNRESOLVED, itself, (E.CALLS_FAILING,)),
    Law(E.NAME_UNRESOLVED, service_itself, (E.SERVICE_UNREACHABLE,)),
    Law(E.SERVICE_UNREACHABLE, callers, (E.CALLS_FAILING,)),
    Law(E.SERVICE_UNREACHABLE, routes_to, (E.ROUTE_BROKEN,)),
    Law(E.SERVICE_UNREACHABLE, webhooks_served_by, (E.WRITES_REJECTED,)),
    Law(E.CALLS_FAILING, itself, (E.SERVING_ERRORS, E.SLOW)),
    Law(E.CALLS_FAILING, pods_of_workload, (E.CONTAINER_CRASHING, E.POD_NOT_READY)),
    Law(E.SERVING_ERRORS, callers, (E.SERVING_ERRORS, E.SLOW, E.CALLS_FAILING)),
    Law(E.SERVING_ERRORS, services_of, (E.SERVICE_UNREACHABLE,)),
    Law(E.SLOW, callers, (E.SLOW, E.SERVING_ERRORS, E.CALLS_FAILING)),
    Law(E.CLAIM_UNBOUND, pods_using, (E.POD_NOT_SCHEDULED, E.POD_NOT_STARTED)),
    Law(E.VOLUME_NOT_MOUNTED, itself, (E.POD_NOT_STARTED,)),
    Law(E.NOT_RECONCILED, owner, (E.NOT_RECONCILED,)),
    Law(E.NOT_RECONCILED, built_from, (E.NOT_RECONCILED,)),
    Law(E.NOT_RECONCILED, made_by, (E.NOT_RECONCILED,)),
)  # fmt: skip

_BY_KIND: dict[EffectKind, list[Law]] = {}
for _law in LAWS:
    _BY_KIND.setdefault(_law.before, []).append(_law)


def sources_of(kinds: Iterable[EffectKind]) -> frozenset[EffectKind]:
    """Tell which kinds of effects can lead to some, wherever they are; each leads to itself."""
    found = set(kinds)
    while True:
        more = {law.before for law in LAWS if not found.isdisjoint(law.after)} - found
        if not more:
            return frozenset(found)
        found |= more


MOST_EFFECTS = 20_000
"""Effects followed from one finding; a fault that reaches further is not told more precisely by going on."""


def consequences(
    cluster: ClusterSnapshot,
    effects: Iterable[Effect],
    echoes: Mapping[Effect, Iterable[Effect]],
    observed: Container[Effect] = (),
) -> dict[Effect, Effect | None]:
    """Follow the laws from effects outwards.

    Of several ways to an effect the one with the fewest steps that nobody observed counts: so a person tells it.

    Args:
        cluster: the picture that says what is related to what.
        effects: where to begin.
        echoes: what findings bring about which yield to an effect: where that effect is reached, so is this.
        observed: effects that findings observed.

    Returns:
        Every effect that is reached, with the effect that it came from; None for those given.
    """
    reached: dict[Effect, Effect | None] = {}
    queue: deque[tuple[Effect, Effect | None]] = deque((effect, None) for effect in effects)
    while queue and len(reached) < MOST_EFFECTS:
        here, before = queue.popleft()
        if here in reached:
            continue
        reached[here] = before
        fresh = [effect for effect in (*echoes.get(here, ()), *_next(cluster, here)) if effect not in reached]
        queue.extendleft((effect, here) for effect in reversed(fresh) if effect in observed)
        queue.extend((effect, here) for effect in fresh if effect not in observed)
    return reached


def _next(cluster: ClusterSnapshot, here: Effect) -> Iterator[Effect]:
    for law in _BY_KIND.get(here.kind, ()):
        for target in law.relation(cluster, here.at):
            for kind in law.after:
                yield Effect(kind, target)


def path_to(effect: Effect, reached: dict[Effect, Effect | None]) -> list[Effect]:
    """List the effects from a given one to a reached one, in order of cause and effect."""
    path = [effect]
    while (before := reached[path[-1]]) is not None:
        path.append(before)
    return path[::-1]
