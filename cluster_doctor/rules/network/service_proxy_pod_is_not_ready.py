"""A node whose kube-proxy Pod is not ready."""

from __future__ import annotations

from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.network.node_agents import (
    brought_about,
    is_service_proxy,
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
def service_proxy_pod_is_not_ready(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The kube-proxy Pod of a node is not ready, so that changes of Services do not reach the node.

    Why it matters:
        Addresses of Services are made by kube-proxy on each node; without it they lead nowhere or to Pods long gone.

    Fires on:
        kind: Pod
        metadata:
          name: kube-proxy-m4t9z
          namespace: kube-system
          labels: {k8s-app: kube-proxy}
          ownerReferences:
          - {apiVersion: apps/v1, kind: DaemonSet, name: kube-proxy, controller: true}
        spec: {nodeName: n1, hostNetwork: true, containers: [{name: kube-proxy}]}
        status:
          phase: Running
          conditions:
          - {type: Ready, status: 'False', lastTransitionTime: '2026-01-01T11:40:00Z'}
          containerStatuses:
          - name: kube-proxy
            ready: false
            restartCount: 7
            state: {waiting: {reason: CrashLoopBackOff}}

    Stays quiet on:
        kind: Pod
        metadata:
          name: kube-proxy-m4t9z
          namespace: kube-system
          labels: {k8s-app: kube-proxy}
          ownerReferences:
          - {apiVersion: apps/v1, kind: DaemonSet, name: kube-proxy, controller: true}
        spec: {nodeName: n1, hostNetwork: true, containers: [{name: kube-proxy}]}
        status:
          phase: Running
          conditions:
          - {type: Ready, status: 'False', lastTransitionTime: '2026-01-01T11:59:30Z'}
          containerStatuses:
          - name: kube-proxy
            ready: false
            restartCount: 0
            state: {running: {startedAt: '2026-01-01T11:59:30Z'}}

    Remedy:
        Read the log of the kube-proxy Pod on that node; its ConfigMap and kubeconfig are what it stumbles over most.

    References:
        https://kubernetes.io/docs/reference/networking/virtual-ips/
    """
    if not is_service_proxy(pod):
        return
    unready, since = unready_since(pod, cluster.taken_at)
    if not unready:
        return
    yield Match(
        message=f"kube-proxy of node {pod.node_name} (Pod {pod.name}) is not ready: {state_of(pod)}",
        evidence=(pod.cite(unready_path(pod)),),
        effects=brought_about(pod),
        because=yields_to(pod, cluster),
        since=since,
        facts=(("node", pod.node_name),),
    )
