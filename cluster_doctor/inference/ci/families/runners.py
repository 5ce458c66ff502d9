"""The machine that a job ran on: full, out of memory, lost."""

from __future__ import annotations

from cluster_doctor.domain.ci import CiFailureClass
from cluster_doctor.inference.ci.sign import Weight, signs

RUNNERS = (
    *signs(
        CiFailureClass.RUNNER,
        "the runner's disk is full",
        "Free space before the step (caches, images, tool folders), or take a runner with a larger disk.",
        r"(?P<thing>[Nn]o space left on device|ENOSPC\b|There is not enough space on the disk)",
    ),
    *signs(
        CiFailureClass.RUNNER,
        "a process was killed: the runner is out of memory",
        "Run fewer things at once, or take a runner with more memory.",
        r"(?P<thing>Process completed with exit code 137)",
        weight=Weight.DECIDES,
    ),
    *signs(
        CiFailureClass.RUNNER,
        "memory ran out: {thing}",
        "Raise the heap limit if the runner has more memory than it, else take a larger runner.",
        r"(?P<thing>Killed signal terminated program \S+|: line \d+:\s+\d+ Killed\b.*)$",
        r"(?P<thing>JavaScript heap out of memory)",
        r"(?P<thing>java\.lang\.OutOfMemoryError(?:: [\w ]+)?)",
        r"(?P<thing>\b(?:exit code|code:?|status) 137\b)",
    ),
    *signs(
        CiFailureClass.RUNNER,
        "the runner was lost",
        "Run it again. If it happens often, the job starves the runner of memory, or spot nodes are taken away.",
        r"(?P<thing>lost communication with the server)",
        r"(?P<thing>The runner has received a shutdown signal)",
        r"(?P<thing>The (?:hosted|self-hosted) runner .*encountered an error)",
        r"(?P<thing>The job was not (?:started|acquired).*)",
        weight=Weight.DECIDES,
    ),
)
