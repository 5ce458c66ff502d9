"""Errors that reach a user.

ClusterDoctorError
├── UsageError           the call's words are off
├── SourceError          something could not be read at all
│   ├── UnreadableInput  a recorded form is broken, too large or hostile
│   └── ClusterUnavailable  no answer, or no access, from a live cluster or its metrics
├── RunError             a run on record is missing, damaged or cannot go on
│   ├── RunTaken         somebody else works on it, or may by now
│   └── RunStopped       it was stopped before its end, and can go on
└── RemediationError     a change cannot be made, or must not be
    └── PolicyError      what may be written cannot be read from its file
"""

from __future__ import annotations


class ClusterDoctorError(Exception):
    """Something a user can act on.

    Args:
        what: what was asked, of whom, and what came back.
        next_step: what to do about it.
    """

    def __init__(self, what: str, next_step: str = "") -> None:
        """Keep both halves, so that renderings may show them apart."""
        self.what = what
        self.next_step = next_step
        super().__init__(f"{what}\n{next_step}" if next_step else what)

    @property
    def sentence(self) -> str:
        """Both halves on one line, for notes."""
        return f"{self.what}. {self.next_step}".rstrip()


class UsageError(ClusterDoctorError):
    """The call's words are off."""


class SourceError(ClusterDoctorError):
    """Something could not be read at all."""


class UnreadableInput(SourceError):  # noqa: N818 - named for what it is, as in the tree above
    """A recorded form is broken, too large or hostile."""


class ClusterUnavailable(SourceError):  # noqa: N818 - named for what it is
    """No answer, or no access, from a live cluster or its metrics."""


class RunError(ClusterDoctorError):
    """A run on record is missing, damaged or cannot go on."""


class RunTaken(RunError):  # noqa: N818 - named for what it is
    """Somebody else works on a run, or may by now; it is theirs to go on with and to mark."""


class RunStopped(RunError):  # noqa: N818 - named for what happened
    """A run was stopped before its end, as somebody wanted; it goes on from its last checkpoint."""


class RemediationError(ClusterDoctorError):
    """A change cannot be made, or must not be."""


class PolicyError(RemediationError):
    """What may be written cannot be read from its file; nothing may be written then."""
