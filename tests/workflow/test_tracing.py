"""What is done shows as spans of OpenTelemetry where a program asks for it, and holds nothing that a cluster said."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from snapshot.canaries import Canary, canaries, objects

from cluster_doctor import KubernetesSource, Target, adiagnose, build_graph, diagnose, stream_diagnosis
from cluster_doctor.domain.errors import ClusterDoctorError, UsageError
from cluster_doctor.domain.trace_spans import model_span
from cluster_doctor.domain.tracing import TraceKey, watched_by
from cluster_doctor.outlets.open_telemetry import VARIABLE, tracer_for
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.snapshot.builder import SnapshotBuilder
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.sources.prometheus.client import MonitoringClient
from cluster_doctor.sources.protocol import Progress, Scope, Source, Want, silent
from cluster_doctor.sources.recorded.snapshot_file import TakenSnapshot
from cluster_doctor.sources.wire.failure import ReadFailure
from cluster_doctor.sources.wire.path_template import github_template, kubernetes_template

from .incidents import SELECTS_NOTHING

TEXT = "service web is down"
UNATTENDED = ["collect", "verify", "diagnose", "triage", "plan", "rehearse"]
SECRET = "hunter2-of-the-cluster"  # noqa: S105 - made up


@pytest.fixture(scope="session")
def exporter() -> InMemorySpanExporter:
    """Where spans of this process go; a process has one provider for good."""
    kept, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    trace.set_tracer_provider(provider)
    return kept


@pytest.fixture
def spans(exporter: InMemorySpanExporter) -> InMemorySpanExporter:
    exporter.clear()
    return exporter


def named(spans: InMemorySpanExporter, operation: str) -> list[ReadableSpan]:
    """Spans of an operation in the order in which they began."""
    found = [
        span for span in spans.get_finished_spans() if (span.attributes or {}).get("gen_ai.operation.name") == operation
    ]
    return sorted(found, key=lambda span: span.start_time or 0)


def parent(span: ReadableSpan) -> int | None:
    return span.parent.span_id if span.parent else None


def test_a_run_its_nodes_and_their_tools_are_spans_one_within_the_other(
    spans: InMemorySpanExporter, tmp_path: Path
) -> None:
    report = diagnose(TEXT, source=snapshot_of(SELECTS_NOTHING), home=tmp_path, tracing=True)
    (run,) = named(spans, "invoke_workflow")
    assert run.name == "invoke_workflow cluster-doctor"
    assert (
        dict(run.attributes or {}).items()
        >= {
            "cluster_doctor.run.id": report.run_id,
            "cluster_doctor.run.standing": "finished",
            "cluster_doctor.diagnosis.status": "resolved",
            "cluster_doctor.diagnosis.root_causes": 1,
        }.items()
    )
    nodes = named(spans, "invoke_agent")
    assert [span.name for span in nodes] == [f"invoke_agent {name}" for name in UNATTENDED]
    assert {parent(span) for span in nodes} == {run.context.span_id if run.context else None}
    tools = {span.name: parent(span) for span in named(spans, "execute_tool")}
    within = {span.name: span.context.span_id for span in nodes if span.context}
    assert tools["execute_tool diagnose"] == within["invoke_agent diagnose"]
    assert tools["execute_tool plans_for"] == within["invoke_agent plan"]
    assert {span.status.status_code for span in spans.get_finished_spans()} == {StatusCode.UNSET}


def test_without_being_asked_nothing_is_traced_though_a_program_has_an_sdk(
    spans: InMemorySpanExporter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    diagnose(TEXT, source=snapshot_of(SELECTS_NOTHING), home=tmp_path)
    monkeypatch.setenv(VARIABLE, "on")
    diagnose(TEXT, source=snapshot_of(SELECTS_NOTHING), home=tmp_path, tracing=False)
    assert not spans.get_finished_spans()
    diagnose(TEXT, source=snapshot_of(SELECTS_NOTHING), home=tmp_path)
    assert spans.get_finished_spans(), "the variable alone is enough"


def test_without_the_extra_all_works_but_tracing_which_says_what_to_install(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['opentelemetry'] = None\n"
        "from cluster_doctor import ClusterDoctorError, diagnose\n"
        "from cluster_doctor.rules.example import snapshot_of\n"
        f"seen = snapshot_of({SELECTS_NOTHING!r})\n"
        f"print(diagnose('web is down', source=seen, home={str(tmp_path)!r}).status.value)\n"
        f"try: diagnose('web is down', source=seen, home={str(tmp_path)!r}, tracing=True)\n"
        "except ClusterDoctorError as error: print(error.next_step)"
    )
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert out.stdout.splitlines() == ["resolved", "pip install 'cluster-doctor[otel]'"]


def test_asked_for_without_an_sdk_a_diagnosis_is_what_it_was(tmp_path: Path) -> None:
    code = (
        "from cluster_doctor import diagnose; from cluster_doctor.rules.example import snapshot_of; "
        f"print(diagnose('web is down', source=snapshot_of({SELECTS_NOTHING!r}), home={str(tmp_path)!r}, "
        "tracing=True).status.value)"
    )
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert (out.stdout.split(), out.stderr) == (["resolved"], "")


def test_a_variable_that_says_neither_yes_nor_no_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "perhaps")
    with pytest.raises(UsageError, match="CLUSTER_DOCTOR_TRACING is 'perhaps'"):
        tracer_for()


@pytest.mark.parametrize("way", ["called", "awaited", "streamed", "embedded"])
def test_spans_lie_within_that_of_the_caller(way: str, spans: InMemorySpanExporter, tmp_path: Path) -> None:
    seen = snapshot_of(SELECTS_NOTHING)
    with trace.get_tracer("caller").start_as_current_span("handling the alert") as outer:
        match way:
            case "called":
                diagnose(TEXT, source=seen, home=tmp_path, tracing=True)
            case "awaited":
                asyncio.run(adiagnose(TEXT, source=seen, home=tmp_path, tracing=True))
            case "streamed":
                list(stream_diagnosis(TEXT, source=seen, home=tmp_path, tracing=True))
            case _:
                graph = build_graph(source=TakenSnapshot(seen), home=tmp_path, tracing=True)
                graph.invoke({"incident": {"text": TEXT}, "place": {"handed_over": "the snapshot"}})
    outermost = named(spans, "invoke_agent" if way == "embedded" else "invoke_workflow")
    assert outermost
    assert {parent(span) for span in outermost} == {outer.get_span_context().span_id}
    assert {span.context.trace_id for span in spans.get_finished_spans() if span.context} == {
        outer.get_span_context().trace_id
    }


def test_a_question_to_a_person_is_no_error_of_its_node(spans: InMemorySpanExporter, tmp_path: Path) -> None:
    graph = build_graph(source=TakenSnapshot(snapshot_of(SELECTS_NOTHING)), home=tmp_path, tracing=True)
    graph.invoke({"incident": {"text": TEXT}, "place": {"handed_over": "the snapshot"}})
    (asked,) = [span for span in named(spans, "invoke_agent") if span.name == "invoke_agent approve"]
    assert asked.status.status_code is StatusCode.UNSET


class Broken(Source):
    """A source that fails, and says what nobody should hear."""

    description = "a broken source"

    def collect(self, scope: Scope, progress: Progress = silent) -> ClusterSnapshot:
        """Fail."""
        raise RuntimeError(f"{SECRET} {scope} {progress}")

    def fetch(self, cluster: ClusterSnapshot, wants: Iterable[Want], progress: Progress = silent) -> ClusterSnapshot:
        """Fail as well."""
        raise RuntimeError(f"{SECRET} {cluster} {wants} {progress}")


def test_of_an_error_only_its_kind_is_told(spans: InMemorySpanExporter, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        diagnose(TEXT, source=Broken(), home=tmp_path, tracing=True)
    failed = [span for span in spans.get_finished_spans() if span.status.status_code is StatusCode.ERROR]
    assert [span.name for span in failed] == [
        "execute_tool collect", "invoke_agent collect", "invoke_workflow cluster-doctor",
    ]  # fmt: skip
    assert {(span.attributes or {})["error.type"] for span in failed} == {"RuntimeError"}
    assert not any(span.events or span.status.description for span in failed)


def test_no_canary_and_no_name_of_the_cluster_gets_into_a_span(spans: InMemorySpanExporter, tmp_path: Path) -> None:
    planted: list[Canary] = []

    def plant(place: str) -> list[Canary]:
        made = list(canaries(place))
        planted.extend(made)
        return made

    builder = SnapshotBuilder("canaries")
    raw = objects(plant)
    builder.add_all(raw)
    seen = builder.build()
    diagnose(f"{TEXT} {planted[0].text}", source=seen, home=tmp_path, tracing=True)
    told = "\n".join(span.to_json() for span in spans.get_finished_spans())
    assert len(planted) > 500
    assert not [one.kind for one in planted if one.secret in told]
    names = {str(one["metadata"]["name"]) for one in raw if "metadata" in one}
    assert not [name for name in names if f'"{name}"' in told]
    keys = {key for span in spans.get_finished_spans() for key in span.attributes or {}}
    assert keys <= {key.value for key in TraceKey}


class _Answering(BaseHTTPRequestHandler):
    """Answers every request with a refusal that holds a secret, but the version."""

    def do_GET(self) -> None:
        said = {"gitVersion": "v1.33.0"} if self.path == "/version" else {"message": SECRET, "reason": SECRET}
        body = json.dumps(said).encode()
        self.send_response(200 if self.path == "/version" else 403, SECRET)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_calls_of_an_api_are_spans_by_verb_template_and_status(spans: InMemorySpanExporter, tmp_path: Path) -> None:
    with serving(_Answering) as url:
        source = KubernetesSource(Target(server=url, token=SECRET))
        with pytest.raises(ClusterDoctorError):
            diagnose("pod payments-x7 in ns-of-ada is down", source=source, home=tmp_path, tracing=True)
        with watched_by(tracer_for(tracing=True)), pytest.raises(ReadFailure):
            MonitoringClient(url).json("/api/v1/query", {"query": SECRET})
    calls = [span for span in spans.get_finished_spans() if span.kind is SpanKind.CLIENT]
    by_name = {span.name: span for span in calls}
    version, query = by_name["GET /version"], by_name["GET /api/v1/query"]
    assert (
        dict(version.attributes or {}).items()
        >= {"http.request.method": "GET", "http.response.status_code": 200}.items()
    )
    assert version.status.status_code is StatusCode.UNSET
    assert dict(query.attributes or {}).items() >= {"http.response.status_code": 403, "error.type": "403"}.items()
    assert query.status.status_code is StatusCode.ERROR
    within = {span.context.span_id: span.name for span in spans.get_finished_spans() if span.context}
    assert {within.get(parent(span) or 0) for span in calls} == {"execute_tool collect", None}, "threads too"
    told = "\n".join(span.to_json() for span in spans.get_finished_spans())
    assert not [word for word in (SECRET, "payments-x7", "ns-of-ada", "127.0.0.1") if word in told]


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/api/v1/namespaces/shop/pods/web-0/log?container=web", "/api/v1/namespaces/{}/pods/{}/log"),
        ("/apis/apps/v1/namespaces/shop/deployments/web/scale", "/apis/apps/v1/namespaces/{}/deployments/{}/scale"),
        ("/apis/acme.example/v1beta1/namespaces/shop/payrolls/ada", "/apis/{}/v1beta1/namespaces/{}/{}/{}"),
        ("/version", "/version"),
    ],
)
def test_a_template_keeps_kinds_of_kubernetes_and_no_name(path: str, template: str) -> None:
    assert kubernetes_template(path) == template


def test_a_template_keeps_words_of_github_and_no_name() -> None:
    assert github_template("/repos/acme/shop/git/refs/heads/fix-web") == "/repos/{}/{}/git/refs/heads/{}"


def test_a_model_call_tells_model_and_tokens_and_withholds_what_is_no_plain_word(spans: InMemorySpanExporter) -> None:
    with watched_by(tracer_for(tracing=True)), model_span("openai", "gpt-5.5") as span:
        span.note(TraceKey.INPUT_TOKENS, 1200)
        span.note(TraceKey.PRIORITY, "password=hunter2; the pod said so")
    (call,) = spans.get_finished_spans()
    assert (call.name, call.kind) == ("chat gpt-5.5", SpanKind.CLIENT)
    assert dict(call.attributes or {}) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-5.5",
        "gen_ai.usage.input_tokens": 1200,
        "cluster_doctor.triage.priority": "withheld",
    }


def test_spans_reach_a_receiver_of_otlp_over_http(tmp_path: Path) -> None:
    received: list[ExportTraceServiceRequest] = []

    class Receiver(_Answering):
        def do_POST(self) -> None:
            sent: Any = ExportTraceServiceRequest()
            sent.ParseFromString(self.rfile.read(int(self.headers["Content-Length"])))
            received.append(sent)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

    code = f"""
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from cluster_doctor import diagnose
from cluster_doctor.rules.example import snapshot_of
import sys
provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=sys.argv[1] + "/v1/traces")))
trace.set_tracer_provider(provider)
print(diagnose({TEXT!r}, source=snapshot_of({SELECTS_NOTHING!r}), home={str(tmp_path)!r}).status.value)
provider.shutdown()
"""
    with serving(Receiver) as url:
        out = subprocess.run(
            [sys.executable, "-c", code, url], check=True, capture_output=True, text=True, env={VARIABLE: "on"}
        )
    assert out.stdout.split() == ["resolved"]
    found = [
        span.name
        for request in received
        for resource in request.resource_spans
        for scope in resource.scope_spans
        if scope.scope.name == "cluster-doctor"
        for span in scope.spans
    ]
    assert {"invoke_workflow cluster-doctor", "invoke_agent diagnose", "execute_tool diagnose"} <= set(found)
