"""Label selectors."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pydantic import JsonValue

from cluster_doctor.snapshot.paths import objects, strings, text, words

_WHOLE = re.compile(r"[+-]?\d{1,18}", re.ASCII)


def matches_labels(selector: Mapping[str, str], labels: Mapping[str, str]) -> bool:
    """Tell whether labels satisfy an equality selector. An empty selector matches everything."""
    return all(labels.get(key) == value for key, value in selector.items())


def matches_selector(selector: Mapping[str, JsonValue], labels: Mapping[str, str]) -> bool:
    """Tell whether labels satisfy a LabelSelector with `matchLabels` and `matchExpressions`.

    An empty selector matches everything; an operator that does not exist matches nothing.
    """
    if not matches_labels(strings(selector, "matchLabels"), labels):
        return False
    return all(matches_expression(expression, labels) for _, expression in objects(selector, "matchExpressions"))


def matches_expression(expression: Mapping[str, JsonValue], labels: Mapping[str, str]) -> bool:
    """Tell whether labels satisfy one requirement, of a LabelSelector or of a node selector term.

    NotIn and DoesNotExist are also true where the label is missing, as in apimachinery's labels.Requirement.
    """
    key, operator, values = text(expression, "key"), text(expression, "operator"), words(expression, "values")
    has = labels.get(key)
    match operator:
        case "In":
            return has is not None and has in values
        case "NotIn":
            return has not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
        case "Gt" | "Lt":
            if has is None or len(values) != 1 or not (_WHOLE.fullmatch(has) and _WHOLE.fullmatch(values[0])):
                return False
            return int(has) > int(values[0]) if operator == "Gt" else int(has) < int(values[0])
        case _:
            return False


def show_labels(labels: Mapping[str, str]) -> str:
    """Write labels as `kubectl -l` takes them: `app=web,tier=front`."""
    return ",".join(f"{key}={value}" for key, value in labels.items())
