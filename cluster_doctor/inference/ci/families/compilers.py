"""Compilers, bundlers and builds: a place in the source and what is wrong there."""

from __future__ import annotations

from cluster_doctor.domain.ci import CiFailureClass
from cluster_doctor.inference.ci.sign import Weight, signs

COMPILERS = (
    *signs(
        CiFailureClass.COMPILE,
        "{thing} does not compile: {why}",
        "Correct {thing}; build that commit locally to see the rest.",
        r"^(?P<thing>\S+\.(?:c|cc|cpp|cxx|h|hpp|m|mm|cu):\d+:\d+): (?:fatal )?error: (?P<why>.*)$",
        r"^(?P<thing>\S+\.[cm]?tsx?\(\d+,\d+\)): error (?P<why>TS\d+: .*)$",
        r"^(?P<thing>\S+\.[cm]?tsx?:\d+:\d+) - error (?P<why>TS\d+: .*)$",
        r"^(?P<thing>\S+\.cs\(\d+,\d+\)): error (?P<why>CS\d+: .*?)(?: \[.*\])?$",
        r"^(?:\[ERROR\] )?(?P<thing>\S+\.java:(?:\[\d+,\d+\]|\d+:)) (?:error: )?(?P<why>.*)$",
        r"^e: (?:file://)?(?P<thing>\S+\.kts?:\d+:\d+):? (?P<why>.*)$",
        r"^(?P<thing>\S+\.swift:\d+:\d+): error: (?P<why>.*)$",
        r"^(?:vet: )?(?P<thing>\S+\.go:\d+:\d+): (?P<why>(?!.*\([a-z][\w-]+\)$).+)$",
    ),
    *signs(
        CiFailureClass.COMPILE,
        "the source does not compile: {why}",
        "Correct it where the lines below say; build that commit locally to see the rest.",
        r"^error(?P<thing>\[E\d{4}\])?: (?P<why>(?!could not compile|aborting|process|failed to|no match).+)$",  # rustc
        r"(?P<why>undefined reference to [`'](?P<thing>[^'`]+)')",
        r"^(?:.*/)?ld: (?P<why>.*(?:cannot find|not found).*)$",
        r"^(?P<why>(?:SyntaxError|IndentationError): .*)$",
        r"(?P<why>Module not found: .*[Cc]an't resolve '(?P<thing>[^']+)')",
        r"(?P<why>Could not resolve \"(?P<thing>[^\"]+)\")",
        r"(?P<why>Rollup failed to resolve import \"(?P<thing>[^\"]+)\")",
    ),
    *signs(
        CiFailureClass.COMPILE,
        "the image cannot be built: {why}",
        "Build the image locally from that commit; the lines above tell which instruction failed.",
        r"^(?:#\d+ )?ERROR: failed to (?:build|solve): (?P<why>.*)$",
        r"^(?:#\d+ )?ERROR: (?P<why>process \"(?P<thing>.*)\" did not complete successfully.*)$",
        r"^ERROR: (?P<why>.*failed to calculate checksum of ref .*: \"?(?P<thing>[^\":]+)\"?: not found)$",
        weight=Weight.ENDS,
    ),
    *signs(
        CiFailureClass.COMPILE,
        "the build failed at {thing}",
        "Read the lines before this one: they tell why.",
        r"^make(?:\[\d+\])?: \*\*\* \[(?P<thing>[^\]]+)\] Error \d+",
        r"^error: (?P<thing>could not compile `[^`]+`.*)$",
        r"^\* What went wrong:(?P<thing>)$",
        r"^\[ERROR\] (?P<thing>COMPILATION ERROR)",
        weight=Weight.ENDS,
    ),
)
