"""A node whose network agent is not ready."""

from __future__ import annotations

from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.network.node_agents import (
    brought_about,
    is_network_agent,
    state_of,
    unready_path,
    unready_since,
    yields_to,
)
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.selections import unwell_pods
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod


@rule(Severity.CRITICAL, subject=Pod, among=unwell_pods)
def network_agent_is_not_ready(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The network plugin's agent on a node is not ready.

    Why it matters:
        The agent makes routes, addresses and policies of the Pods on its node; without it new Pods get no network
        and running ones lose changes.

    Fires on:
        kind: Pod
        metadata:
          name: calico-node-x7k2p
          namespace: kube-system
          labels: {k8s-app: calico-node}
          ownerReferences:
          - {apiVersion: apps/v1, kind: DaemonSet, name: calico-node, controller: true}
        spec: {nodeName: n1, hostNetwork: true, containers: [{name: calico-node}]}
        status:
          phase: Running
          conditions:
          - {type: Ready, status: 'False', lastTransitionTime: '2026-01-01T11:40:00Z'}
          containerStatuses:
          - name: calico-node
            ready: false
            restartCount: 7
            state: {waiting: {reason: CrashLoopBackOff}}

    Stays quiet on:
        kind: Pod
        metadata:
          name: calico-node-x7k2p
          namespace: kube-system
          labels: {k8s-app: calico-node}
          ownerReferences:
          - {apiVersion: apps/v1, kind: DaemonSet, name: calico-node, controller: true}
        spec: {nodeName: n1, hostNetwork: true, containers: [{name: calico-node}]}
        status:
          phase: Running
          conditions:
          - {type: Ready, status: 'False', lastTransitionTime: '2026-01-01T11:59:30Z'}
          containerStatuses:
          - name: calico-node
            ready: false
            restartCount: 0
            state: {running: {startedAt: '2026-01-01T11:59:30Z'}}

    Remedy:
        Read the agent's log on that node and repair what it names: its configuration, its access to the API, the node.

    References:
        https://kubernetes.io/docs/concepts/extend-kubernetes/compute-storage-net/network-plugins/
    """
    if not is_network_agent(pod):
        return
    unready, since = unready_since(pod, cluster.taken_at)
    if not unready:
        return
    yield Match(
        message=f"the network agent of node {pod.node_name} (Pod {pod.name}) is not ready: {state_of(pod)}",
        evidence=(pod.cite(unready_path(pod)),),
        effects=brought_about(pod),
        because=yields_to(pod, cluster),
        since=since,
        facts=(("node", pod.node_name),),
    )
