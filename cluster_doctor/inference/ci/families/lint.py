"""Linters, formatters and type checkers of scripting languages: a place and what they object to."""

from __future__ import annotations

from cluster_doctor.domain.ci import CiFailureClass
from cluster_doctor.inference.ci.sign import Weight, signs

LINT = (
    *signs(
        CiFailureClass.LINT,
        "{thing}: {why}",
        "Correct {thing}, or run the same linter locally with its fix option.",
        r"^(?P<thing>\S+\.\w+:\d+(?::\d+)?):? (?P<why>[A-Z]{1,4}\d{2,4}:? .*)$",  # ruff, flake8, pylint, ansible-lint
        r"^(?P<thing>\S+\.pyi?:\d+(?::\d+)?): error: (?P<why>.*)$",  # mypy
        r"^\s*(?P<thing>\S+\.pyi?:\d+:\d+) - error: (?P<why>.*)$",  # pyright
        r"^(?P<thing>\S+\.go:\d+:\d+): (?P<why>.+ \([a-z][\w-]+\))$",  # golangci-lint
        r"^(?P<thing>\S+\.rb:\d+:\d+): (?P<why>[CWEF]: .*)$",  # rubocop
        r"^\s*(?P<thing>\d+:\d+)\s+error\s+(?P<why>\S.+?\s{2,}[@\w/-]+)$",  # eslint, below the file's name
        r"^(?P<thing>\S+:\d+:\d+): (?P<why>\[\w+\] .*|.* \[(?:error|[a-z]+-[a-z-]+)\])$",  # yamllint, actionlint
        r"^(?P<why>In) (?P<thing>\S+ line \d+):$",  # shellcheck
        r"^(?P<why>[A-Z]{1,4}\d{3,4}) (?:\[\*\] )?(?P<thing>\S.*)$",  # ruff's long form, the place below it
    ),
    *signs(
        CiFailureClass.LINT,
        "{thing} is not formatted",
        "Run the formatter over {thing} and commit what it changes.",
        r"^[Ww]ould reformat:? (?P<thing>\S+)",  # black, ruff
        r"^\[(?:warn|error)\] (?P<thing>\S+\.\w+)$",  # prettier
        r"^Diff in (?P<thing>\S+?):?(?:\d+| at line \d+):?$",  # rustfmt
    ),
    *signs(
        CiFailureClass.LINT,
        "hook {thing} failed",
        "Run `pre-commit run --all-files`, and commit what the hooks change.",
        r"^(?P<thing>\S.*?)\.{4,}(?:\(.*\))?Failed$",
        weight=Weight.ENDS,
    ),
    *signs(
        CiFailureClass.LINT,
        "a linter found problems",
        "Read the lines before this one: they name the places.",
        r"^Found \d+ errors?\b",
        r"^✖ \d+ problems?",
        r"Code style issues (?:found|were)",
        weight=Weight.ENDS,
    ),
)
