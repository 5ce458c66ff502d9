"""What passes the door, and what never does."""

from __future__ import annotations

import base64
import gzip
import time

import orjson
import pytest

from cluster_doctor.domain.coverage import Gap, GapReason
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.snapshot.builder import SnapshotBuilder
from cluster_doctor.snapshot.door import Door
from cluster_doctor.snapshot.file import snapshot_bytes
from cluster_doctor.snapshot.records import Alert, ConnectionProbe, ContainerLog, NodeService, UnparsedText
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from snapshot.canaries import Canary, canaries, objects

POD = ObjectRef(kind="Pod", name="app-0", namespace="shop")


class Planted:
    """Canaries by place, made when asked for."""

    def __init__(self) -> None:
        self.by_place: dict[str, list[Canary]] = {}

    def __call__(self, place: str) -> list[Canary]:
        """Make the canaries of a place, once."""
        return self.by_place.setdefault(place, list(canaries(place)))


@pytest.fixture(scope="module")
def planted() -> Planted:
    return Planted()


@pytest.fixture(scope="module")
def cluster(planted: Planted) -> ClusterSnapshot:
    builder = SnapshotBuilder("a test")
    builder.add_all(objects(planted))
    lines = [line for canary in planted("log") for line in canary.text.splitlines()]
    builder.add_log(ContainerLog(subject=POD, container="app", lines=tuple(lines)))
    builder.add_log(ContainerLog(subject=POD, container="ü", lines=("ü", *(c.text for c in planted("odd log")))))
    text = "\n".join(canary.text for canary in planted("unparsed"))
    builder.unparsed.append(UnparsedText(origin="terminal", text=text))
    for canary in planted("alert"):
        builder.alerts.append(Alert(name="a", text=canary.text, labels={"l": canary.text}))
    for canary in planted("probe"):
        builder.connection_probes.append(ConnectionProbe(target=POD, port=1, succeeded=False, text=canary.text))
    lines = [line for canary in planted("journal") for line in canary.text.splitlines()]
    builder.node_services.append(NodeService(node="n", service="kubelet", active="failed", lines=tuple(lines)))
    for position, canary in enumerate(planted("gap")):
        builder.gap(Gap(kind="Pod", name=str(position), reason=GapReason.FORBIDDEN, detail=canary.text))
    for kind in ("Pod", "Event", "ConfigMap", "Secret", "Log"):
        builder.cover(kind)
    return builder.build()


def leaks(planted: Planted, text: str) -> list[str]:
    """Where secrets are that stand in a text: the end of one is enough."""
    return [
        f"{canary.kind} in {place}"
        for place, some in planted.by_place.items()
        for canary in some
        if canary.secret[-12:] in text
    ]


def test_enough_is_planted(planted: Planted, cluster: ClusterSnapshot) -> None:
    assert cluster.objects
    found = [canary for some in planted.by_place.values() for canary in some]
    assert len(found) >= 500
    assert len({canary.kind for canary in found}) >= 40


def test_no_secret_is_in_a_written_snapshot(planted: Planted, cluster: ClusterSnapshot) -> None:
    assert leaks(planted, gzip.decompress(snapshot_bytes(cluster)).decode()) == []


def test_no_secret_is_in_a_diagnosis(planted: Planted, cluster: ClusterSnapshot) -> None:
    diagnosis = diagnose(cluster, Incident())
    assert diagnosis.root_causes or diagnosis.unexplained
    assert leaks(planted, diagnosis.model_dump_json()) == []


def test_what_is_no_secret_stays_around_one(cluster: ClusterSnapshot) -> None:
    written = gzip.decompress(snapshot_bytes(cluster)).decode()
    for kept in ("db.shop:5432/orders", "AccountName=shop", "page=2", "Encrypt=true", "for user app", "--port 80"):
        assert kept in written, kept


ORDINARY = """
registry.example:5000/team/app:1.4.2|nginx@sha256:9b1f6f8c3c4c1b7f2a3d4e5f60718293a4b5c6d7e8f90123456789abcdef0123
http://orders.shop.svc.cluster.local:8080/api|10.0.0.7:5432|secret-reader|tokenreview|keyboard|/etc/keys/path
secretName: foo|secretRef: foo|--token-auth-file=/etc/tokens.csv|--tls-private-key-file=/etc/kubernetes/pki/a.key
--service-account-signing-key-file=/pki/sa.key|--authentication-token-webhook-cache-ttl=2m0s|passwordPolicy: strict
DB_PASSWORD_FILE=/run/secrets/db|MAX_TOKENS=4096|couldn't find key DB_PASSWORD in Secret shop/db
secret "db" not found|Error: secret "db-password" not found|Access denied for user 'app' (using password: YES)
MountVolume.SetUp failed for volume "db-secret" : secret "db" not found
MountVolume.SetUp failed for volume "api-token" : references non-existent secret key: tls.crt
failed to fetch anonymous token: unexpected status from GET request to https://auth.example/token?scope=pull: 401
secrets is forbidden: User "system:serviceaccount:shop:web" cannot list resource "secrets" in API group ""
pods "web-5d4f8c9b7-x2x4k" is forbidden: exceeded quota: mem, requested: limits.memory=1Gi, used: 2Gi
password authentication failed for user "app"|invalid token: token expired|no such host: db.shop|cpu: 250m
node.kubernetes.io/not-ready:NoExecute op=Exists for 300s|key: node-role.kubernetes.io/control-plane
9f86d081-884c-4d63-a0f1-8b1c3e7a2d10|184467440737|5d4f8c9b7|$(DB_PASSWORD)|password: $(DB_PASSWORD)
dial tcp 10.96.0.12:3306: connect: connection refused|task-runner-for-a-very-long-service-name|auth-service:8080
Get "https://10.0.0.1:10250/healthz": dial tcp: i/o timeout|token: ${API_TOKEN}|tokenExpirationSeconds: 3607
"""


@pytest.mark.parametrize("text", [part for line in ORDINARY.strip().splitlines() for part in line.split("|")])
def test_ordinary_text_passes_as_it_is(text: str) -> None:
    assert Door().mask_text(text) == text
    assert Door().mask_lines(["before", text]) == ("before", text)


def test_an_ordinary_pod_passes_as_it_is() -> None:
    raw = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": "web-5d4f8c9b7-x2x4k",
            "namespace": "shop",
            "uid": "9f86d081-884c-4d63-a0f1-8b1c3e7a2d10",
            "resourceVersion": "184467",
            "labels": {"app": "web", "pod-template-hash": "5d4f8c9b7", "secret": "enabled", "token-service": "yes"},
            "annotations": {"nginx.ingress.kubernetes.io/auth-type": "basic", "kubernetes.io/psp": "eks.privileged"},
        },
        "spec": {
            "imagePullSecrets": [{"name": "regcred"}],
            "serviceAccountName": "token-reviewer",
            "automountServiceAccountToken": True,
            "containers": [
                {
                    "name": "web",
                    "image": "registry.example/web@sha256:" + "0123456789abcdef" * 4,
                    "env": [
                        {"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}},
                        {"name": "DB_HOST", "value": "db.shop.svc:5432"},
                        {"name": "DB_PASSWORD_FILE", "value": "/run/secrets/db"},
                        {"name": "TOKEN_TTL", "value": "3600"},
                        {"name": "CACHE_KEY_PREFIX", "value": "web"},
                        {"name": "AUTH_URL", "value": "http://auth.shop:8080"},
                        {"name": "PASSWORD", "value": "$(DB_PASSWORD)"},
                    ],
                    "volumeMounts": [{"name": "keys", "mountPath": "/etc/keys/path"}],
                }
            ],
            "volumes": [
                {"name": "keys", "secret": {"secretName": "foo", "items": [{"key": "token", "path": "token"}]}},
                {"name": "t", "projected": {"sources": [{"serviceAccountToken": {"path": "token"}}]}},
            ],
            "tolerations": [{"key": "dedicated", "value": "secret-things"}],
        },
    }
    assert Door().admit(raw) == raw


def test_counted_secrets_and_webhook_certificates_pass() -> None:
    quota = {"kind": "ResourceQuota", "metadata": {"name": "q"}, "status": {"hard": {"secrets": "10"}}}
    bundle = {
        "kind": "X",
        "metadata": {"name": "w"},
        "webhooks": [{"clientConfig": {"caBundle": "LS0tLS1CRUdJTiBDRVJUSUZJQ0FUR" + "A" * 40}}],
    }
    for raw in (quota, bundle):
        assert Door().admit(raw) == {"apiVersion": "v1", **raw}


def test_masks_are_equal_for_equal_values_only() -> None:
    door = Door()
    one, same, other = (door.mask_text(f"password={value}") for value in ("hunter2!", "hunter2!", "hunter3!"))
    assert one == same != other
    assert one.startswith("password=<masked:")
    assert door.mask_text(one) == one, "a mask is not masked again"
    assert Door().mask_text("password=hunter2!") != one, "another snapshot has another key"


def test_a_secret_keeps_its_keys_and_facts() -> None:
    admitted = Door().admit(
        {"kind": "Secret", "metadata": {"name": "db"}, "data": {"port": "NTQzMg==", "empty": ""}, "type": "Opaque"}
    )
    assert admitted is not None
    assert admitted["keys"] == ["empty", "port"]
    assert admitted["facts"] == {"port": {"port": 5432}, "empty": {"empty": True}}
    assert "data" not in admitted


def _token(claims: str) -> str:
    parts = ('{"alg":"none"}', claims, "signature")
    token = ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts)
    return base64.b64encode(token.encode()).decode()


@pytest.mark.parametrize(
    ("claims", "facts"),
    [
        ('{"iat":1767225600,"exp":1769817600,"sub":"somebody@example.com"}',
         {"issued_at": "2026-01-01T00:00:00+00:00", "expires_at": "2026-01-31T00:00:00+00:00"}),
        ('{"sub":"somebody@example.com"}', None),
        ('{"exp":"tomorrow","iat":-1}', None),
        ('{"exp":1e300}', None),
        ('{"exp":', None),
    ],
    ids=["both times", "no end", "odd times", "beyond the calendar", "no JSON"],
)  # fmt: skip
def test_of_a_token_only_its_times_are_told(claims: str, facts: dict[str, str] | None) -> None:
    secret = {"kind": "Secret", "metadata": {"name": "partner"}, "data": {"token": _token(claims)}, "type": "Opaque"}
    admitted = Door().admit(secret)
    assert admitted is not None
    assert admitted["facts"] == ({"token": facts} if facts else {})
    assert "somebody" not in str(admitted)


@pytest.mark.parametrize("odd", [None, 7, "text", [], {}, {"kind": 1, "metadata": {}}, {"kind": "Pod", "metadata": 3}])
def test_what_is_no_object_is_not_admitted(odd: object) -> None:
    assert Door().admit(odd) is None


def test_odd_shapes_pass_as_json() -> None:
    deep: object = "x"
    for _ in range(400):
        deep = [deep]
    raw = {
        "kind": "Odd",
        "metadata": {1: None, None: True, "name": "a", "labels": [], "annotations": 3},
        "bytes": b"\xff",
        "set": {1},
        "deep": deep,
        "surrogate": "\ud800",
        "huge": 10**40,
    }
    admitted = Door().admit(raw)
    assert admitted is not None
    assert admitted["metadata"] == {"1": None, "null": True, "name": "a", "labels": [], "annotations": 3}
    assert admitted["surrogate"] == "?"
    assert orjson.dumps({**admitted, "huge": 0})


@pytest.mark.parametrize(
    "text",
    ["a" * 50_000, "password" * 6_000, "password=" * 5_000, "://a:" * 8_000 + "@", "password" + "\\" * 20_000,
     "curl " * 3_000 + " -u",
     "mysql " * 4_000 + " -p", "-----BEGIN RSA PRIVATE KEY-----" * 1_500, "password" + " " * 30_000,
     "password: |\n " * 3_000],
    ids=range(10),
)  # fmt: skip
def test_no_text_takes_long(text: str) -> None:
    began = time.process_time()
    Door().mask_text(text)
    Door().mask_lines([text])
    assert time.process_time() - began < 2


def test_a_secret_keeps_when_it_was_written_and_not_who_wrote_which_field() -> None:
    fields = [
        {"manager": "kubectl", "time": "2026-01-01T10:00:00Z"},
        {"manager": "rotator", "time": "2026-01-01T11:40:00Z"},
    ]
    metadata = {"name": "db", "managedFields": fields}
    admitted = Door().admit({"kind": "Secret", "metadata": metadata, "data": {"password": "aHVudGVyMg=="}})
    assert admitted is not None
    assert admitted["changedAt"] == "2026-01-01T11:40:00Z"
    assert "managedFields" not in orjson.dumps(admitted).decode()
    again = Door().admit(admitted)
    assert again is not None
    assert again["changedAt"] == admitted["changedAt"]
