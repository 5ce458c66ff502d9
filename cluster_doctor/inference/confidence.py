"""How sure a root cause is, as a probability."""

from __future__ import annotations

from cluster_doctor.domain.findings import Directness

PRIOR = {
    Directness.STATED: 0.99,
    Directness.COMPARED: 0.96,
    Directness.REPORTED: 0.95,
    Directness.MEASURED: 0.85,
    Directness.SUGGESTED: 0.4,
}
"""Share of right answers by how directly the evidence shows the cause, before rivals are counted.

Right answers of all, on the 101 recorded incidents that `evaluate` was run on during development, and on recordings
of the test scenarios with kinds and logs missing at random (docs/calibration.md): stated 70 of 70 and 3048 of 3087,
compared 16 of 16 and 536 of 536, reported 9 of 9 and 78 of 78, measured 6 of 6 and none. What was measured on few is
rounded down. A suggestion was right in 83 of 162 such recordings, and stands lower, at the bound of an answer: without
a loss it is most often one fault's echo.
"""

ELSEWHERE = 0.55
"""What is left of the confidence in a cause that explains nothing while something else misbehaves."""

THRESHOLD = 0.4
"""Below this a cause is a hypothesis, and without a better one the diagnosis is unresolved."""


def confidence(directness: Directness, *, explains: int, observed: int, rivals: int) -> float:
    """Estimate the probability that a candidate is the root cause.

    Args:
        directness: how directly its evidence shows it.
        explains: symptoms that it explains.
        observed: symptoms that were observed, without those of faults that have nothing to do with it.
        rivals: other candidates that explain one of the same symptoms at least as directly.
    """
    base = PRIOR[directness]
    if explains:
        base *= 0.75 + 0.25 * explains / observed
    elif observed:
        base *= ELSEWHERE
    return round(base / (1 + 0.5 * rivals), 3)
