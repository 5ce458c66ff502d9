"""What ended a job from outside: a time that was exceeded, somebody who cancelled it."""

from __future__ import annotations

from cluster_doctor.domain.ci import CiFailureClass
from cluster_doctor.inference.ci.sign import Weight, signs

STOPPED = (
    *signs(
        CiFailureClass.STOPPED,
        "it took longer than {thing}",
        "See which command hung: the last lines before it. Raise `timeout-minutes` only if the work takes that long.",
        r"exceeded the maximum execution time of (?P<thing>\d+ ?m\w*)",
        r"The action '[^']+' has timed out after (?P<thing>\d+ minutes?)",
        weight=Weight.DECIDES,
    ),
    *signs(
        CiFailureClass.STOPPED,
        "a newer run took its place{of}",
        "Nothing is wrong with it: `concurrency` cancels what is overtaken. Look at the newer run.",
        r"Canceling since a (?:higher priority|deployment).*(?:for|in) '?(?P<thing>[^']+)'? (?:exists|was)",
        weight=Weight.DECIDES,
    ),
    *signs(
        CiFailureClass.STOPPED,
        "it was cancelled{of}",
        "See who or what cancelled it: a person, a newer run, another job of the matrix (`fail-fast`).",
        r"The run was canceled by (?P<thing>@\S+)",
        r"^(?:Error: )?The operation was canceled\.?(?P<thing>)$",
        weight=Weight.DECIDES,
    ),
)
