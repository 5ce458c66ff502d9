"""Cells that several tables share."""

from __future__ import annotations

import re

from pydantic import JsonValue

from cluster_doctor.sources.terminal.merge import JsonObject

NONE = frozenset({"", "<none>", "<unset>", "<unknown>", "<pending>"})
"""What a cell holds where there is nothing to show."""


def number(cell: str) -> int | None:
    """Read a whole number; None if the cell is none."""
    return int(cell) if cell.isdigit() and len(cell) < 19 else None


def fraction(cell: str) -> tuple[int, int] | None:
    """Read `1/2`."""
    match = re.fullmatch(r"(\d{1,9})/(\d{1,9})", cell)
    return (int(match[1]), int(match[2])) if match else None


def pairs(cell: str) -> JsonObject:
    """Read `a=b,c=d`; empty for `<none>`."""
    if cell in NONE:
        return {}
    return {key: value for key, equals, value in (part.partition("=") for part in cell.split(",")) if equals or value}


def selector(cell: str) -> JsonObject | None:
    """Read a label selector as `metav1.FormatLabelSelector` writes it: `a=b,c in (d,e),!f`."""
    if cell in NONE:
        return None
    labels: JsonObject = {}
    expressions: list[JsonValue] = []
    for part in re.split(r",(?![^()]*\))", cell):
        requirement = part.strip()
        if match := re.fullmatch(r"(\S+) (in|notin) \(([^()]*)\)", requirement):
            values: list[JsonValue] = [value.strip() for value in match[3].split(",")]
            operator = "In" if match[2] == "in" else "NotIn"
            expressions.append({"key": match[1], "operator": operator, "values": values})
        elif "!=" in requirement:
            key, _, value = requirement.partition("!=")
            expressions.append({"key": key, "operator": "NotIn", "values": [value]})
        elif "=" in requirement:
            key, _, value = requirement.partition("=")
            labels[key] = value
        elif requirement:
            exists = not requirement.startswith("!")
            expressions.append({"key": requirement.lstrip("!"), "operator": "Exists" if exists else "DoesNotExist"})
    found: JsonObject = {}
    if labels:
        found["matchLabels"] = labels
    if expressions:
        found["matchExpressions"] = expressions
    return found or None


def containers(names: str, images: str) -> list[JsonValue]:
    """Pair the columns CONTAINERS and IMAGES of `-o wide`."""
    if names in NONE:
        return []
    return [
        {"name": name, "image": image} if image else {"name": name}
        for name, image in zip(names.split(","), [*images.split(","), *[""] * names.count(",")], strict=False)
    ]


_MODES = {
    "RWO": "ReadWriteOnce", "ROX": "ReadOnlyMany", "RWX": "ReadWriteMany", "RWOP": "ReadWriteOncePod",
}  # fmt: skip


def access_modes(cell: str) -> list[JsonValue]:
    """Read `RWO,ROX`."""
    return [_MODES.get(mode, mode) for part in cell.split(",") if (mode := part.strip()) not in NONE]


def condition(kind: str, status: str) -> JsonObject:
    """Make a status condition."""
    return {"type": kind, "status": status}
