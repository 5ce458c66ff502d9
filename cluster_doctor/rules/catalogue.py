"""All rules, found by looking into the folders of this package."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from cluster_doctor import rules
from cluster_doctor.rules.protocol import Rule


@cache
def all_rules() -> tuple[Rule, ...]:
    """Import every module below `cluster_doctor.rules` and collect the rules in them, by name.

    Raises:
        ValueError: two rules bear one name.
    """
    found: dict[str, Rule] = {}
    for module in pkgutil.walk_packages(rules.__path__, f"{rules.__name__}."):
        for value in vars(importlib.import_module(module.name)).values():
            if not isinstance(value, Rule) or value.check.__module__ != module.name:
                continue
            if found.setdefault(value.name, value) is not value:
                msg = f"two rules are called {value.name}"
                raise ValueError(msg)
    return tuple(found[name] for name in sorted(found))
