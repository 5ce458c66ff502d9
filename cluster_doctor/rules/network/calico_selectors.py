"""Selectors of Calico's resources.

The grammar is that of `projectcalico/calico/libcalico-go/lib/selector`: `all()`, `has(key)`, `key == 'value'`,
`key != 'value'`, `key in {'a', 'b'}`, `key not in {…}`, joined by `&&` and negated by `!`. What is not read is
answered by None, for "cannot tell".
"""

from __future__ import annotations

import re

_TERM = re.compile(
    r"^(?P<not>!)?\s*(?:(?P<all>all\(\)|global\(\))|has\((?P<has>[\w./-]+)\)"
    r"|(?P<key>[\w./-]+)\s*(?P<op>==|!=|not\s+in|in)\s*(?P<value>['\"][^'\"]*['\"]|\{[^}]*\}))$"
)
_QUOTED = re.compile(r"['\"]([^'\"]*)['\"]")


def selects(selector: str, labels: dict[str, str]) -> bool | None:
    """Tell whether a selector matches labels; None where it holds what is not read here, such as `||`."""
    if "||" in selector or "(" in selector.replace("all()", "").replace("global()", "").replace("has(", ""):
        return None
    verdicts = [_term(part.strip(), labels) for part in selector.split("&&")]
    if any(verdict is False for verdict in verdicts):
        return False
    return None if any(verdict is None for verdict in verdicts) else True


def _term(term: str, labels: dict[str, str]) -> bool | None:
    found = _TERM.match(term)
    if found is None:
        return None
    if found["all"]:
        holds = True
    elif found["has"]:
        holds = found["has"] in labels
    else:
        values = _QUOTED.findall(found["value"])
        holds = labels.get(found["key"]) in values
        if found["op"].startswith(("!", "not")):
            holds = not holds
    return holds != bool(found["not"])
