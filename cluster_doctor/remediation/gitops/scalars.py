"""Reads and writes scalars the way Kubernetes' own parsers take them.

kubectl, kustomize and Helm read with different YAML libraries (YAML 1.1 and 1.2 mixed). What is written here is a
string, number or truth value in all of them; what is read follows the library behind kubectl, sigs.k8s.io/yaml.
"""

from __future__ import annotations

import json
import math
import re

from pydantic import JsonValue

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.remediation.gitops.written import Alias, Entry, Mapping, Node, Scalar, Sequence, Style, resolved

MOST_VALUES = 200_000
"""Values that the aliases of a document may multiply to."""

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"})
_FALSE = frozenset({"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"})
_INTEGER = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO]?[0-7_]+|[1-9][0-9_]*|0)", re.ASCII)
_OCTAL = re.compile(r"0[0-7]+", re.ASCII)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)
_PLAIN = re.compile(r"[\w./][\w./@+=-]*(?::[\w./@+=-]+)*")
_CAREFUL = re.compile(
    r"[yn]|\d[\d_]*(?:\.[\d_]*)?(?:e[-+]?\d+)?|\.[\d_]+(?:e[-+]?\d+)?|\.(?:inf|nan)"  # words and decimal numbers
    r"|0[xob][\da-f_]+|\d+(?::\d+)+(?:\.\d*)?|\d{4}-\d[\d:.tz+-]*",  # other bases, base sixty, dates
    re.IGNORECASE,
)
_WORDS = re.compile(r"[^\W\d_][\w./@+=-]*(?:,? [\w./@+=()-]+)*")
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")
_STRING_TAGS = ("tag:yaml.org,2002:str", "!!str", "!")


def value_of(node: Node) -> JsonValue:
    """The value of a node, aliases and merge keys followed.

    Raises:
        RemediationError: the aliases multiply beyond reason.
    """
    return _Reader().value(node)


class _Reader:
    def __init__(self) -> None:
        self._count = 0

    def value(self, node: Node) -> JsonValue:
        self._count += 1
        if self._count > MOST_VALUES:
            raise RemediationError(f"its aliases make more than {MOST_VALUES} values", "Edit it by hand.")
        match node:
            case Alias():
                return self.value(resolved(node))
            case Scalar():
                return scalar_value(node)
            case Sequence():
                return [self.value(item) for item in node.items]
            case Mapping():
                own = {entry.key.text: self.value(entry.value) for entry in own_entries(node)}
                for above in node.merged:
                    merged = self.value(above)
                    if isinstance(merged, dict):
                        own |= {key: value for key, value in merged.items() if key not in own}
                return own


def own_entries(node: Mapping) -> list[Entry]:
    """The entries of a mapping without `<<`."""
    return [entry for entry in node.entries if entry.key.text != "<<" or entry.key.style is not Style.PLAIN]


def scalar_value(node: Scalar) -> JsonValue:
    """The value of a scalar."""
    if node.style is not Style.PLAIN or (node.tag and str(node.tag) in _STRING_TAGS):
        return node.text
    return plain_value(node.text)


def plain_value(text: str) -> JsonValue:
    """The value of a scalar without quotes. Timestamps are strings, as Kubernetes takes them."""
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _INTEGER.fullmatch(text):
        digits = text.replace("_", "")
        bare = digits.lstrip("+-")
        octal = len(bare) > 1 and bare[0] == "0" and bare[1].isdigit()
        return int(digits, 8) if octal else int(digits, 0)
    if _FLOAT.fullmatch(text):
        number = float(text)
        return number if math.isfinite(number) else text
    return text


def scalar_text(value: JsonValue, style: Style = Style.PLAIN, *, flow: bool = False) -> str:
    """Write a scalar on one line, in the given style where that is possible.

    A string that some parser would take for something else gets double quotes.
    """
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return json.dumps(value)
        case str():
            return _string(value, style, flow=flow)
        case _:
            return flow_text(value, quoted=False)


def number_again(value: JsonValue, old: Scalar) -> str:
    """Write a number in the place of another: a file mode such as `0644` stays octal."""
    if type(value) is int and value >= 0 and old.style is Style.PLAIN and _OCTAL.fullmatch(old.text):
        return f"0{value:o}"
    return scalar_text(value)


def flow_text(value: JsonValue, *, quoted: bool) -> str:
    """Write a value on one line; all strings in double quotes if it is for JSON."""
    style = Style.DOUBLE if quoted else Style.PLAIN
    match value:
        case dict():
            pairs = (f"{_string(key, style, flow=True)}: {flow_text(v, quoted=quoted)}" for key, v in value.items())
            return "{" + ", ".join(pairs) + "}"
        case list():
            return "[" + ", ".join(flow_text(item, quoted=quoted) for item in value) + "]"
        case _:
            return scalar_text(value, style, flow=True)


def _string(text: str, style: Style, *, flow: bool) -> str:
    single_line = text.isprintable()
    if style is Style.SINGLE and single_line:
        return "'" + text.replace("'", "''") + "'"
    if style is not Style.DOUBLE and single_line and _safe(text, flow=flow):
        return text
    return json_text(text)


def json_text(value: JsonValue, indent: str | None = None) -> str:
    """Write JSON that YAML parsers accept as well: what they call unprintable is escaped."""
    written = json.dumps(value, indent=indent, ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found.group()):04x}", written)


def _safe(text: str, *, flow: bool) -> bool:
    plain = _PLAIN.fullmatch(text) or (not flow and _WORDS.fullmatch(text))
    return bool(plain) and not text.endswith(":") and plain_value(text) == text and not _CAREFUL.fullmatch(text)
