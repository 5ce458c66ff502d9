"""Where the values of a chart set a field of an object.

An edit is made in the values, never in a template: in the last values file that sets the key, else in the last one
given, else in the chart's own `values.yaml`. Where the templates leave open which key that is, the edit is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from posixpath import join, normpath

from pydantic import JsonValue

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.steps import FieldEdit
from cluster_doctor.remediation.fields import ValueDiffersError, value_at
from cluster_doctor.remediation.gitops.assumed import is_assumed
from cluster_doctor.remediation.gitops.definition import Definition, Way
from cluster_doctor.remediation.gitops.encoding import decoded
from cluster_doctor.remediation.gitops.manifests import document
from cluster_doctor.remediation.gitops.scalars import plain_value
from cluster_doctor.remediation.gitops.templates import Expression, expressions, pieces_of, values_in
from cluster_doctor.remediation.gitops.tree import SourceTree
from cluster_doctor.snapshot.paths import text

_HARMLESS = re.compile(
    r"\b(?:toYaml|quote|squote|toString|int|int64|trim|n?indent \d+|default|required)\b|[|()\s\d]|\"[^\"]*\""
)
_DEFAULT = re.compile(r"\bdefault\s+\$?(\"[^\"]*\"|\.Chart\.AppVersion|[\w-]+)")


@dataclass(frozen=True)
class Chart:
    """A chart in a tree, with the values that it is deployed with.

    Attributes:
        tree: the repository.
        folder: where the chart lies.
        values: files of values from the top of the repository, the last wins; the chart's own not among them.
        overridden: keys that are set elsewhere, over all files.
    """

    tree: SourceTree
    folder: str
    values: tuple[str, ...] = ()
    overridden: tuple[tuple[str, ...], ...] = ()

    @property
    def layers(self) -> list[tuple[str, dict[str, JsonValue]]]:
        """The files of values with what is in them, the chart's own first."""
        own = normpath(join(self.folder, "values.yaml"))
        files = ([own] if self.tree.has(own) else []) + [file for file in self.values if file != own]
        found = [(file, document(self.tree, file)) for file in files]
        return [(file, value if isinstance(value, dict) else {}) for file, value in found]

    def value(self, key: Sequence[str]) -> JsonValue:
        """The value that a key has in the end."""
        found = [value_at(layer, key) for _, layer in self.layers]
        return next((value for value in reversed(found) if value is not None), None)


def find_in_chart(chart: Chart, ref: ObjectRef, edits: Iterable[FieldEdit]) -> tuple[Definition, ...]:
    """Find which values set the fields of an object.

    Raises:
        RemediationError: no values do, or it is not clear which.
    """
    known = list[tuple[str, Expression]]()
    for file in chart.tree.files(join(chart.folder, "templates")):
        if file.endswith((".yaml", ".yml", ".tpl")):
            template = decoded(chart.tree.read(file))[2]
            known += [(file, expression) for expression in expressions(template, ref.kind)]
    if not known:
        raise RemediationError(f"no template in {chart.folder} makes a {ref.kind} from values", "Edit it by hand.")
    return tuple(definition for edit in edits for definition in _from_values(chart, ref, known, edit))


def _from_values(
    chart: Chart, ref: ObjectRef, known: list[tuple[str, Expression]], edit: FieldEdit
) -> list[Definition]:
    for depth in range(len(edit.path), 0, -1):
        if edit.path[depth - 1].startswith("["):
            continue
        keys = tuple(part for part in edit.path[:depth] if not part.startswith("["))
        found = [(file, expression) for file, expression in known if expression.keys == keys]
        distinct = {expression.value.strip() for _, expression in found}
        if len(distinct) > 1:
            places = ", ".join(f"{file}:{expression.line}" for file, expression in found)
            raise RemediationError(
                f"{edit.place} of {ref} may come from several places of the templates: {places}", "Edit it by hand."
            )
        if found:
            return _solved(chart, found[0], edit, edit.path[depth:])
    raise RemediationError(
        f"no template in {chart.folder} takes {edit.place} of {ref} from the values", "Change the template by hand."
    )


def _solved(chart: Chart, found: tuple[str, Expression], edit: FieldEdit, rest: tuple[str, ...]) -> list[Definition]:
    file, expression = found
    pieces = pieces_of(expression.value)
    if len(pieces) == 1:
        key = _key(chart, pieces[0][1], file, expression)
        now = value_at({"values": _effective(chart, pieces[0][1], key)}, ("values", *rest))
        if not is_assumed(edit.path, now, edit.was):
            raise ValueDiffersError(
                f"{edit.place} was to be {edit.was!r} and the values say {now!r} (.Values.{'.'.join(key)})",
                "Diagnose again, or edit it by hand.",
            )
        return [_edit(chart, (*key, *rest), edit.becomes)]
    if rest or not isinstance(edit.was, str) or not isinstance(edit.becomes, str):
        raise RemediationError(f"{file}:{expression.line} puts {edit.place} together from pieces", "Edit it by hand.")
    before, after = _split(pieces, edit.was), _split(pieces, edit.becomes)
    changed = list[Definition]()
    for position, (is_expression, piece) in enumerate(pieces):
        if not is_expression:
            continue
        same = before[position] == after[position]
        if same and not values_in(piece):
            continue
        key = _key(chart, piece, file, expression)
        if str(_effective(chart, piece, key)) != before[position]:
            raise ValueDiffersError(
                f"{edit.place} was to be {edit.was!r} and .Values.{'.'.join(key)} is {_effective(chart, piece, key)!r}",
                "Diagnose again, or edit it by hand.",
            )
        if not same:
            changed.append(_edit(chart, key, after[position]))
    return changed


def _split(pieces: list[tuple[bool, str]], whole: str) -> dict[int, str]:
    """What each expression stands for in a whole value; behind a colon there is a tag, which has none."""
    pattern, behind = "", ""
    for is_expression, piece in pieces:
        pattern += (r"([^:@/]*)" if behind.endswith(":") else r"([^@]*)") if is_expression else re.escape(piece)
        behind = "" if is_expression else piece
    found = re.fullmatch(pattern, whole)
    if found is None:
        raise RemediationError(f"{whole!r} does not fit the template", "Edit it by hand.")
    places = [position for position, (is_expression, _) in enumerate(pieces) if is_expression]
    return dict(zip(places, found.groups(), strict=True))


def _key(chart: Chart, piece: str, file: str, expression: Expression) -> tuple[str, ...]:
    """The one key that an expression takes.

    Raises:
        RemediationError: it takes none or several, does more than to write it, or the key is set over all files.
    """
    keys = values_in(piece)
    left = _HARMLESS.sub("", re.sub(r"\$?\.(?:Values|Chart)(?:\.\w+)+", "", _DEFAULT.sub("", piece))).strip("{}-. ")
    if len(keys) != 1 or left:
        raise RemediationError(
            f"{file}:{expression.line}: it is not clear which value makes `{expression.value.strip()}`",
            "Edit it by hand.",
        )
    if any(keys[0][: len(over)] == over or over[: len(keys[0])] == keys[0] for over in chart.overridden):
        raise RemediationError(
            f".Values.{'.'.join(keys[0])} is set by a parameter over all values files", "Change the parameter by hand."
        )
    return keys[0]


def _effective(chart: Chart, piece: str, key: tuple[str, ...]) -> JsonValue:
    """The value of an expression: of its key, or what `default` has where the key is empty."""
    value = chart.value(key)
    stands_in = _DEFAULT.search(piece)
    if value not in (None, "") or stands_in is None:
        return value
    word = stands_in.group(1)
    if word == ".Chart.AppVersion":
        about = document(chart.tree, join(chart.folder, "Chart.yaml"))
        return text(about if isinstance(about, dict) else {}, "appVersion")
    return word[1:-1] if word.startswith('"') else plain_value(word)


def _edit(chart: Chart, path: tuple[str, ...], becomes: JsonValue) -> Definition:
    """Set a value in the last file that sets it or the list that it is in, else in the last file."""
    layers = chart.layers
    if not layers:
        raise RemediationError(f"the chart in {chart.folder} has no values file", "Add one, or edit it by hand.")
    listed = next((depth for depth, part in enumerate(path) if part.startswith("[")), len(path))
    file, layer = next(
        ((file, layer) for file, layer in reversed(layers) if value_at(layer, path[:listed]) is not None), layers[-1]
    )
    edit = FieldEdit(path=path, was=value_at(layer, path), becomes=becomes)
    return Definition(file, Way.VALUES, None, (edit,))
