"""Nodes, namespaces, limits, autoscaling, admission, Events and custom resources."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import ClassVar

from pydantic import JsonValue

from cluster_doctor.domain.evidence import Evidence, EvidenceSource
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.paths import dig, mapping, objects, text
from cluster_doctor.snapshot.quantity import parse_quantity
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views.base import View


class Node(View):
    """A Node."""

    kind: ClassVar[str] = "Node"

    @property
    def ready(self) -> str:
        """Status of condition Ready: True, False, Unknown; empty if there is none."""
        return text(self.condition("Ready"), "status")

    @property
    def cordoned(self) -> bool:
        """`spec.unschedulable`."""
        return self.flag("spec", "unschedulable")

    @cached_property
    def taints(self) -> list[tuple[str, str, str]]:
        """Key, value and effect of each taint."""
        return [
            (text(taint, "key"), text(taint, "value"), text(taint, "effect"))
            for _, taint in self.objects("spec", "taints")
        ]

    @property
    def control_plane(self) -> bool:
        """Whether labels mark it as part of the control plane."""
        return (
            "node-role.kubernetes.io/control-plane" in self.labels
            or "node-role.kubernetes.io/master" in self.labels
            or self.labels.get("kubernetes.io/role") == "master"
        )

    def allocatable(self, resource: str) -> Decimal | None:
        """What Pods may request of a resource in sum."""
        return parse_quantity(dig(self.raw, "status", "allocatable", resource))


class Namespace(View):
    """A Namespace."""

    kind: ClassVar[str] = "Namespace"

    @property
    def phase(self) -> str:
        """`status.phase`: Active or Terminating."""
        return self.text("status", "phase")


class ResourceQuota(View):
    """A ResourceQuota."""

    kind: ClassVar[str] = "ResourceQuota"

    def usage(self) -> Iterator[tuple[str, Decimal, Decimal]]:
        """Resource, used and hard limit, for each resource that the status counts."""
        for resource, limit in self.mapping("status", "hard").items():
            hard, used = parse_quantity(limit), parse_quantity(dig(self.raw, "status", "used", resource))
            if hard is not None and used is not None:
                yield resource, used, hard


class LimitRange(View):
    """A LimitRange."""

    kind: ClassVar[str] = "LimitRange"


class Autoscaler(View):
    """A HorizontalPodAutoscaler."""

    kind: ClassVar[str] = "HorizontalPodAutoscaler"
    api_version: ClassVar[str] = "autoscaling/v2"

    @property
    def target(self) -> ObjectRef:
        """The workload that it scales."""
        return ObjectRef(
            kind=self.text("spec", "scaleTargetRef", "kind"),
            name=self.text("spec", "scaleTargetRef", "name"),
            namespace=self.namespace,
            api_version=self.text("spec", "scaleTargetRef", "apiVersion") or "apps/v1",
        )


class DisruptionBudget(View):
    """A PodDisruptionBudget."""

    kind: ClassVar[str] = "PodDisruptionBudget"
    api_version: ClassVar[str] = "policy/v1"


class PriorityClass(View):
    """A PriorityClass."""

    kind: ClassVar[str] = "PriorityClass"
    api_version: ClassVar[str] = "scheduling.k8s.io/v1"


class Lease(View):
    """A Lease: the heartbeat of a node or the lock of a controller."""

    kind: ClassVar[str] = "Lease"
    api_version: ClassVar[str] = "coordination.k8s.io/v1"

    @property
    def renewed_at(self) -> datetime | None:
        """`spec.renewTime`."""
        return parse_time(dig(self.raw, "spec", "renewTime"))


class WebhookConfiguration(View):
    """A ValidatingWebhookConfiguration; the mutating kind derives from it."""

    kind: ClassVar[str] = "ValidatingWebhookConfiguration"
    api_version: ClassVar[str] = "admissionregistration.k8s.io/v1"

    @property
    def webhooks(self) -> list[tuple[int, dict[str, JsonValue]]]:
        """`webhooks`, with positions."""
        return objects(self.raw, "webhooks")


class MutatingWebhookConfiguration(WebhookConfiguration):
    """A MutatingWebhookConfiguration."""

    kind: ClassVar[str] = "MutatingWebhookConfiguration"


class APIService(View):
    """An APIService."""

    kind: ClassVar[str] = "APIService"
    api_version: ClassVar[str] = "apiregistration.k8s.io/v1"


class CertificateSigningRequest(View):
    """A CertificateSigningRequest."""

    kind: ClassVar[str] = "CertificateSigningRequest"
    api_version: ClassVar[str] = "certificates.k8s.io/v1"

    @property
    def signer(self) -> str:
        """`spec.signerName`: who is to sign, such as `kubernetes.io/kubelet-serving`."""
        return self.text("spec", "signerName")

    @property
    def requester(self) -> str:
        """`spec.username`: who asks, which the API server fills in."""
        return self.text("spec", "username")


class CustomDefinition(View):
    """A CustomResourceDefinition."""

    kind: ClassVar[str] = "CustomResourceDefinition"
    api_version: ClassVar[str] = "apiextensions.k8s.io/v1"


class Custom(View):
    """An object of a kind that the library has no view for, such as a custom resource."""

    kind: ClassVar[str] = "CustomResource"


class Event(View):
    """A Kubernetes Event, of core/v1 or events.k8s.io/v1."""

    kind: ClassVar[str] = "Event"

    @property
    def _regarding(self) -> dict[str, JsonValue]:
        return mapping(self.raw, "involvedObject") or mapping(self.raw, "regarding")

    @property
    def regarding_key(self) -> tuple[str, str, str]:
        """Kind, namespace and name of the object that it is about, for tables."""
        raw = self._regarding
        kind, space, name = raw.get("kind"), raw.get("namespace"), raw.get("name")
        if type(kind) is str and type(space) is str and type(name) is str:  # as nearly always; there are many
            return kind, space, name
        return text(raw, "kind"), text(raw, "namespace"), text(raw, "name")

    @cached_property
    def regarding(self) -> ObjectRef:
        """The object that it is about."""
        raw = self._regarding
        return ObjectRef(
            kind=text(raw, "kind"),
            name=text(raw, "name"),
            namespace=text(raw, "namespace") or None,
            api_version=text(raw, "apiVersion") or "v1",
            uid=text(raw, "uid") or None,
        )

    @property
    def type(self) -> str:
        """Normal or Warning."""
        return self.text("type")

    @property
    def reason(self) -> str:
        """`reason`."""
        return self.text("reason")

    @cached_property
    def message(self) -> str:
        """`message`, or `note` in the newer API."""
        return self.text("message") or self.text("note")

    @property
    def count(self) -> int:
        """How often it was seen."""
        return max(self.integer("count"), self.integer("series", "count"), self.integer("deprecatedCount"), 1)

    @cached_property
    def first_seen(self) -> datetime | None:
        """When it was first seen."""
        return self._time("firstTimestamp", "deprecatedFirstTimestamp", "eventTime") or self.created_at

    @cached_property
    def last_seen(self) -> datetime | None:
        """When it was last seen."""
        series = parse_time(dig(self.raw, "series", "lastObservedTime"))
        return series or self._time("lastTimestamp", "deprecatedLastTimestamp", "eventTime") or self.created_at

    def _time(self, *fields: str) -> datetime | None:
        return next((found for field in fields if (found := parse_time(self.raw.get(field)))), None)

    @property
    def component(self) -> str:
        """Who reported it: `kubelet`, `default-scheduler`, …"""
        return self.text("source", "component") or self.text("reportingComponent") or self.text("reportingController")

    def cite_message(self) -> Evidence:
        """Cite what the Event says."""
        subject = self.regarding
        scope = f" -n {subject.namespace}" if subject.namespace else ""
        return Evidence(
            subject=subject,
            source=EvidenceSource.EVENT,
            path=self.reason,
            value=self.message,
            observed_at=self.last_seen,
            command=f"kubectl events{scope} --for {subject.kind.lower()}/{subject.name}",
        )


def condition_message(condition: dict[str, JsonValue]) -> str:
    """Reason and message of a status condition as one text."""
    reason, message = text(condition, "reason"), text(condition, "message")
    return f"{reason}: {message}" if reason and message else reason or message
