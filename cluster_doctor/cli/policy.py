"""`cluster-doctor policy`: which writes are allowed, and on whose word."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cluster_doctor.cli.console import WIDTH, Console
from cluster_doctor.cli.options import Home, NoColour, PolicyFile
from cluster_doctor.domain.errors import UsageError
from cluster_doctor.reports.plain import one_line, plain_json

if TYPE_CHECKING:
    from cluster_doctor.remediation.policy import Policy
    from cluster_doctor.remediation.policy.rbac import Subject

DIFFERENT = 1

app = typer.Typer(
    no_args_is_help=True,
    help="Show, explain and test which writes are allowed, and print the rights that they need.",
)


class WrittenOutput(StrEnum):
    """Forms of what a program takes in again."""

    YAML = "yaml"
    JSON = "json"


class ToldOutput(StrEnum):
    """Forms of what a person reads."""

    TEXT = "text"
    JSON = "json"


Written = Annotated[WrittenOutput, typer.Option("-o", "--output", help="The form.")]
Told = Annotated[ToldOutput, typer.Option("-o", "--output", help="The form.")]


def show(policy: PolicyFile = None, home: Home = None, output: Written = WrittenOutput.YAML) -> None:
    """Print the policy that holds, with all defaults, and its digest.

    Examples:
      cluster-doctor policy show
      cluster-doctor policy show > policy.yaml
      cluster-doctor policy show --policy policy.yaml -o json

    Without --policy it is policy.yaml in the home; without that file the built-in
    one: pull requests that one person approved, nothing in the cluster. What is
    printed is a policy file again. docs/policy.md says what can stand in it.

    Exits with 0, or 2 when the file cannot be read or is no policy.
    """
    import yaml  # noqa: PLC0415 - keeps --help quick

    found, place = _policy(policy, home)
    if output is WrittenOutput.JSON:
        Console().report(plain_json({"source": place, "digest": found.digest, "policy": found.effective}))
        return
    written = yaml.safe_dump(found.effective, sort_keys=False, allow_unicode=True, width=WIDTH)
    Console().report(f"# {one_line(place)}\n# digest {found.digest}\n{written}")


def explain(
    run_id: Annotated[str, typer.Argument(help="A run's id, or the beginning of it.", metavar="RUN_ID")],
    policy: PolicyFile = None,
    home: Home = None,
    output: Told = ToldOutput.TEXT,
    no_colour: NoColour = False,  # noqa: FBT002 - Typer makes a flag of it
) -> None:
    """Tell what the policy says to each step of a run's plans, and why.

    Examples:
      cluster-doctor policy explain 20260102-030405
      cluster-doctor policy explain 20260102-030405 --policy stricter.yaml -o json

    Labels, namespaces and keepers are those that the run saw; what it did not see
    counts as not known. It is judged now, and as if nothing had been written before.
    Nothing is written.

    Exits with 0 when every step is allowed, 1 when one is denied (ways that are only
    alternatives aside), 2 when the run or the policy cannot be read.
    """
    from cluster_doctor.cli.policy_lines import explained_lines  # noqa: PLC0415 - keeps --help quick
    from cluster_doctor.history.history import History  # noqa: PLC0415 - as above
    from cluster_doctor.remediation.policy.explaining import explain_plans  # noqa: PLC0415 - as above
    from cluster_doctor.workflow.runs import Runs  # noqa: PLC0415 - as above

    console = Console(colour=not no_colour)
    found, place = _policy(policy, home)
    with History(home) as history:
        runs = Runs(history, progress=console.progress)
        case, report = runs.case(run_id), runs.report(run_id)
        cluster = history.evidence.snapshot(case.snapshot) if case.snapshot else None
    plans = report.remediation.plans if report.remediation else ()
    explained = explain_plans(found, plans, cluster, report.run_id, datetime.now(UTC))
    if output is ToldOutput.JSON:
        console.report(plain_json(explained.model_dump(mode="json")))
    else:
        console.lines(explained_lines(explained, place, WIDTH))
    if not explained.allowed:
        raise typer.Exit(DIFFERENT)


def try_cases_of(
    file: Annotated[Path, typer.Argument(help="A YAML file of steps and what is expected.", metavar="FILE")],
    policy: PolicyFile = None,
    home: Home = None,
    output: Told = ToldOutput.TEXT,
    no_colour: NoColour = False,  # noqa: FBT002 - Typer makes a flag of it
) -> None:
    """Test a policy with a file of steps and the verdicts that are expected.

    Examples:
      cluster-doctor policy test cases.yaml --policy policy.yaml
      cluster-doctor policy test cases.yaml --policy policy.yaml -o json

    A case of the file:
      version: 1
      cases:
      - name: nobody scales payments
        step:
          type: scale
          route: cluster
          target: {kind: Deployment, namespace: payments, name: api}
          edits: [{path: [spec, replicas], was: 1, becomes: 3}]
        expect: denied                   # or allowed, with approvals: 2, approvers: [ada]
        because: ask the bank            # a part of a reason
        now: 2026-03-04T12:00:00Z        # else the time of the test

    docs/policy.md shows labels, keepers and past writes. No cluster is needed.

    Exits with 0 when every verdict is as expected, 1 when one is not, 2 when a file
    cannot be read.
    """
    from cluster_doctor.cli.policy_lines import tested_lines  # noqa: PLC0415 - keeps --help quick
    from cluster_doctor.remediation.policy.cases import PolicyCases, try_cases  # noqa: PLC0415 - as above
    from cluster_doctor.remediation.policy.loading import read_strictly  # noqa: PLC0415 - as above

    console = Console(colour=not no_colour)
    found, place = _policy(policy, home)
    tested = try_cases(found, read_strictly(file, PolicyCases, nulls=True), datetime.now(UTC))
    if output is ToldOutput.JSON:
        console.report(plain_json(tested.model_dump(mode="json")))
    else:
        console.lines(tested_lines(tested, place, WIDTH))
    if tested.failed:
        raise typer.Exit(DIFFERENT)


def rbac(
    subject: Annotated[
        str,
        typer.Option("--subject", help="Who gets the rights.", metavar="serviceaccount/NS/NAME|user/NAME|group/NAME"),
    ] = "serviceaccount/cluster-doctor/cluster-doctor",
    namespace: Annotated[
        list[str] | None,
        typer.Option(
            "-n", "--namespace", help="A namespace that there is, for entries with patterns or labels.", metavar="NS"
        ),
    ] = None,
    policy: PolicyFile = None,
    home: Home = None,
    output: Written = WrittenOutput.YAML,
) -> None:
    """Print the least rights with which all that the policy allows in the cluster can be done.

    Examples:
      cluster-doctor policy rbac | kubectl apply -f -
      cluster-doctor policy rbac --subject user/ada -n shop -n pay
      cluster-doctor policy rbac --policy policy.yaml -o json

    Entries that name their namespaces become a Role in each. Those that leave them
    open become Roles in the namespaces given with -n that fit, or else a ClusterRole
    and a RoleBinding to copy, whose namespace is NAMESPACE. What RBAC cannot say, such
    as labels and patterns of names, is said in comments and kept by the policy. The
    rights to read what a diagnosis needs are not among them.

    Exits with 0, or 2 when the policy cannot be read.
    """
    import yaml  # noqa: PLC0415 - keeps --help quick

    from cluster_doctor.remediation.policy.rbac import rbac_for  # noqa: PLC0415 - as above

    found, place = _policy(policy, home)
    made = rbac_for(found, _subject(subject), tuple(namespace or ()))
    if output is WrittenOutput.JSON:
        Console().report(plain_json({"apiVersion": "v1", "kind": "List", "items": list(made.objects)}))
        for note in made.notes:
            Console().say(note)
        return
    head = "".join(f"# {line}\n" for line in (one_line(f"{place}, digest {found.digest}"), *made.notes))
    Console().report(f"{head}{yaml.safe_dump_all(made.objects, sort_keys=False)}")


def _policy(path: Path | None, home: str | None) -> tuple[Policy, str]:
    """The policy that holds, and where it comes from."""
    from cluster_doctor.remediation.policy import default_place, load_policy  # noqa: PLC0415 - keeps --help quick

    found = load_policy(path, home)
    place = path or default_place(home)
    return found, str(place) if place.is_file() else "the built-in policy"


def _subject(text: str) -> Subject:
    """Read who gets the rights.

    Raises:
        UsageError: it is nobody.
    """
    from cluster_doctor.remediation.policy.rbac import Subject  # noqa: PLC0415 - keeps --help quick

    match text.split("/"):
        case [kind, namespace, name] if kind.lower() == "serviceaccount" and namespace and name:
            return Subject("ServiceAccount", name, namespace)
        case [kind, name] if kind.lower() in {"user", "group"} and name:
            return Subject(kind.capitalize(), name)
        case _:
            raise UsageError(f"--subject {text!r} is nobody", "Write serviceaccount/NS/NAME, user/NAME or group/NAME.")
