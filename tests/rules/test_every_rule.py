"""What holds for every rule."""

from __future__ import annotations

import pytest

from cluster_doctor.rules.catalogue import all_rules
from cluster_doctor.rules.promises import PROMISES, Promise
from cluster_doctor.rules.protocol import Rule

RULES = all_rules()
every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)


@every_rule
@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
def test_it_keeps_what_its_documentation_promises(rule: Rule, promise: Promise) -> None:
    assert list(promise(rule)) == []
