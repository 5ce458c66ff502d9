"""Stand-ins for controllers that a bare control plane lacks: Argo CD, Flux, an alert rule, a program in a Job.

Each looks at what the API server holds and brings one thing about that the real one is documented to bring about. What
they know is in the API server too; what is in Git is in a ConfigMap `git`, its keys revisions or paths.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Self

import yaml

from cluster.api import Json, RefusedError, TestCluster
from cluster.writes.alerting import tell
from cluster.writes.steps import ARGO, FLUX

Reconcile = Callable[[TestCluster, str, str | None], None]
"""Looks once, at a namespace, and may tell an Alertmanager."""
EVERY = 0.3


class Controller:
    """Reconciles again and again, from the fault until everything has been taken back."""

    def __init__(self, reconcile: Reconcile | None, cluster: TestCluster, space: str, alertmanager: str | None) -> None:
        self._reconcile, self._at = reconcile, (cluster, space, alertmanager)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        if self._reconcile:
            self._reconcile(*self._at)
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._reconcile:
            self._thread.join()

    def _run(self) -> None:
        while self._reconcile and not self._over.wait(EVERY):
            self._reconcile(*self._at)


def argo_cd(cluster: TestCluster, space: str, _: str | None) -> None:
    """Carry out what `operation` asks for and take it away, keep the history, and say how what runs compares with Git.

    argo-cd.readthedocs.io, "Sync Applications with Kubectl"; argo-cd, controller/appcontroller.go.
    """
    application = cluster.get("Application", space, "shop", ARGO) or {}
    status, asked = application["status"], application.get("operation")
    change: Json = {}
    if asked:
        revision, source = asked["sync"]["revision"], asked["sync"].get("source") or application["spec"]["source"]
        _apply(cluster, space, _git(cluster, space)[revision])
        done = {"operation": asked, "phase": "Succeeded", "finishedAt": _now(), "syncResult": {"revision": revision}}
        entry = {"id": len(status.get("history", [])) + 1, "revision": revision, "source": source, "deployedAt": _now()}
        change = {"operation": None, "status": {"operationState": done, "history": [*status.get("history", []), entry]}}
        status = {**status, **change["status"]}
    seen = _compared(cluster, space, status)
    if asked or any(status.get(part) != value for part, value in seen.items()):
        change = {**change, "status": {**change.get("status", {}), **seen}}
        cluster.patch("Application", space, "shop", change, ARGO)


def _compared(cluster: TestCluster, space: str, status: Json) -> Json:
    """Sync and health: an object that is gone is Missing; the other cluster's own word counts where it is there."""
    revision = status["sync"]["revision"]
    if status.get("history"):
        revision = status["history"][-1]["revision"]
    objects = list(yaml.safe_load_all(_git(cluster, space)[revision]))
    there = all(cluster.get(one["kind"], space, one["metadata"]["name"]) for one in objects)
    said = [one["data"]["health"] for one in objects if one["kind"] == "ConfigMap"]
    health = (said or ["Healthy"])[0] if there else "Missing"
    return {
        "sync": {"status": "Synced" if there else "OutOfSync", "revision": revision},
        "health": {"status": health},
    }


def flux(cluster: TestCluster, space: str, _: str | None) -> None:
    """Reconcile what is not suspended when that is asked for, due, or waited for.

    fluxcd.io, "Kustomization": "Suspend", "Triggering a reconcile", "Dependencies", "Role-based access control".
    """
    for found in (cluster.get("Kustomization", space, "", FLUX) or {"items": []})["items"]:
        spec, status = found["spec"], found.get("status", {})
        asked = found["metadata"].get("annotations", {}).get("reconcile.fluxcd.io/requestedAt")
        waits = status.get("conditions", [{}])[0].get("reason") in {"DependencyNotReady", "Progressing"}
        due = waits or spec["interval"] == "1s" or asked != status.get("lastHandledReconcileAt")
        if spec.get("suspend") or not due:
            continue
        problem = _attempt(cluster, space, spec)
        ready = {"type": "Ready", "status": "False" if problem else "True", "message": problem[1] if problem else ""}
        ready["reason"] = problem[0] if problem else "ReconciliationSucceeded"
        before = {key: value for key, value in status.get("conditions", [{}])[0].items() if key in ready}
        if before != ready or asked != status.get("lastHandledReconcileAt"):
            change = {"conditions": [{**ready, "lastTransitionTime": _now()}], "lastHandledReconcileAt": asked}
            cluster.patch("Kustomization", space, found["metadata"]["name"], {"status": change}, FLUX)


def _attempt(cluster: TestCluster, space: str, spec: Json) -> tuple[str, str] | None:
    for needed in spec.get("dependsOn", []):
        other = cluster.get("Kustomization", space, needed["name"], FLUX) or {}
        if other.get("status", {}).get("conditions", [{}])[0].get("status") != "True":
            return "DependencyNotReady", f"dependency '{space}/{needed['name']}' is not ready"
    account = spec.get("serviceAccountName")
    if account and not cluster.get("ServiceAccount", space, account):
        return "ReconciliationFailed", f'serviceaccounts "{account}" not found'
    _apply(cluster, space, _git(cluster, space)[spec["path"]])
    return None


def alert_on_flag(cluster: TestCluster, space: str, alertmanager: str | None) -> None:
    """Fire as long as the flag is on, as requests then fail."""
    flags = json.loads((cluster.get("ConfigMap", space, "flagd-config") or {})["data"]["flags.json"])["flags"]
    labels = {"alertname": "HighErrorRate", "namespace": space, "deployment": "basket"}
    tell(alertmanager, labels, firing=flags["basketFailure"]["defaultVariant"] == "on")


def make_secret(cluster: TestCluster, space: str, _: str | None) -> None:
    """Do what the CronJob's program does, once a run of it is there."""
    jobs = (cluster.get("Job", space) or {"items": []})["items"]
    if jobs and not cluster.get("Secret", space, "feed-token"):
        cluster.create(
            {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "feed-token"}, "stringData": {"TOKEN": "x"}},
            space,
        )


def _git(cluster: TestCluster, space: str) -> dict[str, str]:
    held: dict[str, str] = (cluster.get("ConfigMap", space, "git") or {})["data"]
    return held


def _apply(cluster: TestCluster, space: str, manifests: str) -> None:
    for one in yaml.safe_load_all(manifests):
        if cluster.get(one["kind"], space, one["metadata"]["name"]):
            cluster.patch(one["kind"], space, one["metadata"]["name"], one)
            continue
        try:
            cluster.create(one, space)
        except RefusedError as refused:
            if refused.status != 409:
                raise


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


CONTROLLERS: dict[str, Reconcile] = {
    "argo_sync": argo_cd,
    "argo_roll_back": argo_cd,
    "flux_reconcile": flux,
    "flux_suspend": flux,
    "flux_resume": flux,
    "edit_config_map": alert_on_flag,
    "resume_cron_job": make_secret,
}
"""Who works beside which fault."""
