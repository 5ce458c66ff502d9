"""Kinds whose health is a matter of counting: members that are there against members that are wanted."""

from __future__ import annotations

from cluster_doctor.snapshot.health.conditions import condition_status
from cluster_doctor.snapshot.health.manner import Reader
from cluster_doctor.snapshot.health.verdict import Health, HealthStatus
from cluster_doctor.snapshot.paths import dig, integer, text
from cluster_doctor.snapshot.views import View


def stepwise_replicas(view: View) -> Health | None:
    """Read a workload that can stop half-way: `updateStrategy` has a partition and can be paused."""
    return _stepwise(view, "replicas", "updatedReplicas", ("updatedReadyReplicas", "updatedAvailableReplicas"))


def stepwise_nodes(view: View) -> Health | None:
    """Read a DaemonSet that can stop half-way."""
    return _stepwise(view, "desiredNumberScheduled", "updatedNumberScheduled", ("numberAvailable",))


def _stepwise(view: View, whole: str, updated: str, arrived: tuple[str, ...]) -> Health | None:
    if not view.mapping("status"):
        return None
    for position, condition in view.objects("status", "conditions"):
        if text(condition, "type").startswith("Failed") and condition_status(condition) == "True":
            return Health(HealthStatus.DEGRADED, text(condition, "message"), f"status.conditions[{position}]")
    wanted = view.integer("spec", "replicas", default=view.integer("status", whole))
    partition = view.integer("spec", "updateStrategy", "rollingUpdate", "partition")
    counts = [name for name in (updated, *arrived) if view.mapping("status").get(name) is not None]
    if 0 < partition < wanted and (not counts or view.integer("status", counts[0]) >= wanted - partition):
        told = f"it goes on below partition {partition} when somebody says so"
        return Health(HealthStatus.SUSPENDED, told, "spec.updateStrategy.rollingUpdate.partition")
    for name in counts:
        if view.integer("status", name) < wanted - max(partition, 0):
            return _some(view.integer("status", name), wanted, f"status.{name}")
    return _all(wanted, f"status.{counts[-1]}") if counts else None


def racks(view: View) -> Health | None:
    """Read a cluster that counts its members rack by rack."""
    for name, rack in view.mapping("status", "racks").items():
        if integer(rack, "readyMembers") < integer(rack, "members"):
            path = f"status.racks.{name}.readyMembers"
            return _some(integer(rack, "readyMembers"), integer(rack, "members"), path)
    return _all(len(view.mapping("status", "racks")), "status.racks") if view.mapping("status", "racks") else None


def members(field: str) -> Reader:
    """Read a list in the status whose members count replicas."""

    def read(view: View) -> Health | None:
        for position, member in view.objects("status", field):
            if integer(member, "readyReplicas") < integer(member, "replicas"):
                path = f"status.{field}[{position}].readyReplicas"
                return _some(integer(member, "readyReplicas"), integer(member, "replicas"), path)
        return (
            None if not view.objects("status", field) else _all(len(view.objects("status", field)), f"status.{field}")
        )

    return read


def elastic_nodes(view: View) -> Health | None:
    """Compare an Elasticsearch's nodes with those of its sets; its health counts once they are all there."""
    wanted = sum(integer(entry, "count") for _, entry in view.objects("spec", "nodeSets"))
    there = view.integer("status", "availableNodes", default=wanted)
    if view.text("status", "health") in {"red", ""} or there >= wanted:
        return None
    return _some(there, wanted, "status.availableNodes")


def expected_nodes(view: View) -> Health | None:
    """Compare the nodes of a Beat or an Agent; its health counts once they are all there."""
    wanted, there = view.integer("status", "expectedNodes"), view.integer("status", "availableNodes")
    if view.text("status", "health") == "red" or there >= wanted:
        return None
    return _some(there, wanted, "status.availableNodes")


def collectors(view: View) -> Health | None:
    """Read how many collectors run, which is written as `1/3`; a sidecar has none of its own."""
    if view.text("spec", "mode") == "sidecar":
        return Health(HealthStatus.HEALTHY, "it runs within the Pods of others", "spec.mode")
    there, slash, wanted = view.text("status", "scale", "statusReplicas").partition("/")
    if not slash or not there.isdecimal() or not wanted.isdecimal():
        return None
    path = "status.scale.statusReplicas"
    return _some(int(there), int(wanted), path) if int(there) < int(wanted) else _all(int(wanted), path)


def kafka_brokers(view: View) -> Health | None:
    """Find a broker of a running cluster that is out of sync or that Cruise Control gave up on."""
    if view.text("status", "state") != "ClusterRunning":
        return None
    for name, broker in view.mapping("status", "brokersState").items():
        if dig(broker, "configurationState") not in {None, "ConfigInSync"}:
            told = f"broker {name} is {dig(broker, 'configurationState')}"
            return Health(HealthStatus.DEGRADED, told, f"status.brokersState.{name}.configurationState")
        action = dig(broker, "gracefulActionState", "cruiseControlState")
        if isinstance(action, str) and action.endswith(("Error", "Paused", "Failed")):
            path = f"status.brokersState.{name}.gracefulActionState.cruiseControlState"
            return Health(HealthStatus.DEGRADED, f"broker {name} is in {action}", path)
    return None


def _some(there: int, wanted: int, path: str) -> Health:
    return Health(HealthStatus.PROGRESSING, f"{there} of {wanted} are there", path)


def _all(wanted: int, path: str) -> Health:
    return Health(HealthStatus.HEALTHY, f"all {wanted} are there", path)
