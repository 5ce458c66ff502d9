"""Tries plans on the repositories that they are deployed from, and on the picture of the cluster."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.domain.policy import PolicyVerdict
from cluster_doctor.domain.proposal import RehearsedProposal
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.remediation import RemediationPlan, RemediationStep
from cluster_doctor.domain.step_keys import proposal_of
from cluster_doctor.domain.steps import Verb
from cluster_doctor.remediation.fields import Object, edited
from cluster_doctor.remediation.foresight.forecast import Forecast, forecast
from cluster_doctor.remediation.foresight.synced import synced
from cluster_doctor.remediation.gitops.creation import NoPlaceError
from cluster_doctor.remediation.gitops.origin import NoOriginError
from cluster_doctor.remediation.policy.facts import NamespaceLabels
from cluster_doctor.remediation.policy.people import identity_of
from cluster_doctor.remediation.proposals.access import ProposalAccess
from cluster_doctor.remediation.proposals.drafting import Draft, drafted, proposable
from cluster_doctor.rules.rule_set import RuleSet
from cluster_doctor.snapshot.snapshot import ClusterSnapshot


def rehearse_proposals(
    access: ProposalAccess | None,
    plans: Sequence[RemediationPlan],
    cluster: ClusterSnapshot,
    causes: Sequence[RootCause],
) -> tuple[RehearsedProposal, ...]:
    """Turn each plan that sets fields or makes objects into changed files; see what policy and rules say to them."""
    if access is None:
        return ()
    known = {cause.fingerprint: cause for cause in causes}
    numbered = ((number, plan, proposable(number, plan)) for number, plan in enumerate(plans, 1))
    return tuple(
        _rehearsed(access, proposal_of(number), plan, steps, cluster, known[plan.fingerprint])
        for number, plan, steps in numbered
        if steps
    )


def verdict_on(
    access: ProposalAccess,
    steps: Mapping[str, RemediationStep],
    cluster: ClusterSnapshot,
    labels_now: NamespaceLabels | None = None,
) -> PolicyVerdict:
    """What the policy says to all steps of a proposal: the strictest word of all.

    Args:
        access: the policy.
        steps: of the proposal.
        cluster: the picture that they were planned from.
        labels_now: reads labels of namespaces as they are now; those of the picture count without it.
    """
    judge = access.judge(cluster, labels_now)
    verdicts = [judge(step, _live(cluster, step.target)) for step in steps.values()]
    denied = tuple(reason for verdict in verdicts if not verdict.allowed for reason in verdict.reasons)
    if denied:
        return PolicyVerdict(allowed=False, reasons=denied)
    reasons = tuple(dict.fromkeys(reason for verdict in verdicts for reason in verdict.reasons))
    restricted = [verdict.approvers for verdict in verdicts if verdict.approvers]
    approvers = tuple(
        name
        for name in (restricted[0] if restricted else ())
        if all(identity_of(name) in map(identity_of, others) for others in restricted)
    )
    if restricted and not approvers:
        return PolicyVerdict(allowed=False, reasons=("nobody may approve all of its steps",))
    people = max(verdict.approvals for verdict in verdicts)
    return PolicyVerdict(allowed=True, reasons=reasons, approvals=people, approvers=approvers)


def _rehearsed(
    access: ProposalAccess,
    key: str,
    plan: RemediationPlan,
    steps: Mapping[str, RemediationStep],
    cluster: ClusterSnapshot,
    cause: RootCause,
) -> RehearsedProposal:
    plain = RehearsedProposal(
        key=key, title=plan.summary, carries=tuple(steps), verdict=verdict_on(access, steps, cluster)
    )
    try:
        with drafted(cluster, list(steps.values()), access.repositories, cause.subject) as (draft, _):
            shown = plain.model_copy(update=_shown(draft))
    except (NoOriginError, NoPlaceError) as error:
        return _as_report(access, plain, error, cluster)
    except RemediationError as error:
        return plain.model_copy(update={"problem": error.sentence})
    found = _forecast(access.rules, cluster, cause, steps.values(), draft)
    note = "; ".join(part for part in (draft.changes.rendering.note, found.note) if part)
    return shown.model_copy(update={"note": note, "problem": found.problem})


def _shown(draft: Draft) -> dict[str, object]:
    return {
        "repository": draft.repository.name,
        "base": draft.base,
        "commit": draft.commit,
        "files": draft.files,
    }


def _as_report(
    access: ProposalAccess, plain: RehearsedProposal, error: RemediationError, cluster: ClusterSnapshot
) -> RehearsedProposal:
    """Where no file is known, an issue can tell people; it changes nothing, so that no entry of a policy is needed."""
    keeps = next((repository for repository in access.repositories if repository.keeps_issues), None)
    if keeps is None or not (cluster.identity and cluster.identity.system_uid):
        return plain.model_copy(update={"problem": error.sentence})
    allowed = PolicyVerdict(allowed=True, reasons=("an issue changes nothing",))
    return plain.model_copy(
        update={
            "title": f"Open an issue: {plain.title}",
            "repository": keeps.name,
            "verdict": allowed,
            "note": f"no file is known: {error.sentence}",
        }
    )


def _forecast(
    rules: RuleSet, cluster: ClusterSnapshot, cause: RootCause, steps: Iterable[RemediationStep], draft: Draft
) -> Forecast:
    """What the rules say once the files are delivered: the edits, and whatever else of the objects differs there."""
    changed: dict[ObjectRef, Object] = {}
    for step in steps:
        if step.verb is Verb.CREATE and step.manifest is not None:
            changed[step.target] = step.manifest
            continue
        live = changed.get(step.target) or _live(cluster, step.target)
        if live is None:
            return Forecast(f"unknown whether it helps: {step.target} was not read")
        try:
            changed[step.target] = edited(live, step.edits)
        except RemediationError as error:
            return Forecast("", error.what)
    written = draft.changes.written
    delivered = {ref: synced(raw, written[ref]) if ref in written else raw for ref, raw in changed.items()}
    return forecast(cluster, cause, delivered, rules)


def _live(cluster: ClusterSnapshot, ref: ObjectRef) -> Object | None:
    view = cluster.find(ref)
    return view.raw if view else None
