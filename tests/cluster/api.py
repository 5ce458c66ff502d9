"""Writes to a test cluster. The library itself cannot."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kubernetes.client import ApiClient, Configuration
from kubernetes.config.kube_config import load_kube_config

from cluster_doctor.snapshot.kinds import BY_KIND
from cluster_doctor.sources.live.discovery import AGGREGATED
from cluster_doctor.sources.live.reader import PLAIN_JSON

Json = dict[str, Any]


class RefusedError(Exception):
    """The API server refused a write."""

    def __init__(self, status: int, text: str) -> None:
        self.status = status
        super().__init__(f"{status} {text}")


class TestCluster:
    """A cluster that tests may write to."""

    __test__ = False  # not a test case, whatever pytest thinks of the name

    def __init__(self, kubeconfig: Path) -> None:
        self.kubeconfig = kubeconfig
        configuration = type.__call__(Configuration)
        load_kube_config(str(kubeconfig), client_configuration=configuration, persist_config=False)  # type: ignore[no-untyped-call]  # typed in parts
        configuration.connection_pool_maxsize = 32
        self._client = ApiClient(configuration)
        self.server = configuration.host

    def send(
        self, method: str, path: str, body: object = None, kind: str = "application/json", accept: str = PLAIN_JSON
    ) -> Json:
        """Send one request."""
        headers = {"Accept": accept, "Content-Type": kind}
        _, url, headers, _, _ = self._client.param_serialize(
            method, path, header_params=headers, auth_settings=["BearerToken"]
        )
        response = self._client.call_api(method, url, headers, body, _request_timeout=(5, 30))
        found = _json(response.read())  # type: ignore[no-untyped-call]  # typed in parts
        if response.status >= 300:
            raise RefusedError(response.status, str(found.get("message", found)))
        return found

    def get(self, kind: str, namespace: str | None, name: str = "", api_version: str = "") -> Json | None:
        """Read an object or a list; None if it is not there. A kind that is not Kubernetes' own needs its version."""
        try:
            return self.send("GET", path_of(kind, namespace, name, api_version))
        except RefusedError as refused:
            if refused.status == 404:
                return None
            raise

    def create(self, manifest: Json, namespace: str) -> None:
        """Create an object in a namespace, unless it names its own."""
        manifest = {**manifest, "metadata": dict(manifest["metadata"])}
        named = BY_KIND.get(manifest["kind"])
        place = None
        if named is None or named.namespaced:
            place = manifest["metadata"].setdefault("namespace", namespace)
        self.create_at(path_of(manifest["kind"], place, "", manifest.get("apiVersion", "")), manifest)

    def create_at(self, path: str, manifest: Json) -> None:
        """Create an object at a path."""
        for attempt in range(20):
            try:
                self.send("POST", path, manifest)
            except RefusedError as refused:
                # A new namespace gets its ServiceAccount, a new definition its endpoint, a moment later.
                if attempt < 19 and (refused.status == 404 or "serviceaccount" in str(refused)):
                    time.sleep(0.3)
                    continue
                raise
            return

    def patch(self, kind: str, namespace: str | None, name: str, body: Json, api_version: str = "") -> None:
        """Merge a patch. A kind that is not Kubernetes' own needs its version."""
        self.send("PATCH", path_of(kind, namespace, name, api_version), body, "application/merge-patch+json")

    def delete(self, kind: str, namespace: str | None, name: str) -> None:
        """Delete an object, if it is there."""
        try:
            self.send("DELETE", path_of(kind, namespace, name), {"propagationPolicy": "Background"})
        except RefusedError as refused:
            if refused.status != 404:
                raise

    def groups(self) -> set[str]:
        """The groups that discovery lists; a deleted definition's stays listed for a moment."""
        return {group["metadata"]["name"] for group in self.send("GET", "/apis", accept=AGGREGATED)["items"]}

    def pods(self, namespace: str) -> Iterator[Json]:
        """The Pods of a namespace."""
        yield from (self.get("Pod", namespace) or {"items": []})["items"]

    def has_restarted(self, namespace: str) -> bool:
        """Whether a container of the namespace was started a second time, so that the log of the first is kept."""
        statuses = (status for pod in self.pods(namespace) for status in pod["status"].get("containerStatuses", []))
        return any(status["restartCount"] for status in statuses)


def path_of(kind: str, namespace: str | None, name: str = "", api_version: str = "") -> str:
    """Path of an object or a list."""
    known = BY_KIND.get(kind)
    version = (known.api_version if known else "") or api_version
    plural = known.plural if known else f"{kind.lower()}s"
    root = f"/apis/{version}" if "/" in version else f"/api/{version}"
    inside = f"/namespaces/{namespace}" if namespace and (known is None or known.namespaced) else ""
    return f"{root}{inside}/{plural}" + (f"/{name}" if name else "")


def _json(body: bytes) -> Json:
    """A body as JSON; an endpoint that is not there yet answers in plain text."""
    try:
        found: Json = json.loads(body or b"{}")
    except ValueError:
        return {"message": body.decode(errors="replace")}
    return found
