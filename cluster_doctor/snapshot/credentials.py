"""Finds credentials in text: by their shape, or by the name that they are assigned to."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, chain

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
    r"|\b\d{8,10}:AA[\w-]{33}\b|\blin_api_\w{30,}|\bATATT[\w=-]{30,}|\bPMAK-[\w-]{30,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY(?: BLOCK)?-----|$)"
    r"|LS0tLS1CRUdJTiB(?!DRVJUSUZJQ0FUR|QVUJMSUMg)[A-Za-z0-9+/=]{16,}"
)


def _ending(*pieces: str) -> re.Pattern[str]:
    """Find any of some pieces by their common last character, which a search skips to quickly."""
    return re.compile(re.escape(pieces[0][-1]) + "(?:" + "|".join(f"(?<={re.escape(piece)})" for piece in pieces) + ")")


_GROUPS = (
    _ending("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "k_live_", "k_test_", "whsec_", "npm_", "_v1_",
            "hf_", "shpat_", "shpca_", "shppa_", "shpss_", "dckr_pat_", "glsa_", "lin_api_"),
    _ending("glpat-", "gldt-", "glrt-", "glptt-", "glcbt-", "glsoat-", "glft-", "glimt-", "glagent-", "xapp-",
            "GOCSPX-", "sk-", "pypi-", "AGE-SECRET-", "NRAK-", "PMAK-"),
    re.compile(r"A(?:KIA|SIA|GPA|IDA|ROA|Iza|TATT)"),
)  # fmt: skip
_PIECES = ("eyJ", "earer ", "asic ", "xox", "ya29.", "SG.", "hvs.", "hvb.", "hvr.", "dapi", ":AA", "-----BEGIN",
           "LS0tLS1C", "hooks.slack")  # fmt: skip
"""Without one of these pieces no shape can match; looking for them first keeps long logs cheap."""

_HEADER = re.compile(
    r"(?P<lead>\bauthorization\\*[\"']?\s*[=:]\s*\\*[\"']?(?:[A-Za-z][\w-]*\s+)?|\b(?:set-)?cookie:\s*)"
    r"(?P<value>[^\s\"'\\]*\d[^\s\"'\\]*(?:;[^\"'\n]*)?)",
    re.IGNORECASE,
)
_COMMAND = re.compile(
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

_STEMS = ("pass", "pwd", "secret", "token", "key", "cred", "auth", "dsn", "cookie", "connections", "signature", "sig=",
          'sig"', "sig\\", "otp", "salt", "bearer")  # fmt: skip
_AFTER = re.compile(r"[\w.-]{0,80}(?:\\*[\"']?\s*[=:]|(?P<flag>[\"']?[\s,]))")
_SPOKEN = (
    "curl",
    "wget",
    "http ",
    "mysql",
    "mariadb",
    "sshpass",
    "redis-cli",
    "identified",
    "requirepass",
    "masterauth",
)


def _hints(low: str) -> Iterator[tuple[int, int]]:
    """Where a lower-case text may assign or pass a credential: start and end of the name with what follows it."""
    for stem in _STEMS:
        position = low.find(stem)
        while position >= 0:
            end = position + len(stem)
            found = _AFTER.match(low, end - (not stem[-1].isalpha()))
            if found and (not found["flag"] or "-" in low[max(0, position - 60) : position].rpartition(" ")[2]):
                yield position, found.end()
            position = low.find(stem, end)


def _commands(low: str) -> Iterator[int]:
    """Where a lower-case text names a program that takes credentials as arguments."""
    for word in _SPOKEN:
        position = low.find(word)
        while position >= 0:
            if word in {"identified", "requirepass", "masterauth"} or " -" in low[position : position + 300]:
                yield position
            position = low.find(word, position + len(word))


def suspicious_lines(lines: Sequence[str]) -> set[int]:
    """Number the lines of a log that may hold a credential, much faster than reading each of them."""
    whole = "\n".join(lines)
    if whole.count("\n") != len(lines) - 1:
        return set(range(len(lines)))  # a line that is several would shift the count
    low = _lower(whole)
    ends = list(accumulate(len(line) + 1 for line in lines))
    found: set[int] = set()
    for start, _ in _hints(low):
        at = bisect_right(ends, start)
        if at not in found and _assigns(whole, start):
            found.add(at)
    for position in chain(_shapes(whole), _commands(low)):
        found.add(bisect_right(ends, position))
    return found


def _assigns(text: str, position: int) -> bool:
    """Tell whether a hint leads to a value that would be masked; of a flag's value that is not known here."""
    begin = _name_start(text, position)
    if text[begin] == "-" or position - begin >= 100:
        return True
    found = _ASSIGNED.match(text, begin)
    return found is not None and _assigned(found, lambda _: "") != found[0]


def is_suspicious(document: str) -> bool:
    """Tell whether an object, written as JSON without spaces, may hold a credential or a copy of a Secret."""
    if ("Secret" in document and _HIDDEN.search(document)) or next(_shapes(document), None) is not None:
        return True
    low = _lower(document)
    for start, end in _hints(low):
        name = _name_at(document, start)
        flag = document.startswith("-", document.rfind('"', 0, start) + 1)
        if (
            flag
            or name.startswith("-")
            or names_credential(name)
            or (names_key(name) and not _WORDY.match(document, end))
        ):
            return True
    if next(_commands(low), None) is not None and _COMMAND.search(document):
        return True
    return any(names_credential(name) or names_key(name) for name in _variables(document))


_HIDDEN = re.compile(r"\bkind\\*[\"']?\s*:\s*\\*[\"']?Secret\b")
_NAME = re.compile(r"[\w.-]*")
_WORDY = re.compile(r'"[a-z0-9./-]{0,15}"|"[a-z./-]*"|\{|\[[{\]]')


def _name_at(document: str, position: int) -> str:
    """The name, or the flag with its dashes, that a position lies in."""
    found = _NAME.match(document, _name_start(document, position))
    return found[0] if found else ""


def _variables(document: str) -> Iterator[str]:
    """What the variables are called that an object, written as JSON without spaces, gives values to."""
    for mark in ('"name":"', '"key":"') if _GIVEN in document else ():
        begin = document.find(mark)
        while begin >= 0:
            name = begin + len(mark)
            end = document.find('"', name)
            opened, closed = document.rfind('{"', 0, begin), document.find('"}', end)
            if _GIVEN in document[opened:begin] or _GIVEN in document[end:closed]:
                yield document[name:end]
            begin = document.find(mark, end)


_GIVEN = '"value":'


def _shapes(text: str) -> Iterator[int]:
    """Where a text may hold something of a credential's shape."""
    position = text.find("@")
    while position >= 0:
        if text.startswith(("tcp(", "udp(", "unix("), position + 1) or "://" in text[max(0, position - 300) : position]:
            yield position
        position = text.find("@", position + 1)
    for pattern in _GROUPS:
        for found in pattern.finditer(text):
            yield found.start()
    for piece in _PIECES:
        position = text.find(piece)
        while position >= 0:
            yield position
            position = text.find(piece, position + len(piece))


def mask_credentials(text: str, mask: Mask) -> str:
    """Replace the credentials in a piece of text.

    Args:
        text: a log line, a message, an argument, a file in a ConfigMap.
        mask: what replaces one credential.
    """
    masked = text
    if next(_shapes(text), None) is not None:
        masked = _SHAPED.sub(lambda found: _unless_masked(found[0], mask), text)
    low = _lower(masked)
    named = next(_hints(low), None) is not None
    if "\n" in masked and (named or "secret" in low):
        masked = _mask_file(masked, mask)
    if named:
        masked = _mask_assigned(masked, mask)
    if "authorization" in low or "cookie" in low:
        masked = _HEADER.sub(lambda found: found["lead"] + _unless_masked(found["value"], mask), masked)
    if next(_commands(low), None) is not None:
        masked = _COMMAND.sub(lambda found: found["lead"] + _unless_masked(found["value"], mask), masked)
    if named and "-" in masked:
        masked = _FLAG.sub(lambda found: _flag(found, mask), masked)
    return masked


def _lower(text: str) -> str:
    """Lower-case ASCII letters only, so that no position moves."""
    return text.lower() if text.isascii() else text.encode("utf-8", "replace").lower().decode()


def _mask_assigned(text: str, mask: Mask) -> str:
    parts: list[str] = []
    done = 0
    for start, _ in sorted(_hints(_lower(text))):
        begin = _name_start(text, start)
        found = _ASSIGNED.match(text, begin) if begin >= done else None
        replaced = _assigned(found, mask) if found else ""
        if found and replaced != found[0]:
            parts += (text[done:begin], replaced)
            done = found.end()
    return "".join((*parts, text[done:])) if parts else text


def _name_start(text: str, position: int) -> int:
    end = max(0, position - 100)
    while position > end and (text[position - 1].isalnum() or text[position - 1] in "_.-"):
        position -= 1
    return position


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
