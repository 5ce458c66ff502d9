"""Where a text may hold a credential, found in one pass over it: what lies elsewhere need not be read again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from ahocorasick_rs import AhoCorasick

_SHAPES = (
    "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "k_live_", "k_test_", "whsec_", "npm_", "_v1_", "hf_",
    "shpat_", "shpca_", "shppa_", "shpss_", "dckr_pat_", "glsa_", "lin_api_", "glpat-", "gldt-", "glrt-", "glptt-",
    "glcbt-", "glsoat-", "glft-", "glimt-", "glagent-", "xapp-", "GOCSPX-", "sk-", "pypi-", "AGE-SECRET-", "NRAK-",
    "PMAK-", "AKIA", "ASIA", "AGPA", "AIDA", "AROA", "AIza", "ATATT", "eyJ", "earer ", "asic ", "xox", "ya29.", "SG.",
    "hvs.", "hvb.", "hvr.", "dapi", ":AA", "-----BEGIN", "LS0tLS1C", "hooks.slack", "@",
)  # fmt: skip
"""Without one of these no text has a credential's shape."""

_STEMS = ("pass", "pwd", "secret", "token", "key", "cred", "auth", "dsn", "cookie", "connection", "signature", "sig=",
          'sig"', "sig\\", "otp", "salt", "bearer")  # fmt: skip
"""Without one of these, in lower case, no name is a credential's."""

_SPOKEN = ("curl", "wget", "http ", "mysql", "mariadb", "sshpass", "redis-cli")
_ALWAYS = ("identified", "requirepass", "masterauth")
"""Words that a credential may follow as an argument; after the first ones it is a flag's."""

_WORDS = (*_STEMS, *_SPOKEN, *_ALWAYS)
_AFTER = re.compile(r"[\w.-]{0,80}(?:\\*[\"']?\s*[=:]|(?P<flag>[\"']?[\s,]))")
_FLAG_REACH = 60
_ARGUMENT_REACH = 300


@cache
def _finder(pieces: tuple[str, ...]) -> AhoCorasick:
    return AhoCorasick(pieces)


def lower(text: str) -> str:
    """Lower-case ASCII letters only, so that no position moves."""
    return text.lower() if text.isascii() else text.encode("utf-8", "replace").lower().decode()


class Hints:
    """What a text holds of the words that stand before credentials, by position."""

    def __init__(self, text: str) -> None:
        """Read a text once."""
        self.low = lower(text)
        self._found = _finder(_WORDS).find_matches_as_indexes(self.low, overlapping=True)

    def __bool__(self) -> bool:
        """Whether there is anything to look at."""
        return bool(self._found)

    def stems(self) -> Iterator[tuple[int, int]]:
        """Yield where a piece of a credential's name stands: start and end."""
        for word, start, end in self._found:
            if word < len(_STEMS):
                yield start, end

    def names(self) -> Iterator[tuple[int, int]]:
        """Yield where something may be assigned or passed: start of the piece, end of the name with what follows."""
        low = self.low
        for word, start, end in self._found:
            if word >= len(_STEMS):
                continue
            found = _AFTER.match(low, end - (not _STEMS[word][-1].isalpha()))
            if found and (not found["flag"] or "-" in low[max(0, start - _FLAG_REACH) : start].rpartition(" ")[2]):
                yield start, found.end()

    def commands(self) -> Iterator[int]:
        """Yield where a program or statement stands that takes credentials as arguments."""
        always = len(_STEMS) + len(_SPOKEN)
        for word, start, _ in self._found:
            if word >= always or (word >= len(_STEMS) and " -" in self.low[start : start + _ARGUMENT_REACH]):
                yield start


def shapes(text: str) -> Iterator[int]:
    """Yield where a text may hold something of a credential's shape."""
    for piece, start, end in _finder(_SHAPES).find_matches_as_indexes(text, overlapping=True):
        if (
            piece != len(_SHAPES) - 1
            or text.startswith(("tcp(", "udp(", "unix("), end)
            or "://" in text[max(0, start - _ARGUMENT_REACH) : start]
        ):
            yield start
