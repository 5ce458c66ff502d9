"""An answer in a comment on GitHub: `cluster-doctor approve DIGEST [STEPS]`, or `… decline DIGEST [REASON]`.

The line stands alone in the comment, or among others that do not begin with `cluster-doctor`. Quoted lines and code
blocks are somebody else's words and are not read.
"""

from __future__ import annotations

import re

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.domain.remediation import Approval, Decision
from cluster_doctor.sources.github_comment import Comment

_ANSWER = re.compile(r"cluster-doctor +(?P<decision>approve|decline) +(?P<digest>[0-9a-f]{64})(?: +(?P<rest>\S.*))?")
_STEPS = re.compile(r"[A-Za-z0-9.]{1,40}(?:[ ,]+[A-Za-z0-9.]{1,40})*")
_FENCE = re.compile(r"(?P<fence>`{3,}|~{3,})")
_NEXT = "Write `cluster-doctor approve DIGEST` with the whole digest, and the steps if not all, on a line of its own."


def read_comment(comment: Comment, approver: str) -> Approval:
    """Read an answer.

    Args:
        comment: as GitHub has it.
        approver: whose login its author's is.

    Raises:
        RemediationError: it holds none, or more than one, or was edited since.
    """
    if comment.edited:
        raise RemediationError("the comment was edited after it was written", "Write a new one.")
    lines = [line for line in _own_lines(comment.body) if line.startswith("cluster-doctor")]
    if len(lines) != 1:
        raise RemediationError(f"the comment holds {len(lines) or 'no'} answers, and one is needed", _NEXT)
    found = _ANSWER.fullmatch(lines[0])
    if not found:
        raise RemediationError("the line that begins with cluster-doctor is no answer", _NEXT)
    decision, rest = Decision(found["decision"]), (found["rest"] or "").strip()
    if decision is Decision.APPROVE and rest and not _STEPS.fullmatch(rest):
        raise RemediationError("what stands behind the digest are no steps", _NEXT)
    steps = tuple(re.split(r"[ ,]+", rest)) if decision is Decision.APPROVE and rest else None
    return Approval(
        decision=decision,
        digest=found["digest"],
        approver=approver,
        reason=rest if decision is Decision.DECLINE else "",
        decided_at=comment.created_at,
        steps=steps,
        credential=f"{comment.host} {comment.login}",
        nonce=f"{comment.host} comment {comment.number}",
    )


def _own_lines(body: str) -> list[str]:
    """The lines that are the author's own: neither quoted, nor code, nor hidden."""
    told, fence = [], ""
    for line in re.sub(r"<!--.*?(-->|\Z)", "", body, flags=re.DOTALL).splitlines():
        found = _FENCE.match(line.lstrip())
        if found and (not fence or found["fence"].startswith(fence)):
            fence = "" if fence else found["fence"]
        elif not fence and not line.startswith((">", "    ", "\t")):
            told.append(line.strip())
    return told
