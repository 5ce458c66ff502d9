"""Where Argo CD and Flux say that an object is written down."""

from __future__ import annotations

import pytest

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.remediation.gitops.find_origin import origin_of
from cluster_doctor.remediation.gitops.origin import NoOriginError, Origin, without_login
from cluster_doctor.remediation.gitops.source import Entry, Tool
from cluster_doctor.rules.example import snapshot_of

WEB = ObjectRef(kind="Deployment", name="web", namespace="shop", api_version="apps/v1")
ARGO = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, annotations: {argocd.argoproj.io/tracking-id: "shop:apps/Deployment:shop/web"}}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop, namespace: argocd}
"""
FLUX = """
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  labels: {LABEL.toolkit.fluxcd.io/name: apps, LABEL.toolkit.fluxcd.io/namespace: flux-system}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: fleet, namespace: flux-system}
spec: {url: "ssh://git@example.com/fleet", ref: {branch: main}}
---
"""
KUSTOMIZATION = """apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
"""
RELEASE = """apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: apps, namespace: flux-system}
"""


def _argo(spec: str) -> Origin:
    return origin_of(snapshot_of(f"{ARGO}{spec}"), WEB)


def test_an_application_with_one_source() -> None:
    spec = (
        "spec: {source: {repoURL: 'https://me:pass@example.com/shop.git', path: deploy/prod, targetRevision: HEAD}}\n"
    )
    assert _argo(f"{spec}status: {{sourceType: Kustomize}}\n") == Origin(
        repository="https://example.com/shop.git",
        revision="",
        entry=Entry(path="deploy/prod", tool=Tool.KUSTOMIZE, release="shop"),
        keeper="Argo CD application shop",
    )


def test_an_application_with_a_chart_in_git_and_values_of_a_second_source() -> None:
    spec = """spec:
  sources:
  - repoURL: https://example.com/shop
    path: charts/web
    targetRevision: release-1
    helm:
      releaseName: front
      valueFiles: [values-prod.yaml, ../common.yaml, /top.yaml, $live/env/prod.yaml]
      parameters: [{name: image.tag, value: "2"}]
      values: "service: {port: 80}"
      valuesObject: {resources: {limits: {cpu: 1}}}
  - {repoURL: https://example.com/shop, ref: live}
"""
    assert _argo(spec) == Origin(
        repository="https://example.com/shop",
        revision="release-1",
        entry=Entry(
            path="charts/web",
            tool=Tool.HELM,
            values=("charts/web/values-prod.yaml", "charts/common.yaml", "top.yaml", "env/prod.yaml"),
            release="front",
            overridden=(("image", "tag"), ("resources", "limits", "cpu"), ("service", "port")),
        ),
        keeper="Argo CD application shop",
    )


def test_what_an_application_sets_over_a_kustomization_is_told() -> None:
    source = "{repoURL: https://example.com/shop, path: p, kustomize: {images: ['web=web:2'], replicas: [{name: web}]}}"
    entry = _argo(f"spec: {{source: {source}}}\n").entry
    assert entry.tool is Tool.KUSTOMIZE
    assert entry.overridden == (("image",), ("replicas",))


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("{source: {repoURL: https://charts.example.com, chart: web, targetRevision: 1.2.3}}", "deploys chart web of"),
        ("{sources: [{repoURL: a, path: b}, {repoURL: c, path: d}]}", "deploys from 2 sources, and does not say which"),
        ("{sources: [{repoURL: a, ref: b}]}", "deploys from 0 sources"),
        ("{source: {repoURL: a, path: b, plugin: {name: x}}}", "deploys by a plugin, or names no repository"),
        ("{source: {}}", "names no repository"),
        ("{source: {repoURL: a, path: b, kustomize: {namePrefix: x-}}}", "itself renames what it deploys"),
        (
            "{sources: [{repoURL: a, path: b, helm: {valueFiles: [$v/x.yaml]}}, {repoURL: c, ref: v}]}",
            "takes values from another repository, c",
        ),
        (
            "{source: {repoURL: a, path: b, helm: {valueFiles: ['https://u:p@example.com/v.yaml']}}}",
            "takes values from https://example.com/v.yaml",
        ),
    ],
)
def test_an_application_whose_source_cannot_be_edited_says_why(spec: str, message: str) -> None:
    with pytest.raises(NoOriginError, match=message):
        _argo(f"spec: {spec}\n")


def test_an_application_that_was_not_read_is_not_taken_for_none() -> None:
    with pytest.raises(NoOriginError, match="Argo CD application shop is not among what was read"):
        origin_of(snapshot_of(ARGO.split("---", maxsplit=1)[0]), WEB)


def test_an_object_that_nothing_keeps_has_no_origin() -> None:
    plain = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\n"
    with pytest.raises(NoOriginError, match="nothing in the cluster says where Deployment shop/web is written down"):
        origin_of(snapshot_of(plain), WEB)
    helm = plain.replace("namespace: shop", "namespace: shop, annotations: {meta.helm.sh/release-name: front}")
    with pytest.raises(NoOriginError, match="belongs to Helm release front, and Helm does not record"):
        origin_of(snapshot_of(helm), WEB)


def _flux(label: str, resource: str, flux: str = FLUX) -> Origin:
    return origin_of(snapshot_of(flux.replace("LABEL", label) + resource), WEB)


def test_a_flux_kustomization() -> None:
    spec = "spec: {path: ./apps/prod, sourceRef: {kind: GitRepository, name: fleet}, images: [{name: web}]}\n"
    assert _flux("kustomize", KUSTOMIZATION + spec) == Origin(
        repository="ssh://git@example.com/fleet",
        revision="main",
        entry=Entry(path="apps/prod", overridden=(("image",),)),
        keeper="Flux Kustomization flux-system/apps",
    )


def test_a_helm_release_whose_chart_is_in_git() -> None:
    spec = """spec:
  releaseName: front
  chart:
    spec:
      chart: ./charts/web
      sourceRef: {kind: GitRepository, name: fleet}
      valuesFiles: [charts/web/values.yaml, env/prod.yaml]
  values: {image: {tag: "2"}}
  valuesFrom: [{kind: Secret, name: more}]
"""
    assert _flux("helm", RELEASE + spec) == Origin(
        repository="ssh://git@example.com/fleet",
        revision="main",
        entry=Entry(
            path="charts/web",
            tool=Tool.HELM,
            values=("charts/web/values.yaml", "env/prod.yaml"),
            release="front",
            overridden=(("image", "tag"), ()),
        ),
        keeper="Flux HelmRelease flux-system/apps",
    )


def test_flux_takes_a_commit_before_a_tag_before_a_branch_and_master_without_any() -> None:
    spec = "spec: {path: apps, sourceRef: {kind: GitRepository, name: fleet}}\n"
    for ref, revision in (
        ("{branch: main, tag: v1}", "v1"),
        ("{branch: main, tag: v1, commit: 0f0f}", "0f0f"),
        ("{}", "master"),
    ):
        flux = FLUX.replace("{branch: main}", ref)
        assert _flux("kustomize", KUSTOMIZATION + spec, flux).revision == revision


@pytest.mark.parametrize(
    ("label", "resource", "message"),
    [
        ("kustomize", KUSTOMIZATION + "spec: {sourceRef: {kind: OCIRepository, name: x}}\n", "from OCIRepository x"),
        (
            "kustomize",
            KUSTOMIZATION + "spec: {sourceRef: {kind: GitRepository, name: x}}\n",
            "flux-system/x of .* not read|is not among",
        ),
        ("helm", RELEASE + "spec: {chartRef: {kind: OCIRepository, name: x}}\n", "takes its chart by reference"),
        (
            "helm",
            RELEASE + "spec: {chart: {spec: {chart: web, sourceRef: {kind: HelmRepository, name: x}}}}\n",
            "deploys from HelmRepository x",
        ),
        ("kustomize", "", "Flux Kustomization flux-system/apps is not among what was read"),
    ],
)
def test_a_source_of_flux_that_cannot_be_edited_says_why(label: str, resource: str, message: str) -> None:
    with pytest.raises(NoOriginError, match=message):
        _flux(label, resource)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:secret@example.com/x.git", "https://example.com/x.git"),
        ("https://token@example.com/x", "https://example.com/x"),
        ("git@example.com:x.git", "git@example.com:x.git"),
        ("ssh://git@example.com/x", "ssh://git@example.com/x"),
        ("https://[broken", ""),
    ],
)
def test_a_url_is_told_without_what_one_logs_in_with(url: str, shown: str) -> None:
    assert without_login(url) == shown
