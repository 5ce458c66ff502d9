"""What it takes to propose a change of a repository: the repositories, a policy, and a place to announce it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from cluster_doctor.history.run_lock import Hold, unheld
from cluster_doctor.history.write_log import WriteLog
from cluster_doctor.remediation.cluster.applying import Point, unheard
from cluster_doctor.remediation.cluster.confirming import Patience
from cluster_doctor.remediation.cluster.rehearsing import Judges
from cluster_doctor.remediation.gitops.repositories import Repository
from cluster_doctor.rules.rule_set import OURS, RuleSet
from cluster_doctor.sources.live.target import Target

AFTER_MERGE = Patience(within=timedelta(minutes=15), lasting=timedelta(seconds=30), every=timedelta(seconds=10))
"""What deploys from Git looks there every few minutes."""


@dataclass(frozen=True)
class ProposalAccess:
    """What it takes to propose changes.

    Attributes:
        repositories: where changes may be proposed.
        log: where writes are announced before they are made.
        judge: makes the judge of steps.
        policy_digest: of the policy that judges.
        target: the way to the cluster, to read its identity again; None where a recording was diagnosed.
        patience: how long healing may take after a merge.
        point: hears where the protocol stands.
        hold: makes sure that the run is still this process's to work on.
        rules: those that found the causes.
    """

    repositories: tuple[Repository, ...]
    log: WriteLog
    judge: Judges
    policy_digest: str = ""
    target: Target | None = None
    patience: Patience = field(default=AFTER_MERGE)
    point: Point = unheard
    hold: Hold = unheld
    rules: RuleSet = OURS
