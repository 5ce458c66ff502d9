"""The one gate through which objects and text enter a snapshot.

Values of Secrets do not pass: a Secret keeps its type, the names of its keys and facts computed here.
Literals that look like credentials are masked wherever people put them. The mask is keyed and stable, so that
two equal values stay recognisably equal within one snapshot, and cannot be guessed back from it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from typing import NamedTuple, TypeGuard

import orjson
from pydantic import JsonValue

from cluster_doctor.snapshot.credentials import SECRET_MANIFEST, mask_credentials, mask_named
from cluster_doctor.snapshot.secret_facts import facts_of
from cluster_doctor.snapshot.secret_names import names_credential, says_nothing
from cluster_doctor.snapshot.sharing import share
from cluster_doctor.snapshot.suspicion import is_suspicious, suspicious_lines

DEEPEST = 120
"""Levels of an object that are kept; schemas of custom resources reach about sixty."""

_MOST_REMEMBERED = 50_000
_LONGEST_REMEMBERED = 2_000
_MOST_WRITTEN = 250
"""Levels that orjson writes."""
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_FLAG = re.compile(r"-[^\s=]+")
_OF_A_WRITER = ("manager", "operation", "subresource", "time")
_MOST_WRITERS = 20
_CHURN = frozenset(
    {"Secret", "Pod", "Event", "Endpoints", "EndpointSlice", "Lease", "ReplicaSet", "ControllerRevision"}
)
"""Kinds that controllers write, so that who did and when tells nothing; of a Secret `changedAt` tells."""
_LABELS = frozenset({"labels", "matchLabels", "selector", "nodeSelector", "podSelector"})
"""Maps whose values are compared with lists elsewhere; a mask on one side would tear them apart."""


class Admitted(NamedTuple):
    """An object past the door, and whether nothing in it had to be hidden."""

    content: dict[str, JsonValue]
    as_it_was: bool


class Door:
    """Redacts what enters a snapshot."""

    def __init__(self, key: bytes | None = None) -> None:
        """Mask with a key; a new random one, kept nowhere, if none is given."""
        self._key = key or secrets.token_bytes(32)
        self._hosts: list[tuple[dict[str, JsonValue], str, str]] = []
        self._remembered: dict[str, str] = {}

    def admit(self, raw: object) -> dict[str, JsonValue] | None:
        """Return a redacted copy of an object; None if it is not a Kubernetes object.

        An object has a `kind` and a `metadata`; everything else may be odd.
        """
        return self.admit_after(raw, None).content if is_object(raw) else None

    def admit_after(self, raw: dict[str, JsonValue], like: Admitted | None) -> Admitted:
        """Redact an object, sharing with one that passed before what is equal in both.

        What it took over from one in which nothing had to be hidden need not be looked at again.

        Args:
            raw: the object; with `like`, one that nobody else holds.
            like: the one before.
        """
        if _is_secret(raw):
            return Admitted(self._secret({"apiVersion": "v1", **raw}), as_it_was=False)
        bare = self._without_copy(raw)
        own = bare if like is None else share(like.content, bare)
        if _is_harmless(own if like is not None and like.as_it_was else bare):
            return Admitted(bare, as_it_was=True)
        return Admitted(self._masked_object(bare, "", 0), as_it_was=False)

    def show(self, raw: object) -> str:
        """Write what is no object as text, with its credentials masked."""
        return str(raw) if isinstance(raw, (int, float)) else self.mask_text(str(self._masked(raw, "", 0)))

    def clean(self, value: object) -> object:
        """Mask a record's field: a text, lines of text, or labels."""
        if isinstance(value, str):
            hidden = SECRET_MANIFEST.search(value)
            return self.mask(value) if hidden and "data" in value.lower() else self.mask_text(value)
        if isinstance(value, tuple):
            return self.mask_lines(value)
        return self._masked(value, "", 1)

    def mask(self, value: str) -> str:
        """Replace a value by a token that equal values share."""
        digest = hmac.new(self._key, value.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
        return f"<masked:{digest[:12]}>"

    def mask_text(self, text: str) -> str:
        """Mask what looks like a credential in a piece of text; lone surrogates are replaced."""
        if len(text) > _LONGEST_REMEMBERED:
            return self._mask_text(text)
        known = self._remembered.get(text)
        if known is None:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            known = self._remembered[text] = self._mask_text(text)
        return known

    def mask_lines(self, lines: Iterable[str]) -> tuple[str, ...]:
        """Mask the lines of a log; a private key may span several of them."""
        given = [line if line.isascii() else line.encode("utf-8", "replace").decode() for line in lines]
        suspicious = suspicious_lines(given)
        if not suspicious:
            return tuple(given)
        masked = list(given)
        in_key = False
        for position, line in enumerate(given):
            if "PRIVATE KEY" in line:
                in_key = "-----BEGIN" in line and "-----END" not in line
            elif in_key:
                masked[position] = self.mask(line)
                continue
            if position in suspicious:
                masked[position] = self.mask_text(line)
        return tuple(masked)

    def services_named(self, services: dict[str, str]) -> None:
        """Note for each Secret key whose value is the name of a Service which one it is.

        Only equality with a name that is public in the same snapshot passes.

        Args:
            services: host name, in all its forms, to the Service's own name.
        """
        for facts, key, value in self._hosts:
            service = services.get(value)
            if service:
                known = facts.get(key)
                facts[key] = {**(known if isinstance(known, dict) else {}), "service": service}
        self._hosts.clear()

    def _mask_text(self, text: str) -> str:
        whole = text if text.isascii() else text.encode("utf-8", "replace").decode()
        if whole[:1] in {"{", "["} and '"Secret"' in whole:
            whole = self._mask_document(whole)
        return mask_credentials(whole, self.mask) if len(whole) > 5 else whole

    def _mask_document(self, text: str) -> str:
        """Mask an object that somebody keeps as text, such as a copy of a Secret in an annotation."""
        try:
            return orjson.dumps(self._masked(orjson.loads(text), "", 1)).decode()
        except (orjson.JSONDecodeError, orjson.JSONEncodeError):
            return text

    def _secret(self, raw: dict[str, JsonValue]) -> dict[str, JsonValue]:
        values = _values(raw)
        named = raw.get("keys")
        keys = set(values) | {key for key in (named if isinstance(named, list) else []) if isinstance(key, str)}
        kind = raw.get("type")
        given = self._masked(raw.get("facts"), "", 1)
        facts: dict[str, JsonValue] = given if isinstance(given, dict) else {}
        for key, value in values.items():
            found = facts_of(key, value, kind if isinstance(kind, str) else "")
            if found:
                facts[key] = self._masked(found, "", 1)
            host = value.decode("utf-8", "ignore").strip()
            if 0 < len(host) <= 253:
                self._hosts.append((facts, key, host.partition(":")[0]))
        kept: dict[str, JsonValue] = {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": self._masked(raw["metadata"], "metadata", 1),
            "type": self.mask_text(kind) if isinstance(kind, str) else "Opaque",
            "keys": list[JsonValue](sorted(keys)),
            "facts": facts,
        }
        changed = _changed_at(raw)
        if changed:
            kept["changedAt"] = changed
        return _without_values(self._without_copy(kept), values)

    @staticmethod
    def _without_copy(raw: dict[str, JsonValue]) -> dict[str, JsonValue]:
        """Leave out kubectl's copy of the object as applied: it would carry a Secret's values past the door."""
        metadata = raw.get("metadata")
        annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
        if not isinstance(metadata, dict):
            return raw
        dropped = {key: value for key, value in metadata.items() if key != "managedFields"}
        writers = _writers(metadata.get("managedFields")) if raw["kind"] not in _CHURN else []
        if writers:
            dropped["managedFields"] = writers
        if isinstance(annotations, dict) and _LAST_APPLIED in annotations:
            dropped["annotations"] = {key: value for key, value in annotations.items() if key != _LAST_APPLIED}
        return {"apiVersion": "v1", **raw, "metadata": dropped}

    def _masked(self, value: object, name: str, depth: int) -> JsonValue:
        if isinstance(value, str):
            return self._masked_text(value, name)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, dict):
            return self._masked_object(value, name, depth) if depth < DEEPEST else "<nested too deeply>"
        if isinstance(value, (list, tuple, set, frozenset)):
            return self._masked_list(list(value), name, depth) if depth < DEEPEST else "<nested too deeply>"
        if isinstance(value, (int, float)):
            return self.mask(str(value)) if _is_number_secret(name) else value
        return self._masked_text(value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value), name)

    def _masked_text(self, value: str, name: str) -> str:
        named = mask_named(name, value, self.mask) if name else None
        return self.mask_text(value) if named is None else named

    def _masked_list(self, values: list[object], name: str, depth: int) -> JsonValue:
        """Mask members; after a flag such as `--password` the next one is its value."""
        masked: list[JsonValue] = []
        flag = ""
        inherited = "" if name == "secrets" else name
        for member in values:
            if isinstance(member, str):
                masked.append(self._masked_text(member, flag or inherited))
                flag = member if _FLAG.fullmatch(member) and names_credential(member) else ""
            else:
                masked.append(self._masked(member, "", depth + 1))
                flag = ""
        return masked

    def _masked_object(self, value: dict[str, JsonValue], name: str, depth: int) -> dict[str, JsonValue]:
        if name in _LABELS:
            return {_key(key): self._masked(member, "", depth + 1) for key, member in value.items()}
        embedded = depth > 0 and value.get("kind") == "Secret"
        variable = value.get("name", value.get("key"))
        masked: dict[str, JsonValue] = {}
        for key, member in value.items():
            word = _key(key)
            about = word
            if word == "value" and isinstance(variable, str) and len(value) <= 4:
                about = variable
            elif word == "secretKey" and "remoteRef" in value:
                about = ""  # an ExternalSecret names a key here
            if embedded and word in {"data", "stringData"}:
                masked[word] = self._hidden(member)
            else:
                masked[word] = self._masked(member, about, depth + 1)
        return masked

    def _hidden(self, value: object) -> JsonValue:
        """Mask every value, whatever it is."""
        if isinstance(value, dict):
            return {_key(key): self._hidden(member) for key, member in value.items()}
        text = str(value)
        return text if says_nothing(text) else self.mask(text)


def is_object(raw: object) -> TypeGuard[dict[str, JsonValue]]:
    """Tell what is a Kubernetes object: it has a `kind` and a `metadata`; everything else may be odd."""
    return isinstance(raw, dict) and isinstance(raw.get("kind"), str) and isinstance(raw.get("metadata"), dict)


def _is_harmless(raw: dict[str, JsonValue]) -> bool:
    """Tell at the price of writing it once that an object is plain JSON, not too deep, and holds no credential."""
    try:
        written = orjson.dumps(raw)
    except orjson.JSONEncodeError:
        return False
    if written.count(b"{") + written.count(b"[") > DEEPEST and not _fits(raw):
        return False
    return not is_suspicious(written.decode())


def _fits(raw: JsonValue) -> bool:
    for _ in range(_MOST_WRITTEN - DEEPEST):
        raw = [raw]
    try:
        orjson.dumps(raw)
    except orjson.JSONEncodeError:
        return False
    return True


def _is_secret(raw: dict[str, JsonValue]) -> bool:
    """Tell Kubernetes' own kind, however odd its version, from custom kinds of that name."""
    return str(raw["kind"]).lower() == "secret" and "." not in str(raw.get("apiVersion", "v1")).partition("/")[0]


def _is_number_secret(name: str) -> bool:
    return names_credential(name) and "pass" in name.lower()


def _changed_at(raw: dict[str, JsonValue]) -> str:
    """When an object was last written, by the newest of its managed fields; they themselves do not pass."""
    known = raw.get("changedAt")
    metadata = raw["metadata"]
    fields = metadata.get("managedFields") if isinstance(metadata, dict) else None
    times = [entry.get("time") for entry in fields if isinstance(entry, dict)] if isinstance(fields, list) else [known]
    return max((time for time in times if isinstance(time, str)), default="")


def _writers(fields: JsonValue) -> list[JsonValue]:
    """Who wrote an object and when, without what; a status is written all the time, and by controllers alone."""
    entries = fields[:_MOST_WRITERS] if isinstance(fields, list) else []
    return [
        {key: entry[key] for key in _OF_A_WRITER if key in entry}
        for entry in entries
        if isinstance(entry, dict) and entry.get("subresource") != "status"
    ]


def _key(key: object) -> str:
    """Write a key as JSON would: YAML allows any value there."""
    if isinstance(key, str):
        return key if key.isascii() else key.encode("utf-8", "replace").decode()
    return "null" if key is None else str(key).lower() if isinstance(key, bool) else str(key)


def _values(raw: dict[str, JsonValue]) -> dict[str, bytes]:
    """Values of a Secret, decoded; what is no base64 is taken as it stands."""
    found: dict[str, bytes] = {}
    stored, plain = raw.get("data"), raw.get("stringData")
    for key, value in stored.items() if isinstance(stored, dict) else ():
        try:
            found[_key(key)] = base64.b64decode(value, validate=True) if isinstance(value, str) else b""
        except (binascii.Error, ValueError):
            found[_key(key)] = str(value).encode("utf-8", "replace")
    for key, value in plain.items() if isinstance(plain, dict) else ():
        found[_key(key)] = str(value).encode("utf-8", "replace")
    return found


def _without_values(secret: dict[str, JsonValue], values: dict[str, bytes]) -> dict[str, JsonValue]:
    """Leave out annotations that repeat a value, as tools do that keep a copy of what they applied."""
    metadata = secret["metadata"]
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    if not isinstance(metadata, dict) or not isinstance(annotations, dict):
        return secret
    told = {text for value in values.values() if len(value) > 3 for text in _spellings(value)}
    kept: dict[str, JsonValue] = {
        key: text
        for key, text in annotations.items()
        if isinstance(text, str) and len(text) < 1000 and not any(value in text for value in told)
    }
    return {**secret, "metadata": {**metadata, "annotations": kept}}


def _spellings(value: bytes) -> tuple[str, str]:
    return value.decode("utf-8", "replace"), base64.b64encode(value).decode()
