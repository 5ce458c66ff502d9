"""Resources that a custom resource names, and without which its controller cannot go on."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import JsonValue

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.paths import text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Custom

_DEEPEST = 4
"""Levels of a specification that are looked at; references stand near its top."""


def named_by(resource: Custom, cluster: ClusterSnapshot) -> Iterator[ObjectRef]:
    """Other custom resources that the specification refers to by kind and name.

    By the API conventions such a field ends in `Ref`: https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md#object-references.
    It names no namespace where it means its own or a resource of the whole cluster.
    """
    wanted = {
        (text(named, "kind"), text(named, "name"), text(named, "namespace"))
        for named in _references(resource.raw.get("spec"), _DEEPEST)
    }
    for other in cluster.all(Custom) if wanted else ():
        for kind, name, namespace in wanted:
            place = namespace or (resource.namespace if other.namespace else None)
            if (other.ref.kind, other.name, other.namespace) == (kind, name, place) and other.ref != resource.ref:
                yield other.ref


def _references(value: JsonValue, levels: int) -> Iterator[dict[str, JsonValue]]:
    if not levels or not isinstance(value, dict):
        return
    for field, entry in value.items():
        if field.endswith("Ref") and isinstance(entry, dict) and "kind" in entry and "name" in entry:
            yield entry
        yield from _references(entry, levels - 1)
