"""What a line names besides the address: the file, user, variable, table, topic or limit that it is about."""

from __future__ import annotations

import re

from cluster_doctor.snapshot.log_lines.trouble import Trouble

_PATH = re.compile(
    r"(?:^|[\s'\":(=\[<])((?:/[\w.@+-]+)+/?)(?=$|[\s'\":,;)\]>])"
    r"|(?:open|opening|create|creating|write|writing|read|mkdir|access|chown|file|dir|directory|folder) (?:the )?"
    r"(?:\w+ )?(?:file |directory )?['\"]?([\w-]*[./][\w./-]+)"
    r"|(?:dir|directory|folder) ['\"]?([\w-]+)['\"]?(?=:)",
    re.IGNORECASE,
)
_USER = re.compile(
    r"(?:for |[Rr]ole |by )?(?:[Uu]ser(?:name)?|[Rr]ole|[Ll]ogin failed for user)[ :=]{1,2}[\"'`]?"
    r"([\w.@$+-]+?)[\"'`](?:[@\s,;.):]|$)"
    r"|[Uu]ser(?:name)?=([\w.@-]+)|^ERROR +\d+ .{0,40}user '([^']+)'"
)
_VARIABLE = re.compile(
    r"(?:environment variable|env(?:ironment)? var"
    r"|env)\W{1,3}[\"'`]?([A-Z][A-Z0-9_]{2,})[\"'`]? (?:is )?"
    r"(?:not (?:set|defined|found|provided|present|configured)|unset|missing|required|undefined|must be set|empty)"
    r"|(?:^|[\s\"'`(:])(?:process\.env\.|os\.environ\.|\$\{?)?([A-Z][A-Z0-9]*_[A-Z0-9_]+|[A-Z]{4,})\}?[\"'`)]? "
    r"(?:environment variable )?(?:is (?:not set|undefined|unset|required|missing|not defined|not configured|empty)"
    r"|must be (?:set|specified|provided|defined)|was not (?:set|provided|specified)"
    r"|not set|environment variable required)"
    r"|(?:missing|required|undefined|unset|absent)(?: required| mandatory)? (?:environment variable"
    r"|env(?:ironment)? var|env|setting|configuration)s?(?: key)?:? [\"'`]?([A-Z][A-Z0-9_]{2,})"
    r"|KeyError: '([A-Z][A-Z0-9_]{2,})'|([A-Z][A-Z0-9_]{3,}): (?:parameter (?:null or )?not set|unbound variable)"
    r"|key not found: [\"']([A-Z][A-Z0-9_]{2,})|required key ([A-Z][A-Z0-9_]{2,}) missing value"
    r"|[Cc]ould not resolve placeholder '([\w.-]+)'|ImproperlyConfigured: Set the ([A-Z][A-Z0-9_]{2,}) environment"
    r"|must specify (?:one of )?([A-Z][A-Z0-9_]{3,})"
)
_SCHEMA = re.compile(
    r"(?:[Rr]elation|[Cc]olumn|[Ss]chema|[Dd]atabase|[Tt]able|[Ii]ndex) [\\\"'`\[]{1,2}([\w.$-]+)[\\\"'`\]]{1,2}"
    r"(?: of relation \S{1,80})? (?:does not exist|doesn't exist)"
    r"|[Nn]o such (?:table|column|index)(?:: ?| \[)[\"'`]?([\w.$-]+)"
    r"|[Uu]nknown (?:database|column) [\"'`]([\w.$-]+)|[Mm]issing table \[([\w.$-]+)"
    r"|no such index \[([\w.$-]+)|Invalid object name '([\w.$-]+)'"
)
_TOPIC = re.compile(r"[{ ]([\w.-]+)=(?:LEADER_NOT_AVAILABLE|UNKNOWN_TOPIC_OR_PARTITION)|[Tt]opic[ :\"'\[]+([\w.-]+)")
_PORT = re.compile(r"(?::|\bport[= ])(\d{2,5})\b", re.IGNORECASE)
_HEAP = re.compile(
    r"(Java heap space|GC overhead limit exceeded|Metaspace|Direct buffer memory"
    r"|[Uu]nable to create (?:new )?native thread"
    r"|heap limit|heap out of memory|memory allocation of \d+ bytes|maxmemory|memory resource limit)"
)
_LIBRARY = re.compile(r"(?<![\w.+-])([\w.+-]{1,200}): cannot open shared object")
EXPIRED = "expired"
_CERTIFICATE = (
    (EXPIRED, re.compile(r"expired|not yet valid|CertificateNotYetValid|Expired\b", re.IGNORECASE)),
    (
        "other name",
        re.compile(
            r"is valid for|not valid for|doesn't match|altname|alternative|NotValidForName|NameMismatch"
            r"|hostname mismatch|ALTNAME|cannot validate certificate for|does not match",
            re.IGNORECASE,
        ),
    ),
    (
        "certificate of the client",
        re.compile(r"bad.certificate|certificate.required|no required SSL|didn't provide", re.IGNORECASE),
    ),
    (
        "issuer not trusted",
        re.compile(
            r"unknown authority|CERTIFICATE_VERIFY_FAILED|self.signed|issuer|PKIX|UntrustedRoot|PartialChain"
            r"|unknown.ca\b|unknown certificate"
            r"|verify the first|verify failed|not trusted|certificate_unknown|UNABLE_TO",
            re.IGNORECASE,
        ),
    ),
)


def name_in(text: str, trouble: Trouble) -> str:
    """Find what a line is about, by the kind of trouble; empty where it does not tell."""
    match trouble:
        case Trouble.NO_FILE | Trouble.PERMISSION | Trouble.DISK_FULL | Trouble.READ_ONLY_FILES | Trouble.OPEN_FILES:
            return _first(_LIBRARY.search(text)) or _first(_PATH.search(text))
        case Trouble.CREDENTIALS | Trouble.CONNECTIONS:
            return _first(_USER.search(text))
        case Trouble.SETTING:
            return _first(_VARIABLE.search(text))
        case Trouble.SCHEMA:
            return _first(_SCHEMA.search(text))
        case Trouble.LEADER:
            return _first(_TOPIC.search(text))
        case Trouble.PORT_TAKEN:
            return _first(_PORT.search(text))
        case Trouble.MEMORY:
            return _first(_HEAP.search(text))
        case Trouble.CERTIFICATE:
            return next((reason for reason, pattern in _CERTIFICATE if pattern.search(text)), "")
        case _:
            return ""


def misses_setting(text: str) -> bool:
    """Tell whether a line says that a variable or setting, which it names, is missing."""
    return bool(_VARIABLE.search(text))


def misses_schema(text: str) -> bool:
    """Tell whether a line says that a table, column or database, which it names, does not exist."""
    return bool(_SCHEMA.search(text))


def _first(found: re.Match[str] | None) -> str:
    return next((group for group in found.groups() if group), "") if found else ""
