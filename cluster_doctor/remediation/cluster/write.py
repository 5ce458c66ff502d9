"""One request that changes something, bound to the very object that was looked at."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace

import jsonpatch
from pydantic import JsonValue

from cluster_doctor.remediation.cluster.difference import MARK
from cluster_doctor.remediation.fields import Object

FIELD_MANAGER = "cluster-doctor"
JSON_PATCH = "application/json-patch+json"
PLAIN = "application/json"
_ESCAPED_MARK = MARK.replace("~", "~0").replace("/", "~1")


@dataclass(frozen=True)
class Write:
    """A request.

    Attributes:
        method: HTTP method.
        path: path on the API server.
        body: what is sent.
        content_type: of the body.
        resource_version: of the object that the request is bound to; a server refuses it once that has changed.
    """

    method: str
    path: str
    body: JsonValue
    content_type: str = PLAIN
    resource_version: str = ""
    query: dict[str, str] = field(default_factory=lambda: {"fieldManager": FIELD_MANAGER})

    @property
    def trial(self) -> Write:
        """The same as a dry run. Where a request has options in its body, the server reads them there alone.

        Source: kubernetes.io, "API concepts: Dry-run"; apimachinery's DeleteOptions.
        """
        body = self.body
        if isinstance(body, dict) and body.get("kind") == "DeleteOptions":
            body = {**body, "dryRun": ["All"]}
        elif isinstance(body, dict) and isinstance(options := body.get("deleteOptions"), dict):
            body = {**body, "deleteOptions": {**options, "dryRun": ["All"]}}
        return replace(self, body=body, query={**self.query, "dryRun": "All"})

    @property
    def digest(self) -> str:
        """SHA-256 over the request."""
        said = json.dumps([self.method, self.path, self.body, self.content_type, self.query], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()


def patch(path: str, live: Object, desired: Object, mark: str | None) -> Write:
    """Change an object to what is desired, if it is still the one that was looked at.

    A JSON patch is atomic: where one of its tests fails, nothing is stored. Source: RFC 6902, section 5.

    Args:
        path: of the object.
        live: the object as it was read a moment ago.
        desired: what it shall be.
        mark: what the object shall carry as its mark; None removes the mark.
    """
    uid, version = identity_of(live)
    changes = [*jsonpatch.make_patch(live, desired).patch, *_marked(desired, mark)]
    tests: list[JsonValue] = [
        {"op": "test", "path": "/metadata/uid", "value": uid},
        {"op": "test", "path": "/metadata/resourceVersion", "value": version},
    ]
    return Write("PATCH", path, [*tests, *changes], JSON_PATCH, version)


def there_and_back(path: str, live: Object, desired: Object) -> Write:
    """Change an object and change it back in one request; on a dry run this tries the way back."""
    to = patch(path, live, desired, None)
    back = jsonpatch.make_patch(desired, live).patch
    return Write(
        "PATCH", path, [*(to.body if isinstance(to.body, list) else []), *back], JSON_PATCH, to.resource_version
    )


def create(path: str, manifest: Object, mark: str) -> Write:
    """Make an object that is not there."""
    metadata = manifest.get("metadata")
    named = dict(metadata) if isinstance(metadata, dict) else {}
    annotations = named.get("annotations")
    named["annotations"] = {**(annotations if isinstance(annotations, dict) else {}), MARK: mark}
    return Write("POST", path, {**manifest, "metadata": named})


def delete(path: str, live: Object) -> Write:
    """Delete the very object that was looked at; its dependants follow in the background."""
    uid, version = identity_of(live)
    body: JsonValue = {
        "kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Background",
        "preconditions": {"uid": uid, "resourceVersion": version},
    }  # fmt: skip
    return Write("DELETE", path, body, resource_version=version, query={})


def evict(path: str, live: Object) -> Write:
    """Ask for the eviction of the very Pod that was looked at; disruption budgets are respected by the server.

    Source: kubernetes.io, "API-initiated Eviction".
    """
    uid, version = identity_of(live)
    metadata = live.get("metadata")
    named = metadata if isinstance(metadata, dict) else {}
    body: JsonValue = {
        "kind": "Eviction", "apiVersion": "policy/v1",
        "metadata": {"name": named.get("name"), "namespace": named.get("namespace")},
        "deleteOptions": {"preconditions": {"uid": uid, "resourceVersion": version}},
    }  # fmt: skip
    return Write("POST", f"{path}/eviction", body, resource_version=version)


def identity_of(live: Object) -> tuple[str, str]:
    """The uid and the resource version of an object."""
    metadata = live.get("metadata")
    named = metadata if isinstance(metadata, dict) else {}
    return str(named.get("uid") or ""), str(named.get("resourceVersion") or "")


def mark_of(live: Object) -> str:
    """The mark that an object carries; empty if it carries none."""
    metadata = live.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    return str(annotations.get(MARK) or "") if isinstance(annotations, dict) else ""


def _marked(desired: Object, mark: str | None) -> list[JsonValue]:
    metadata = desired.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    held = annotations if isinstance(annotations, dict) else {}
    if mark is not None:
        made: list[JsonValue] = [] if held else [{"op": "add", "path": "/metadata/annotations", "value": {}}]
        return [*made, {"op": "add", "path": f"/metadata/annotations/{_ESCAPED_MARK}", "value": mark}]
    if MARK not in held:
        return []
    whole = "/metadata/annotations" + ("" if len(held) == 1 else f"/{_ESCAPED_MARK}")
    return [{"op": "remove", "path": whole}]
