"""What it takes to change a cluster: a way in, a policy, and a place where writes are announced."""

from __future__ import annotations

from dataclasses import dataclass, field

from cluster_doctor.history.run_lock import Hold, unheld
from cluster_doctor.history.write_log import WriteLog
from cluster_doctor.remediation.cluster.applying import Point, unheard
from cluster_doctor.remediation.cluster.confirming import Patience
from cluster_doctor.remediation.cluster.rehearsing import Judges
from cluster_doctor.sources.live.target import Target


@dataclass(frozen=True)
class WriteAccess:
    """What it takes to change one cluster.

    Attributes:
        target: the way in; its credentials may be others than those that read.
        log: where writes are announced before they are sent.
        judge: makes the judge of steps.
        policy_digest: of the policy that judges.
        patience: how long healing may take.
        point: hears where the protocol stands.
        hold: makes sure that the run is still this process's to work on.
        any_certificate: whether the cluster may present another certificate than when the plan was approved.
    """

    target: Target
    log: WriteLog
    judge: Judges
    policy_digest: str = ""
    patience: Patience = field(default_factory=Patience)
    point: Point = unheard
    hold: Hold = unheld
    any_certificate: bool = False
