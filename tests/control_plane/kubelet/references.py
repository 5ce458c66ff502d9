"""ConfigMaps and Secrets that a Pod refers to, looked up in the real API."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from control_plane.kubelet.api import Json

Lookup = Callable[[str, str], Json | None]
"""Finds an object of the Pod's namespace by plural and name."""


def _keys(found: Json) -> set[str]:
    return set(found.get("data") or {}) | set(found.get("binaryData") or {})


def environment_error(lookup: Lookup, namespace: str, spec: Json) -> str | None:
    """Why a container's environment cannot be made, in the kubelet's words."""
    for source in spec.get("envFrom", []):
        for field, plural, word in (("configMapRef", "configmaps", "configmap"), ("secretRef", "secrets", "secret")):
            named = source.get(field)
            if named and not named.get("optional") and lookup(plural, named["name"]) is None:
                return f'{word} "{named["name"]}" not found'
    for entry in spec.get("env", []):
        for field, plural, word, title in (
            ("configMapKeyRef", "configmaps", "configmap", "ConfigMap"),
            ("secretKeyRef", "secrets", "secret", "Secret"),
        ):
            named = (entry.get("valueFrom") or {}).get(field)
            if not named or named.get("optional"):
                continue
            found = lookup(plural, named["name"])
            if found is None:
                return f'{word} "{named["name"]}" not found'
            if named["key"] not in _keys(found):
                return f"couldn't find key {named['key']} in {title} {namespace}/{named['name']}"
    return None


def volume_errors(lookup: Lookup, pod: Json) -> Iterator[tuple[str, str]]:
    """Volumes that cannot be set up, and why."""
    for volume in pod["spec"].get("volumes", []):
        sources = [volume, *(volume.get("projected") or {}).get("sources", [])]
        for source in sources:
            error = _source_error(lookup, source)
            if error:
                yield volume["name"], error
                break


def _source_error(lookup: Lookup, source: Json) -> str | None:
    for field, plural, word in (("configMap", "configmaps", "configmap"), ("secret", "secrets", "secret")):
        named = source.get(field)
        if not named or named.get("optional"):
            continue
        name = named.get("secretName") or named.get("name")
        found = lookup(plural, name)
        if found is None:
            return f'{word} "{name}" not found'
        for item in named.get("items") or []:
            if item["key"] not in _keys(found):
                start = (
                    "configmap references non-existent config"
                    if word == "configmap"
                    else ("references non-existent secret")
                )
                return f"{start} key: {item['key']}"
    return None
