"""Objects that a pasted command printed whole: what cannot be read is refused before it does harm."""

from __future__ import annotations

import pytest

from cluster_doctor.snapshot.builder import SnapshotBuilder
from cluster_doctor.snapshot.views import Pod
from cluster_doctor.sources.terminal.documents import MOST_ALIASES, read_documents
from cluster_doctor.sources.terminal.paste import parse_terminal
from terminal.reading import NOW

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web-0, namespace: shop}\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{POD}spec: {'[' * 300_000}", "nests more than"),
        (f"{POD}spec:\n{'- ' * 300_000}", "nests more than"),
        (f"{POD}spec: {'{a: ' * 100_000}", "nests more than"),
        (f"{POD}x: &a 1\ny: [{', '.join(['*a'] * (MOST_ALIASES + 1))}]", "too many references"),
        (f"{POD}spec: [", "not YAML"),
        ('{"kind": "Pod", "metadata"', "not JSON"),
    ],
    ids=["brackets", "dashes", "braces", "references", "cut off", "cut off JSON"],
)
def test_what_cannot_be_read_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_documents(text)


def test_a_date_stays_text() -> None:
    assert read_documents(f"{POD}status: {{startTime: 2026-01-01T12:00:00Z}}")[0]["status"] == {
        "startTime": "2026-01-01T12:00:00Z"
    }


def test_a_pasted_document_that_nests_too_deeply_takes_nothing_else_along() -> None:
    builder = SnapshotBuilder("paste")
    good = f"$ kubectl get pod web-0 -n shop -o yaml\n{POD}"
    deep = f"$ kubectl get pod web-1 -n shop -o yaml\n{POD}spec: {'[' * 300_000}"
    parse_terminal(f"{good}\n{deep}\n", builder, now=NOW)
    cluster = builder.build()
    assert [pod.name for pod in cluster.all(Pod)] == ["web-0"]
    assert cluster.exists(Pod, "shop", "web-1") is None
    assert [text.reason for text in cluster.unparsed] == ["not understood"]
