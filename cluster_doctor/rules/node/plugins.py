"""Pods that plug something into their node: its network, its volumes, its devices.

Whoever made them, they are known by the folders of the node that they mount, because the kubelet and the runtime find
plugins in these alone: the CNI's configuration and binaries, the sockets of CSI drivers, the sockets of device plugins.
Distributions put the folders in other places, below other parents.

References:
    https://kubernetes.io/docs/concepts/extend-kubernetes/compute-storage-net/network-plugins/
    https://kubernetes-csi.github.io/docs/node-driver-registrar.html
    https://kubernetes.io/docs/concepts/extend-kubernetes/compute-storage-net/device-plugins/
    https://kubernetes.io/docs/reference/labels-annotations-taints/#node-cloudprovider-kubernetes-io-uninitialized
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.snapshot.paths import text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod

UNINITIALISED = "node.cloudprovider.kubernetes.io/uninitialized"
"""The kubelet sets this taint where a cloud provider is external; the cloud-controller-manager takes it off."""
_DRIVER = re.compile(r"/plugins/([^/]+)")
_FAILS = (EffectKind.CONTAINER_CRASHING, EffectKind.POD_NOT_STARTED, EffectKind.POD_NOT_READY)


class Plugin(Enum):
    """What is plugged in, by the folders that tell it."""

    NETWORK = re.compile(r"/cni(?:/|$)")
    STORAGE = re.compile(r"/plugins_registry(?:/|$)")
    DEVICES = re.compile(r"/device-plugins(?:/|$)")


def plugs_in(pod: Pod, plugin: Plugin) -> bool:
    """Tell whether a Pod brings its node a plugin of a kind."""
    return bool(pod.controller and pod.controller.kind == "DaemonSet") and any(
        plugin.value.search(path) for path in _host_paths(pod)
    )


def failing_network(node: str, cluster: ClusterSnapshot) -> tuple[Effect, ...]:
    """How the Pods fare that give a node its network, as far as they are not ready."""
    return _effects(pod for pod in _unready(Plugin.NETWORK, cluster) if pod.node_name == node)


def failing_driver(driver: str, node: str, cluster: ClusterSnapshot) -> tuple[Effect, ...]:
    """How the Pods fare that register a CSI driver on a node, as far as they are not ready."""

    def registers(pod: Pod) -> bool:
        named = {name for path in _host_paths(pod) for name in _DRIVER.findall(path)}
        return not named or driver in named

    return _effects(pod for pod in _unready(Plugin.STORAGE, cluster) if pod.node_name == node and registers(pod))


def failing_devices(resource: str, cluster: ClusterSnapshot) -> tuple[Effect, ...]:
    """How the Pods fare that offer an extended resource (`vendor.example/device`), as far as they are not ready."""
    vendor = resource.split("/", maxsplit=1)[0].split(".", maxsplit=1)[0]
    return _effects(
        pod
        for pod in _unready(Plugin.DEVICES, cluster)
        if vendor in pod.name or any(vendor in container.image for container in pod.containers)
    )


def failing_initialisers(taints: Iterable[str], nodes: Iterable[str], cluster: ClusterSnapshot) -> tuple[Effect, ...]:
    """How the Pods fare that should take start-up taints off nodes: the cloud's controller, and plugins' agents."""
    keys = list(taints)
    found: dict[Effect, None] = {}
    if UNINITIALISED in keys:
        found |= dict.fromkeys(
            _effects(
                pod
                for pod in cluster.all(Pod)
                if "cloud-controller-manager" in pod.name and not pod.ready and pod.expected_to_run
            )
        )
    if any(key.endswith("/agent-not-ready") for key in keys):
        waiting = frozenset(nodes)
        found |= dict.fromkeys(
            _effects(
                pod
                for plugin in (Plugin.NETWORK, Plugin.STORAGE)
                for pod in _unready(plugin, cluster)
                if pod.node_name in waiting
            )
        )
    return tuple(found)


def _unready(plugin: Plugin, cluster: ClusterSnapshot) -> tuple[Pod, ...]:
    return cluster.remember(
        ("unready plugins", plugin),
        lambda: tuple(
            pod for pod in cluster.all(Pod) if not pod.ready and pod.expected_to_run and plugs_in(pod, plugin)
        ),
    )


def _effects(pods: Iterator[Pod]) -> tuple[Effect, ...]:
    return tuple(Effect(kind, pod.ref) for pod in pods for kind in _FAILS)


def _host_paths(pod: Pod) -> Iterator[str]:
    return (path for _, volume in pod.spec.volumes() if (path := text(volume, "hostPath", "path")))
