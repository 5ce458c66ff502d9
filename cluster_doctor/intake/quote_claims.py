"""Whether the error texts that a report quotes were really written by something."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.domain.incident import Claim, ClaimVerdict
from cluster_doctor.intake.mentions import Mention, MentionKind
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Event, Pod

_MOST = 3


def check(named: Iterable[Mention], cluster: ClusterSnapshot) -> Iterator[Claim]:
    """Look for each quoted text in logs, Events and the messages of containers that wait.

    A text that is found nowhere is unverifiable, never refuted: logs are read in part, and Events expire.
    """
    for mention in named:
        if mention.kind is not MentionKind.QUOTE or mention.value.startswith(("kubectl ", "$ ")):
            continue
        evidence = list(_found(" ".join(mention.value.lower().split()), cluster))[:_MOST]
        yield Claim(
            text=mention.text,
            asserts=f"something says {mention.value!r}",
            subjects=tuple(dict.fromkeys(fact.subject for fact in evidence)),
            verdict=ClaimVerdict.CONFIRMED if evidence else ClaimVerdict.UNVERIFIABLE,
            reason=f"found in the {evidence[0].source.value} of {evidence[0].subject}"
            if evidence
            else "in none of the logs and Events that were read; they do not go back for ever",
            evidence=tuple(evidence),
        )


def _found(words: str, cluster: ClusterSnapshot) -> Iterator[Evidence]:
    for log in cluster.logs:
        for position, line in enumerate(log.lines):
            if words in " ".join(line.lower().split()):
                yield log.cite(position)
                break
    for event in cluster.all(Event):
        if words in " ".join(event.message.lower().split()):
            yield event.cite_message()
    for pod in cluster.all(Pod):
        for container in pod.containers:
            if words in " ".join(container.waiting_message.lower().split()):
                yield pod.cite(f"{container.status_path}.state.waiting.message")
