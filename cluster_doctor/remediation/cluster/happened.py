"""Whether a change that was announced took place, told by the object itself."""

from __future__ import annotations

from pydantic import JsonValue

from cluster_doctor.domain.steps import Verb
from cluster_doctor.remediation.cluster.write import identity_of, mark_of
from cluster_doctor.remediation.fields import Object


def happened(verb: Verb, announced: dict[str, JsonValue], live: Object | None) -> bool | None:
    """Tell whether a change was stored; None if the object does not tell.

    Every request carries the resource version that it was made for, so one that was not stored by the time the object
    moved on cannot be stored any more.

    Args:
        verb: how the step reaches its target.
        announced: what the write-ahead record says: `uid`, `resource_version` and `generation` of the object that the
            request was made for, its `mark_before`, and the `mark` that the request gives it.
        live: the object as it is now; None if there is none.
    """
    uid, version = identity_of(live) if live else ("", "")
    match verb:
        case Verb.CREATE:
            return live is not None and mark_of(live) == announced["mark"]
        case Verb.DELETE | Verb.EVICT:
            return live is None or uid != announced["uid"] or _is_going(live)
        case Verb.PATCH:
            if live is None or uid != announced["uid"]:
                return None
            if version == announced["resource_version"]:
                return False
            mark = mark_of(live)
            if mark == announced["mark"] != announced["mark_before"]:
                return True
            untouched = mark == announced["mark_before"] and generation_of(live) == announced["generation"]
            return False if untouched else None


def _is_going(live: Object) -> bool:
    metadata = live.get("metadata")
    return isinstance(metadata, dict) and bool(metadata.get("deletionTimestamp"))


def generation_of(live: Object) -> JsonValue:
    """How often an object's specification was changed; None for kinds that do not count."""
    metadata = live.get("metadata")
    return metadata.get("generation") if isinstance(metadata, dict) else None
