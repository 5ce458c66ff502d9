"""What `oc adm must-gather` and `oc adm inspect` write.

The layout is that of `oc`'s inspect package: lists of a namespace in `namespaces/NS/GROUP/PLURAL.yaml`, what lives
in no namespace one file each in `cluster-scoped-resources/GROUP/PLURAL/NAME.yaml`, logs beside the Pods.
must-gather puts all of it into one folder for each image, named for the image's digest.
"""

from __future__ import annotations

import re

from cluster_doctor.domain.coverage import Gap, GapReason
from cluster_doctor.domain.errors import UnreadableInput
from cluster_doctor.snapshot.builder import SnapshotBuilder
from cluster_doctor.snapshot.kinds import kind_named
from cluster_doctor.snapshot.paths import text
from cluster_doctor.sources.recorded.contents import LOG_TAIL, Contents
from cluster_doctor.sources.recorded.parts import parts_of
from cluster_doctor.sources.recorded.recording import add_log, read_list

_ROOT = r"(?P<root>(?:.*/)?)"
_LIST = re.compile(_ROOT + r"namespaces/(?P<namespace>[^/]+)/(?P<group>[^/]+)/(?P<plural>[^/]+)\.ya?ml")
_OBJECT = re.compile(_ROOT + r"namespaces/(?P<namespace>[^/]+)/(?:[^/]+/(?P<plural>[^/]+)/)?(?P<name>[^/]+)\.ya?ml")
_CLUSTER = re.compile(
    _ROOT + r"cluster-scoped-resources/(?P<group>[^/]+)/(?P<plural>[^/]+?)(?:/(?P<name>[^/]+))?\.ya?ml"
)
_LOG = re.compile(
    _ROOT + r"namespaces/(?P<namespace>[^/]+)/pods/(?P<pod>[^/]+)/(?P<container>[^/]+)/[^/]+/logs/"
    r"(?P<which>current|previous)(?:\.insecure)?\.log"
)
_STAMP = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.?\d*(?:Z|[+-]\d\d:\d\d) ", re.MULTILINE)
_GATHERED = frozenset({"Node", "StorageClass", "PersistentVolume", "VolumeAttachment", "CSIDriver", "CSINode"})
"""What OpenShift's own must-gather asks for by kind, so that its folder holds them all."""


def is_must_gather(contents: Contents) -> bool:
    """Tell the layout by its folders: nobody keeps manifests in one called `core`."""
    return any(
        found["group"] == "core" and kind_named(found["plural"]) is not None
        for name in contents.sizes
        for found in (_LIST.fullmatch(name), _CLUSTER.fullmatch(name))
        if found
    )


def read_must_gather(contents: Contents, builder: SnapshotBuilder) -> None:
    """Read the lists, objects and logs of all images."""
    whole = {name.removesuffix("version") for name in contents.sizes if _is_own_version(contents, name)}
    for name in sorted(contents.sizes):
        if log := _LOG.fullmatch(name):
            written = contents.read(name, LOG_TAIL).decode("utf-8", "replace")
            place = (log["namespace"], log["pod"], log["container"])
            add_log(builder, place, _STAMP.sub("", written), previous=log["which"] == "previous")
        elif (listed := _LIST.fullmatch(name)) and (known := kind_named(listed["plural"])):
            read_list(contents, name, builder, known.kind, listed["namespace"])
        elif cluster := _CLUSTER.fullmatch(name):
            known = kind_named(cluster["plural"])
            if known and not cluster["name"]:
                read_list(contents, name, builder, known.kind, None)
            else:
                _read_object(contents, name, builder)
            if known and known.kind in _GATHERED and cluster["root"] in whole:
                builder.cover(known.kind)
        elif _OBJECT.fullmatch(name) or _LIST.fullmatch(name):
            _read_object(contents, name, builder)


def _is_own_version(contents: Contents, name: str) -> bool:
    last = name.rpartition("/")[2]
    return last == "version" and contents.read(name)[:100].startswith(b"openshift/must-gather")


def _read_object(contents: Contents, name: str, builder: SnapshotBuilder) -> None:
    try:
        parts = parts_of(contents.read(name), name)
    except UnreadableInput as error:
        builder.gap(Gap(kind="File", name=name, reason=GapReason.UNREADABLE, detail=error.what))
        return
    for part in parts.objects:
        builder.add(part.raw)
        namespace = text(part.raw, "metadata", "namespace") or None
        builder.cover(text(part.raw, "kind"), namespace, text(part.raw, "metadata", "name"))
    builder.add_all(parts.odd)
