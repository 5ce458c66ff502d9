"""The picture of the causes: what is drawn, in which order, and that it is bounded."""

from __future__ import annotations

import re

import pytest
from pages.samples import cause, link, many_causes, ref, two_causes
from whole_report import full_report

from cluster_doctor.reports.picture.cards import MOST_CAUSES, graph_of, sentences
from cluster_doctor.reports.picture.layers import layers_of
from cluster_doctor.reports.picture.layout import drawing_of
from cluster_doctor.reports.picture.letters import broken, width_of
from cluster_doctor.reports.picture.shown import picture_of

POD, WEB = ref("Pod", "web-0"), ref("Deployment", "web")


def test_states_of_one_object_that_follow_each_other_are_one_card() -> None:
    graph = graph_of([cause(WEB, "wrong image", link(POD, "cannot pull"), link(POD, "not ready"), link(WEB, "0 of 1"))])
    assert [(card.title, [state.statement for state in card.states]) for card in graph.cards] == [
        ("Deployment shop/web", ["wrong image"]),
        ("Pod shop/web-0", ["cannot pull", "not ready"]),
        ("Deployment shop/web", ["0 of 1"]),
    ]
    assert graph.arrows == [(0, 1), (1, 2)]


def test_chains_of_two_causes_meet_at_the_state_that_they_share() -> None:
    graph = graph_of(two_causes().root_causes)
    ends = [at for at, card in enumerate(graph.cards) if card.title == "Ingress shop/shop"]
    assert len(ends) == 1
    assert len([target for _, target in graph.arrows if target == ends[0]]) == 2


def test_chains_that_go_opposite_ways_close_no_circle() -> None:
    one, other = link(ref("Service", "a"), "a fails"), link(ref("Service", "b"), "b fails")
    graph = graph_of([cause(WEB, "first", one, other), cause(POD, "second", other, one)])
    assert not [arrow for arrow in graph.arrows if graph.leads(arrow[1], arrow[0])]
    layers = layers_of(graph)
    row = {place: at for at, places in enumerate(layers.rows) for place in places}
    assert all(row[source] < row[target] for source, target in graph.arrows)


def test_causes_that_have_nothing_in_common_are_drawn_below_each_other() -> None:
    graph = graph_of([cause(WEB, "wrong image", link(POD, "cannot pull")), cause(ref("Job", "b"), "failed")])
    assert [[card.title for card in part.cards] for part in graph.apart()] == [
        ["Deployment shop/web", "Pod shop/web-0"],
        ["Job shop/b"],
    ]
    first, second, third = drawing_of(graph, 3).boxes
    assert first.y == second.y < third.y
    assert third.x == first.x


def test_symptoms_beside_the_chain_are_told_and_bounded() -> None:
    found = cause(WEB, "wrong image", link(POD, "cannot pull"))
    beside = tuple(found.explains[0].model_copy(update={"statement": f"symptom {at}"}) for at in range(5))
    graph = graph_of([found.model_copy(update={"explains": beside})])
    assert [state.statement for state in graph.cards[-1].states] == [
        "Pod shop/web-0: symptom 0",
        "Pod shop/web-0: symptom 1",
        "Pod shop/web-0: symptom 2",
        "and 2 more",
    ]


def test_what_is_inferred_is_said_to_be() -> None:
    graph = graph_of([cause(WEB, "wrong image", link(POD, "not ready", observed=False))])
    assert list(sentences(graph)) == [
        "Cause 1, 90% sure: Deployment shop/web: wrong image. This leads to Pod shop/web-0.",
        "Pod shop/web-0: not ready (inferred).",
    ]


def test_without_a_cause_there_is_no_picture_and_with_many_it_is_bounded() -> None:
    assert picture_of(full_report().model_copy(update={"root_causes": ()})) is None
    shown = picture_of(many_causes())
    assert shown
    assert shown.left_out == len(many_causes().root_causes) - MOST_CAUSES
    assert {box.tone for _, drawing in shown.drawings for box in drawing.boxes} >= {"cause", "effect", "symptom"}


@pytest.mark.parametrize("columns", [1, 2, 3])
def test_a_drawing_is_the_same_each_time_and_holds_all_its_boxes(columns: int) -> None:
    graph = graph_of(many_causes().root_causes)
    drawing = drawing_of(graph, columns)
    assert drawing == drawing_of(graph_of(many_causes().root_causes), columns)
    assert len(drawing.boxes) == len(graph.cards)
    assert max(box.y + box.height for box in drawing.boxes) < drawing.height
    assert max(box.x + box.width for box in drawing.boxes) < drawing.width
    numbers = [float(one) for arrow in drawing.arrows for one in re.findall(r"[\d.]+", arrow.path)]
    assert max(numbers) <= max(drawing.width, drawing.height)


@pytest.mark.parametrize(
    "text",
    ["container web waits", "payments-57fb658f9b-2bzbx", "W" * 10_000, "网络不可达" * 40, "", "a/b" * 300, "🙂" * 50],
)
def test_lines_fit_lose_nothing_but_the_end_and_are_bounded(text: str) -> None:
    lines = broken(text, 200, 12, most=3)
    assert len(lines) <= 3
    assert max(width_of(line, 12) for line in lines) <= 200
    joined = "".join(lines).replace(" ", "")
    assert text.replace(" ", "").startswith(joined.removesuffix("…"))
    assert joined.endswith("…") or joined == text.replace(" ", "")
