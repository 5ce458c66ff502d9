"""Whom a workload calls, with what, and what is said about it."""

from __future__ import annotations

import pytest

from cluster_doctor.domain.coverage import Coverage
from cluster_doctor.domain.diagnosis import Diagnosis
from cluster_doctor.domain.incident import Incident
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.rules.dependency.failing_calls import failing_calls, read_call
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.snapshot.log_lines.told import Told
from cluster_doctor.snapshot.log_lines.trouble import Trouble
from cluster_doctor.snapshot.merge import merge
from cluster_doctor.snapshot.snapshot import ClusterSnapshot

API = """
kind: Deployment
metadata: {name: api}
spec:
  replicas: 1
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: api, ENV}]}
status: {replicas: 1, readyReplicas: 0, conditions: [{type: Available, status: 'False'}]}
---
{kind: Namespace, metadata: {name: kube-system}}
---
kind: Pod
metadata:
  name: api-0
  labels: {app: api}
  creationTimestamp: '2026-01-01T11:00:00Z'
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: api, controller: true}]
spec: {nodeName: n1, containers: [{name: api, ENV}]}
status:
  phase: Running
  conditions: [{type: Ready, status: 'False'}]
  containerStatuses:
  - name: api
    ready: false
    restartCount: 6
    state: {waiting: {reason: CrashLoopBackOff}}
    lastState: {terminated: {exitCode: 1, reason: Error, finishedAt: '2026-01-01T11:59:00Z'}}
---
kind: Log
subject: Pod/api-0
container: api
lines: ["SAYS"]
---
kind: StatefulSet
metadata: {name: orders-db}
spec:
  replicas: 1
  template:
    metadata: {labels: {app: orders-db}}
    spec: {containers: [{name: mysql, image: 'mysql:8', ports: [{containerPort: 3306}]}]}
status: {replicas: 1, readyReplicas: 1}
---
kind: Pod
metadata:
  name: orders-db-0
  labels: {app: orders-db}
  ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: orders-db, controller: true}]
spec: {nodeName: n1, containers: [{name: mysql, image: 'mysql:8', ports: [{containerPort: 3306}]}]}
status: {phase: Running, podIP: 10.0.0.8, conditions: [{type: Ready, status: 'True'}]}
---
kind: Service
metadata: {name: orders-db}
spec: {selector: {app: orders-db}, ports: [{port: 3306}]}
---
kind: Endpoints
metadata: {name: orders-db}
subsets: [{addresses: [{ip: 10.0.0.8, targetRef: {kind: Pod, name: orders-db-0}}], ports: [{port: 3306}]}]
---
kind: Secret
metadata: {name: orders-db}
type: Opaque
keys: [password, port]
facts: FACTS
"""
TAKES_ALL_KEYS = "envFrom: [{secretRef: {name: orders-db}}], env: [{name: DB_HOST, value: orders-db}]"


def _diagnosis(env: str, says: str, facts: str = "{}") -> Diagnosis:
    text = API.replace("ENV", env).replace("SAYS", says).replace("FACTS", facts)
    return diagnose(snapshot_of(text), Incident())


REFUSED = "Can't connect to MySQL server on 'orders-db' ([Errno 111] Connection refused)"


def _address(host: str) -> str:
    return f"env: [{{name: DB, value: '{host}'}}]"


@pytest.mark.parametrize(
    ("address", "says", "rule"),
    [
        ("orders-db:3307", "dial tcp orders-db:3307: connect: connection refused", "address_names_unserved_port"),
        ("orders-database:3306", "lookup orders-database: no such host", "address_names_unknown_service"),
        ("orders-db.kube-system:3306", "lookup orders-db.kube-system: no such host", "address_names_unknown_service"),
        (
            "orders-database:3306",
            "SocketException: Name or service not known (orders-database:3306)",
            "address_names_unknown_service",
        ),
        ("orders-database:3306", "socket.gaierror: Name or service not known", "address_names_unknown_service"),
    ],
)
def test_an_address_in_the_environment_that_leads_nowhere_is_the_callers_fault(
    address: str, says: str, rule: str
) -> None:
    causes = _diagnosis(_address(address), says).root_causes
    assert (causes[0].rule, str(causes[0].subject)) == (rule, "Deployment shop/api")


def test_a_port_that_only_a_secret_holds_is_compared_with_what_the_service_offers() -> None:
    facts = "{port: {port: 3310}}"
    diagnosis = _diagnosis(TAKES_ALL_KEYS, "dial tcp orders-db:3310: connect: connection refused", facts)
    assert diagnosis.root_causes[0].rule == "secret_holds_unserved_port"
    assert "3310" in diagnosis.root_causes[0].statement


def test_a_port_that_the_service_offers_is_no_wrong_port() -> None:
    facts = "{port: {port: 3306}}"
    diagnosis = _diagnosis(TAKES_ALL_KEYS, "dial tcp orders-db:3306: connect: connection refused", facts)
    assert "secret_holds_unserved_port" not in {cause.rule for cause in diagnosis.root_causes}


@pytest.mark.parametrize(
    ("says", "rule"),
    [
        ("Access denied for user 'app'@'10.0.0.9' (using password: YES)", "database_refuses_credentials"),
        ("Error 1040: Too many connections", "database_connections_are_exhausted"),
        ("The MySQL server is running with the --read-only option", "database_is_read_only"),
    ],
)
def test_what_a_client_says_of_its_database_names_the_cause(says: str, rule: str) -> None:
    diagnosis = _diagnosis(_address("orders-db:3306"), says)
    assert diagnosis.root_causes[0].rule == rule
    assert "process_ends_by_itself" not in {cause.rule for cause in diagnosis.root_causes}, "the crash is its echo"


def test_a_variable_that_is_missing_is_told_from_a_dependency() -> None:
    diagnosis = _diagnosis(_address("orders-db:3306"), "environment variable API_TOKEN is not set")
    assert [cause.rule for cause in diagnosis.root_causes] == ["environment_variable_is_missing"]
    assert "API_TOKEN" in diagnosis.root_causes[0].statement


@pytest.mark.parametrize(
    ("line", "host", "port"),
    [
        ("ERROR 2003 (HY000): Can't connect to MySQL server on 'orders-db:3306' (111)", "orders-db", 3306),
        ("ERROR 2002 (HY000): Can't connect to server on 'orders-db' (115)", "orders-db", None),
    ],
)
def test_clients_of_mysql_and_mariadb_say_whom_they_cannot_reach(line: str, host: str, port: int | None) -> None:
    assert read_call(line) == Told(Trouble.BROKEN, host, port)


@pytest.mark.parametrize(
    ("says", "blamed"),
    [
        ("lookup orders-db.vault.svc.cluster.local: no such host", True),
        ("dial tcp 10.0.0.9:3306: connect: connection refused", False),
    ],
    ids=["the name server knows", "nobody looked"],
)
def test_a_service_in_a_namespace_that_was_not_read_is_missing_only_in_the_name_servers_words(
    says: str, *, blamed: bool
) -> None:
    text = API.replace("ENV", _address("orders-db.vault.svc.cluster.local:3306")).replace("SAYS", says)
    text = text.replace("FACTS", "{}")
    rest, whole = snapshot_of(text, hidden=["Service"]), snapshot_of(text)
    services = [raw for raw in whole.objects if raw["kind"] == "Service"]
    ours = ClusterSnapshot(
        taken_at=whole.taken_at, objects=services, coverage=Coverage(lists=frozenset({"Service/shop"}))
    )
    rules = {cause.rule for cause in diagnose(merge(rest, ours), Incident()).root_causes}
    assert ("address_names_unknown_service" in rules) is blamed


def _troubles(*lines: str) -> list[Trouble]:
    said = "".join(f"\n- {line!r}" for line in lines)
    snapshot = snapshot_of(f"kind: Log\nsubject: Deployment/api\nlines:{said}")
    return [call.trouble for call in failing_calls(snapshot.logs[0].subject, snapshot)]


def test_a_retry_that_then_succeeded_is_history() -> None:
    refused = "WARN dial tcp orders-db:3306: connect: connection refused, trying again"
    assert _troubles(refused, "connected to orders-db:3306") == []
    assert _troubles("connected to orders-db:3306", refused) == [Trouble.REFUSED]
    assert _troubles(refused, "connected to cache:6379") == [Trouble.REFUSED]


def test_what_a_server_says_of_its_clients_is_no_call_of_its_own() -> None:
    assert _troubles("http: TLS handshake error from 10.9.9.9:4100: remote error: tls: bad certificate") == []


@pytest.mark.parametrize(
    ("says", "rule", "told"),
    [
        ("relation orders.invoice does not exist (SQLSTATE 42P01) Table 'orders.invoice' doesn't exist",
         "database_lacks_schema", "orders.invoice"),
        ("Get https://orders-db:3306/: http: server gave HTTP response to HTTPS client",
         "call_uses_wrong_protocol", "orders-db:3306"),
        ("x509: certificate signed by unknown authority", "certificate_is_not_trusted", "issuer not trusted"),
        ("java.lang.OutOfMemoryError: Java heap space", "heap_is_exhausted", "Java heap space"),
    ],
)  # fmt: skip
def test_what_a_process_says_before_it_ends_names_the_cause(says: str, rule: str, told: str) -> None:
    causes = _diagnosis(_address("orders-db:3306"), says).root_causes
    assert [cause.rule for cause in causes] == [rule]
    assert told in causes[0].statement


@pytest.mark.parametrize(
    ("env", "says", "fires"),
    [
        ("{name: DB_HOST, value: orders-db}, {name: DB_PORT, value: '3307'}", REFUSED, True),
        ("{name: PGHOST, value: orders-db}, {name: PGPORT, value: '3307'}", REFUSED, True),
        ("{name: DB_HOST, value: orders-db}, {name: DB_PORT, value: '3306'}", REFUSED, False),
        ("{name: DB_HOST, value: orders-db}, {name: WEB_PORT, value: '8080'}", REFUSED, False),
        ("{name: HOST, value: orders-db}, {name: PORT, value: '8080'}", REFUSED, False),
    ],
    ids=["wrong port", "without underscore", "right port", "port of something else", "the process's own"],
)
def test_a_port_may_stand_in_the_variable_beside_that_of_the_host(env: str, says: str, *, fires: bool) -> None:
    rules = [cause.rule for cause in _diagnosis(f"env: [{env}]", says).root_causes]
    assert ("address_names_unserved_port" in rules) == fires
