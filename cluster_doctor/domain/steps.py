"""What a step may do, in the words that plans, policies and the audit trail share."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, JsonValue


class StepType(StrEnum):
    """What a step does. A policy allows types; each has a way to undo it."""

    ROLL_BACK = "roll_back"
    RESTART = "restart"
    SET_IMAGE = "set_image"
    SET_RESOURCES = "set_resources"
    SCALE = "scale"
    PATCH_PROBE = "patch_probe"
    PATCH_SELECTOR = "patch_selector"
    PATCH_PORT = "patch_port"
    PATCH_ENV = "patch_env"
    PATCH_TOLERATION = "patch_toleration"
    PATCH_AFFINITY = "patch_affinity"
    PATCH_ANNOTATION = "patch_annotation"
    CREATE_CONFIG_MAP = "create_config_map"
    EDIT_CONFIG_MAP = "edit_config_map"
    CREATE_SERVICE_ACCOUNT = "create_service_account"
    DELETE_POD = "delete_pod"
    EVICT_POD = "evict_pod"
    DELETE_JOB = "delete_job"
    SUSPEND_CRON_JOB = "suspend_cron_job"
    RESUME_CRON_JOB = "resume_cron_job"
    CORDON = "cordon"
    UNCORDON = "uncordon"
    EXPAND_CLAIM = "expand_claim"
    ADJUST_QUOTA = "adjust_quota"
    ADJUST_AUTOSCALER = "adjust_autoscaler"
    REMOVE_FINALIZER = "remove_finalizer"
    ARGO_SYNC = "argo_sync"
    ARGO_ROLL_BACK = "argo_roll_back"
    FLUX_RECONCILE = "flux_reconcile"
    FLUX_SUSPEND = "flux_suspend"
    FLUX_RESUME = "flux_resume"

    @property
    def is_reversible(self) -> bool:
        """Whether it can be taken back; a claim never shrinks, and what was deleted is gone."""
        return self not in _FOR_GOOD

    @property
    def is_relief(self) -> bool:
        """Whether it keeps the harm away from what runs, and leaves the cause as it is."""
        return self in {StepType.CORDON, StepType.EVICT_POD}


_FOR_GOOD = frozenset(
    {
        StepType.DELETE_POD, StepType.EVICT_POD, StepType.DELETE_JOB, StepType.EXPAND_CLAIM,
        StepType.REMOVE_FINALIZER, StepType.ARGO_SYNC, StepType.ARGO_ROLL_BACK, StepType.FLUX_RECONCILE,
    }
)  # fmt: skip


class Verb(StrEnum):
    """How a step reaches its target."""

    PATCH = "patch"
    CREATE = "create"
    DELETE = "delete"
    EVICT = "evict"


class FieldEdit(BaseModel):
    """One field of a step's target: what it has to be before, and what it becomes.

    None stands for a field that is not there, as it does in the Kubernetes API.

    Attributes:
        path: keys from the top; the member of a list is named by its position, `[0]`, or by one or more of its fields,
            `[name=web]`, `[port=80,protocol=TCP]`, and made where it is not there.
        was: the value that the plan assumes.
        becomes: the value that it gives.
    """

    model_config = ConfigDict(frozen=True)

    path: tuple[str, ...]
    was: JsonValue = None
    becomes: JsonValue = None

    def __str__(self) -> str:
        """`spec.replicas: 0 -> 2`."""
        return f"{self.place}: {_shown(self.was)} -> {_shown(self.becomes)}"

    @property
    def place(self) -> str:
        """The path as a person writes it: `spec.containers[name=web].image`."""
        return "".join(part if part.startswith("[") else f".{part}" for part in self.path).lstrip(".")

    @property
    def reverse(self) -> FieldEdit:
        """What takes this back."""
        return FieldEdit(path=self.path, was=self.becomes, becomes=self.was)


def _shown(value: JsonValue) -> str:
    return "nothing" if value is None else str(value)
