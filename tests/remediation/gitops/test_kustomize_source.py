"""Where a kustomization sets a field; what is written there comes out of `kustomize` as exactly the edit."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from trees import CONTAINER, DEPLOYMENT, IMAGE, MEMORY, OTHER, REPLICAS, WEB, lines_of, step_of, tree_of

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.remediation.gitops.source import Entry, FileChanges, changes_of
from cluster_doctor.remediation.gitops.tree import FolderTree

PROD = Entry("overlays/prod")
BASE = f"== base/web.yaml\n{DEPLOYMENT}== base/kustomization.yaml\nresources: [web.yaml]\n"


def _seen(changes: FileChanges) -> None:
    """The result was rendered, wherever a tool for that is installed."""
    assert changes.rendering.performed or not (shutil.which("kubectl") or shutil.which("kustomize")), changes.rendering


def _overlay(folder: Path, kustomization: str, more: str = "") -> FolderTree:
    return tree_of(folder, f"{BASE}== overlays/prod/kustomization.yaml\nresources: [../../base]\n{kustomization}{more}")


def test_an_image_is_set_in_images_of_the_deployed_overlay(tmp_path: Path) -> None:
    tree = _overlay(tmp_path, 'images:\n- name: web\n  newTag: "2"   # pinned\n')
    changes = changes_of(tree, step_of((IMAGE, "web:2", "web:3")), PROD)
    assert lines_of(tree, changes) == [
        'overlays/prod/kustomization.yaml -  newTag: "2"   # pinned',
        'overlays/prod/kustomization.yaml +  newTag: "3"   # pinned',
    ]
    _seen(changes)


def test_an_image_of_another_registry_changes_its_name_too(tmp_path: Path) -> None:
    tree = _overlay(tmp_path, "images:\n- name: web\n  newName: example.com/web\n  digest: sha256:0f\n")
    changes = changes_of(tree, step_of((IMAGE, "example.com/web@sha256:0f", "mirror.example.com/web:4")), PROD)
    assert lines_of(tree, changes) == [
        "overlays/prod/kustomization.yaml -  newName: example.com/web",
        "overlays/prod/kustomization.yaml -  digest: sha256:0f",
        "overlays/prod/kustomization.yaml +  newName: mirror.example.com/web",
        'overlays/prod/kustomization.yaml +  newTag: "4"',
    ]
    _seen(changes)


@pytest.mark.parametrize(
    ("named", "is_fetched"),
    [
        ("resources: [../../base, 'http://127.0.0.1:1/x.yaml']", True),
        ("resources: [../../base]\npatches: [{path: 'http://127.0.0.1:1/x.yaml'}]", True),
        ("resources: [../../base]\nconfigMapGenerator: [{name: a, files: ['a=http://127.0.0.1:1/x']}]", True),
        ("resources: [../../base]\ncomponents: [../more]", True),
        ("resources: [../../base]\nconfigMapGenerator: [{name: a, literals: ['A=http://127.0.0.1:1/x']}]", False),
        ("resources: [../../base]\ncommonAnnotations: {a: 'http://127.0.0.1:1/x'}", False),
    ],
)
def test_what_would_have_to_be_fetched_is_not_rendered(
    tmp_path: Path,
    named: str,
    is_fetched: bool,  # noqa: FBT001 - a table
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "bin").mkdir()
    tool = tmp_path / "bin" / "kustomize"
    tool.write_text(f"#!/bin/sh\ntouch {tmp_path}/asked; exit 1\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}:/usr/bin:/bin")
    more = "== overlays/more/kustomization.yaml\nkind: Component\ncrds: ['http://127.0.0.1:1/x']\n"
    text = f"{BASE}== overlays/prod/kustomization.yaml\n{named}\nreplicas: [{{name: web, count: 0}}]\n{more}"
    changes = changes_of(tree_of(tmp_path / "source", text), step_of((REPLICAS, 0, 3)), PROD)
    assert changes.files
    assert not changes.rendering.performed
    assert (tmp_path / "asked").exists() is not is_fetched
    assert ("127.0.0.1:1/x" in changes.rendering.note) is is_fetched, changes.rendering.note


def test_replicas_are_set_in_replicas(tmp_path: Path) -> None:
    tree = _overlay(tmp_path, "replicas:\n- {name: web, count: 0}\n")
    changes = changes_of(tree, step_of((REPLICAS, 0, 3)), PROD)
    assert lines_of(tree, changes)[1] == "overlays/prod/kustomization.yaml +- {name: web, count: 3}"
    _seen(changes)


@pytest.mark.parametrize("field", ["patches:\n- path: p.yaml", "patchesStrategicMerge:\n- p.yaml"])
def test_a_patch_file_that_sets_the_field_is_edited(tmp_path: Path, field: str) -> None:
    patch = DEPLOYMENT.replace("64Mi", "96Mi").replace("        image: web:1\n", "")
    tree = _overlay(tmp_path, f"{field}\n", f"== overlays/prod/p.yaml\n{patch}")
    changes = changes_of(tree, step_of((MEMORY, "96Mi", "128Mi")), PROD)
    assert lines_of(tree, changes) == [
        "overlays/prod/p.yaml -            memory: 96Mi",
        "overlays/prod/p.yaml +            memory: 128Mi",
    ]
    _seen(changes)


def test_an_inline_json_patch_that_sets_the_field_is_edited(tmp_path: Path) -> None:
    pointer = "/spec/template/spec/containers/0/resources/limits"
    kustomization = f"""patches:
- target: {{kind: Deployment, name: web}}
  patch: |-
    - op: replace
      path: {pointer}
      value: {{memory: 96Mi}}   # for now
    - {{op: add, path: /spec/paused, value: false}}
"""
    tree = _overlay(tmp_path, kustomization)
    changes = changes_of(tree, step_of((MEMORY, "96Mi", "128Mi")), PROD)
    assert lines_of(tree, changes)[1:] == ["overlays/prod/kustomization.yaml +      value: {memory: 128Mi}   # for now"]
    _seen(changes)


def test_a_json_patch_file_is_edited(tmp_path: Path) -> None:
    tree = _overlay(
        tmp_path,
        "patchesJson6902:\n- target: {group: apps, version: v1, kind: Deployment, name: web}\n  path: p.json\n",
        '== overlays/prod/p.json\n[\n\t{"op": "replace", "path": "/spec/replicas", "value": 0}\n]\n',
    )
    changes = changes_of(tree, step_of((REPLICAS, 0, 2)), PROD)
    assert (
        lines_of(tree, changes)[1] == 'overlays/prod/p.json +\t{"op": "replace", "path": "/spec/replicas", "value": 2}'
    )
    _seen(changes)


def test_a_patch_of_the_object_takes_a_field_that_only_the_shared_base_sets(tmp_path: Path) -> None:
    patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  paused: true   # frozen\n"
    tree = _overlay(tmp_path, "patches:\n- path: p.yaml\n", f"== overlays/prod/p.yaml\n{patch}")
    changes = changes_of(tree, step_of((REPLICAS, 1, 4)), PROD)
    assert lines_of(tree, changes) == ["overlays/prod/p.yaml +  replicas: 4"]
    _seen(changes)


def test_without_any_patch_the_overlay_gets_one_and_the_shared_base_stays(tmp_path: Path) -> None:
    tree = _overlay(tmp_path, "# the end\n")
    changes = changes_of(tree, step_of((REPLICAS, 1, 4), ((*CONTAINER, "env", "[name=A]", "value"), None, "b")), PROD)
    assert changes.files.keys() == {"overlays/prod/kustomization.yaml"}
    added = [line.split(" +", 1)[1] for line in lines_of(tree, changes)]
    assert added == [
        "patches:",
        "- target:",
        "    group: apps",
        "    kind: Deployment",
        "    name: web",
        "  patch: |",
        "    apiVersion: apps/v1",
        "    kind: Deployment",
        "    metadata:",
        "      name: web",
        "    spec:",
        "      replicas: 4",
        "      template:",
        "        spec:",
        "          containers:",
        "          - name: web",
        "            env:",
        "            - name: A",
        "              value: b",
    ]
    _seen(changes)


def test_a_manifest_that_the_deployed_kustomization_lists_itself_is_edited(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, BASE)
    changes = changes_of(tree, step_of((REPLICAS, 1, 4)), Entry("base"))
    assert lines_of(tree, changes)[1] == "base/web.yaml +  replicas: 4   # as few as can be"
    _seen(changes)


def test_names_and_namespaces_of_every_layer_are_taken_off(tmp_path: Path) -> None:
    tree = tree_of(
        tmp_path,
        BASE
        + "== mid/kustomization.yaml\nnameSuffix: -v2\nbases: [../base]\nimages: [{name: web, newTag: 2x}]\n"
        + "== overlays/prod/kustomization.yaml\nnamespace: shop\nnamePrefix: prod-\nresources: [../../mid]\n",
    )
    ref = ObjectRef(kind="Deployment", name="prod-web-v2", namespace="shop", api_version="apps/v1")
    changes = changes_of(tree, step_of((IMAGE, "web:2x", "web:3x"), ref=ref), PROD)
    assert lines_of(tree, changes)[1] == "mid/kustomization.yaml +images: [{name: web, newTag: 3x}]"
    _seen(changes)
    changes = changes_of(tree, step_of((MEMORY, "64Mi", "96Mi"), ref=ref), PROD)
    assert "overlays/prod/kustomization.yaml +    name: web-v2" in lines_of(tree, changes)
    _seen(changes)
    with pytest.raises(RemediationError, match="no manifest of Deployment shop/web is below"):
        changes_of(tree, step_of((MEMORY, "64Mi", "96Mi"), ref=WEB), PROD)


def test_a_component_that_sets_the_field_is_edited(tmp_path: Path) -> None:
    component = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nreplicas: [{name: web, count: 0}]\n"
    tree = _overlay(tmp_path, "components: [../../few]\n", f"== few/kustomization.yaml\n{component}")
    changes = changes_of(tree, step_of((REPLICAS, 0, 2)), PROD)
    assert lines_of(tree, changes)[1] == "few/kustomization.yaml +replicas: [{name: web, count: 2}]"
    _seen(changes)


@pytest.mark.skipif(not (shutil.which("kubectl") or shutil.which("kustomize")), reason="nothing to render with")
def test_an_entry_of_images_that_others_use_too_is_refused_once_rendered(tmp_path: Path) -> None:
    both = BASE.replace("[web.yaml]", "[web.yaml, other.yaml]") + f"== base/other.yaml\n{OTHER}"
    tree = tree_of(
        tmp_path,
        both + "== overlays/prod/kustomization.yaml\nresources: [../../base]\nimages: [{name: web, newTag: 2x}]\n",
    )
    with pytest.raises(RemediationError, match=r"changes Deployment other at .*image as nobody asked for"):
        changes_of(tree, step_of((IMAGE, "web:2x", "web:3x")), PROD)


def test_without_a_tool_the_result_says_that_nothing_was_rendered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    tree = _overlay(tmp_path, 'images: [{name: web, newTag: "2"}]\n')
    changes = changes_of(tree, step_of((IMAGE, "web:2", "web:3")), PROD)
    assert not changes.rendering.performed
    assert changes.rendering.note.startswith("not rendered: no kustomize, kubectl or helm")
    assert "`images` may set other objects too" in changes.rendering.note


@pytest.mark.parametrize(
    ("kustomization", "message"),
    [
        ("patches: [{path: ../../../../etc/passwd}]\n", "leads out of the repository"),
        ("patches: [{path: nowhere.yaml}]\n", "nowhere.yaml cannot be read"),
        ("images: [{name: web, newTag: 7x}]\n", "makes the image web:7x, and it was to be web:1"),
        ("images: [{name: web, newTag: 1x}, {name: web, newTag: 2x}]\n", "names image web 2 times"),
        (
            "patches:\n- target: {kind: Deployment}\n  patch: '[{op: replace, path: "
            "/spec/template/spec/containers/0/image, value: web:1}]'\n",
            "selects more than Deployment shop/web",
        ),
        ("namespace: other\n", "no manifest of Deployment shop/web is below overlays/prod"),
        ("a: b: c\n", "no YAML at line"),
    ],
)
def test_what_cannot_be_edited_safely_is_refused(tmp_path: Path, kustomization: str, message: str) -> None:
    tree = _overlay(tmp_path, kustomization)
    with pytest.raises(RemediationError, match=message):
        changes_of(tree, step_of((IMAGE, "web:1", "web:2")), PROD)


def test_a_field_of_the_shared_base_is_removed_by_a_patch_of_the_overlay(tmp_path: Path) -> None:
    tree = _overlay(tmp_path, "# the end\n")
    changes = changes_of(tree, step_of((MEMORY, "64Mi", None)), PROD)
    assert lines_of(tree, changes)[-1] == "overlays/prod/kustomization.yaml +                memory: null"


def test_a_patch_that_hides_a_value_of_the_base_is_not_just_emptied(tmp_path: Path) -> None:
    patch = DEPLOYMENT.replace("replicas: 1", "replicas: 2")
    tree = _overlay(tmp_path, "patches:\n- path: p.yaml\n", f"== overlays/prod/p.yaml\n{patch}")
    with pytest.raises(RemediationError, match=r"that of the manifest would count"):
        changes_of(tree, step_of((REPLICAS, 2, None)), PROD)


def test_lists_of_custom_kinds_are_not_replaced_by_a_patch(tmp_path: Path) -> None:
    thing = (
        "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: web}\nspec: {rows: [{name: a, x: 1}, {name: b}]}\n"
    )
    tree = tree_of(
        tmp_path,
        f"== base/t.yaml\n{thing}== base/kustomization.yaml\nresources: [t.yaml]\n"
        "== overlays/prod/kustomization.yaml\nresources: [../../base]\n",
    )
    ref = ObjectRef(kind="Thing", name="web", namespace="shop", api_version="example.com/v1")
    with pytest.raises(RemediationError, match="would replace a whole list"):
        changes_of(tree, step_of((("spec", "rows", "[name=a]", "x"), 1, 2), ref=ref), PROD)


def test_an_object_that_is_generated_is_said_to_be(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, "== kustomization.yaml\nconfigMapGenerator: [{name: web, literals: [a=b]}]\n")
    ref = ObjectRef(kind="ConfigMap", name="web-k8h2", namespace="shop")
    with pytest.raises(RemediationError, match="it takes in what configMapGenerator makes of web"):
        changes_of(tree, step_of((("data", "a"), "b", "c"), ref=ref), Entry("."))


def test_what_comes_from_elsewhere_is_said(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, "== kustomization.yaml\nresources: ['https://example.com/base?ref=v1']\n")
    with pytest.raises(RemediationError, match=r"it takes in https://example.com/base\?ref=v1"):
        changes_of(tree, step_of((IMAGE, "web:1", "web:2")), Entry("."))


def test_a_circle_of_kustomizations_ends(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, "== a/kustomization.yaml\nresources: [../b]\n== b/kustomization.yaml\nresources: [../a]\n")
    with pytest.raises(RemediationError, match="Check for a circle"):
        changes_of(tree, step_of((IMAGE, "web:1", "web:2")), Entry("a"))
