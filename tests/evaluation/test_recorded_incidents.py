"""Accuracy on recorded incidents, also with other names and in another order.

The recordings are not part of the project; `CLUSTER_DOCTOR_OPSBENCH` names a folder with some.
"""

from __future__ import annotations

import json
import os
import random
import re
from pathlib import Path

import pytest

from cluster_doctor.evaluation.opsbench import cases_below, evaluate

FOLDER = os.environ.get("CLUSTER_DOCTOR_OPSBENCH", "")
pytestmark = pytest.mark.skipif(not FOLDER, reason="CLUSTER_DOCTOR_OPSBENCH names no folder with recordings")
EVERY = 5
"""One case in so many is renamed and shuffled; all of them are scored by `cluster-doctor evaluate`."""


def _renamed(case: Path, target: Path, chance: random.Random) -> None:
    told = json.loads((case / "metadata.json").read_text())
    states = (case / "raw_data" / "k8s_states.json").read_text()
    names = set(re.findall(r"describe deployments ([a-z0-9-]+) ", states)) | {told["namespace"]}
    other = {name: "".join(chance.choices("bdfgklmnprst", k=chance.randint(6, 12))) for name in names}
    pattern = re.compile("|".join(sorted(map(re.escape, names), key=len, reverse=True)))
    for file in sorted(path for path in case.rglob("*") if path.is_file()):
        text = pattern.sub(lambda found: other[found[0]], file.read_text())
        if file.name in {"tool_cache.json", "k8s_states.json"}:
            answers = list(json.loads(text).items())
            chance.shuffle(answers)
            text = json.dumps(dict(answers))
        copy = target / file.relative_to(case)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(text)


def test_other_names_and_another_order_change_no_answer(tmp_path: Path) -> None:
    chance = random.Random(11)
    for case in cases_below(Path(FOLDER))[::EVERY]:
        _renamed(case, tmp_path / case.relative_to(FOLDER), chance)
    wrong = [(result.case, result.answers[:1]) for result in evaluate(tmp_path) if not result.hit(1)]
    assert not wrong
