"""Who is who elsewhere: the keys and the accounts by which people are known who approve from somewhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from cluster_doctor.remediation.policy.people import identity_of
from cluster_doctor.remediation.policy.strict import Name, Strict

SHORTEST_RSA = 2048
_KINDS = "ssh-ed25519, or ssh-rsa of at least 2048 bits"


def _usable(line: str) -> str:
    """Make sure that signatures by a key can be checked; a comment behind it is dropped."""
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - few policies have keys
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.serialization import load_ssh_public_key  # noqa: PLC0415 - as above

    plain = " ".join(line.split()[:2])
    try:
        key = load_ssh_public_key(plain.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ValueError(f"{line[:40]!r} is no public key as ssh-keygen writes it") from error
    if not isinstance(key, Ed25519PublicKey) and not (isinstance(key, RSAPublicKey) and key.key_size >= SHORTEST_RSA):
        raise ValueError(f"{line[:40]!r} is not of a kind that is read here: {_KINDS}")
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
