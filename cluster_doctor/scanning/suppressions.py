"""Reads what a project has decided not to be told of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NoReturn

import yaml

from cluster_doctor.domain.errors import UsageError
from cluster_doctor.domain.scan import ScanFinding, Suppression
from cluster_doctor.snapshot.yaml_text import compose_yaml

DEFAULT_FILE = ".cluster-doctor.yaml"
MOST_BYTES = 1024 * 1024
_REQUIRED = ("owner", "reason", "expires")
_CHOICES = ("rule", "fingerprint", "object")
_OBJECT = ("kind", "namespace", "name")
_EXAMPLE = (
    "An entry has rule, fingerprint or object (kind, namespace, name), and always owner, reason and expires "
    "(the last day it holds, such as 2027-03-31)."
)


@dataclass(frozen=True)
class Suppressed:
    """Findings that stay, findings that were suppressed, and entries that did nothing."""

    kept: tuple[ScanFinding, ...]
    hidden: tuple[ScanFinding, ...]
    expired: tuple[Suppression, ...]
    unused: tuple[Suppression, ...]


def read_suppressions(path: Path) -> tuple[Suppression, ...]:
    """Read a file of suppressions.

    Raises:
        UsageError: it cannot be read, or an entry is not complete; the message names the line.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UsageError(f"{path} holds more than {MOST_BYTES} bytes", "Name the file of suppressions.")
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"could not read {path}: {error.strerror}", "Check --suppressions.") from error
    try:
        root = compose_yaml(content)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is no valid YAML: {' '.join(str(error).split())}", "Correct it.") from error
    return tuple(_entries(root, path))


def apply_suppressions(findings: Sequence[ScanFinding], suppressions: Sequence[Suppression], today: date) -> Suppressed:
    """Part findings into those that are told and those that are not. An expired entry suppresses nothing."""
    valid = [entry for entry in suppressions if entry.expires >= today]
    chosen = [(found, next((entry for entry in valid if entry.covers(found)), None)) for found in findings]
    return Suppressed(
        kept=tuple(found for found, entry in chosen if entry is None),
        hidden=tuple(found.model_copy(update={"suppression": entry}) for found, entry in chosen if entry is not None),
        expired=tuple(entry for entry in suppressions if entry.expires < today),
        unused=tuple(entry for entry in valid if not any(entry.covers(found) for found in findings)),
    )


def _entries(root: yaml.Node | None, path: Path) -> Iterator[Suppression]:
    if root is None or _is_empty(root):
        return
    top = _fields(root, path, ("suppressions",))
    listed = top.get("suppressions")
    if listed is None or _is_empty(listed):
        return
    if not isinstance(listed, yaml.SequenceNode):
        _refuse(path, listed, "suppressions is no list")
    for node in listed.value:
        yield _entry(node, path)


def _entry(node: yaml.Node, path: Path) -> Suppression:
    fields = _fields(node, path, (*_CHOICES, *_REQUIRED))
    missing = [name for name in _REQUIRED if name not in fields]
    if missing:
        _refuse(path, node, f"an entry lacks {', '.join(missing)}")
    if not any(name in fields for name in _CHOICES):
        _refuse(path, node, "an entry names neither rule nor fingerprint nor object, and would suppress everything")
    where = _fields(fields["object"], path, _OBJECT) if "object" in fields else {}
    if "object" in fields and not where:
        _refuse(path, fields["object"], "object names neither kind nor namespace nor name")
    words = {name: _word(value, path, name) for name, value in (fields | where).items() if name != "object"}
    expires = words.pop("expires")
    try:
        last = date.fromisoformat(expires)
    except ValueError:
        _refuse(path, fields["expires"], f"{expires!r} is no date")
    return Suppression.model_validate({**words, "expires": last, "line": node.start_mark.line + 1})


def _fields(node: yaml.Node, path: Path, known: Sequence[str]) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        _refuse(path, node, f"this should be a mapping with {', '.join(known)}")
    found: dict[str, yaml.Node] = {}
    for key, value in node.value:
        name = key.value if isinstance(key, yaml.ScalarNode) else ""
        if name not in known:
            _refuse(path, key, f"{name!r} is unknown here; known are {', '.join(known)}")
        if name in found:
            _refuse(path, key, f"{name} is given twice")
        found[name] = value
    return found


def _word(node: yaml.Node, path: Path, name: str) -> str:
    word = node.value.strip() if isinstance(node, yaml.ScalarNode) and not _is_empty(node) else ""
    if not word:
        _refuse(path, node, f"{name} is empty, or no plain text")
    return str(word)


def _is_empty(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def _refuse(path: Path, node: yaml.Node, why: str) -> NoReturn:
    raise UsageError(f"{path}, line {node.start_mark.line + 1}: {why}", _EXAMPLE)
