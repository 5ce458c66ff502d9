"""A diagnosis costs what the snapshot holds, not its square. Calls are counted, for seconds depend on the machine."""

from __future__ import annotations

import cProfile
import pstats

from cluster_doctor.domain.incident import Incident
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.snapshot.snapshot import ClusterSnapshot

from .generated import crowd, recorded


def _calls(cluster: ClusterSnapshot) -> int:
    profile = cProfile.Profile()
    found = profile.runcall(diagnose, cluster, Incident())
    assert [cause.rule for cause in found.root_causes] == ["config_map_lacks_key"]
    calls: int = pstats.Stats(profile).total_calls  # type: ignore[attr-defined]  # the stubs leave it out
    return calls


def test_a_crowd_four_times_as_large_costs_four_times_as_much() -> None:
    diagnose(recorded(), Incident())  # rules are imported once in a process
    small, large = _calls(crowd(200)), _calls(crowd(800))
    assert large < 4.5 * small
