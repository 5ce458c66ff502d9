"""Reads the recorded incidents of this folder: a header document, then objects and records."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cluster_doctor.domain.diagnosis import Diagnosis
from cluster_doctor.domain.incident import Incident
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.snapshot.yaml_text import load_yaml

FOLDER = Path(__file__).parent
NEIGHBOURS = FOLDER / "neighbours.yaml"
"""A healthy cluster around every incident: nodes, DNS, proxies, an application and a finished Job."""

_HEADER = {"class", "shows", "expect", "healthy", "undecidable"}


@dataclass(frozen=True)
class FaultCase:
    """One incident of a fault class, and what must be said of it.

    Attributes:
        layer: the folder, which is the part of the system that is at fault.
        fault: the class.
        shows: which evidence the incident has, where a class has several.
        rule: the root cause's rule; empty if there is none to be found.
        subject: the root cause's object as `Kind/name`.
        undecidable: why a cluster cannot show the class; empty if it can.
        healthy: whether nothing is wrong, though it may look so.
        objects: YAML of the incident.
    """

    path: Path
    fault: str
    shows: str
    rule: str
    subject: str
    undecidable: str
    healthy: bool
    objects: str

    @property
    def layer(self) -> str:
        """The folder."""
        return self.path.parent.name

    @classmethod
    def of_objects(cls, objects: str) -> FaultCase:
        """A case of no class: objects of which nothing is expected."""
        return cls(NEIGHBOURS, "", "", "", "", "", healthy=True, objects=objects)

    def diagnosis(self) -> Diagnosis:
        """What is said of the incident among its healthy neighbours."""
        return diagnose(snapshot_of(f"{_other_than(self.objects)}\n---\n{self.objects}"), Incident())


def all_cases() -> list[FaultCase]:
    """Every case, by layer and class."""
    return [_read(path) for path in sorted(FOLDER.glob("*/*.yaml"))]


def _read(path: Path) -> FaultCase:
    head, _, objects = path.read_text(encoding="utf-8").partition("---\n")
    header = next(load_yaml(head))
    if not isinstance(header, dict) or not set(header) <= _HEADER or "class" not in header:
        msg = f"{path.name}: the first document must hold {', '.join(sorted(_HEADER))}"
        raise ValueError(msg)
    expect: Any = header.get("expect") or {}
    return FaultCase(
        path=path,
        fault=str(header["class"]),
        shows=str(header.get("shows", "")),
        rule=str(expect.get("rule", "")),
        subject=str(expect.get("subject", "")),
        undecidable=str(header.get("undecidable", "")),
        healthy=header.get("healthy") is True,
        objects=objects,
    )


def _other_than(objects: str) -> str:
    """The neighbours, less those that an incident tells of itself."""
    told = {_identity(doc) for doc in load_yaml(objects) if isinstance(doc, dict)}
    return "\n---\n".join(text for identity, text in _neighbours() if identity not in told)


@cache
def _neighbours() -> list[tuple[tuple[str, str, str], str]]:
    texts = NEIGHBOURS.read_text(encoding="utf-8").split("\n---\n")
    return [(_identity(next(load_yaml(text))), text) for text in texts]


def _identity(document: Any) -> tuple[str, str, str]:
    metadata = document.get("metadata") or {}
    return str(document["kind"]), str(metadata.get("namespace", "")), str(metadata.get("name", ""))
