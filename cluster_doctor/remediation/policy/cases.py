"""Steps with what a policy has to say to them, so that a team tests its policy before it holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from cluster_doctor.domain.policy import PolicyVerdict
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.remediation import RemediationStep, Risk, Route
from cluster_doctor.domain.spans import span
from cluster_doctor.domain.steps import FieldEdit, StepType, Verb
from cluster_doctor.remediation.policy.entries import KindName, PolicyRoute, group_and_kind
from cluster_doctor.remediation.policy.facts import PastWrite, TargetFacts
from cluster_doctor.remediation.policy.judging import judge
from cluster_doctor.remediation.policy.limits import Span
from cluster_doctor.remediation.policy.policy import Policy
from cluster_doctor.remediation.policy.shapes import SHAPES
from cluster_doctor.remediation.policy.strict import Name, Strict
from cluster_doctor.snapshot.kinds import BY_KIND

_NOT_JUDGED = "not judged"


class Expected(StrEnum):
    """What a case expects."""

    ALLOWED = "allowed"
    DENIED = "denied"


class Fact(StrEnum):
    """What may not be known of a target."""

    LABELS = "labels"
    NAMESPACE_LABELS = "namespace_labels"
    KEPT_BY = "kept_by"


class CaseTarget(Strict):
    """The object that a step is about; `kind` as in a policy."""

    kind: KindName
    name: Name
    namespace: Name | None = None

    @property
    def ref(self) -> ObjectRef:
        """The object, in the version of the API that is usual."""
        group, kind = group_and_kind(self.kind)
        known = BY_KIND.get(kind)
        usual = known.api_version if known and known.group == group else f"{group}/v1"
        return ObjectRef(kind, self.name, self.namespace, usual)


class CaseEdit(Strict):
    """A field that a step sets: `[spec, replicas]`, from one value to another; null if it is not there."""

    path: Annotated[tuple[str, ...], Field(min_length=1)]
    was: JsonValue = None
    becomes: JsonValue = None


class CaseStep(Strict):
    """A step, as far as a policy looks at it. The verb is that of its type by default."""

    type: StepType
    route: PolicyRoute
    target: CaseTarget
    verb: Verb | None = None
    edits: tuple[CaseEdit, ...] = ()
    manifest: dict[str, JsonValue] | None = None

    @property
    def planned(self) -> RemediationStep:
        """The step as a plan has it."""
        return RemediationStep(
            title=f"{self.type} {self.target.ref}",
            type=self.type,
            verb=self.verb or SHAPES[self.type].verb,
            route=Route(self.route.value),
            target=self.target.ref,
            risk=Risk.LOW,
            precondition=_NOT_JUDGED,
            instruction=_NOT_JUDGED,
            edits=tuple(FieldEdit(path=edit.path, was=edit.was, becomes=edit.becomes) for edit in self.edits),
            manifest=self.manifest,
            undo=_NOT_JUDGED,
            check=_NOT_JUDGED,
        )


class CaseWrite(Strict):
    """A write that was made some time ago, to the object of the step if it names no other."""

    type: StepType
    ago: Span
    target: CaseTarget | None = None


class PolicyCase(Strict):
    """One step, what is known, and what the policy has to say.

    Attributes:
        name: what results call it.
        step: what is to be done.
        expect: allowed or denied.
        approvals: how many people it has to ask for; not looked at if it is left out.
        approvers: who may approve; the same.
        because: a part of one of the reasons.
        labels: the object's.
        namespace_labels: those of its namespace.
        kept_by: what keeps the object; empty if nothing does.
        unknown: what of these is not known.
        past: writes that were made.
        now: the time at which it is judged; when the test runs, by default.
    """

    name: Name
    step: CaseStep
    expect: Expected
    approvals: int | None = None
    approvers: tuple[str, ...] | None = None
    because: str = ""
    labels: dict[str, str] = Field(default={})
    namespace_labels: dict[str, str] = Field(default={})
    kept_by: str = ""
    unknown: tuple[Fact, ...] = ()
    past: tuple[CaseWrite, ...] = ()
    now: AwareDatetime | None = None

    @property
    def facts(self) -> TargetFacts:
        """What is known of the target."""
        return TargetFacts(
            labels=None if Fact.LABELS in self.unknown else self.labels,
            namespace_labels=None if Fact.NAMESPACE_LABELS in self.unknown else self.namespace_labels,
            keeper=None if Fact.KEPT_BY in self.unknown else self.kept_by,
        )

    def writes(self, now: datetime) -> tuple[PastWrite, ...]:
        """The writes that were made before a moment."""
        own = self.step.target
        return tuple(
            PastWrite(target=(write.target or own).ref, type=write.type, at=now - span(write.ago))
            for write in self.past
        )


class PolicyCases(Strict):
    """A file of cases. `docs/policy-cases.schema.json` describes it."""

    version: Literal[1]
    cases: Annotated[tuple[PolicyCase, ...], Field(min_length=1, max_length=10_000)]


class CaseResult(BaseModel):
    """What the policy said to a case, and in what that is not what was expected."""

    model_config = ConfigDict(frozen=True)

    name: str
    passed: bool
    verdict: PolicyVerdict
    differences: tuple[str, ...] = ()


class PolicyTest(BaseModel):
    """The results of all cases. `docs/policy-test.schema.json` describes its JSON form."""

    model_config = ConfigDict(frozen=True)

    schema_version: str = "1"
    policy_digest: str
    passed: int
    failed: int
    cases: tuple[CaseResult, ...]


def try_cases(policy: Policy, cases: PolicyCases, now: datetime) -> PolicyTest:
    """Judge every case. `now` is the time of those that name none."""
    results = tuple(_result(policy, case, case.now or now) for case in cases.cases)
    passed = sum(result.passed for result in results)
    return PolicyTest(policy_digest=policy.digest, passed=passed, failed=len(results) - passed, cases=results)


def _result(policy: Policy, case: PolicyCase, now: datetime) -> CaseResult:
    verdict = judge(policy, case.step.planned, case.facts, case.writes(now), now)
    differences = tuple(_differences(case, verdict))
    return CaseResult(name=case.name, passed=not differences, verdict=verdict, differences=differences)


def _differences(case: PolicyCase, verdict: PolicyVerdict) -> Iterator[str]:
    found = Expected.ALLOWED if verdict.allowed else Expected.DENIED
    if found is not case.expect:
        yield f"expected {case.expect}, and it is {found}: {'; '.join(verdict.reasons)}"
        return
    if case.approvals is not None and case.approvals != verdict.approvals:
        yield f"expected {case.approvals} to approve, and the policy asks for {verdict.approvals}"
    if case.approvers is not None and sorted(case.approvers) != sorted(verdict.approvers):
        yield f"expected {', '.join(case.approvers) or 'anybody'}, and {', '.join(verdict.approvers) or 'anybody'} may"
    if not any(case.because in reason for reason in verdict.reasons):
        yield f"expected because of {case.because!r}, and it is because of: {'; '.join(verdict.reasons)}"
