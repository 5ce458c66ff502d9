"""With whom a call failed, as the line tells: a host, or host and port.

A line may hold several addresses: the client's, the name server's, the file's that said so. The forms below name the
peer by what stands before or after it, the most telling first; what merely looks like an address comes last.
"""

from __future__ import annotations

import re

from ahocorasick_rs import AhoCorasick

from cluster_doctor.snapshot.hints import lower

_NAME = r"[A-Za-z][\w-]{0,62}(?:\.[\w-]{1,63}){0,20}"
_IP = r"(?:\d{1,3}\.){3}\d{1,3}"
_HOST = rf"(?:{_NAME}|{_IP}|\[[\da-fA-F:]+\])"

_PORT = tuple(f":{digit}" for digit in range(10))
"""One of these stands in every `host:port`."""

_SLASH = tuple(f"/{digit}" for digit in range(10))
"""One of these stands in every `name/address`."""

FORMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"upstream: \"?\w*:?/*([\w.-]+)(?::(\d{2,5}))?", ("upstream: ",)),
    (r"host not found in upstream \"([\w.-]+)(?::(\d{2,5}))?", ("found in upstream",)),
    (r"(?<![\w.-])([\w.-]{1,253}) could not be resolved()", ("not be resolved",)),
    (r"lookup ([\w.-]+?)\.?(?: on [\w.:\[\]]+)?:()", ("lookup ",)),
    (r"[Ff]ailed to resolve '([A-Za-z][\w.-]*)'()", ("failed to resolve '",)),
    (rf"HTTPS?ConnectionPool\(host='({_HOST})', port=(\d+)\)", ("connectionpool",)),
    (r"UnknownHostException: ([\w.-]+)()", ("unknownhost",)),
    (r"(?:ENOTFOUND|EAI_AGAIN) ([\w.-]+)(?::(\d+))?", ("enotfound", "eai_again")),
    (r"dial (?:tcp|udp)[46]? ([\w.-]+|\[[\da-fA-F:]+\]):(\d+)", ("dial tcp", "dial udp")),
    (
        r"(?:ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH) ([\w.-]+|[\da-fA-F:]*:[\da-fA-F:]*):(\d+)\b",
        ("econnrefused", "etimedout", "ehostunreach", "enetunreach"),
    ),
    (rf"[Cc]onnect to host ({_HOST}):(\d+)", ("to host",)),
    (r"altnames: Host: ([\w.-]+)()", ("altnames",)),
    (rf"[Cc]onnection to node -?\d+ \(({_HOST})?/?[\d.]*:(\d+)\)", ("to node",)),
    (
        rf"Connection (?:refused|timed out|reset by peer)[^:]{{0,40}}: ({_HOST})?/{_IP}:(\d+)",
        ("connection refused", "connection timed", "connection reset"),
    ),
    (
        rf"(?:[Rr]efused|not known|[Hh]ost|[Tt]ry again|[Uu]navailable) \(({_HOST}):(\d{{2,5}})\)",
        ("refused (", "known (", "host (", "again (", "unavailable ("),
    ),
    (rf"(?:not known|[Hh]ost is known\.?|[Tt]ry again) \(({_NAME})\)()", ("known (", "known. (", "again (")),
    (rf"(?:Bootstrap broker|[Bb]roker) ({_HOST}):(\d{{2,5}})", ("broker ",)),
    (rf"remote_address:({_HOST}):(\d+)", ("remote_address",)),
    (rf"(?:ipv4|dns|ipv6):/*({_HOST}):(\d{{2,5}})", ("ipv4:", "dns:", "ipv6:")),
    (rf"server at \"?'?({_HOST})\"?'?(?: \([\d.:a-fA-F]+\))?,? port (\d{{2,5}})", ("server at",)),
    (r"MySQL server host '([\w.-]+)'()", ("server host",)),
    (r"server on '([A-Za-z][\w.-]*)(?::(\d{2,5}))?'", ("server on",)),
    (rf"connecting to ({_HOST}):(\d{{2,5}})", ("connecting to",)),
    (rf"Connect(?:ion)? to ({_HOST}):(\d{{2,5}})", ("connect to", "connection to")),
    (rf"(?<![\w.-])({_HOST})/{_IP}:(\d{{2,5}})\b", _SLASH),
    (
        r"(?:UnableToConnect|serverEndpoint:?|connect(?:ing)? to"
        r"|connection to|connect to server at|host)[ :=\"']+(?:on )?"
        r"\"?([A-Za-z][\w.-]*)\"?(?: ?\([\d.]+\))?(?:[:,]? ?(?:port )?(\d{2,5}))?",
        ("unabletoconnect", "serverendpoint", "connect to", "connecting to", "connection to", "host"),
    ),
    (r"(?:on|to|from|at|//|@) ?([A-Za-z][\w-]*(?:\.[\w-]+)*):(\d{2,5})\b", _PORT),
    (r"(?:DNS|[Nn]ame) resolution failed for (?:name |target )?(?:dns:/*)?\"?([\w.-]+)\"?(?::(\d+))?", ("resolution",)),
    (
        r"(?:[Uu]nable|[Ff]ailed) to resolve (?:host |address |name )?['\"]?([A-Za-z][\w.-]*)['\"]?(?::(\d+))?",
        ("resolve",),
    ),
    (r"could not (?:translate|resolve) host(?: name)?:? \"?([\w.-]+)\"?()", ("could not",)),
    (r"[Cc]ouldn't resolve server ([\w.-]+):(\d+)", ("resolve",)),
    (
        rf"(?:addr|address|endpoint|peer|server|target|url|uri|broker)s?[=:] ?[\"'\[]?(?:\w+://)?({_HOST}):(\d{{2,5}})\b",
        _PORT,
    ),
    (rf"\b({_IP}):(\d{{2,5}})\b", _PORT),
    (rf"\(?'({_IP})', (\d{{2,5}})\)", ("', ",)),
    (rf"(?<![\w.-])({_NAME}):(\d{{2,5}})/\w*(?:Interactive|Subscription)", ("interactive", "subscription")),
    (rf"(?<![\w.-])({_NAME}):(\d{{2,5}}): ", _PORT),
    (rf"\baddress[=:] ?[\"']?({_HOST})\b.{{0,40}}?\bport[=:] ?[\"']?(\d{{2,5}})", ("address",)),
    (r"\b\w{2,20}://(?:[\w.-]{0,80}@)?([\w.-]+)(?::(\d{2,5}))?", ("://",)),
    (r"\bhost(?:name)?[=:] ?[\"']?([A-Za-z][\w.-]*)()", ("host",)),
)
"""Each form with pieces of which one stands, in lower case, in every text of that form."""
_COMPILED = tuple(re.compile(form) for form, _ in FORMS)
_PIECES = tuple(dict.fromkeys(piece for _, pieces in FORMS for piece in pieces))
_FORMS_OF = tuple(tuple(at for at, (_, pieces) in enumerate(FORMS) if piece in pieces) for piece in _PIECES)
_FINDER = AhoCorasick(_PIECES)
_NO_HOSTS = frozenset(
    {
        "the", "server", "database", "host", "upstream", "backend", "any", "localhost", "remote", "a", "node", "all",
        "redis", "error", "err", "port", "line", "this", "unknown", "name", "is", "by", "for", "in", "not",
    }
)  # fmt: skip
"""Words where a host's name may stand; `redis` and `backend` may be names too, and are then told with a port."""
_NAMED_WITH_PORT = frozenset({"server", "database", "upstream", "backend", "remote", "redis", "node"})
_FILE = re.compile(r"\.(?:go|py|js|ts|java|rs|cc|cs|rb|php|c|cpp|kt|scala|conf|yaml|yml|json|mjs|tsx|jsx)$")


def likely_forms(text: str) -> list[int]:
    """Number the forms that a text may have, in their order."""
    pieces = {piece for piece, _, _ in _FINDER.find_matches_as_indexes(lower(text), overlapping=True)}
    return sorted({form for piece in pieces for form in _FORMS_OF[piece]})


def address_in(text: str) -> tuple[str, int | None]:
    """Find host and port of the peer; an empty host and None where the line names none."""
    for form in likely_forms(text):
        for found in _COMPILED[form].finditer(text):
            host, port = found[1] or "", found[2]
            lowered = host.lower()
            if not host or (lowered in _NO_HOSTS and not (port and lowered in _NAMED_WITH_PORT)):
                continue
            if _FILE.search(lowered):
                continue
            number = int(port) if port else None
            if number is None or 0 < number < 65_536:
                return host.strip("[]").rstrip("."), number
    return "", None
