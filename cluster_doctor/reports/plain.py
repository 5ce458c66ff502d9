"""Makes text from a cluster harmless to show.

Names, messages and logs can hold what a terminal obeys or what makes text read otherwise than it is stored. Such
characters are shown as escapes, so that nothing is hidden.
"""

from __future__ import annotations

import re

import orjson
from pydantic import JsonValue

_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
_OBEYED_IN_JSON = re.compile("[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")


def harmless(text: str) -> str:
    r"""Show control characters, bidirectional overrides and invisible characters as escapes like `\x1b`."""
    return _OBEYED.sub(_escape, text.replace("\r\n", "\n").encode("utf-8", "backslashreplace").decode())


def one_line(text: str) -> str:
    """Make text harmless and put it on one line."""
    return " ".join(harmless(text.replace("\t", " ")).split())


def harmless_json(text: str) -> str:
    r"""Write those characters in a JSON document as `\uXXXX`, which a JSON parser reads as the same."""
    return _OBEYED_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def plain_json(value: JsonValue) -> str:
    """Write JSON for programs: sorted keys, two spaces, harmless to a terminal."""
    return harmless_json(orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2).decode()) + "\n"


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
