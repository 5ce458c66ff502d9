"""The workflow file and the scripts in it."""

from __future__ import annotations

from cluster_doctor.domain.ci import CiFailureClass
from cluster_doctor.inference.ci.sign import Weight, signs

WORKFLOWS = (
    *signs(
        CiFailureClass.WORKFLOW,
        "GitHub does not accept the workflow: {thing}",
        "Correct the workflow file; `actionlint` tells the same before a push.",
        r"(?P<thing>Invalid workflow file.*)$",
        r"The (?:workflow|template) is not valid\.? ?(?P<thing>.*)$",
        r"(?P<thing>Unrecognized (?:named-value|function): '[^']+'.*)$",
        r"(?P<thing>Unexpected (?:symbol|value|type of value) .*)$",
        weight=Weight.DECIDES,
    ),
    *signs(
        CiFailureClass.WORKFLOW,
        "action {thing} cannot be found",
        "Correct the name and the version after `uses:`; for a private action allow access from this repository.",
        r"Unable to resolve action [`'\"]?(?P<thing>[^`'\",\s]+)",
        r"Can't find 'action\.ya?ml'.* under '(?P<thing>[^']+)'",
        r"An action could not be found at the URI '(?P<thing>[^']+)'",
        weight=Weight.DECIDES,
    ),
    *signs(
        CiFailureClass.WORKFLOW,
        "the step's script is wrong at line {thing}: {why}",
        "Correct the script under `run:`, or install what it calls first.",
        r"/_temp/[\w-]+\.(?:sh|ps1): line (?P<thing>\d+): (?P<why>(?!\s*\d+ Killed).*)$",
        r"^(?:/bin/)?(?:ba)?sh: (?:line )?(?P<thing>\d+): (?P<why>.*not found.*)$",
    ),
)
