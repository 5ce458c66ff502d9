"""What may be written, on whose word.

`load_policy` reads it, `judge` says what it says to a step, `live_judge` asks it about objects as they are right before
a write, `is_enough` tells whether enough people approved.
"""

from cluster_doctor.remediation.policy.facts import PastWrite, TargetFacts, facts_in
from cluster_doctor.remediation.policy.judging import judge, judge_in_turn
from cluster_doctor.remediation.policy.live import live_judge, writes_on_record
from cluster_doctor.remediation.policy.loading import default_place, load_policy
from cluster_doctor.remediation.policy.people import Quorum, is_enough
from cluster_doctor.remediation.policy.policy import DEFAULT_POLICY, Policy

__all__ = [
    "DEFAULT_POLICY",
    "PastWrite",
    "Policy",
    "Quorum",
    "TargetFacts",
    "default_place",
    "facts_in",
    "is_enough",
    "judge",
    "judge_in_turn",
    "live_judge",
    "load_policy",
    "writes_on_record",
]
