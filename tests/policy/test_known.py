"""Who is who elsewhere, in a policy."""

from __future__ import annotations

import pytest

from cluster_doctor.domain.errors import PolicyError
from cluster_doctor.remediation.policy.known import owner_of, person_named
from cluster_doctor.remediation.policy.loading import parse_strictly
from cluster_doctor.remediation.policy.policy import DEFAULT_POLICY, Policy

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJjDQFkJJnYiM5SSuF6Tr6vMuXn1Q8H9LbKxgz1Kq0aW"


def policy(people: str) -> Policy:
    return parse_strictly(f"version: 1\npeople:\n{people}", Policy, "policy.yaml")


def test_a_person_has_keys_and_logins() -> None:
    found = policy(f"  Ada Lovelace: {{ssh_keys: ['{KEY} ada@laptop'], github: [Ada-L, 'deploy[bot]']}}")
    person = person_named(found.people, "@ada  lovelace")
    assert person is not None
    assert person.ssh_keys == (KEY,)
    assert owner_of(found.people, "ADA-l") == owner_of(found.people, "deploy[bot]") == "Ada Lovelace"
    assert owner_of(found.people, "mallory") == owner_of(found.people, "deploy") == ""
    assert person_named(found.people, "grace") is None
    assert found.digest != DEFAULT_POLICY.digest, "who is who is part of what was approved under"


@pytest.mark.parametrize(
    ("people", "said"),
    [
        (f"  ada: {{ssh_keys: ['{KEY}']}}\n  grace: {{ssh_keys: ['{KEY} g@pc']}}", "stands for ada and grace"),
        ("  ada: {github: [ada]}\n  grace: {github: [ADA]}", "stands for ada and grace"),
        ("  ada: {}\n  ' Ada': {}", "people"),
        ("  ada: {}\n  '@ADA': {}", "are one person"),
        ("  '...': {}", "names nobody"),
        ("  ada: {ssh_keys: [AAAA]}", "is not of a kind that is read here: ssh-ed25519, "),
        ("  ada: {ssh_keys: ['ssh-ed25519 AAAA']}", "is no public key as ssh-keygen writes it"),
        ("  ada: {github: ['a/b']}", "people.ada.github"),
        ("  ada: {password: x}", "this key is not known"),
    ],
)  # fmt: skip
def test_what_could_stand_for_two_or_for_nobody_is_an_error(people: str, said: str) -> None:
    with pytest.raises(PolicyError, match=said):
        policy(people)


@pytest.mark.parametrize("kind", ["dsa", "certificate", "other", "option"])
def test_keys_of_a_kind_that_cannot_be_checked_are_an_error(kind: str) -> None:
    line = {
        "dsa": f"ssh-dss {KEY.split()[1]}",
        "certificate": f"ssh-ed25519-cert-v01@openssh.com {KEY.split()[1]}",
        "other": f"ecdsa-sha2-nistp256 {KEY.split()[1]}",
        "option": f'command="x" {KEY}',
    }[kind]
    with pytest.raises(PolicyError, match=r"people\.ada\.ssh_keys"):
        policy(f"  ada: {{ssh_keys: ['{line}']}}")
