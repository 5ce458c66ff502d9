"""Holds what a report asserts against what was observed."""

from __future__ import annotations

from cluster_doctor.domain.incident import Claim, ClaimVerdict, Incident
from cluster_doctor.intake import change_claims, existence_claims, quote_claims, reach_claims, reason_claims
from cluster_doctor.intake.mentions import mentions
from cluster_doctor.intake.places import resolved
from cluster_doctor.snapshot.snapshot import ClusterSnapshot

_ORDER = [ClaimVerdict.REFUTED, ClaimVerdict.UNVERIFIABLE, ClaimVerdict.CONFIRMED]
MOST_CLAIMS = 30


def check_claims(incident: Incident, cluster: ClusterSnapshot) -> tuple[Claim, ...]:
    """Check a report's assertions against a snapshot.

    Returns:
        Each assertion once, with its verdict and the evidence. Refuted ones come first, because they send people
        the wrong way.
    """
    named = resolved(mentions(incident.text), incident, cluster)
    objects = tuple(mention.ref for mention in named if mention.ref)
    claims = [
        *existence_claims.check(named, cluster),
        *reason_claims.check(incident.text, named, cluster),
        *quote_claims.check(named, cluster),
        *reach_claims.check(incident.text, named, cluster),
        *change_claims.check(incident, objects, cluster),
    ]
    unique = list({(claim.asserts, claim.subjects): claim for claim in claims}.values())
    return tuple(sorted(unique, key=lambda claim: _ORDER.index(claim.verdict))[:MOST_CLAIMS])
