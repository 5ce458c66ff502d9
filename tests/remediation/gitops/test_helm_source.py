"""Which values of a chart set a field; where the templates leave that open, the edit is refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pydantic import JsonValue
from trees import CONTAINER, IMAGE, MEMORY, REPLICAS, WEB, lines_of, step_of, tree_of

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.remediation.gitops.source import Entry, FileChanges, changes_of

CHART = """== chart/Chart.yaml
apiVersion: v2
name: web
version: 0.1.0
appVersion: "1.0"
== chart/values.yaml
# Defaults.
replicaCount: 1
image:
  repository: example.com/web
  tag: ""   # the chart's version if empty
resources: {}
env:
- name: LOG_LEVEL
  value: info
service:
  port: 80
  targetPort: 8081
== chart/templates/deployment.yaml
{{- /* the application */}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  namespace: {{ .Release.Namespace }}
spec:
  {{- if not .Values.autoscaling }}
  replicas: {{ .Values.replicaCount }}
  {{- end }}
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        - name: web
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
          env:
            {{- toYaml .Values.env | nindent 12 }}
          {{- with .Values.resources }}
          resources:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          workingDir: {{ include "web.folder" . }}
          {{- if .Values.args }}
          args: {{- range .Values.args }}{{ . }}{{ end }}
          {{- end }}
== chart/templates/service.yaml
apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}
  namespace: {{ .Release.Namespace }}
spec:
  selector:
    app: web
  ports:
    - port: {{ .Values.service.port }}
      targetPort: {{ .Values.service.targetPort }}
      name: http
== chart/templates/_helpers.tpl
{{- define "web.folder" -}}/srv{{- end -}}
== env/prod.yaml
# Production.
replicaCount: 2
resources:
  limits:
    memory: 64Mi
"""
PROD = Entry("chart", values=("env/prod.yaml",), release="web")
SERVICE = ObjectRef(kind="Service", name="web", namespace="shop")


def _seen(changes: FileChanges) -> None:
    assert changes.rendering.performed or not shutil.which("helm"), changes.rendering


@pytest.mark.parametrize(
    ("path", "was", "becomes", "lines"),
    [
        (REPLICAS, 2, 4, ["env/prod.yaml -replicaCount: 2", "env/prod.yaml +replicaCount: 4"]),
        (MEMORY, "64Mi", "96Mi", ["env/prod.yaml -    memory: 64Mi", "env/prod.yaml +    memory: 96Mi"]),
        (
            IMAGE,
            "example.com/web:1.0",
            "example.com/web:0.9",
            [
                'chart/values.yaml -  tag: ""   # the chart\'s version if empty',
                'chart/values.yaml +  tag: "0.9"   # the chart\'s version if empty',
            ],
        ),
        (
            (*CONTAINER, "env", "[name=LOG_LEVEL]", "value"),
            "info",
            "debug",
            ["chart/values.yaml -  value: info", "chart/values.yaml +  value: debug"],
        ),
        (
            (*CONTAINER, "env", "[name=DB_HOST]", "value"),
            None,
            "db",
            ["chart/values.yaml +- name: DB_HOST", "chart/values.yaml +  value: db"],
        ),
    ],
)
def test_a_field_is_set_in_the_last_values_that_set_it(
    tmp_path: Path, path: tuple[str, ...], was: JsonValue, becomes: JsonValue, lines: list[str]
) -> None:
    tree = tree_of(tmp_path, CHART)
    changes = changes_of(tree, step_of((path, was, becomes)), PROD)
    assert lines_of(tree, changes) == lines
    _seen(changes)


def test_a_repository_and_a_tag_are_told_apart(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, CHART.replace('tag: ""', 'tag: "1.0"'))
    changes = changes_of(tree, step_of((IMAGE, "example.com/web:1.0", "mirror.example.com:5000/web:1.1")), PROD)
    assert [line for line in lines_of(tree, changes) if " +" in line] == [
        "chart/values.yaml +  repository: mirror.example.com:5000/web",
        'chart/values.yaml +  tag: "1.1"   # the chart\'s version if empty',
    ]
    _seen(changes)


def test_a_default_of_the_template_stands_in_for_an_empty_value(tmp_path: Path) -> None:
    chart = CHART.replace("{{ .Values.replicaCount }}", "{{ .Values.replicaCount | default 1 }}")
    tree = tree_of(tmp_path, chart.replace("replicaCount: 1\n", "").replace("replicaCount: 2\n", ""))
    changes = changes_of(tree, step_of((REPLICAS, 1, 3)), PROD)
    assert lines_of(tree, changes) == ["env/prod.yaml +replicaCount: 3"]
    _seen(changes)


def test_ports_of_a_service_come_from_their_values(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, CHART)
    step = step_of((("spec", "ports", "[port=80]", "targetPort"), 8081, 8080), ref=SERVICE)
    changes = changes_of(tree, step, PROD)
    assert lines_of(tree, changes)[1] == "chart/values.yaml +  targetPort: 8080"
    _seen(changes)


def test_without_values_files_the_charts_own_are_edited(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, CHART)
    changes = changes_of(tree, step_of((MEMORY, None, "96Mi")), Entry("chart", release="web"))
    assert [line for line in lines_of(tree, changes) if " +" in line] == [
        "chart/values.yaml +resources:",
        "chart/values.yaml +  limits:",
        "chart/values.yaml +    memory: 96Mi",
    ]
    _seen(changes)


@pytest.mark.parametrize(
    ("path", "was", "becomes", "message"),
    [
        ((*CONTAINER, "workingDir"), "/srv", "/app", "it is not clear which value makes"),
        ((*CONTAINER, "args"), ["x"], ["y"], "it is not clear which value makes|puts .* together from pieces"),
        ((*CONTAINER, "livenessProbe", "periodSeconds"), 10, 20, "no template in chart takes"),
        (REPLICAS, 1, 3, "was to be 1 and the values say 2"),
        (IMAGE, "example.com/web:7", "example.com/web:8", r"\.Values\.image\.tag is '1\.0'"),
        (IMAGE, "example.com/web:1.0", "example.com/web@sha256:0f", "does not fit the template"),
    ],
)
def test_what_the_templates_leave_open_is_refused(
    tmp_path: Path, path: tuple[str, ...], was: JsonValue, becomes: JsonValue, message: str
) -> None:
    tree = tree_of(tmp_path, CHART)
    with pytest.raises(RemediationError, match=message):
        changes_of(tree, step_of((path, was, becomes)), PROD)


def test_a_field_that_two_templates_of_the_kind_set_is_refused(tmp_path: Path) -> None:
    worker = "\n== chart/templates/worker.yaml\nkind: Deployment\nspec:\n  replicas: {{ .Values.workers }}\n"
    tree = tree_of(tmp_path, CHART + worker)
    with pytest.raises(RemediationError, match=r"may come from several places of the templates: .*deployment\.yaml:9"):
        changes_of(tree, step_of((REPLICAS, 2, 3)), PROD)


def test_a_parameter_over_all_values_is_not_edited_under(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, CHART)
    entry = Entry("chart", values=("env/prod.yaml",), overridden=(("replicaCount",),))
    with pytest.raises(RemediationError, match="is set by a parameter over all values files"):
        changes_of(tree, step_of((REPLICAS, 2, 3)), entry)


def test_a_kind_that_no_template_makes_is_refused(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, CHART)
    ref = ObjectRef(kind="StatefulSet", name=WEB.name, namespace="shop", api_version="apps/v1")
    with pytest.raises(RemediationError, match="no template in chart makes a StatefulSet from values"):
        changes_of(tree, step_of((REPLICAS, 2, 3), ref=ref), PROD)
