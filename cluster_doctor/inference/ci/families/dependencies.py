"""Package managers: a package that does not exist, or versions that do not fit."""

from __future__ import annotations

from cluster_doctor.domain.ci import CiFailureClass
from cluster_doctor.inference.ci.sign import Weight, signs

DEPENDENCIES = (
    *signs(
        CiFailureClass.DEPENDENCY,
        "{thing} cannot be found or does not fit the others",
        "Look whether {thing} exists in that registry; correct the version, and renew the lock file.",
        r"ERROR: Could not find a version that satisfies the requirement (?P<thing>\S+(?: ?[<>=!~]=?[^ (]+)?)",
        r"ERROR: No matching distribution found for (?P<thing>\S+)",
        r"ERROR: Cannot install (?P<thing>.+?) because these package versions have conflicting dependencies",
        r"Because (?:only )?(?P<thing>\S+(?: [<>=!~(]\S+)?) .*(?:we can conclude|version solving failed|unsatisf)",
        r"Because there (?:is|are) no versions? of (?P<thing>\S+)",
        r"Because (?P<thing>\S+) was not found in the package registry",
        r"^npm (?:ERR!|error) (?:404|notarget) .*?(?P<thing>@?[\w./-]+@[^'\s]+?)'?\.?(?:\s|$)",
        r"^npm (?:ERR!|error) (?P<thing>peer .+ from \S+)$",
        r"^npm (?:ERR!|error) Missing: (?P<thing>\S+) from lock file",
        r"^error (?:Couldn't find (?:any versions for|package) )\"(?P<thing>[^\"]+)\"",
        r"^\s*ERR_PNPM_\w+\s+(?P<thing>.*)$",
        r"Could not find artifact (?P<thing>\S+)",
        r"(?:>|error:)? ?Could not (?:resolve|find) (?P<thing>[\w.-]+:[\w.-]+(?::[\w+-]+(?:\.[\w+-]+)*)?)\.?$",
        r"^go: (?P<thing>\S+@\S+): (?!downloading)",
        r"no required module provides package (?P<thing>\S+?);",
        r"missing go\.sum entry for (?:module providing package |go\.mod file.*)?(?P<thing>\S*)",
        r"^error: (?:no matching package named|failed to select a version for(?: the requirement)?) `(?P<thing>[^`]+)`",
        r"Could not find gem '(?P<thing>[^']+)'",
        r"could not find compatible versions for gem \"(?P<thing>[^\"]+)\"",
        r"^E: Unable to locate package (?P<thing>\S+)",
        r"^E: Version '[^']+' for '(?P<thing>[^']+)' was not found",
        r"error NU1\d{3}: (?:Unable to find (?:a stable )?package )?(?P<thing>\S+)",
        r"ModuleNotFoundError: No module named '(?P<thing>[^']+)'",
        r"Error: Cannot find module '(?P<thing>[^']+)'",
    ),
    *signs(
        CiFailureClass.DEPENDENCY,
        "dependencies cannot be resolved",
        "Read the lines around this one: they name the packages.",
        r"^npm (?:ERR!|error) code (?:ERESOLVE|E404|ETARGET|EUSAGE|EINTEGRITY)",
        r"No solution found when resolving dependencies",
        r"ERROR: ResolutionImpossible",
        r"PACKAGES DO NOT MATCH THE HASHES",
        r"Could not resolve dependencies for project",
        r"Your requirements could not be resolved to an installable set of packages",
        weight=Weight.ENDS,
    ),
)
