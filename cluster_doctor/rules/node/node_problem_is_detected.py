"""A node on which the node problem detector found something."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views import Node, condition_message

_PROBLEMS = (
    "KernelDeadlock",
    "ReadonlyFilesystem",
    "CorruptDockerOverlay2",
    "XfsShutdown",
    "CperHardwareErrorFatal",
    "KubeletUnhealthy",
    "ContainerRuntimeUnhealthy",
    "FrequentKubeletRestart",
    "FrequentDockerRestart",
    "FrequentContainerdRestart",
    "FrequentUnregisterNetDevice",
)
"""Conditions that the detector's own configuration defines; True is the bad state of each."""


@rule(Severity.ERROR, subject=Node, directness=Directness.STATED)
def node_problem_is_detected(node: Node, cluster: ClusterSnapshot) -> Matches:
    """The node problem detector reports a fault of the node's kernel, disk, runtime or kubelet.

    Why it matters:
        Such a node is often still Ready, so that Pods go on being sent to it; they hang or fail there.

    Fires on:
        kind: Node
        metadata: {name: n1}
        status:
          conditions:
          - {type: Ready, status: 'True'}
          - {type: KernelDeadlock, status: 'True', reason: DockerHung, message: a task is blocked for 120 seconds}

    Stays quiet on:
        kind: Node
        metadata: {name: n1}
        status:
          conditions:
          - {type: Ready, status: 'True'}
          - {type: KernelDeadlock, status: 'False', reason: KernelHasNoDeadlock}
          - {type: EtcdIsVoter, status: 'True', reason: MemberNotLearner}

    Remedy:
        Cordon and drain the node, then repair or replace it; the message says what the kernel wrote.

    References:
        https://kubernetes.io/docs/tasks/debug/debug-cluster/monitor-node-health/
        https://github.com/kubernetes/node-problem-detector/tree/master/config
    """
    for problem in _PROBLEMS:
        condition = node.condition(problem)
        if condition.get("status") != "True":
            continue
        yield Match(
            message=f"node {node.name} has problem {problem}: {condition_message(condition)}",
            evidence=(node.cite(f"{node.condition_path(problem)}.status"),),
            effects=(Effect(EffectKind.NODE_UNDER_PRESSURE, node.ref),),
            about=problem,
            since=parse_time(condition.get("lastTransitionTime")),
            facts=(("problem", problem),),
        )
