"""Objects that make Pods."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import ClassVar

from pydantic import JsonValue

from cluster_doctor.snapshot.paths import dig, mapping, strings
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views.base import View
from cluster_doctor.snapshot.views.pod import PodSpec


class Workload(View):
    """An object with a Pod template. As a rule's subject it stands for all of them that nothing else manages."""

    kind: ClassVar[str] = "Workload"
    template_path: ClassVar[tuple[str, ...]] = ("spec", "template")

    @cached_property
    def template(self) -> PodSpec:
        """The Pod template's `spec`."""
        return PodSpec(mapping(self.raw, *self.template_path, "spec"), ".".join((*self.template_path, "spec")))

    @cached_property
    def template_labels(self) -> dict[str, str]:
        """Labels that the workload's Pods get."""
        return strings(self.raw, *self.template_path, "metadata", "labels")

    @property
    def selector(self) -> dict[str, JsonValue]:
        """`spec.selector` as a LabelSelector."""
        return self.mapping("spec", "selector")

    @property
    def wanted(self) -> int:
        """Replicas asked for; 1 where nothing is said, as the API defaults."""
        return self.integer("spec", "replicas", default=1)

    @property
    def ready_replicas(self) -> int:
        """Replicas that are ready; an available one is ready, whatever is not said."""
        return max(self.integer("status", "readyReplicas"), self.integer("status", "availableReplicas"))

    @property
    def observed(self) -> bool:
        """Whether the controller has seen the current generation."""
        generation = self.integer("metadata", "generation")
        return not generation or self.integer("status", "observedGeneration") >= generation

    @property
    def has_status(self) -> bool:
        """Whether a controller has written a status; manifests have none."""
        return bool(self.mapping("status"))


class Deployment(Workload):
    """A Deployment."""

    kind: ClassVar[str] = "Deployment"
    api_version: ClassVar[str] = "apps/v1"

    @property
    def available_replicas(self) -> int:
        """Replicas that have been ready for `minReadySeconds`."""
        return self.integer("status", "availableReplicas")


class ReplicaSet(Workload):
    """A ReplicaSet."""

    kind: ClassVar[str] = "ReplicaSet"
    api_version: ClassVar[str] = "apps/v1"

    @property
    def revision(self) -> int:
        """The Deployment revision that it holds, 0 if none."""
        found = self.annotations.get("deployment.kubernetes.io/revision", "")
        return int(found) if found.isdigit() else 0


class ReplicationController(Workload):
    """A ReplicationController; its selector is a plain label map."""

    kind: ClassVar[str] = "ReplicationController"

    @property
    def selector(self) -> dict[str, JsonValue]:
        """`spec.selector` in the form of a LabelSelector."""
        return {"matchLabels": self.mapping("spec", "selector")}


class StatefulSet(Workload):
    """A StatefulSet."""

    kind: ClassVar[str] = "StatefulSet"
    api_version: ClassVar[str] = "apps/v1"

    @property
    def service_name(self) -> str:
        """`spec.serviceName`: the governing Service."""
        return self.text("spec", "serviceName")


class DaemonSet(Workload):
    """A DaemonSet; wanted replicas are counted in its status."""

    kind: ClassVar[str] = "DaemonSet"
    api_version: ClassVar[str] = "apps/v1"

    @property
    def wanted(self) -> int:
        """Nodes that should run it."""
        return self.integer("status", "desiredNumberScheduled")

    @property
    def ready_replicas(self) -> int:
        """Nodes on which it is ready."""
        return self.integer("status", "numberReady")


class Job(Workload):
    """A Job."""

    kind: ClassVar[str] = "Job"
    api_version: ClassVar[str] = "batch/v1"

    @property
    def wanted(self) -> int:
        """Pods that may run at once."""
        return self.integer("spec", "parallelism", default=1)

    @property
    def ready_replicas(self) -> int:
        """Pods that are ready."""
        return self.integer("status", "ready")

    @property
    def complete(self) -> bool:
        """Whether condition Complete is True."""
        return self.condition("Complete").get("status") == "True"

    @property
    def failed(self) -> dict[str, JsonValue]:
        """Condition Failed where it is True, else empty."""
        condition = self.condition("Failed")
        return condition if condition.get("status") == "True" else {}

    @property
    def suspended(self) -> bool:
        """`spec.suspend`."""
        return self.flag("spec", "suspend")


class CronJob(Workload):
    """A CronJob."""

    kind: ClassVar[str] = "CronJob"
    api_version: ClassVar[str] = "batch/v1"
    template_path: ClassVar[tuple[str, ...]] = ("spec", "jobTemplate", "spec", "template")

    @property
    def wanted(self) -> int:
        """A CronJob itself wants no Pods."""
        return 0

    @property
    def suspended(self) -> bool:
        """`spec.suspend`."""
        return self.flag("spec", "suspend")

    @property
    def schedule(self) -> str:
        """`spec.schedule`."""
        return self.text("spec", "schedule")

    @property
    def last_scheduled_at(self) -> datetime | None:
        """When a Job was last made."""
        return parse_time(dig(self.raw, "status", "lastScheduleTime"))
