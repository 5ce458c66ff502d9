"""Who is who elsewhere: the keys and the accounts by which people are known who approve from somewhere else."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from cluster_doctor.remediation.policy.people import identity_of
from cluster_doctor.remediation.policy.strict import Name, Strict

SHORTEST_RSA = 2048
KEY_KINDS = (
    "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa",
    "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com",
)  # fmt: skip
"""Kinds of keys whose signatures can be checked; the last two live in a security key."""


def _usable(line: str) -> str:
    """Make sure that signatures by a key can be checked; a key has one spelling, and no comment behind it."""
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - few policies have keys
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.serialization import load_ssh_public_key  # noqa: PLC0415 - as above

    kind, _, rest = line.partition(" ")
    if kind not in KEY_KINDS:
        raise ValueError(f"{line[:40]!r} is not of a kind that is read here: {', '.join(KEY_KINDS)}")
    try:
        plain = f"{kind} {b64encode(b64decode(rest.split()[0], validate=True)).decode()}"
        key = load_ssh_public_key(plain.encode())
    except (IndexError, ValueError, UnsupportedAlgorithm) as error:
        raise ValueError(f"{line[:40]!r} is no public key as ssh-keygen writes it") from error
    if isinstance(key, RSAPublicKey) and key.key_size < SHORTEST_RSA:
        raise ValueError(f"{line[:40]!r} has {key.key_size} bits; {SHORTEST_RSA} are the least")
    return plain


PublicKeyLine = Annotated[str, StringConstraints(max_length=8192), AfterValidator(_usable)]
"""A public key as `ssh-keygen` writes it: `ssh-ed25519 AAAA… ada@laptop`."""

Login = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,99}(\[bot\])?$")]
"""A login on GitHub. That of an app ends in `[bot]`."""


class Person(Strict):
    """How a person is known elsewhere.

    Attributes:
        ssh_keys: public keys whose signatures are theirs.
        github: logins that are theirs, on the server that the policy names.
    """

    ssh_keys: Annotated[tuple[PublicKeyLine, ...], Field(max_length=20)] = ()
    github: Annotated[tuple[Login, ...], Field(max_length=20)] = ()


def all_apart(people: Mapping[str, Person]) -> Mapping[str, Person]:
    """Make sure that no name, key or login stands for two people: one could give the word of both.

    Raises:
        ValueError: one does.
    """
    names: dict[str, str] = {}
    owners: dict[str, str] = {}
    for name, person in people.items():
        who = identity_of(name)
        if not who:
            raise ValueError(f"{name!r} names nobody")
        if who in names:
            raise ValueError(f"{name} and {names[who]} are one person; case, blanks and a leading @ make no difference")
        names[who] = name
        for mark in (*person.ssh_keys, *(f"login {login.casefold()}" for login in person.github)):
            if mark in owners:
                raise ValueError(f"{mark[:60]} stands for {owners[mark]} and {name}; give each their own")
            owners[mark] = name
    return people


def person_named(people: Mapping[str, Person], name: str) -> Person | None:
    """Find a person by a name, however it is spelled."""
    who = identity_of(name)
    return next((person for known, person in people.items() if who and identity_of(known) == who), None)


def owner_of(people: Mapping[str, Person], login: str) -> str:
    """Whose login it is; empty if nobody's."""
    wanted = login.casefold()
    return next(
        (name for name, person in people.items() if wanted in {known.casefold() for known in person.github}), ""
    )


KnownPeople = Annotated[dict[Name, Person], Field(max_length=1000), AfterValidator(all_apart)]
