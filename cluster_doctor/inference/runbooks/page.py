"""A runbook as Markdown: its front matter, headings and passages, each with its line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

from cluster_doctor.inference.runbooks.front_matter import FrontMatter, UnfitFrontMatterError, read_front_matter
from cluster_doctor.inference.runbooks.terms import phrase_of
from cluster_doctor.sources.runbooks import RunbookText

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_FENCE = "---"
_ENDS = frozenset({_FENCE, "..."})
LONGEST_HEADING = 200
"""Characters of a heading that are told."""


@dataclass(frozen=True)
class Passage:
    """A heading or a piece of text below one.

    Attributes:
        source: its Markdown.
        line: where it begins, from 1.
        heading: the heading above it as a reader sees it, or the heading itself.
        is_heading: whether it is one.
        is_code: whether it is a line of a block of code.
    """

    source: str
    line: int
    heading: str
    is_heading: bool = False
    is_code: bool = False

    @cached_property
    def phrase(self) -> str:
        """Its words, to tell quickly what cannot stand in it."""
        return phrase_of(self.source)

    @cached_property
    def seen(self) -> tuple[str, tuple[str, ...]]:
        """What a reader sees of it, and what of that is code; addresses of links and HTML are not seen."""
        return (self.source, (self.source,)) if self.is_code else _seen(self.source)


class Page:
    """One runbook in its parts; its text is taken apart when somebody asks."""

    def __init__(self, book: RunbookText) -> None:
        """Read the front matter. One that cannot be read is noted and left out; the text still counts."""
        self.file = book.file
        self.text = book.text
        self.note = ""
        self.front = FrontMatter()
        lines = book.text.split("\n")
        end = _end_of_front(lines)
        if end:
            try:
                self.front = read_front_matter("\n".join(lines[1:end]))
            except UnfitFrontMatterError as error:
                self.note = f"the front matter of runbook {book.file} is left out: {error}"
        # Empty lines in its place keep the numbers of those below.
        self._body = "\n".join([""] * (end + 1) + lines[end + 1 :]) if end else book.text

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """Headings and what stands below them, in order."""
        return tuple(_passages(self._body))

    @cached_property
    def phrase(self) -> str:
        """All its words, to tell quickly what cannot stand in it."""
        return phrase_of(self.text)

    @cached_property
    def title(self) -> str:
        """What it is called: by its front matter, its first heading, or its file."""
        first = next((passage.heading for passage in self.passages if passage.is_heading), "")
        return self.front.title or first or self.file


def _end_of_front(lines: Sequence[str]) -> int:
    """The line that ends the front matter; 0 if there is none."""
    if lines[0].rstrip() != _FENCE:
        return 0
    return next((at for at, line in enumerate(lines[1:], 1) if line.rstrip() in _ENDS), 0)


@cache
def _parser() -> MarkdownIt:
    """CommonMark and tables, blocks alone: what stands within a passage is looked at where that matters."""
    from markdown_it import MarkdownIt  # noqa: PLC0415 - only who has runbooks needs it

    return MarkdownIt("commonmark").enable("table").disable("inline")


@cache
def _inline_parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # noqa: PLC0415 - as above

    return MarkdownIt("commonmark")


def _passages(body: str) -> Iterator[Passage]:
    heading = ""
    in_heading = False
    for token in _parser().parse(body):
        line = token.map[0] + 1 if token.map else 1
        if token.type == "heading_open":
            in_heading = True
        elif token.type == "inline":
            if in_heading:
                heading = " ".join(_seen(token.content)[0].split())[:LONGEST_HEADING]
            yield Passage(token.content, line, heading, is_heading=in_heading)
            in_heading = False
        elif token.type in {"fence", "code_block"}:
            first = line + 1 if token.type == "fence" else line
            for at, content in enumerate(token.content.splitlines()):
                yield Passage(content, first + at, heading, is_code=True)


def _seen(source: str) -> tuple[str, tuple[str, ...]]:
    if not any(mark in source for mark in "`[<*_\\&!"):
        return source, ()
    children = [child for token in _inline_parser().parseInline(source) for child in token.children or ()]
    shown = [
        "\n" if child.type in {"softbreak", "hardbreak"} else _plain(child.type, child.content) for child in children
    ]
    return "".join(shown), tuple(child.content for child in children if child.type == "code_inline")


def _plain(form: str, content: str) -> str:
    return content if form in {"text", "text_special", "code_inline"} else ""
