"""An object that is missing is written down beside that which needs it, or nobody can say where it belongs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from trees import DEPLOYMENT, WEB, step_of, tree_of

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.remediation import RemediationStep
from cluster_doctor.domain.steps import StepType, Verb
from cluster_doctor.remediation.gitops.creation import DefinedError, NoPlaceError
from cluster_doctor.remediation.gitops.source import Entry, FileChanges, Tool, changes_of

ACCOUNT = ObjectRef(kind="ServiceAccount", name="runner", namespace="shop")
WRITTEN = "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: runner\n"
IN_SHOP = DEPLOYMENT.replace("  name: web\n", "  name: web\n  namespace: shop\n", 1)
KUSTOMIZATION = """# what runs here
resources:
  - web.yaml   # the shop
"""


def creation(ref: ObjectRef = ACCOUNT) -> RemediationStep:
    manifest = {"apiVersion": "v1", "kind": ref.kind, "metadata": {"name": ref.name, "namespace": ref.namespace}}
    of = {"type": StepType.CREATE_SERVICE_ACCOUNT, "verb": Verb.CREATE, "manifest": manifest}
    return step_of(ref=ref).model_copy(update=of)


def made(folder: Path, text: str, entry: Entry = Entry("k8s"), ref: ObjectRef = ACCOUNT) -> FileChanges:  # noqa: B008 - frozen
    return changes_of(tree_of(folder, text), creation(ref), entry, WEB)


def texts(changes: FileChanges) -> dict[str, str]:
    return {path: content.decode() for path, content in changes.files.items()}


def test_it_stands_beside_the_manifest_that_needs_it(tmp_path: Path) -> None:
    changes = made(tmp_path, f"== k8s/web/deployment.yaml\n{DEPLOYMENT}== k8s/other.yaml\nkind: x\n")
    assert texts(changes) == {"k8s/web/runner-serviceaccount.yaml": WRITTEN}
    assert [str(one) for one in changes.definitions] == ["k8s/web/runner-serviceaccount.yaml, in a new manifest"]


def test_the_namespace_is_named_where_that_manifest_names_it(tmp_path: Path) -> None:
    changes = made(tmp_path, f"== k8s/web.yml\n{IN_SHOP}")
    assert texts(changes) == {"k8s/runner-serviceaccount.yml": f"{WRITTEN}  namespace: shop\n"}


def test_it_is_laid_out_as_that_manifest_is(tmp_path: Path) -> None:
    wide = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n    name: web\n".replace("\n", "\r\n")
    tree_of(tmp_path, "== k8s/web.yaml\n")
    (tmp_path / "k8s/web.yaml").write_bytes(wide.encode())
    changes = changes_of(tree_of(tmp_path, ""), creation(), Entry("k8s"), WEB)
    expected = "apiVersion: v1\r\nkind: ServiceAccount\r\nmetadata:\r\n    name: runner\r\n"
    assert changes.files == {"k8s/runner-serviceaccount.yaml": expected.encode()}


def test_a_kustomization_lists_it_and_keeps_its_comments(tmp_path: Path) -> None:
    changes = made(tmp_path, f"== k8s/web.yaml\n{DEPLOYMENT}== k8s/kustomization.yaml\n{KUSTOMIZATION}")
    assert texts(changes) == {
        "k8s/runner-serviceaccount.yaml": WRITTEN,
        "k8s/kustomization.yaml": f"{KUSTOMIZATION}  - runner-serviceaccount.yaml\n",
    }
    assert changes.rendering.performed is bool(shutil.which("kustomize") or shutil.which("kubectl"))


def test_in_an_overlay_it_stands_in_the_overlay(tmp_path: Path) -> None:
    changes = made(
        tmp_path,
        f"== base/web.yaml\n{DEPLOYMENT}== base/kustomization.yaml\nresources: [web.yaml]\n"
        "== k8s/kustomization.yaml\nnamespace: shop\nresources: [../base]\n",
    )
    assert texts(changes) == {
        "k8s/runner-serviceaccount.yaml": WRITTEN,
        "k8s/kustomization.yaml": "namespace: shop\nresources: [../base, runner-serviceaccount.yaml]\n",
    }


def test_the_namespace_that_only_a_layer_below_gives_is_named(tmp_path: Path) -> None:
    changes = made(
        tmp_path,
        f"== base/web.yaml\n{DEPLOYMENT}== base/kustomization.yaml\nnamespace: shop\nresources: [web.yaml]\n"
        "== k8s/kustomization.yaml\nresources: [../base]\n",
    )
    assert texts(changes)["k8s/runner-serviceaccount.yaml"] == f"{WRITTEN}  namespace: shop\n"


@pytest.mark.parametrize(
    ("text", "entry", "why"),
    [
        ("== k8s/other.yaml\nkind: Service\n", Entry("k8s"), "Deployment shop/web is defined in none of the files"),
        (f"== k8s/web.yaml\n{DEPLOYMENT}", Entry("k8s/web.yaml"), "only k8s/web.yaml is deployed"),
        ("== k8s/Chart.yaml\nname: shop\n", Entry("k8s"), "belongs into its templates or values"),
        ("== k8s/x.yaml\n", Entry("k8s", tool=Tool.HELM), "belongs into its templates or values"),
        (
            f"== k8s/web.yaml\n{DEPLOYMENT.replace('name: web', 'name: web', 1)}"
            "== k8s/kustomization.yaml\nnameSuffix: ''\nnamePrefix: ''\nresources: [https://example.com/x]\n",
            Entry("k8s"),
            "no manifest of Deployment shop/web is below k8s",
        ),
        (
            f"== k8s/web.yaml\n{DEPLOYMENT.replace('  name: web', '  name: eb', 1)}"
            "== k8s/kustomization.yaml\nnamePrefix: w\nresources: [web.yaml]\n",
            Entry("k8s"),
            "k8s/kustomization.yaml renames what it lists",
        ),
        (
            f"== k8s/web.yaml\n{DEPLOYMENT}== k8s/runner-serviceaccount.yaml\nkind: Other\n",
            Entry("k8s"),
            "runner-serviceaccount.yaml is there and does not define",
        ),
    ],
)
def test_where_nobody_can_say_where_it_belongs_nothing_is_made(
    text: str, entry: Entry, why: str, tmp_path: Path
) -> None:
    with pytest.raises(NoPlaceError, match=why):
        made(tmp_path, text, entry)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f"== k8s/web.yaml\n{DEPLOYMENT}== k8s/a/b.yaml\n{WRITTEN}", "k8s/a/b.yaml defines ServiceAccount shop/runner"),
        (
            f"== k8s/web.yaml\n{DEPLOYMENT}== k8s/kustomization.yaml\n{KUSTOMIZATION}== k8s/b.yaml\n{WRITTEN}",
            "k8s/b.yaml defines ServiceAccount shop/runner, and k8s/kustomization.yaml does not list it",
        ),
        (
            f"== k8s/web.yaml\n{DEPLOYMENT}== k8s/kustomization.yaml\n{KUSTOMIZATION}  - b.yaml\n"
            f"== k8s/b.yaml\n{WRITTEN}",
            "k8s/b.yaml makes ServiceAccount shop/runner, and what deploys it has not delivered that",
        ),
    ],
)
def test_what_is_written_down_already_is_told(text: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(DefinedError, match=why):
        made(tmp_path, text)


def test_what_a_generator_makes_is_written_down(tmp_path: Path) -> None:
    generated = f"{KUSTOMIZATION}configMapGenerator: [{{name: settings, literals: [a=b]}}]\n"
    settings = ObjectRef(kind="ConfigMap", name="settings", namespace="shop")
    with pytest.raises(DefinedError, match=r"k8s/kustomization\.yaml makes ConfigMap shop/settings"):
        made(tmp_path, f"== k8s/web.yaml\n{DEPLOYMENT}== k8s/kustomization.yaml\n{generated}", ref=settings)


def test_a_link_in_its_place_is_refused(tmp_path: Path) -> None:
    tree_of(tmp_path, f"== k8s/web.yaml\n{DEPLOYMENT}")
    (tmp_path / "k8s/runner-serviceaccount.yaml").symlink_to("/etc/passwd")
    with pytest.raises(NoPlaceError, match="goes through a symbolic link"):
        changes_of(tree_of(tmp_path, ""), creation(), Entry("k8s"), WEB)
