"""Whether the cluster at the other end is the one that a person approved a change of."""

from __future__ import annotations

from cluster_doctor.domain.identity import ClusterIdentity, IdentitySignal

_ENOUGH = 2


def objection_to(now: ClusterIdentity, meant: ClusterIdentity | None, *, any_certificate: bool = False) -> str:
    """Say why the cluster is not, or may not be, the one that was meant; empty if it is.

    At least two signals have to match and none may contradict: another URL, another certificate or another UID of
    kube-system may have a harmless reason, which a person has to find before anything is written.

    Args:
        now: what was read over the connection that will write.
        meant: what was read when it was approved.
        any_certificate: whether another certificate is expected and no contradiction: members of a control plane have
            certificates of their own. URL and UID have to match then.
    """
    if meant is None:
        return "cluster-identity uncertain: nothing is known of the cluster that was meant"
    same, other = now.agreement(meant)
    if any_certificate:
        other -= {IdentitySignal.CERTIFICATE}
    if other:
        told = " and ".join(sorted(signal.value for signal in other))
        return f"cluster-identity uncertain: another {told} than when the plan was approved"
    if len(same) < _ENOUGH:
        matching = f"only the {next(iter(same)).value} matches" if same else "nothing matches"
        return f"cluster-identity uncertain: {matching}, and {_ENOUGH} signals are needed"
    return ""
