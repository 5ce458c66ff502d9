"""Made-up credentials of many kinds, as texts that hold them, and objects that hold the texts everywhere."""

from __future__ import annotations

import base64
import hashlib
import json
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
_LETTERS = string.ascii_letters + string.digits


def letters(seed: str, length: int, alphabet: str = _LETTERS) -> str:
    """Characters that look random and are the same in each run."""
    stream = b"".join(hashlib.sha256(f"{seed}{turn}".encode()).digest() for turn in range(length // 32 + 1))
    return "".join(alphabet[byte % len(alphabet)] for byte in stream[:length])


@dataclass(frozen=True)
class Canary:
    """A secret and a text that gives it away."""

    kind: str
    secret: str
    text: str


_HEX = "0123456789abcdef"
_UPPER = string.ascii_uppercase + string.digits

_SHAPED: dict[str, Callable[[str], str]] = {
    "jwt": lambda seed: f"eyJ{letters(seed, 20)}.eyJ{letters(seed + 'b', 30)}.{letters(seed + 'c', 40)}",
    "aws key id": lambda seed: "AKIA" + letters(seed, 16, _UPPER),
    "github": lambda seed: "ghp_" + letters(seed, 36),
    "github fine-grained": lambda seed: "github_pat_" + letters(seed, 60),
    "gitlab": lambda seed: "glpat-" + letters(seed, 20),
    "slack": lambda seed: "xoxb-" + letters(seed, 12, string.digits) + "-" + letters(seed, 24),
    "google": lambda seed: "AIza" + letters(seed, 35),
    "openai": lambda seed: "sk-proj-" + letters(seed, 48),
    "stripe": lambda seed: "sk_live_" + letters(seed, 24),
    "npm": lambda seed: "npm_" + letters(seed, 36),
    "pypi": lambda seed: "pypi-" + letters(seed, 60),
    "sendgrid": lambda seed: f"SG.{letters(seed, 22)}.{letters(seed + 'b', 43)}",
    "vault": lambda seed: "hvs." + letters(seed, 24),
    "huggingface": lambda seed: "hf_" + letters(seed, 34, string.ascii_letters),
    "digitalocean": lambda seed: "dop_v1_" + letters(seed, 64, _HEX),
}
_IN_TEXT: dict[str, str] = {
    "password in yaml": "password: {}",
    "password in properties": "spring.datasource.password={}",
    "quoted password": 'password = "{}"',
    "password in json": '{{"user": "app", "password": "{}", "port": 5432}}',
    "password in escaped json": '"{{\\"password\\":\\"{}\\",\\"a\\":1}}"',
    "variable": "export DB_PASSWORD={}",
    "admin variable": "ADMIN_PASSWORD={}",
    "short variable": "MYSQL_PWD={} DB_PASS={}",
    "flag": "--api-token={}",
    "spaced flag": "serve --admin-password {} --port 80",
    "url": "postgres://app:{}@db.shop:5432/orders",
    "url without user": "redis://:{}@cache:6379/0",
    "dsn": "app:{}@tcp(mysql:3306)/shop",
    "connection string": "Server=db;User Id=app;Password={};Encrypt=true",
    "azure": "DefaultEndpointsProtocol=https;AccountName=shop;AccountKey={}==;EndpointSuffix=core.windows.net",
    "bearer": "Authorization: Bearer {}",
    "basic": "Authorization: Basic {}=",
    "header": "X-Api-Key: {}",
    "aws secret": "aws_secret_access_key = {}",
    "client secret": "clientSecret: {}",
    "query": "https://api.example/v1?access_token={}&page=2",
    "curl": "curl -s -u app:{} https://api.example",
    "mysql": "mysql -h db -u root -p{} shop",
    "docker auth": '{{"auths":{{"registry.example":{{"auth":"{}"}}}}}}',
    "cookie": "Cookie: session=1{}",
    "sql": "ALTER USER app IDENTIFIED BY '{}'",
    "redis": "requirepass {}",
    "prose": "login failed with password: {} for user app",
}
_KEY = "-----BEGIN {0} PRIVATE KEY-----\n{1}\n{2}\n-----END {0} PRIVATE KEY-----"


def canaries(place: str) -> Iterator[Canary]:
    """One canary of each kind, of values that no other place has."""
    for kind, make in _SHAPED.items():
        secret = make(f"{place}/{kind}")
        yield Canary(kind, secret, f"using {secret} now")
    for kind, template in _IN_TEXT.items():
        secret = "Z9" + letters(f"{place}/{kind}", 18)
        yield Canary(kind, secret, template.format(secret, secret) if "{" in template else template)
    for family in ("RSA", "EC", "OPENSSH"):
        secret = letters(f"{place}/{family}", 64)
        yield Canary(f"{family} key", secret, _KEY.format(family, secret, letters(f"{place}/{family}/2", 64)))


def objects(plant: Callable[[str], list[Canary]]) -> list[Json]:
    """Objects with canaries in every field that a cluster has room for them in.

    Args:
        plant: makes the canaries of a place.
    """

    def texts(place: str) -> list[str]:
        return [canary.text for canary in plant(place)]

    def keyed(place: str) -> dict[str, str]:
        return {f"k{position}": text for position, text in enumerate(texts(place))}

    def plain(place: str) -> str:
        return next(canary.secret for canary in plant(place) if canary.kind == "variable")

    def stored(place: str) -> dict[str, str]:
        return {key: base64.b64encode(text.encode()).decode() for key, text in keyed(place).items()}

    applied = json.dumps({"kind": "Secret", "apiVersion": "v1", "stringData": keyed("applied")})
    metadata = {"name": "db", "namespace": "shop", "annotations": keyed("annotation")}
    container = {
        "name": "app",
        "image": "registry.example/app:1.0",
        "args": [*texts("args"), "--db-password", plain("argument after flag")],
        "command": ["/bin/sh", "-c", "\n".join(texts("script"))],
        "env": [
            *({"name": f"SETTING_{position}", "value": text} for position, text in enumerate(texts("env"))),
            *(
                {"name": name, "value": plain(name)}
                for name in (
                    "DB_PASSWORD",
                    "ADMIN_PASSWORD",
                    "API_TOKEN",
                    "MYSQL_ROOT_PASS",
                    "REDIS_AUTH",
                    "PGPASSWORD",
                    "AWS_SECRET_ACCESS_KEY",
                    "clientSecret",
                    "MAIL_PWD",
                    "SIGNING_KEY",
                    "dbPassword",
                    "HMAC_KEY",
                )
            ),
        ],
        "livenessProbe": {"httpGet": {"httpHeaders": [{"name": "Authorization", "value": plain("header")}]}},
    }
    return [
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": metadata,
            "data": stored("data"),
            "stringData": keyed("plain"),
        },
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {
                "name": "applied",
                "namespace": "shop",
                "annotations": {
                    "kubectl.kubernetes.io/last-applied-configuration": applied,
                    "copy.example/of": applied,
                },
            },
        },
        {"apiVersion": 1, "kind": "Secret", "metadata": {"name": "odd"}, "data": stored("odd version")},
        {"kind": "Secret", "metadata": {"name": "list"}, "data": [plain("list for data")]},
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "settings", "namespace": "shop"},
            "data": {
                **keyed("config"),
                "all.txt": "\n".join(texts("config file")),
                "secret.yaml": f"kind: Secret\nstringData:\n  license: {plain('embedded manifest')}\n",
                "copy.json": json.dumps({"kind": "Secret", "stringData": {"license": plain("embedded document")}}),
                "spaced.yaml": f"database:\n  password: correct horse {plain('spaced value')}\n  user: app\n",
                "block.yaml": f"tls:\n  private-key: |\n    {plain('block value')}\n  cert: none\n",
                "password": plain("config key"),
            },
        },
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "app-0", "namespace": "shop"},
            "spec": {"containers": [container], "initContainers": [{**container, "name": "init"}]},
            "status": {
                "message": " ".join(texts("status")[:3]),
                "containerStatuses": [
                    {"name": "app", "state": {"waiting": {"reason": "CreateContainerError", "message": text}}}
                    for text in texts("waiting")
                ],
            },
        },
        *(
            {
                "apiVersion": "v1",
                "kind": "Event",
                "metadata": {"name": f"app-0.{position}", "namespace": "shop"},
                "involvedObject": {"kind": "Pod", "name": "app-0", "namespace": "shop"},
                "reason": "Failed",
                "type": "Warning",
                "message": text,
            }
            for position, text in enumerate(texts("event"))
        ),
        {
            "apiVersion": "example.dev/v1",
            "kind": "Database",
            "metadata": {"name": "orders", "namespace": "shop"},
            "spec": {
                "password": plain("custom field"),
                "objects": [{"kind": "Secret", "stringData": {"license": plain("embedded object")}}],
                "notes": texts("custom"),
            },
            "status": {
                "conditions": [{"type": "Ready", "status": "False", "message": text} for text in texts("condition")]
            },
        },
        {"kind": "Secret", "data": {"license": plain("no metadata")}},
    ]
