"""`kubectl describe` of kinds that kubectl has no words of its own for: custom resources, webhooks, Leases.

They are printed field by field, with headings made of field names (`lastTransitionTime` → `Last Transition
Time`) and members of a list one after the other, each with its keys in alphabetical order. Source:
`printUnstructuredContent` and `smartLabelFor` in k8s.io/kubectl/pkg/describe.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pydantic import JsonValue

from cluster_doctor.sources.terminal.merge import JsonObject
from cluster_doctor.sources.terminal.outline import NOTHING, Entry

_OWN = frozenset({"Name", "Namespace", "Labels", "Annotations", "API Version", "Kind", "Metadata", "Events"})
_ACRONYMS = frozenset({"API", "URL", "UID", "OSB", "GUID"})
_LISTS = frozenset(
    {"conditions", "webhooks", "rules", "versions", "resources", "subjects", "parentRefs", "listeners", "parents",
     "ownerReferences", "backendRefs", "images", "history", "sources"}
)  # fmt: skip
"""Fields that hold lists of objects; one member alone looks like an object."""
MOST_DEPTH = 40


def field_name(heading: str) -> str:
    """Turn a heading back into a field name."""
    first, *rest = heading.split(" ")
    begun = first.lower() if first in _ACRONYMS else first[:1].lower() + first[1:]
    return begun + "".join(rest)


def described_custom(outline: Entry) -> JsonObject:
    """Read all fields but those that every description begins with."""
    return _object([entry for entry in outline if entry.key and entry.key not in _OWN], 0)


def _object(entries: Sequence[Entry], depth: int) -> JsonObject:
    return {field_name(entry.key): _value(entry, depth + 1) for entry in entries if entry.key}


def _value(entry: Entry, depth: int) -> JsonValue:
    if not entry.children:
        return _scalar(entry.value)
    if depth > MOST_DEPTH:
        return None
    if entry.value or not all(child.key for child in entry):
        return list(entry.lines()) if not entry.value else "\n".join(entry.lines())
    members = _members(entry.children)
    if len(members) > 1 or field_name(entry.key) in _LISTS:
        return [_object(member, depth) for member in members]
    return _object(entry.children, depth)


def _members(entries: Sequence[Entry]) -> list[list[Entry]]:
    """Split at every key that does not come after the one before it in the alphabet."""
    members: list[list[Entry]] = []
    for entry in entries:
        if not members or field_name(entry.key) <= field_name(members[-1][-1].key):
            members.append([])
        members[-1].append(entry)
    return members


def _scalar(text: str) -> JsonValue:
    if text in NOTHING:
        return None
    if text in {"true", "false"}:
        return text == "true"
    return int(text) if re.fullmatch(r"-?(?:0|[1-9]\d{0,15})", text) else text
