"""With whom a call failed, as the line tells: a host, or host and port.

A line may hold several addresses: the client's, the name server's, the file's that said so. The forms below name the
peer by what stands before or after it, the most telling first; what merely looks like an address comes last.
"""

from __future__ import annotations

import re

_NAME = r"[A-Za-z][\w-]{0,62}(?:\.[\w-]{1,63}){0,20}"
_IP = r"(?:\d{1,3}\.){3}\d{1,3}"
_HOST = rf"(?:{_NAME}|{_IP}|\[[\da-fA-F:]+\])"

_FORMS = tuple(
    re.compile(pattern)
    for pattern in (
        r"upstream: \"?\w*:?/*([\w.-]+)(?::(\d{2,5}))?",
        r"host not found in upstream \"([\w.-]+)(?::(\d{2,5}))?",
        r"(?<![\w.-])([\w.-]{1,253}) could not be resolved()",
        r"lookup ([\w.-]+?)\.?(?: on [\w.:\[\]]+)?:()",
        r"[Ff]ailed to resolve '([A-Za-z][\w.-]*)'()",
        rf"HTTPS?ConnectionPool\(host='({_HOST})', port=(\d+)\)",
        r"UnknownHostException: ([\w.-]+)()",
        r"(?:ENOTFOUND|EAI_AGAIN) ([\w.-]+)(?::(\d+))?",
        r"dial (?:tcp|udp)[46]? ([\w.-]+|\[[\da-fA-F:]+\]):(\d+)",
        r"(?:ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH) ([\w.-]+|[\da-fA-F:]*:[\da-fA-F:]*):(\d+)\b",
        rf"[Cc]onnect to host ({_HOST}):(\d+)",
        r"altnames: Host: ([\w.-]+)()",
        rf"[Cc]onnection to node -?\d+ \(({_HOST})?/?[\d.]*:(\d+)\)",
        rf"Connection (?:refused|timed out|reset by peer)[^:]{{0,40}}: ({_HOST})?/{_IP}:(\d+)",
        rf"(?:[Rr]efused|not known|[Hh]ost|[Tt]ry again|[Uu]navailable) \(({_HOST}):(\d{{2,5}})\)",
        rf"(?:not known|[Hh]ost is known\.?|[Tt]ry again) \(({_NAME})\)()",
        rf"(?:Bootstrap broker|[Bb]roker) ({_HOST}):(\d{{2,5}})",
        rf"remote_address:({_HOST}):(\d+)",
        rf"(?:ipv4|dns|ipv6):/*({_HOST}):(\d{{2,5}})",
        rf"server at \"?'?({_HOST})\"?'?(?: \([\d.:a-fA-F]+\))?,? port (\d{{2,5}})",
        r"MySQL server host '([\w.-]+)'()",
        r"server on '([A-Za-z][\w.-]*)(?::(\d{2,5}))?'",
        rf"connecting to ({_HOST}):(\d{{2,5}})",
        rf"Connect(?:ion)? to ({_HOST}):(\d{{2,5}})",
        rf"(?<![\w.-])({_HOST})/{_IP}:(\d{{2,5}})\b",
        r"(?:UnableToConnect|serverEndpoint:?|connect(?:ing)? to"
        r"|connection to|connect to server at|host)[ :=\"']+(?:on )?"
        r"\"?([A-Za-z][\w.-]*)\"?(?: ?\([\d.]+\))?(?:[:,]? ?(?:port )?(\d{2,5}))?",
        r"(?:on|to|from|at|//|@) ?([A-Za-z][\w-]*(?:\.[\w-]+)*):(\d{2,5})\b",
        r"(?:DNS|[Nn]ame) resolution failed for (?:name |target )?(?:dns:/*)?\"?([\w.-]+)\"?(?::(\d+))?",
        r"(?:[Uu]nable|[Ff]ailed) to resolve (?:host |address |name )?['\"]?([A-Za-z][\w.-]*)['\"]?(?::(\d+))?",
        r"could not (?:translate|resolve) host(?: name)?:? \"?([\w.-]+)\"?()",
        r"[Cc]ouldn't resolve server ([\w.-]+):(\d+)",
        rf"(?:addr|address|endpoint|peer|server|target|url|uri|broker)s?[=:] ?[\"'\[]?(?:\w+://)?({_HOST}):(\d{{2,5}})\b",
        rf"\b({_IP}):(\d{{2,5}})\b",
        rf"\(?'({_IP})', (\d{{2,5}})\)",
        rf"(?<![\w.-])({_NAME}):(\d{{2,5}})/\w*(?:Interactive|Subscription)",
        rf"(?<![\w.-])({_NAME}):(\d{{2,5}}): ",
        rf"\baddress[=:] ?[\"']?({_HOST})\b.{{0,40}}?\bport[=:] ?[\"']?(\d{{2,5}})",
        r"\b\w{2,20}://(?:[\w.-]{0,80}@)?([\w.-]+)(?::(\d{2,5}))?",
        r"\bhost(?:name)?[=:] ?[\"']?([A-Za-z][\w.-]*)()",
    )
)
_NO_HOSTS = frozenset(
    {
        "the", "server", "database", "host", "upstream", "backend", "any", "localhost", "remote", "a", "node", "all",
        "redis", "error", "err", "port", "line", "this", "unknown", "name", "is", "by", "for", "in", "not",
    }
)  # fmt: skip
"""Words where a host's name may stand; `redis` and `backend` may be names too, and are then told with a port."""
_NAMED_WITH_PORT = frozenset({"server", "database", "upstream", "backend", "remote", "redis", "node"})
_FILE = re.compile(r"\.(?:go|py|js|ts|java|rs|cc|cs|rb|php|c|cpp|kt|scala|conf|yaml|yml|json|mjs|tsx|jsx)$")


def address_in(text: str) -> tuple[str, int | None]:
    """Find host and port of the peer; an empty host and None where the line names none."""
    for pattern in _FORMS:
        for found in pattern.finditer(text):
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
