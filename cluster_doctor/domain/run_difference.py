"""What differs between two runs, node by node."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from cluster_doctor.domain.node_name import NodeName

DIFFERENCE_VERSION = "1"


class DifferenceKind(StrEnum):
    """How something differs."""

    GONE = "gone"
    NEW = "new"
    CHANGED = "changed"


class NodeDifference(BaseModel):
    """One thing that differs.

    `node` is the node that found or read it, `what` the kind of thing (`cause`, `claim`, `object`, `priority`), `of`
    names it, if there can be several. `before` is empty for what is new, `after` for what is gone.
    """

    model_config = ConfigDict(frozen=True)

    node: NodeName
    kind: DifferenceKind
    what: str
    of: str = ""
    before: str = ""
    after: str = ""


class RunDifference(BaseModel):
    """What differs between two runs; its JSON form is described in `docs/diff.schema.json`.

    `more` counts the differences between objects of the two pictures besides those that are told.
    """

    model_config = ConfigDict(frozen=True)

    schema_version: str = DIFFERENCE_VERSION
    before: str
    after: str
    differences: tuple[NodeDifference, ...]
    more: int = 0
