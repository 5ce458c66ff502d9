"""Charts are rendered by the real Helm, before and after; what a chart says runs nothing and leads nowhere."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from proposing.shops import SERVICE, access_to, clone_of, cluster_of, rehearsed

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.remediation import RemediationStep, Risk, Route
from cluster_doctor.domain.steps import FieldEdit
from cluster_doctor.history.history import History
from cluster_doctor.remediation.fields import same
from cluster_doctor.remediation.gitops import confined
from cluster_doctor.remediation.gitops.difference import first_difference
from cluster_doctor.remediation.gitops.find_origin import origin_of
from cluster_doctor.remediation.gitops.helm_command import helm_command
from cluster_doctor.remediation.gitops.render import rendered
from cluster_doctor.remediation.gitops.source import Entry, FileChanges, changes_of
from cluster_doctor.remediation.gitops.tree import ChangedTree, FolderTree
from cluster_doctor.rules.example import snapshot_of
from helm_program.program import REQUIRED, folder

WEB = ObjectRef("Deployment", "front-web", "shop", "apps/v1")
REPLICAS = ("spec", "replicas")
NAMED = ("metadata", "name")
CHART = """== chart/Chart.yaml
apiVersion: v2
name: web
version: 0.1.0
== chart/values.yaml
replicas: 1   # few
image: web:1
port: 80
== chart/templates/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-web
  namespace: {{ .Release.Namespace }}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: {{ .Values.image }}
        ports:
        - containerPort: {{ .Values.port }}
== chart/templates/service.yaml
apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}-web
spec:
  ports:
  - port: {{ .Values.port }}
"""
FRONT = Entry("chart", release="front")
MORE = "== chart/templates/more.yaml\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: more}\ndata:\n"


@pytest.fixture(autouse=True)
def helm(monkeypatch: pytest.MonkeyPatch) -> None:
    found = folder()
    if found is None:
        if REQUIRED:
            pytest.fail("no helm: tests/helm_program/build.sh builds it")
        pytest.skip("no helm: it is neither installed nor built (tests/helm_program/run.sh builds it, with Go)")
    monkeypatch.setenv("PATH", f"{found}{os.pathsep}{os.environ['PATH']}")


class _Server(HTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked = list[str]()


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    do_HEAD = do_GET  # noqa: N815 - the name is the library's

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def elsewhere() -> Iterator[_Server]:
    """A server that nothing may ask, on this machine: proxies are not used for it."""
    with _Server() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def tree_of(place: Path, text: str) -> FolderTree:
    for name, content in re.findall(r"^== ([^\n]+)\n(.*?)(?=^== |\Z)", text, re.DOTALL | re.MULTILINE):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(content)
    return FolderTree(place)


def step_of(path: tuple[str, ...], was: object, becomes: object, ref: ObjectRef = WEB) -> RemediationStep:
    edit = FieldEdit.model_validate({"path": path, "was": was, "becomes": becomes})
    return RemediationStep(
        title="Set a field", route=Route.GITOPS, target=ref, risk=Risk.LOW, precondition="", instruction="",
        edits=(edit,), undo="", check="",
    )  # fmt: skip


def scaled(tree: FolderTree, entry: Entry = FRONT, *, was: int = 1, becomes: int = 3) -> FileChanges:
    return changes_of(tree, step_of(REPLICAS, was, becomes), entry)


def test_only_the_intended_field_differs_in_what_is_rendered(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, CHART)
    changes = scaled(tree)
    assert changes.rendering.performed
    assert changes.rendering.note == "rendered before and after with `helm template`: exactly the edit"
    assert changes.files == {"chart/values.yaml": b"replicas: 3   # few\nimage: web:1\nport: 80\n"}
    command = helm_command(tree, "chart", (), "front", "shop")
    assert command is not None
    old, new = rendered(command, tree), rendered(command, ChangedTree(tree, changes.files))
    assert old.keys() == new.keys() == {WEB, ObjectRef("Service", "front-web", None, "v1")}
    assert [str(first_difference(old[ref], new[ref])) for ref in old if not same(old[ref], new[ref])] == [
        "spec.replicas"
    ]
    assert changes.written[WEB]["spec"]["replicas"] == 3  # type: ignore[call-overload,index]  # it is one


def test_the_last_of_several_files_of_values_is_changed_and_rendered(tmp_path: Path) -> None:
    files = {"env/all.yaml": "replicas: 2", "env/prod, eu.yaml": "replicas: 4 # in Europe", "env/last.yaml": "image: a"}
    text = CHART + "".join(f"== {path}\n{content}\n" for path, content in files.items())
    entry = Entry("chart", values=tuple(files), release="front")
    changes = scaled(tree_of(tmp_path, text), entry, was=4, becomes=5)
    assert changes.files == {"env/prod, eu.yaml": b"replicas: 5 # in Europe\n"}
    assert changes.rendering.performed, changes.rendering.note


def test_a_value_that_another_object_takes_too_is_not_changed(tmp_path: Path) -> None:
    port = ("spec", "template", "spec", "containers", "[name=web]", "ports", "[containerPort=80]", "containerPort")
    with pytest.raises(RemediationError, match=r"the edit changes Service front-web at .* as nobody asked for"):
        changes_of(tree_of(tmp_path, CHART), step_of(port, 80, 8080), FRONT)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (MORE + '  host: {{ required "a host is needed" .Values.host }}\n', "a host is needed"),
        (MORE + "  x: {{ if }}\n", "parse error"),
        (MORE + "  x: [\n", "YAML parse error"),
        ('== chart/values.schema.json\n{"required": ["host"]}\n', "not rendered: `helm template` failed: Error: "),
        (
            "== chart/Chart.yaml\napiVersion: v2\nname: web\nversion: 0.1.0\n"
            "dependencies: [{name: db, version: 1.x, repository: ELSEWHERE}]\n",
            "found in Chart.yaml, but missing in charts/ directory: db",
        ),
    ],
)  # fmt: skip
def test_a_chart_that_does_not_render_says_so_and_nothing_is_fetched(
    more: str, why: str, tmp_path: Path, elsewhere: _Server
) -> None:
    address = f"http://127.0.0.1:{elsewhere.server_port}/charts"
    named = (address, address.replace("http", "oci"), "https://charts.example.com")
    for repository in named if "ELSEWHERE" in more else ("",):
        tree = tree_of(tmp_path, CHART + more.replace("ELSEWHERE", repository))
        changes = scaled(tree)
        assert not changes.rendering.performed
        assert changes.rendering.note.startswith("not rendered: `helm template` failed: ")
        assert why in changes.rendering.note
        assert changes.files
    assert elsewhere.asked == []


def test_an_edit_that_the_schema_of_the_values_forbids_is_refused(tmp_path: Path) -> None:
    schema = '{"$defs": {"few": {"maximum": 2}}, "properties": {"replicas": {"$ref": "#/$defs/few"}}}'
    tree = tree_of(tmp_path, f"{CHART}== chart/values.schema.json\n{schema}\n")
    assert scaled(tree, becomes=2).rendering.performed
    with pytest.raises(RemediationError, match=r"with the edit it does not render any more: .*helm template"):
        scaled(tree, becomes=3)


@pytest.mark.parametrize("key", ["$ref", "$schema", "\\u0024ref"])
@pytest.mark.parametrize("place", ["chart", "chart/charts/sub"])
def test_a_schema_that_refers_elsewhere_is_not_followed(
    key: str, place: str, tmp_path: Path, elsewhere: _Server
) -> None:
    schema = f'{{"{key}": "http://127.0.0.1:{elsewhere.server_port}/schema.json"}}'
    sub = "== chart/charts/sub/Chart.yaml\napiVersion: v2\nname: sub\nversion: 0.1.0\n"
    changes = scaled(tree_of(tmp_path, f"{CHART}{sub}== {place}/values.schema.json\n{schema}\n"))
    assert changes.rendering.performed
    assert changes.rendering.note.endswith("the schema of the values refers elsewhere, and was not asked")
    assert elsewhere.asked == []


def test_a_template_learns_nothing_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_SECRET", "hunter2")
    more = (
        '  address: "{{ getHostByName "localhost" }}"\n  kube: "{{ lookup "v1" "Secret" "" "" }}"\n'
        '  file: "{{ .Files.Get "../../secret" }}{{ .Files.Get "/etc/hostname" }}"\n'
    )
    tree = tree_of(tmp_path, CHART + MORE + more)
    command = helm_command(tree, "chart", (), "front", "shop")
    assert command is not None
    found = rendered(command, tree)[ObjectRef("ConfigMap", "more")]
    assert found["data"] == {"address": "", "kube": "map[]", "file": ""}
    for function in ('env "A_SECRET"', 'expandenv "$A_SECRET"'):
        changes = scaled(tree_of(tmp_path, f"{CHART}{MORE}  x: {{{{ {function} }}}}\n"))
        assert "not defined" in changes.rendering.note


@pytest.mark.parametrize("release", ["--post-renderer=./evil", "--debug", "A_B", "x" * 54, "-h"])
def test_a_name_that_helm_would_take_for_a_flag_is_refused(release: str, tmp_path: Path) -> None:
    tree = tree_of(tmp_path, CHART)
    with pytest.raises(RemediationError, match="is no name of a release"):
        scaled(tree, Entry("chart", release=release))


def test_a_chart_that_never_ends_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confined, "SECONDS", 1)
    loop = "  x: {{ range until 9999999 }}{{ range until 9999999 }}{{ end }}{{ end }}\n"
    changes = scaled(tree_of(tmp_path, CHART + MORE + loop))
    assert changes.rendering.note == "not rendered: `helm` did not answer within 1 s"


def test_a_chart_that_writes_too_much_is_not_rendered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confined, "MOST_OUTPUT", 1 << 20)
    much = '  x: "{{ range until 2000000 }}x{{ end }}"\n'
    changes = scaled(tree_of(tmp_path, CHART + MORE + much))
    assert changes.rendering.note == "not rendered: `helm template` writes more than 1048576 bytes"


ARGO = """
kind: Deployment
metadata: {name: front-web, annotations: {argocd.argoproj.io/tracking-id: "shop:apps/Deployment:shop/front-web"}}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop, namespace: argocd}
spec:
  source:
    repoURL: https://git.example.com/acme/shop
    path: chart
    helm: {releaseName: front, valueFiles: [../env/prod.yaml], parameters: [{name: image, value: "web:9"}]}
"""
FLUX = """
kind: Deployment
metadata:
  name: front-web
  labels: {helm.toolkit.fluxcd.io/name: shop, helm.toolkit.fluxcd.io/namespace: flux-system}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: fleet, namespace: flux-system}
spec: {url: "https://git.example.com/acme/shop", ref: {branch: main}}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: shop, namespace: flux-system}
spec:
  releaseName: front
  chart: {spec: {chart: ./chart, sourceRef: {kind: GitRepository, name: fleet}, valuesFiles: [env/prod.yaml]}}
  values: {image: "web:9"}
"""


@pytest.mark.parametrize("deployer", [ARGO, FLUX], ids=["Argo CD", "Flux"])
def test_what_a_deployer_names_is_rendered_and_what_it_sets_itself_is_not_edited(deployer: str, tmp_path: Path) -> None:
    entry = origin_of(snapshot_of(deployer), WEB).entry
    tree = tree_of(tmp_path, f"{CHART}== env/prod.yaml\nreplicas: 2\n")
    changes = scaled(tree, entry, was=2, becomes=3)
    assert changes.files == {"env/prod.yaml": b"replicas: 3\n"}
    assert changes.rendering.performed, changes.rendering.note
    image = ("spec", "template", "spec", "containers", "[name=web]", "image")
    with pytest.raises(RemediationError, match="is set by a parameter over all values files"):
        changes_of(tree, step_of(image, "web:9", "web:8"), entry)


def test_values_that_come_from_the_cluster_may_set_anything(tmp_path: Path) -> None:
    entry = origin_of(snapshot_of(f"{FLUX}  valuesFrom: [{{kind: ConfigMap, name: more}}]\n"), WEB).entry
    with pytest.raises(RemediationError, match="is set by a parameter over all values files"):
        scaled(tree_of(tmp_path, f"{CHART}== env/prod.yaml\nreplicas: 2\n"), entry, was=2, becomes=3)


@pytest.mark.parametrize(
    ("broken", "note"),
    [
        ("", "rendered before and after with `helm template`"),
        ("{{ fail `not here` }}", "not rendered: `helm template`"),
    ],
)
def test_a_proposal_says_whether_the_chart_was_rendered(broken: str, note: str, tmp_path: Path) -> None:
    template = SERVICE.replace("website   # as it was called before", "{{ .Values.selected }}")
    text = (
        "== k8s/Chart.yaml\napiVersion: v2\nname: shop\nversion: 0.1.0\n== k8s/values.yaml\nselected: website\n"
        f"== k8s/templates/service.yaml\n{broken}{template}"
    )
    with History(tmp_path / "home") as history:
        found = rehearsed(cluster_of(), access_to(history, [str(clone_of(tmp_path / "shop", text))]))
    assert found.is_offered, found.problem
    assert found.note.startswith(note)
    assert "scanned with the change made" in found.note
