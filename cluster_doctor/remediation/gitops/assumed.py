"""Whether what a file says is what a plan assumes, which was read from the cluster.

The API server fills in defaults and writes quantities in one form, so that a file may differ in letters and mean the
same. Accepted as equal are: a quantity in another form, a number for a string of it where the field is a quantity, and
a field that is absent in the file while the plan assumes the value that the API server gives it. Nothing else is.
Source: kubernetes.io, API reference, the defaults of each field.
"""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import JsonValue

from cluster_doctor.remediation.fields import same
from cluster_doctor.snapshot.quantity import parse_quantity

_QUANTITIES = frozenset({"limits", "requests", "hard", "capacity", "default", "defaultRequest", "min", "max"})
_DEFAULTS: dict[str, tuple[JsonValue, ...]] = {
    "replicas": (1,),
    "imagePullPolicy": ("IfNotPresent", "Always"),
    "protocol": ("TCP",),
    "restartPolicy": ("Always",),
    "dnsPolicy": ("ClusterFirst",),
    "schedulerName": ("default-scheduler",),
    "securityContext": ({},),
    "resources": ({},),
    "terminationGracePeriodSeconds": (30,),
    "terminationMessagePath": ("/dev/termination-log",),
    "terminationMessagePolicy": ("File",),
    "initialDelaySeconds": (0,),
    "periodSeconds": (10,),
    "timeoutSeconds": (1,),
    "successThreshold": (1,),
    "failureThreshold": (3,),
    "scheme": ("HTTP",),
    "progressDeadlineSeconds": (600,),
    "revisionHistoryLimit": (10,),
    "minReadySeconds": (0,),
    "parallelism": (1,),
    "completions": (1,),
    "backoffLimit": (6,),
    "suspend": (False,),
    "concurrencyPolicy": ("Allow",),
    "sessionAffinity": ("None",),
    "type": ("ClusterIP",),
    "optional": (False,),
    "paused": (False,),
    "unschedulable": (False,),
}
"""Values that the API server gives to fields that are left out; a file that leaves them out means these."""


def is_assumed(path: Sequence[str], written: JsonValue, assumed: JsonValue) -> bool:
    """Whether the value that a file has at a path is the one that a plan assumes."""
    if same(written, assumed):
        return True
    if written is None:
        return bool(path) and any(same(assumed, default) for default in _DEFAULTS.get(path[-1], ()))
    if isinstance(written, dict) and isinstance(assumed, dict):
        return all(is_assumed((*path, key), written.get(key), assumed.get(key)) for key in {*written, *assumed})
    if isinstance(written, list) and isinstance(assumed, list):
        pairs = zip(written, assumed, strict=False)
        return len(written) == len(assumed) and all(is_assumed((*path, "[]"), one, other) for one, other in pairs)
    return _is_quantity(path) and _equal_quantities(written, assumed)


def _is_quantity(path: Sequence[str]) -> bool:
    return any(part in _QUANTITIES for part in path[:-1]) or (bool(path) and path[-1] == "sizeLimit")


def _equal_quantities(written: JsonValue, assumed: JsonValue) -> bool:
    one, other = parse_quantity(written), parse_quantity(assumed)
    return one is not None and one == other
