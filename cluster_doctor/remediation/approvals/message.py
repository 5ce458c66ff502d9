"""An answer as a message that can travel: what it says, in the one form that is signed.

The first line is JSON in its canonical form, keys in order and without blanks; below it stands the signature as
`ssh-keygen -Y sign` writes it. What is signed is the first line with its line break, byte for byte.
"""

from __future__ import annotations

import json
import secrets
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.domain.remediation import Approval, Decision
from cluster_doctor.history.audit import canonical

MOST_BYTES = 64 * 1024
BEGIN, END = b"-----BEGIN SSH SIGNATURE-----\n", b"-----END SSH SIGNATURE-----\n"
_NEXT = "Make it with `cluster-doctor approve`, sign it, and send it as it is."

_Word = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,80}$")]
_Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.]{1,40}$")]


class ApprovalMessage(BaseModel):
    """What somebody answers from elsewhere.

    Attributes:
        version: of the form.
        run: the run that asks.
        interrupt: its question.
        digest: of what was asked.
        decision: approve or decline.
        steps: keys of the steps that are approved; all that are offered if it is null.
        reason: why it is declined.
        approver: who answers, by the name that the policy has.
        expires_at: until when it counts.
        nonce: 32 hexadecimal digits that no other message has.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    run: _Word
    interrupt: _Word
    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    decision: Decision
    steps: Annotated[tuple[_Key, ...], Field(min_length=1, max_length=200)] | None = None
    reason: Annotated[str, StringConstraints(max_length=2000)] = ""
    approver: Annotated[str, StringConstraints(min_length=1, max_length=253)]
    expires_at: AwareDatetime
    nonce: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")] = Field(
        default_factory=lambda: secrets.token_hex(16)
    )

    @property
    def content(self) -> bytes:
        """What is signed."""
        return f"{canonical(self.model_dump(mode='json'))}\n".encode()

    def approval(self, credential: str = "") -> Approval:
        """The answer that it brings.

        Args:
            credential: what proves who gave it; nothing if it was not checked.
        """
        return Approval(
            decision=self.decision,
            digest=self.digest,
            approver=self.approver,
            reason=self.reason,
            expires_at=self.expires_at,
            steps=self.steps,
            credential=credential,
            interrupt_id=self.interrupt,
            nonce=self.nonce,
        )


def read_message(content: bytes) -> tuple[ApprovalMessage, bytes]:
    """Read a message; returns what it says, which nothing proves yet, and the signature, which may be empty.

    Raises:
        RemediationError: it is none.
    """
    if len(content) > MOST_BYTES:
        raise RemediationError(f"the message is larger than {MOST_BYTES} bytes", _NEXT)
    line, broken, signature = content.partition(b"\n")
    try:
        said = ApprovalMessage.model_validate(json.loads(line))
        same = said.content == line + broken
    except (ValidationError, ValueError, RecursionError) as error:
        told = error.errors()[0] if isinstance(error, ValidationError) else None
        why = (
            f"{'.'.join(map(str, told['loc'])) or 'the whole'}: {told['msg']}" if told else "its first line is no JSON"
        )
        raise RemediationError(f"this is no answer to a run: {why}", _NEXT) from error
    if not same:
        raise RemediationError("the message is not in the form in which it is signed; it was changed on its way", _NEXT)
    return said, signature
