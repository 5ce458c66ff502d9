"""What a person is shown of a change to a repository, before anything is written."""

from __future__ import annotations

import re
import shutil
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from proposing.shops import SERVICE, access_to, changed, clone_of, cluster_of, git, rehearsed
from pydantic import JsonValue

from cluster_doctor.domain.policy import PolicyVerdict
from cluster_doctor.domain.remediation import RemediationPlan, RemediationStep, Route
from cluster_doctor.domain.steps import FieldEdit
from cluster_doctor.history.history import History

PLAIN = ["k8s/web.yaml -    app: website   # as it was called before",
         "k8s/web.yaml +    app: web   # as it was called before"]  # fmt: skip
KUSTOMIZED = f"""== base/service.yaml
{SERVICE}== base/kustomization.yaml
resources: [service.yaml]
== k8s/kustomization.yaml
namespace: shop
resources: [../base]
"""
CHART = """== k8s/Chart.yaml
apiVersion: v2
name: shop
version: 0.1.0
== k8s/values.yaml
selected: website
== k8s/templates/service.yaml
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector:
    app: {{ .Values.selected }}
  ports:
  - {port: 80, targetPort: 8080}
"""


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with History(tmp_path / "home") as opened:
        yield opened


def test_the_file_the_diff_and_what_the_scan_says_are_shown(history: History, tmp_path: Path) -> None:
    clone = clone_of(tmp_path / "shop")
    found = rehearsed(cluster_of(), access_to(history, [str(clone)]))
    assert found.is_offered
    assert (found.key, found.base, found.carries) == ("1.git", "main", ("1.1",))
    assert (found.repository, found.commit) == (str(clone), git(clone, "rev-parse", "main"))
    assert changed(found) == PLAIN
    assert found.note.startswith("plain manifests; scanned with the change made: the finding is gone")
    assert git(clone, "branch", "--list", "fix/*") == ""
    assert git(clone, "status", "--porcelain") == ""


def test_a_kustomization_is_changed_where_it_sets_the_field(history: History, tmp_path: Path) -> None:
    clone = clone_of(tmp_path / "shop", KUSTOMIZED)
    found = rehearsed(cluster_of(), access_to(history, [str(clone)]))
    assert found.is_offered, found.problem
    assert {line.split()[0] for line in changed(found)} <= {"base/service.yaml", "k8s/kustomization.yaml"}
    assert any("app: web" in line for line in changed(found))


def test_a_chart_is_changed_in_its_values(history: History, tmp_path: Path) -> None:
    clone = clone_of(tmp_path / "shop", CHART)
    found = rehearsed(cluster_of(), access_to(history, [str(clone)]))
    assert changed(found) == ["k8s/values.yaml -selected: website", "k8s/values.yaml +selected: web"]
    assert ("rendered before and after" in found.note) is bool(shutil.which("helm"))


@pytest.mark.parametrize("marks", ["", "annotations: {meta.helm.sh/release-name: shop}"], ids=["nothing", "Helm"])
def test_a_path_is_taken_where_the_cluster_names_none(history: History, tmp_path: Path, marks: str) -> None:
    clone = clone_of(tmp_path / "shop")
    cluster = cluster_of(marks=marks)
    assert changed(rehearsed(cluster, access_to(history, [f"{clone}#k8s"]))) == PLAIN
    without = rehearsed(cluster, access_to(history, [str(clone)]))
    assert not without.is_offered
    assert "Name the repository and path." in without.problem


def test_the_path_does_not_count_where_the_cluster_names_one(history: History, tmp_path: Path) -> None:
    clone = clone_of(tmp_path / "shop", f"== k8s/web.yaml\n{SERVICE}== other/web.yaml\n{SERVICE}")
    assert changed(rehearsed(cluster_of(), access_to(history, [f"{clone}#other"]))) == PLAIN


def test_a_repository_that_nobody_named_is_told(history: History, tmp_path: Path) -> None:
    clone = clone_of(tmp_path / "other", url="https://git.example.com/acme/other.git")
    found = rehearsed(cluster_of(), access_to(history, [str(clone)]))
    assert not found.is_offered
    assert found.problem.startswith(
        "Service shop/web is deployed from https://git.example.com/acme/shop.git by Argo CD application shop"
    )
    assert "--repository https://git.example.com/acme/shop.git" in found.problem


def test_the_right_one_of_several_repositories_is_taken(history: History, tmp_path: Path) -> None:
    other = clone_of(tmp_path / "other", url="https://git.example.com/acme/other.git")
    clone = clone_of(tmp_path / "shop")
    found = rehearsed(cluster_of(), access_to(history, [f"{other}#k8s", str(clone)]))
    assert found.repository == str(clone)


def test_the_tracked_branch_is_the_base(history: History, tmp_path: Path) -> None:
    clone = clone_of(tmp_path / "shop")
    git(clone, "checkout", "-q", "-b", "release")
    git(clone, "commit", "-q", "--allow-empty", "-m", "for the release")
    git(clone, "checkout", "-q", "main")
    found = rehearsed(cluster_of(revision="release"), access_to(history, [str(clone)]))
    assert (found.base, found.commit) == ("release", git(clone, "rev-parse", "release"))


@pytest.mark.parametrize("revision", ["v1.0", "COMMIT", "no-such"])
def test_what_is_no_branch_cannot_be_proposed_onto(history: History, tmp_path: Path, revision: str) -> None:
    clone = clone_of(tmp_path / "shop")
    git(clone, "tag", "v1.0")
    revision = revision.replace("COMMIT", git(clone, "rev-parse", "main"))
    found = rehearsed(cluster_of(revision=revision), access_to(history, [str(clone)]))
    assert not found.is_offered
    assert f"is revision {revision} of {clone}, and that is no branch" in found.problem


def test_a_file_that_says_otherwise_than_the_cluster_is_not_touched(history: History, tmp_path: Path) -> None:
    clone = clone_of(tmp_path / "shop", f"== k8s/web.yaml\n{SERVICE.replace('website', 'shopfront')}")
    found = rehearsed(cluster_of(), access_to(history, [str(clone)]))
    assert not found.is_offered
    assert "was to be 'website' and is 'shopfront'" in found.problem


def _setting(value: str) -> Callable[[RemediationPlan], RemediationPlan]:
    def edit(plan: RemediationPlan) -> RemediationPlan:
        edits = (FieldEdit(path=("spec", "selector", "app"), was="website", becomes=value),)
        return plan.model_copy(update={"steps": (plan.steps[0].model_copy(update={"edits": edits}),)})

    return edit


def test_a_change_that_does_not_help_is_not_offered(history: History, tmp_path: Path) -> None:
    access = access_to(history, [str(clone_of(tmp_path / "shop"))])
    found = rehearsed(cluster_of(), access, _setting("webs"))
    assert not found.is_offered
    assert found.problem.startswith("it would not help: with it made, still so: Service web selects app=webs")


def test_what_the_policy_does_not_allow_is_not_offered(history: History, tmp_path: Path) -> None:
    asked = []

    def judge(step: RemediationStep, live: dict[str, JsonValue] | None) -> PolicyVerdict:
        asked.append((step.route, (live or {}).get("kind")))
        return PolicyVerdict(allowed=False, reasons=("frozen",))

    found = rehearsed(cluster_of(), access_to(history, [str(clone_of(tmp_path / "shop"))], judge))
    assert not found.is_offered
    assert found.verdict.reasons == ("frozen",)
    assert asked == [(Route.GITOPS, "Service")]


def test_a_cluster_that_is_not_known_denies(history: History, tmp_path: Path) -> None:
    clone = clone_of(tmp_path / "shop")
    found = rehearsed(cluster_of(identity=None), access_to(history, [str(clone)]))
    assert not found.verdict.allowed


def test_several_steps_are_one_proposal_on_the_strictest_word(history: History, tmp_path: Path) -> None:
    clone = clone_of(tmp_path / "shop")
    verdicts = iter(
        [
            PolicyVerdict(allowed=True, reasons=("one",), approvals=2, approvers=("ada", "Grace")),
            PolicyVerdict(allowed=True, reasons=("other",), approvers=("grace", "joan")),
        ]
    )

    def twice(plan: RemediationPlan) -> RemediationPlan:
        ports = (FieldEdit(path=("spec", "ports", "[port=80]", "name"), was=None, becomes="http"),)
        return plan.model_copy(update={"steps": (*plan.steps, plan.steps[0].model_copy(update={"edits": ports}))})

    found = rehearsed(cluster_of(), access_to(history, [str(clone)], lambda *_: next(verdicts)), twice)
    assert found.carries == ("1.1", "1.2")
    assert (found.verdict.approvals, found.verdict.approvers) == (2, ("Grace",))
    assert changed(found) == [
        *PLAIN,
        "k8s/web.yaml -  - {port: 80, targetPort: 8080}",
        "k8s/web.yaml +  - {port: 80, targetPort: 8080, name: http}",
    ]


def test_what_the_files_bring_along_beside_the_edit_is_scanned_too(history: History, tmp_path: Path) -> None:
    clone = clone_of(tmp_path / "shop", f"== k8s/web.yaml\n{SERVICE.replace('targetPort: 8080', 'targetPort: 9090')}")
    found = rehearsed(cluster_of(), access_to(history, [str(clone)]))
    assert not found.is_offered
    assert found.problem.startswith("it would bring a new fault: Service web sends port 80 to target port 9090")


@pytest.mark.parametrize("what", ["main:k8s/web.yaml", "main:k8s", "main"], ids=["file", "folder", "commit"])
@pytest.mark.parametrize("damage", [b"", b"garbage!" * 10, zlib.compress(b"blob 3\0abcd"), None])
def test_a_damaged_repository_is_told_and_stops_nothing(
    history: History, tmp_path: Path, what: str, damage: bytes | None
) -> None:
    clone = clone_of(tmp_path / "shop")
    name = git(clone, "rev-parse", what)
    file = clone / ".git/objects" / name[:2] / name[2:]
    file.unlink()
    if damage is not None:
        file.write_bytes(damage)
    found = rehearsed(cluster_of(), access_to(history, [str(clone)]))
    assert not found.is_offered
    assert re.search(r"damaged or not whole|not in this clone|has no branch", found.problem)


def test_a_reference_that_is_none_is_told(history: History, tmp_path: Path) -> None:
    clone = clone_of(tmp_path / "shop")
    access = access_to(history, [str(clone)])
    (clone / ".git/refs/heads/main").write_text("zzzz\n")
    assert "damaged or not whole" in rehearsed(cluster_of(), access).problem
