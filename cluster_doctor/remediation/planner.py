"""Makes a plan for a root cause: what to change, and by which way the change reaches the cluster."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from functools import cache

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.remediation import RemediationPlan, RemediationStep, Risk, Route
from cluster_doctor.domain.steps import StepType, Verb
from cluster_doctor.remediation import plans
from cluster_doctor.remediation.by_the_rule import by_the_rule
from cluster_doctor.remediation.change import Change, Planner
from cluster_doctor.remediation.gitops.find_origin import origin_of
from cluster_doctor.remediation.gitops.origin import NoOriginError
from cluster_doctor.remediation.plans.roll_back import back_to_serving
from cluster_doctor.remediation.suspending import suspended_first
from cluster_doctor.remediation.wording import kubectl, patch_command
from cluster_doctor.snapshot.kinds import BY_KIND
from cluster_doctor.snapshot.management import Keeper, Management, management_of
from cluster_doctor.snapshot.snapshot import ClusterSnapshot

_NOT_WRITTEN_DOWN = frozenset(
    {
        StepType.DELETE_POD, StepType.EVICT_POD, StepType.DELETE_JOB, StepType.CORDON, StepType.UNCORDON,
        StepType.REMOVE_FINALIZER, StepType.ARGO_SYNC, StepType.ARGO_ROLL_BACK, StepType.FLUX_RECONCILE,
    }
)  # fmt: skip
"""Acts on what runs; no file in a repository says them."""


def plans_for(cluster: ClusterSnapshot, causes: Iterable[RootCause]) -> tuple[RemediationPlan, ...]:
    """Plan the repair of each cause that has one, in their order; the same step is taken once, by the first of them."""
    plans = [plan for cause in causes if (plan := plan_for(cluster, cause))]
    taken: dict[str, str] = {}
    return tuple(
        plan.model_copy(
            update={
                "steps": tuple(
                    _once(step, f"{number}.{position}", taken) for position, step in enumerate(plan.steps, 1)
                )
            }
        )
        for number, plan in enumerate(plans, 1)
    )


def plan_for(cluster: ClusterSnapshot, cause: RootCause) -> RemediationPlan | None:
    """Plan the repair of one root cause; None where neither a planner nor its rule knows one.

    An object that Argo CD, Flux or Helm keeps is repaired where it is written down; the change by hand is only
    an alternative then, because the next reconciliation would undo it; what Flux keeps is suspended before. Where an
    older revision still serves, going back to it is an alternative.
    """
    planner = _planners().get(cause.rule)
    change = (planner.draft(cluster, cause) if planner else None) or by_the_rule(cause)
    if change is None:
        return None
    management = management_of(cluster, _home(change, cause))
    ways = [_ways(cluster, part, cause) for part in (change, *change.then)]
    main, aside = [step for way, _ in ways for step in way], [step for _, way in ways for step in way]
    rollback = back_to_serving(cluster, cause.subject) if change.type is not StepType.ROLL_BACK else None
    others = [
        step
        for other in (*change.others, *((rollback,) if rollback else ()))
        for part in (other, *other.then)
        for step in _ways(cluster, part, cause)[0]
    ]
    return RemediationPlan(
        cause=cause.statement,
        fingerprint=cause.fingerprint,
        summary=change.title,
        managed_by=str(management) if management else "",
        steps=tuple(main),
        alternatives=(*aside, *others),
        test_plan=_test_plan(change, cause),
        choice_needed=change.choice,
    )


def repair_of(rule: str) -> str:
    """Tell by which types of step a program can repair what a rule finds; empty where a person has to act."""
    planner = _planners().get(rule)
    if planner is None:
        return ""
    own = ", then ".join((planner.by, *planner.then)) if planner.by else ""
    beside = f"beside a person's step {', '.join(planner.beside)}" if planner.beside else ""
    return "; ".join(filter(None, (own, beside)))


@cache
def _planners() -> dict[str, Planner]:
    found: dict[str, Planner] = {}
    for module in pkgutil.iter_modules(plans.__path__, f"{plans.__name__}."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, Planner) and value.draft.__module__ == module.name:
                for rule in value.rules:
                    if found.setdefault(rule, value) is not value:
                        msg = f"two planners repair what {rule} finds"
                        raise ValueError(msg)
    return found


def _once(step: RemediationStep, key: str, taken: dict[str, str]) -> RemediationStep:
    """A step, or, where one of before does the same, a word that says so."""
    if step.type is None:
        return step
    done = step.model_dump_json(include={"type", "verb", "target", "edits", "manifest", "route"})
    before = taken.setdefault(done, key)
    if before == key:
        return step
    return RemediationStep(
        title=f"{step.title}: see step {before}",
        route=Route.PERSON,
        target=step.target,
        risk=step.risk,
        precondition=step.precondition,
        instruction=f"Step {before} does this already; one of both is enough.",
        undo=f"As for step {before}.",
        check=step.check,
    )


def _home(change: Change, cause: RootCause) -> ObjectRef:
    """The object that tells where a change is written down: of one that is missing, that which needs it."""
    return cause.subject if change.verb is Verb.CREATE else change.target


def _ways(
    cluster: ClusterSnapshot, change: Change, cause: RootCause
) -> tuple[list[RemediationStep], list[RemediationStep]]:
    home = _home(change, cause)
    by_hand, management = _by_hand(change), management_of(cluster, home)
    if management is None or change.of_the_moment or change.type in _NOT_WRITTEN_DOWN:
        return [by_hand], []
    written = RemediationStep(
        title=change.title,
        type=change.type,
        verb=change.verb,
        route=Route.GITOPS,
        target=change.target,
        risk=change.risk,
        precondition=change.precondition,
        instruction=f"{change.instruction} Change it where {management} takes it from"
        f"{_written_in(cluster, home)}, by pull request.",
        command=_after_merge(management),
        edits=change.edits,
        manifest=change.manifest,
        patch=change.patch,
        undo="Revert the pull request.",
        check=change.check,
    )
    warned = by_hand.model_copy(
        update={
            "title": f"{by_hand.title} by hand, until the pull request is merged",
            "risk": Risk.HIGH if management.reconciles else by_hand.risk,
            "precondition": f"{by_hand.precondition}; {management} does not undo it (suspend it first)"
            if management.reconciles
            else by_hand.precondition,
        }
    )
    return [written], [*map(_by_hand, suspended_first(cluster, management)), warned]


def _written_in(cluster: ClusterSnapshot, target: ObjectRef) -> str:
    """Repository, revision and path of an object, as far as the cluster says so."""
    try:
        origin = origin_of(cluster, target)
    except NoOriginError:
        return ""
    return f" ({origin.repository}, {origin.revision or 'its default branch'}, {origin.entry.path})"


def _by_hand(change: Change) -> RemediationStep:
    command = change.command or (patch_command(change.target, change.patch) if change.patch is not None else "")
    return RemediationStep(
        title=change.title,
        type=change.type,
        verb=change.verb,
        route=Route.CLUSTER if command or change.type else Route.PERSON,
        target=change.target,
        risk=change.risk,
        precondition=change.precondition,
        instruction=change.instruction,
        command=command,
        edits=change.edits,
        manifest=change.manifest,
        patch=change.patch,
        of_the_moment=change.of_the_moment,
        undo=change.way_back,
        check=change.check,
    )


def _after_merge(management: Management) -> str:
    space, _, name = management.name.rpartition("/")
    scope = f" -n {space}" if space else ""
    match management.keeper:
        case Keeper.ARGO_CD:
            return f"argocd app sync {name}"
        case Keeper.FLUX_KUSTOMIZE:
            return f"flux reconcile kustomization {name}{scope} --with-source"
        case Keeper.FLUX_HELM:
            return f"flux reconcile helmrelease {name}{scope}"
        case Keeper.HELM:
            return f"helm diff upgrade {name} CHART  # then helm upgrade" if name else ""


def _test_plan(change: Change, cause: RootCause) -> tuple[str, ...]:
    dry = f"{patch_command(change.target, change.patch)} --dry-run=server" if change.patch is not None else ""
    known = change.target.kind in BY_KIND
    look = kubectl("get", change.target, "-o", "yaml") if known else ""
    again = f"run cluster-doctor again: {cause.rule} on {cause.subject} is gone"
    return tuple(line for line in (look, dry, change.check, again) if line)
