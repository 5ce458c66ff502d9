"""Forty kinds of secrets, each in the form in which people and programs leave it lying about."""

from __future__ import annotations

import base64
import json
import random
import string
from collections.abc import Callable
from dataclasses import dataclass

_ALNUM = string.ascii_letters + string.digits


@dataclass(frozen=True)
class Canary:
    """A secret: the text that holds it, and the parts of it that nobody may see."""

    kind: str
    text: str
    secret: tuple[str, ...]


def _of(chance: random.Random, length: int, letters: str = _ALNUM) -> str:
    return "".join(chance.choice(letters) for _ in range(length))


def _hex(chance: random.Random, length: int) -> str:
    return _of(chance, length, "0123456789abcdef")


def _said(form: str, length: int = 24, letters: str = _ALNUM) -> Callable[[random.Random], tuple[str, tuple[str, ...]]]:
    def make(chance: random.Random) -> tuple[str, tuple[str, ...]]:
        secret = _of(chance, length, letters)
        return form.format(secret), (secret,)

    return make


def _jwt(chance: random.Random) -> tuple[str, tuple[str, ...]]:
    def part(value: dict[str, str]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    signature = _of(chance, 43)
    token = f"{part({'alg': 'RS256', 'typ': 'JWT'})}.{part({'sub': _of(chance, 12)})}.{signature}"
    return token, (signature,)


def _pem(title: str) -> Callable[[random.Random], tuple[str, tuple[str, ...]]]:
    def make(chance: random.Random) -> tuple[str, tuple[str, ...]]:
        lines = [_of(chance, 64) for _ in range(4)]
        return f"-----BEGIN {title}-----\n" + "\n".join(lines) + f"\n-----END {title}-----", tuple(lines)

    return make


def _basic(chance: random.Random) -> tuple[str, tuple[str, ...]]:
    password = _of(chance, 20)
    told = base64.b64encode(f"deploy:{password}".encode()).decode()
    return f"Authorization: Basic {told}", (told,)


def _docker(chance: random.Random) -> tuple[str, tuple[str, ...]]:
    auth = base64.b64encode(f"robot:{_of(chance, 24)}".encode()).decode()
    return json.dumps({"auths": {"registry.example": {"auth": auth}}}), (auth,)


def _account(chance: random.Random) -> tuple[str, tuple[str, ...]]:
    key, lines = _pem("PRIVATE KEY")(chance)
    return json.dumps({"type": "service_account", "private_key": key, "client_email": "a@b.example"}), lines


def _sendgrid(chance: random.Random) -> tuple[str, tuple[str, ...]]:
    first, second = _of(chance, 22), _of(chance, 43)
    return f"SG.{first}.{second}", (first, second)


KINDS: dict[str, Callable[[random.Random], tuple[str, tuple[str, ...]]]] = {
    "AWS access key": _said("AWS_ACCESS_KEY_ID=AKIA{}", 16, string.ascii_uppercase + string.digits),
    "AWS secret key": _said("aws_secret_access_key = {}", 40),
    "AWS session token": _said("AWS_SESSION_TOKEN={}", 80),
    "GitHub token": _said("ghp_{}", 36),
    "GitHub fine-grained token": _said("github_pat_{}", 82),
    "GitLab token": _said("glpat-{}", 20),
    "Slack token": _said("xoxb-123456789012-123456789012-{}", 24),
    "Slack webhook": _said("https://hooks.slack.com/services/T00000000/B00000000/{}", 24),
    "Google API key": _said("AIza{}", 35),
    "Google service account": _account,
    "Azure storage key": _said("DefaultEndpointsProtocol=https;AccountName=a;AccountKey={}==;", 86),
    "Azure shared access signature": _said("https://a.blob.example/c?sv=2024-01-01&sig={}", 43),
    "JSON web token": _jwt,
    "bearer header": _said("Authorization: Bearer {}", 40),
    "basic header": _basic,
    "API key header": _said("X-API-Key: {}", 32),
    "password in a URL": _said("https://deploy:{}@git.example/repo.git", 24),
    "Postgres address": _said("postgres://app:{}@db.shop:5432/app", 24),
    "MongoDB address": _said("mongodb+srv://app:{}@cluster.example/app", 24),
    "Redis address": _said("redis://:{}@cache.shop:6379/0", 24),
    "AMQP address": _said("amqp://app:{}@mq.shop:5672/", 24),
    "JDBC address": _said("jdbc:mysql://db.shop/app?user=app&password={}", 24),
    "password": _said("password={}", 16),
    "password in YAML": _said("db_password: {}", 18),
    "password in JSON": _said('{{"dbPassword": "{}"}}', 18),
    "password flag": _said("mysql --user=app --password={}", 16),
    "client secret": _said("client_secret={}", 40),
    "private key": _pem("RSA PRIVATE KEY"),
    "SSH key": _pem("OPENSSH PRIVATE KEY"),
    "PGP key": _pem("PGP PRIVATE KEY BLOCK"),
    "Stripe key": _said("sk_live_{}", 24),
    "SendGrid key": _sendgrid,
    "npm token": _said("//packages.example/:_authToken=npm_{}", 36),
    "PyPI token": _said("pypi-AgEIcHlwaS5vcmc{}", 80),
    "registry login": _docker,
    "kubeconfig token": _said("    token: {}", 64),
    "Vault token": _said("hvs.{}", 90),
    "Datadog key": _said("DD_API_KEY={}", 32, "0123456789abcdef"),
    "OpenAI key": _said("sk-proj-{}", 48),
    "Anthropic key": _said("sk-ant-api03-{}", 80),
    "Telegram token": _said("https://api.telegram.org/bot123456789:AA{}/sendMessage", 33),
    "Twilio token": _said("TWILIO_AUTH_TOKEN={}", 32, "0123456789abcdef"),
}


def canaries(seed: int) -> list[Canary]:
    """One of each kind."""
    chance = random.Random(seed)
    return [Canary(kind, *make(chance)) for kind, make in KINDS.items()]
