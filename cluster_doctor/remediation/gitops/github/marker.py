"""What a pull request or an issue of ours carries, unseen by its readers, so that it is found again."""

from __future__ import annotations

import re

from cluster_doctor.remediation.gitops.provenance import Provenance

LONGEST_BODY = 65_000
"""Characters of a body; GitHub takes 65536."""
LABEL = "cluster-doctor"

_MARKER = re.compile(r"^<!-- cluster-doctor fingerprint=(\w+) plan=(\w+) -->\s*$", re.MULTILINE)
_CUT = "\n\n… the rest is left out for its length.\n"


def marked(body: str, provenance: Provenance) -> str:
    """A body with its marker, cut where it is longer than GitHub takes."""
    marker = (
        f"\n\n<!-- cluster-doctor fingerprint={_word(provenance.fingerprint)} plan={_word(provenance.digest)} -->\n"
    )
    if len(body) + len(marker) > LONGEST_BODY:
        body = body[: LONGEST_BODY - len(marker) - len(_CUT)].rpartition("\n")[0] + _CUT
    return body.rstrip() + marker


def is_of(body: str, provenance: Provenance) -> bool:
    """Whether a body is that of the same cause."""
    return _marks(body)[0] == _word(provenance.fingerprint)


def is_of_plan(body: str, provenance: Provenance) -> bool:
    """Whether a body is that of the very same plan."""
    return _marks(body) == (_word(provenance.fingerprint), _word(provenance.digest))


def _marks(body: str) -> tuple[str, str]:
    """Fingerprint and digest of a body. Only a line of its own counts: other people's text never is one."""
    found = _MARKER.findall(body)
    return found[-1] if found else ("", "")


def _word(value: str) -> str:
    return re.sub(r"\W", "", value, flags=re.ASCII) or "none"
