"""Pods that wait for a node on which nobody wants them any more."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.rules.scheduling.fit import required_terms, untolerated
from cluster_doctor.snapshot.paths import objects, text, words
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Node, Pod


def given_up_by_daemon_set(pod: Pod, cluster: ClusterSnapshot) -> bool:
    """Tell whether a DaemonSet made a Pod for a node that was tainted against it afterwards.

    The controller binds each Pod to its node by name, counts no node among the wanted whose taint the Pod does not
    tolerate, and removes what is already there for `NoExecute` alone. A Pod that was not bound in time waits for ever,
    and nobody lacks it: https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/#taints-and-tolerations
    """
    owner = pod.controller
    if owner is None or owner.kind != "DaemonSet":
        return False
    named = set(_bound_to(pod))
    nodes = [node for node in cluster.all(Node) if node.name in named]
    return bool(nodes) and all(next(_lasting(pod, node), None) for node in nodes)


def _bound_to(pod: Pod) -> Iterator[str]:
    """Names of the nodes that the Pod's required affinity names."""
    for term in required_terms(pod.spec):
        for _, field in objects(term, "matchFields"):
            if text(field, "key") == "metadata.name" and text(field, "operator") == "In":
                yield from words(field, "values")


def _lasting(pod: Pod, node: Node) -> Iterator[str]:
    """Taints against the Pod that people set; those of the node controller tell of a node that is not well."""
    return (key for key, _, _ in untolerated(pod.spec, node) if not key.startswith("node.kubernetes.io/"))
