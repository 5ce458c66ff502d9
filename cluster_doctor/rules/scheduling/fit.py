"""Which nodes refuse a Pod and why, from the objects themselves.

The scheduler counts each node under the first plugin that refused it, so its message hides what else is in
the way. Reading the objects tells for each node everything that is in the way, and so which single change
would help: a reason counts as the cause where it alone keeps a node from taking the Pod.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from pydantic import JsonValue

from cluster_doctor.rules.scheduling.attempt import Refusal, SchedulingVerdict, unscheduled, untold_of, verdict_of
from cluster_doctor.rules.selections import unwell_pods
from cluster_doctor.snapshot.paths import integer, mapping, objects, text, words
from cluster_doctor.snapshot.selectors import matches_expression, matches_labels
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Node, Pod, PodSpec, Workload

_RESOURCES = {Refusal.CPU: "cpu", Refusal.MEMORY: "memory", Refusal.STORAGE: "ephemeral-storage"}


@dataclass(frozen=True, slots=True)
class Fit:
    """How the nodes stand to one Pod.

    Attributes:
        verdict: the scheduler's latest word.
        in_the_way: for each node by name, everything that keeps it from taking the Pod.
        causes: reasons that, taken away alone, would let a node take the Pod, with those nodes; where no
            single reason would do, the reasons that the scheduler counted.
    """

    verdict: SchedulingVerdict
    in_the_way: Mapping[str, frozenset[Refusal]]
    causes: Mapping[Refusal, tuple[str, ...]]


def fit_of(pod: Pod, cluster: ClusterSnapshot) -> Fit | None:
    """Judge all nodes for a Pod that waits for one.

    None if it does not wait, the scheduler has not looked at it, or nobody kept what it said and the objects do
    not tell for every node why that one refuses.
    """
    return cluster.remember(("fit", pod.ref), lambda: _judge(pod, cluster))


def unfit_pods(cluster: ClusterSnapshot) -> Iterator[Pod]:
    """Pods that wait for a node, and of which the scheduler has said why."""
    return (pod for pod in unwell_pods(cluster) if unscheduled(pod) and fit_of(pod, cluster))


def _judge(pod: Pod, cluster: ClusterSnapshot) -> Fit | None:
    verdict = (verdict_of(pod, cluster) or untold_of(pod)) if unscheduled(pod) else None
    if verdict is None:
        return None
    nodes = cluster.all(Node) if cluster.covers(Node) else []
    spec = wished_for(pod, cluster)
    said = _said(verdict, spec)
    in_the_way = {node.name: _refusals(node, pod, spec, said, cluster) for node in nodes}
    if not verdict.message:
        if not nodes or not all(in_the_way.values()):
            return None
        said = sorted(frozenset[Refusal]().union(*in_the_way.values()))
    candidates = _meant(nodes, in_the_way, wish_is_known=bool(required_terms(spec) or spec.node_selector))
    causes: dict[Refusal, tuple[str, ...]] = {}
    for refusal in said:
        alone = tuple(node.name for node in candidates if in_the_way[node.name] == {refusal})
        if alone:
            causes[refusal] = alone
    if not causes:
        causes = dict.fromkeys(_dominant(said, verdict), ())
    return Fit(verdict, in_the_way, causes)


_OWN_WISH = frozenset({Refusal.NODE_SELECTOR, Refusal.NODE_AFFINITY})


def _meant(nodes: list[Node], in_the_way: Mapping[str, frozenset[Refusal]], *, wish_is_known: bool) -> list[Node]:
    """Nodes whose refusal matters: those that the Pod's own selector and affinity allow, if there are any.

    What such a node has against the Pod is then the fault, not the wish that all others are not. Nodes of the
    control plane refuse by design, and count only where the Pod is known to be meant for nothing else: of a node
    that is refused for its cordon or taint, the scheduler does not tell whether the affinity allows it.
    """
    workers = [node for node in nodes if not node.control_plane] or nodes
    allowed = [node for node in workers if not in_the_way[node.name] & _OWN_WISH]
    picked = [node for node in nodes if wish_is_known and not in_the_way[node.name] & _OWN_WISH]
    return allowed or picked or workers


def _said(verdict: SchedulingVerdict, spec: PodSpec) -> list[Refusal]:
    """Reasons that the scheduler gave; it words node selector and node affinity alike.

    Before 1.21 it said of both kinds of Pod affinity `pod affinity/anti-affinity`, beside the one that it was.
    """
    said = []
    for refusal in verdict.counts:
        if refusal is Refusal.NODE_AFFINITY:
            said += [Refusal.NODE_SELECTOR] if spec.node_selector else []
            said += [Refusal.NODE_AFFINITY] if required_terms(spec) or not spec.node_selector else []
        elif refusal is Refusal.BESIDE_PODS:
            if not {Refusal.ANTI_AFFINITY, Refusal.POD_AFFINITY} & verdict.counts.keys():
                said.append(Refusal.POD_AFFINITY if "podAffinity" in spec.affinity else Refusal.ANTI_AFFINITY)
        else:
            said.append(refusal)
    return said


def _dominant(said: list[Refusal], verdict: SchedulingVerdict) -> list[Refusal]:
    """Without nodes to judge: what most nodes refuse for, leaving out a lone cordon beside other reasons."""
    counted = {refusal: verdict.counts.get(refusal, verdict.counts.get(Refusal.NODE_AFFINITY, 0)) for refusal in said}
    others = [refusal for refusal in said if refusal not in {Refusal.CORDONED, Refusal.TAINT}]
    pool = others or said
    most = max((counted[refusal] for refusal in pool), default=0)
    return [refusal for refusal in pool if counted[refusal] == most]


def wished_for(pod: Pod, cluster: ClusterSnapshot) -> PodSpec:
    """What the Pod asks of a node; a printed Pod shows no affinity, which its workload's template then tells."""
    if pod.spec.affinity:
        return pod.spec
    workload = cluster.find(cluster.workload_ref(pod.ref))
    if isinstance(workload, Workload) and workload.template.affinity:
        return PodSpec({**pod.spec.raw, "affinity": workload.template.affinity}, pod.spec.path)
    return pod.spec


def _refusals(node: Node, pod: Pod, spec: PodSpec, said: list[Refusal], cluster: ClusterSnapshot) -> frozenset[Refusal]:
    found: set[Refusal] = set()
    if node.cordoned and not tolerates(spec, "node.kubernetes.io/unschedulable", "", "NoSchedule"):
        found.add(Refusal.CORDONED)
    if next(untolerated(spec, node), None):
        found.add(Refusal.TAINT)
    if not matches_labels(spec.node_selector, node_labels(node)):
        found.add(Refusal.NODE_SELECTOR)
    terms = required_terms(spec)
    if terms and not any(term_matches(term, node) for term in terms):
        found.add(Refusal.NODE_AFFINITY)
    if not terms and Refusal.NODE_AFFINITY in said and not found:
        found.add(Refusal.NODE_AFFINITY)
    if next(taken_host_ports(pod, node, cluster), None):
        found.add(Refusal.HOST_PORT)
    found |= set(_exhausted(node, pod, cluster))
    if conflicting_pods(pod, spec, node, cluster):
        found.add(Refusal.ANTI_AFFINITY)
    if not found:
        found |= {refusal for refusal in said if refusal not in _JUDGED}
        if not found:
            found |= {refusal for refusal in said if refusal in _RESOURCES or refusal is Refusal.PODS}
    return frozenset(found)


_JUDGED = {
    Refusal.CORDONED, Refusal.TAINT, Refusal.NODE_SELECTOR, Refusal.NODE_AFFINITY, Refusal.HOST_PORT,
    Refusal.CPU, Refusal.MEMORY, Refusal.STORAGE, Refusal.PODS,
}  # fmt: skip


def untolerated(spec: PodSpec, node: Node) -> Iterator[tuple[str, str, str]]:
    """Taints of a node that keep the Pod off; the one that a cordon brings counts as the cordon."""
    for key, value, effect in node.taints:
        binding = effect in {"NoSchedule", "NoExecute"} and key != "node.kubernetes.io/unschedulable"
        if binding and not tolerates(spec, key, value, effect):
            yield key, value, effect


def tolerates(spec: PodSpec, key: str, value: str, effect: str) -> bool:
    """Tell whether a Pod tolerates a taint; an empty key with Exists tolerates all."""
    for toleration in spec.tolerations:
        if text(toleration, "effect") not in {"", effect}:
            continue
        wanted = text(toleration, "key")
        if text(toleration, "operator") == "Exists":
            if wanted in {"", key}:
                return True
        elif wanted == key and text(toleration, "value") == value:
            return True
    return False


def required_terms(spec: PodSpec) -> list[dict[str, JsonValue]]:
    """Node selector terms of the required node affinity; one of them must match."""
    return [
        term
        for _, term in objects(
            spec.affinity, "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms"
        )
    ]


def term_matches(term: Mapping[str, JsonValue], node: Node) -> bool:
    """Tell whether a node satisfies a term; an empty term matches nothing, as the API says."""
    expressions = objects(term, "matchExpressions")
    fields = objects(term, "matchFields")
    if not expressions and not fields:
        return False
    return all(matches_expression(expression, node_labels(node)) for _, expression in expressions) and all(
        matches_expression(field, {"metadata.name": node.name}) for _, field in fields
    )


def node_labels(node: Node) -> dict[str, str]:
    """A node's labels; the kubelet registers `kubernetes.io/hostname`, so that a node without it means its name."""
    return {"kubernetes.io/hostname": node.name, **node.labels}


def host_ports(spec: PodSpec) -> Iterator[tuple[int, str, str]]:
    """Ports of the node that a Pod claims: number, protocol, path."""
    for container in spec.containers:
        for position, port in objects(container.raw, "ports"):
            number = integer(port, "hostPort")
            if number:
                yield number, text(port, "protocol") or "TCP", f"{container.path}.ports[{position}].hostPort"


def taken_host_ports(pod: Pod, node: Node, cluster: ClusterSnapshot) -> Iterator[tuple[int, Pod]]:
    """Ports that the Pod claims and another Pod on the node already has."""
    wanted = {(number, protocol) for number, protocol, _ in host_ports(pod.spec)}
    if not wanted:
        return
    for other in cluster.pods_on(node.name):
        if other.finished or other.ref == pod.ref:
            continue
        for number, protocol, _ in host_ports(other.spec):
            if (number, protocol) in wanted:
                yield number, other


def _exhausted(node: Node, pod: Pod, cluster: ClusterSnapshot) -> Iterator[Refusal]:
    everywhere = cluster.covers(Pod)
    for refusal, resource in _RESOURCES.items():
        request, capacity = pod.spec.request(resource), node.allocatable(resource)
        if not request or capacity is None:
            continue
        used = requested_on(node, resource, cluster) if everywhere else Decimal(0)
        if request > capacity - used:
            yield refusal
    slots = node.allocatable("pods")
    if everywhere and slots is not None and len([p for p in cluster.pods_on(node.name) if not p.finished]) >= slots:
        yield Refusal.PODS


def requested_on(node: Node, resource: str, cluster: ClusterSnapshot) -> Decimal:
    """Sum of what the Pods on a node request."""
    return cluster.remember(
        ("requested", node.name, resource),
        lambda: sum((pod.spec.request(resource) for pod in cluster.pods_on(node.name) if not pod.finished), Decimal(0)),
    )


def anti_affinity_terms(spec: PodSpec) -> list[dict[str, JsonValue]]:
    """Required Pod anti-affinity terms."""
    return [
        term for _, term in objects(spec.affinity, "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
    ]


def conflicting_pods(pod: Pod, spec: PodSpec, node: Node, cluster: ClusterSnapshot) -> list[Pod]:
    """Pods that the Pod's required anti-affinity keeps it away from, in the node's topology domains."""
    found = []
    for term in anti_affinity_terms(spec):
        domain = node.labels.get(text(term, "topologyKey"))
        if text(term, "topologyKey") == "kubernetes.io/hostname":
            domain = domain or node.name
        namespaces = words(term, "namespaces") or [pod.namespace or ""]
        for namespace in namespaces:
            for other in cluster.select_by(namespace, mapping(term, "labelSelector")):
                if other.ref == pod.ref or other.finished or not other.node_name:
                    continue
                if other.node_name == node.name or _same_domain(other, text(term, "topologyKey"), domain, cluster):
                    found.append(other)
    return found


def _same_domain(other: Pod, key: str, domain: str | None, cluster: ClusterSnapshot) -> bool:
    host = cluster.get(Node, None, other.node_name)
    return domain is not None and host is not None and host.labels.get(key) == domain


def show_term(term: Mapping[str, JsonValue]) -> str:
    """Write a node selector term as text: `zone In [z9]`."""
    return ", ".join(
        f"{text(expression, 'key')} {text(expression, 'operator')} [{', '.join(words(expression, 'values'))}]"
        for _, expression in (*objects(term, "matchExpressions"), *objects(term, "matchFields"))
    )
