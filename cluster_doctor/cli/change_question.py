"""Words the question whether changes shall be made."""

from __future__ import annotations

from cluster_doctor.domain.rehearsal import Rehearsal


def change_question(rehearsal: Rehearsal, digest: str) -> str:
    """Ask for what is offered: proposals to repositories, steps in the cluster, or both."""
    proposals = ", ".join(proposal.key for proposal in rehearsal.offered_proposals)
    steps = ", ".join(step.key for step in rehearsal.offered)
    parts = [
        f"put proposal {proposals} on a branch of its own" if proposals else "",
        f"carry out step {steps} in the cluster now, and take back what does not heal" if steps else "",
    ]
    asked = ", or ".join(part for part in parts if part)
    covered = ", ".join(sorted(rehearsal.covered(None)))
    return (
        f"{asked[:1].upper()}{asked[1:]} (digest {digest[:12]})? "
        f"[y: {covered}, or some of the numbers; later: leave the question to somebody else; anything else: nothing]"
    )
