"""Tells by its name whether a field, variable or flag holds a credential."""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

_STEMS = (
    "passw", "passphrase", "secret", "token", "credential", "apikey", "accesskey", "privatekey", "encryptionkey",
    "signingkey", "sessionkey", "clientkey", "masterkey", "sharedkey", "accountkey", "licensekey", "licencekey",
    "sshkey", "hmackey", "deploykey", "appkey", "authkey", "storagekey", "connectionstring", "authheader",
)  # fmt: skip
_WORDS = frozenset({"pwd", "pass", "creds", "cred", "dsn", "authorization", "cookie", "bearer", "htpasswd", "otp"})
_LAST = frozenset({"auth", "sig", "signature"})

_ABOUT = frozenset(
    {
        "algorithm", "audience", "audiences", "class", "count", "dir", "directory", "enabled", "endpoint", "exists",
        "expiration", "expiry", "file", "files", "format", "host", "hosts", "interval", "issuer", "length", "lifetime",
        "limit", "manager", "method", "mode", "mount", "name", "names", "namespace", "parameter", "path", "paths",
        "period", "policy", "port", "prefix", "provider", "reader", "realm", "ref", "refs", "required", "review",
        "reviews", "reviewer", "rotation", "scope", "scopes", "seconds", "size", "store", "strategy", "template",
        "timeout", "ttl", "type", "uri", "url", "urls", "version", "writer",
    }
)  # fmt: skip
"""A name that ends so speaks about a credential: `tokenTTL`, `passwordFile`, `secretName`."""
_AMOUNT = frozenset({"max", "min", "num", "total", "existing", "automount", "mount", "cache", "per", "use", "enable"})
_PULL = frozenset({"imagepullsecrets", "imagepullsecret", "pullsecrets", "pullsecret"})


@lru_cache(maxsize=8192)
def names_credential(name: str) -> bool:
    """Tell whether what bears this name is a credential rather than something about one.

    Args:
        name: a key, variable or flag: `DB_PASSWORD`, `spring.datasource.password`, `--api-token`, `clientSecret`.
    """
    own = name.rpartition("/")[2]
    words = [word.lower() for word in _WORD.findall(own[:200])]
    if not words or words[-1] in _ABOUT or not _AMOUNT.isdisjoint(words):
        return False
    joined = "".join(words)
    if joined in _PULL:
        return False
    return words[-1] in _LAST or not _WORDS.isdisjoint(words) or any(stem in joined for stem in _STEMS)


@lru_cache(maxsize=8192)
def names_key(name: str) -> bool:
    """Tell whether what bears this name may be a cryptographic key: `SIGNER_KEY`; its value decides."""
    words = [word.lower() for word in _WORD.findall(name.rpartition("/")[2][:200])]
    return len(words) > 1 and words[-1] in {"key", "keys", "salt"}


_IDENTIFIER = re.compile(r"[A-Za-z0-9+/=_-]{16,}")


def looks_random(value: str) -> bool:
    """Tell key material from words: long, without dots or spaces, of mixed characters."""
    if not _IDENTIFIER.fullmatch(value):
        return False
    kinds = (any(map(str.isdigit, value)), any(map(str.islower, value)), any(map(str.isupper, value)))
    return sum(kinds) == 3 or (kinds[0] and len(value) >= 32 and re.fullmatch(r"[0-9a-fA-F]+", value) is not None)


_PLAIN = frozenset(
    {
        "true", "false", "null", "none", "nil", "yes", "no", "on", "off", "required", "optional", "missing", "invalid",
        "expired", "not", "is", "empty", "unset", "undefined", "default", "error", "unexpected", "wrong", "unknown",
        "incorrect", "failed", "denied", "malformed", "unauthorized", "forbidden", "enabled", "disabled",
    }
)  # fmt: skip
_REFERENCE = re.compile(r"\$\([\w.-]+\)|\$\{[\w.:-]+\}|\$[A-Za-z_]\w*|\{\{[^{}]*\}\}|%[A-Z_]+%|<[\w-]+>")


def says_nothing(value: str) -> bool:
    """Tell values that are no credential under any name: `true`, `$(DB_PASSWORD)`, what is masked already."""
    return not value or value.startswith("<masked:") or value.lower() in _PLAIN or bool(_REFERENCE.fullmatch(value))
