"""Names that Kubernetes makes up, without the part that differs from run to run.

Controllers append characters of one alphabet, which has no vowels so that no words come out: a Pod template's hash,
and five random ones (k8s.io/apimachinery/pkg/util/rand, `SafeEncodeString` and `String`). A CronJob appends the minute
for which a Job was due.
"""

from __future__ import annotations

import re

_LETTER = "[bcdfghjklmnpqrstvwxz2456789]"
_RANDOM = re.compile(rf"-{_LETTER}{{5}}$")
_HASH = re.compile(rf"-{_LETTER}{{6,10}}$")
_DUE = re.compile(r"-(?:\d{8}|\d{10})$")
_SUFFIXES = {"Pod": (_RANDOM, _HASH, _DUE), "ReplicaSet": (_HASH,), "Job": (_DUE,)}


def lasting_name(kind: str, name: str) -> str:
    """Cut off what a controller appended: `web-7d4b9c8f6d-x2x4z` and `web-5c6f7d8b9c-l8vkq` are both `web`."""
    for suffix in _SUFFIXES.get(kind, ()):
        name = suffix.sub("", name)
    return name
