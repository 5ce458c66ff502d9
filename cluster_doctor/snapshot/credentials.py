"""Finds credentials in text: by their shape, or by the name that they are assigned to."""

from __future__ import annotations

import re
from collections.abc import Callable

from cluster_doctor.snapshot.hints import Hints, shapes
from cluster_doctor.snapshot.secret_names import looks_random, names_credential, names_key, says_nothing

Mask = Callable[[str], str]

_SHAPED = re.compile(
    r"(?<=://)[^/\s:@\"']*:(?!\d{1,5}/)[^\s\"'<>]{1,300}(?=@)|(?<=://)[^/\s:@.\"']{16,}(?=@)"
    r"|(?<![\w.-])[\w.-]+:[^\s@/\"']+(?=@(?:tcp|udp|unix)\()"
    r"|(?<=[Bb]earer )[\w.~+/=-]{8,}|(?<=[Bb]asic )[A-Za-z0-9+/=]{8,}(?![\w.-])"
    r"|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"
    r"|\b(?:AKIA|ASIA|AGPA|AIDA|AROA)[A-Z0-9]{16}\b"
    r"|\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,})|\bgl[a-z]{2,5}-[\w-]{16,}"
    r"|\bxox[a-z]-[\w-]{10,}|\bxapp-[\w-]{10,}|(?<=hooks\.slack\.com/services/)[\w/-]{10,}"
    r"|\bAIza[\w-]{30,}|\bya29\.[\w-]{20,}|\bGOCSPX-[\w-]{16,}"
    r"|\bsk-[\w-]{20,}|\b(?:[rs]k_(?:live|test)|whsec)_\w{16,}"
    r"|\bnpm_[A-Za-z0-9]{30,}|\bpypi-[\w-]{30,}|\bSG\.[\w-]{16,}\.[\w-]{16,}|\bhv[sbr]\.[\w-]{20,}"
    r"|\b(?:dop|doo|dor)_v1_[0-9a-f]{32,}|\bhf_[A-Za-z]{30,}|\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}"
    r"|\bdckr_pat_[\w-]{20,}|\bglsa_\w{20,}|\bdapi[0-9a-f]{32}\b|\bAGE-SECRET-KEY-1[A-Z0-9]{20,}|\bNRAK-[A-Z0-9]{20,}"
    r"|(?<!\d)\d{8,10}:AA[\w-]{33}(?![\w-])|\blin_api_\w{30,}|\bATATT[\w=-]{30,}|\bPMAK-[\w-]{30,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY(?: BLOCK)?-----|$)"
    r"|LS0tLS1CRUdJTiB(?!DRVJUSUZJQ0FUR|QVUJMSUMg)[A-Za-z0-9+/=]{16,}"
)


_HEADER = re.compile(
    r"(?P<lead>\bauthorization\\*[\"']?\s*[=:]\s*\\*[\"']?(?:[A-Za-z][\w-]*\s+)?|\b(?:set-)?cookie:\s*)"
    r"(?P<value>[^\s\"'\\]*\d[^\s\"'\\]*(?:;[^\"'\n]*)?)",
    re.IGNORECASE,
)
COMMAND = re.compile(
    r"(?P<lead>\b(?:curl|wget|http|https)\b[^\n|;]{0,300}?\s(?:-u|--user)[ =]?[\"']?"
    r"|\b(?:mysql|mysqldump|mysqladmin|mariadb)\b[^\n|;]{0,300}?\s-p|\bsshpass\s+-p\s*[\"']?"
    r"|\bredis-cli\b[^\n|;]{0,300}?\s-a\s+[\"']?|\bidentified\s+by\s+[\"']|(?<![\w-])(?:requirepass|masterauth)\s+[\"']?)"
    r"(?P<value>[^\s\"'-][^\s\"']*)",
    re.IGNORECASE | re.MULTILINE,
)
_FLAG = re.compile(
    r"(?P<lead>(?<!\S)[\"']?--?(?P<name>[A-Za-z][\w-]{2,60})[\"']?[\s,]+[\"']?)(?P<value>[^\s\"'-][^\s\"']*)"
)
_BARE = (
    r"(?:\$\([\w.-]+\)|\$\{[\w.:-]+\}|[^\s\"'\\,;&<>(){}\[\]]|[,;&](?!\s|$|[\w.-]+\s*[=:])"
    r"|[<>(){}\[\]\"'](?=[\w!@#$%^*])|\\(?![nrt\"'\\]))+"
)
_ASSIGNED = re.compile(
    r"(?P<name>[\w.-]{2,120})"
    r"(?P<eq>\\*[\"']?\s*=>?\s*|\\*[\"']?:\s*|\\*[\"']\s+:\s*(?=\\*[\"']))"
    r"(?:\"(?P<double>(?:[^\"\\\n]|\\.)*)(?:\"|$)|'(?P<single>(?:[^'\\\n]|\\.)*)(?:'|$)"
    r"|(?P<open>\\+[\"'])(?P<escaped>.*?)(?P<close>\\+[\"']|$)|(?P<bare>" + _BARE + r"))"
)
_PROSE = re.compile(r"[ \t]+[a-z]{2,}\b")
_LINE = re.compile(r"(?P<lead>\s*(?:- )?[\"']?(?P<name>[\w./-]{1,120})[\"']?\s*[:=])(?P<gap>\s*)(?P<value>.*)")
_BLOCK = re.compile(r"[|>][-+0-9]*\s*(?:#.*)?")
SECRET_MANIFEST = re.compile(r"\bkind[\"']?\s*:\s*[\"']?Secret\b")
"""A Secret written as text."""
_SHELL = re.compile(r"[;|`]|&&|\$\(|^\s*export\s")


def mask_credentials(text: str, mask: Mask) -> str:
    """Replace the credentials in a piece of text.

    Args:
        text: a log line, a message, an argument, a file in a ConfigMap.
        mask: what replaces one credential.
    """
    masked = text
    if next(shapes(text), None) is not None:
        masked = _SHAPED.sub(lambda found: _unless_masked(found[0], mask), text)
    hints = Hints(masked)
    if not hints:
        return masked
    named = next(hints.names(), None) is not None
    commands = next(hints.commands(), None) is not None
    if "\n" in masked and (named or "secret" in hints.low):
        masked = _mask_file(masked, mask)
    if named:
        masked = _mask_assigned(masked, mask)
    if "authorization" in hints.low or "cookie" in hints.low:
        masked = _HEADER.sub(lambda found: found["lead"] + _unless_masked(found["value"], mask), masked)
    if commands:
        masked = COMMAND.sub(lambda found: found["lead"] + _unless_masked(found["value"], mask), masked)
    if named and "-" in masked:
        masked = _FLAG.sub(lambda found: _flag(found, mask), masked)
    return masked


def _mask_assigned(text: str, mask: Mask) -> str:
    parts: list[str] = []
    done = 0
    for start, _ in sorted(Hints(text).names()):
        begin = name_start(text, start)
        found = _ASSIGNED.match(text, begin) if begin >= done else None
        replaced = _assigned(found, mask) if found else ""
        if found and replaced != found[0]:
            parts += (text[done:begin], replaced)
            done = found.end()
    return "".join((*parts, text[done:])) if parts else text


def name_start(text: str, position: int) -> int:
    """Find where the name begins that a position lies in, looking back 100 characters at the most."""
    end = max(0, position - 100)
    while position > end and (text[position - 1].isalnum() or text[position - 1] in "_.-"):
        position -= 1
    return position


def assigns(text: str, position: int) -> bool:
    """Tell whether a hint leads to a value that would be masked; of a flag's value that is not known here."""
    begin = name_start(text, position)
    if text[begin] == "-" or position - begin >= 100:
        return True
    found = _ASSIGNED.match(text, begin)
    return found is not None and _assigned(found, lambda _: "") != found[0]


def mask_named(name: str, value: str, mask: Mask) -> str | None:
    """Mask a value whose name says that it is a credential; None where the name says nothing."""
    if says_nothing(value):
        return value
    if names_credential(name):
        plain_path = name in {"PWD", "OLDPWD"} and value.startswith("/")
        amount = value.isdigit() and len(value) < 7 and name.endswith(("ecrets", "okens", "ECRETS", "OKENS"))
        return value if plain_path or amount else mask(value)
    return mask(value) if names_key(name) and looks_random(value) else None


def _unless_masked(value: str, mask: Mask) -> str:
    return value if says_nothing(value) else mask(value)


def _assigned(found: re.Match[str], mask: Mask) -> str:
    name, eq = found["name"], found["eq"]
    if not (names_credential(name) or names_key(name)):
        return found[0]
    for group, quote in (("double", '"'), ("single", "'")):
        value = found[group]
        if value is not None:
            end = quote if found[0].endswith(quote) and len(found[0]) > len(name) + len(eq) + 1 else ""
            return f"{name}{eq}{quote}{_kept_or_masked(name, value, mask)}{end}"
    if found["open"]:
        return f"{name}{eq}{found['open']}{_kept_or_masked(name, found['escaped'], mask)}{found['close']}"
    value = found["bare"]
    if eq.endswith(" ") and value.isalpha() and value.islower() and _PROSE.match(found.string, found.end()):
        return found[0]  # "anonymous token: unexpected status", not a value
    return f"{name}{eq}{_kept_or_masked(name, value, mask)}"


def _kept_or_masked(name: str, value: str, mask: Mask) -> str:
    masked = mask_named(name, value, mask)
    return value if masked is None else masked


def _flag(found: re.Match[str], mask: Mask) -> str:
    if not names_credential(found["name"]):
        return found[0]
    return found["lead"] + _unless_masked(found["value"], mask)


def _mask_file(text: str, mask: Mask) -> str:
    """Mask a text of several lines: there a value may hold spaces, or stand on the lines below its name."""
    manifest = bool(SECRET_MANIFEST.search(text))
    lines: list[str] = []
    block: int | None = None
    values: int | None = None
    for line in text.split("\n"):
        indent = len(line) - len(line.lstrip())
        if block is not None and (not line.strip() or indent > block):
            lines.append(line[:indent] + _unless_masked(line.strip(), mask))
            continue
        block = None
        if values is not None and line.strip() and indent <= values:
            values = None
        found = _LINE.fullmatch(line)
        shell = _SHELL.search(line) and values is None and not (found and _BLOCK.fullmatch(found["value"]))
        if found is None or shell:
            lines.append(line)
            continue
        if manifest and found["name"] in {"data", "stringData"} and not found["value"]:
            values = indent
        elif values is not None or names_credential(found["name"]):
            if _BLOCK.fullmatch(found["value"]):
                block = indent
            elif found["value"] and not _starts_structure(found["value"]):
                lines.append(found["lead"] + found["gap"] + _quoted(found["value"], mask))
                continue
        lines.append(line)
    return "\n".join(lines)


def _starts_structure(value: str) -> bool:
    return value[0] in "{[&*" and value.rstrip()[-1:] in "{[}],"


def _quoted(value: str, mask: Mask) -> str:
    stripped = value.rstrip().rstrip(",")
    quote = stripped[0] if stripped[:1] in {'"', "'"} and len(stripped) > 1 and stripped[-1] == stripped[0] else ""
    inner = stripped[1:-1] if quote else stripped
    return f"{quote}{_unless_masked(inner, mask)}{quote}{value[len(stripped) :]}"
