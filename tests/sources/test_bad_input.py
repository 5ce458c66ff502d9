"""Input that is broken, hostile or odd: an error that helps, or a snapshot without what cannot be read."""

from __future__ import annotations

import gzip
import io
import json
import struct
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from forms import written
from recorded.test_forms_agree import FILES, SINGLE

from cluster_doctor.domain.errors import UnreadableInput
from cluster_doctor.domain.incident import Incident
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.snapshot.file import snapshot_bytes
from cluster_doctor.snapshot.views import Pod
from cluster_doctor.sources.protocol import Scope
from cluster_doctor.sources.recognise import RecordedForm, open_recorded

GOOD = {**{form: written.tarred(files) for form, files in FILES.items()}, **SINGLE}
POD = b'{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "namespace": "shop"}}'
FORMS = [form.value for form in RecordedForm]


def tar(*members: tuple[tarfile.TarInfo, bytes], mode: str = "w:gz") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:  # type: ignore[call-overload]
        for member, content in members:
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    found = tarfile.TarInfo(name)
    found.type = kind
    found.linkname = link
    return found


def encrypted_zip() -> bytes:
    content = bytearray(written.zipped({"pods.json": POD}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.index(signature) + offset
        content[at] |= 1
    return bytes(content)


def zip_bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"{number}.json", b" " * (24 << 20))
    return buffer.getvalue()


def lying_zip() -> bytes:
    """A zip whose directory says that its file is small."""
    content = bytearray(written.zipped({"a.json": b" " * (4 << 20)}))
    at = content.index(b"PK\x01\x02")
    struct.pack_into("<L", content, at + 24, 10)
    return bytes(content)


def nested(levels: int, content: bytes) -> bytes:
    for _ in range(levels):
        content = gzip.compress(content)
    return content


NOISE = bytes((position * 167 + position // 7 * 31 + 128) % 256 for position in range(4096))
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "is empty"),
    "blanks": (lambda: b" \n\t ", "is empty"),
    "a program": (lambda: b"\x7fELF\x02\x01\x01" + b"\x00" * 400, "is binary"),
    "noise": (lambda: NOISE, "is binary"),
    "broken JSON": (lambda: b'{"kind": "Pod", "metadata": {', "broken JSON"),
    "broken YAML": (lambda: b"kind: Pod\nmetadata: {name: [", "no valid YAML"),
    "deep JSON": (lambda: b'{"kind":' + b"[" * 200_000, "broken JSON"),
    "deep YAML": (lambda: b"kind: " + b"[" * 200_000, "nests more than"),
    "YAML aliases": (
        lambda: (
            b"kind: Pod\na0: &a0 [1,1]\n"
            + b"".join(b"a%d: &a%d [*a%d,*a%d]\n" % (i, i, i - 1, i - 1) for i in range(1, 50))
        ),
        "aliases that expand",
    ),
    "half a tgz": (lambda: GOOD["must-gather"][:700], "damaged gzip"),
    "half a zip": (lambda: written.zipped(FILES["manifests"])[:900], "damaged archive"),
    "half a tar": (lambda: written.tarred(FILES["manifests"], "w:")[:1500], "damaged tar"),
    "half a snapshot": (lambda: SINGLE["snapshot"][:-40], "is cut off"),
    "a changed snapshot": (lambda: SINGLE["snapshot"][:200] + b"\x00\x01" + SINGLE["snapshot"][202:], "damaged"),
    "noise in gzip": (lambda: gzip.compress(NOISE), "is binary"),
    "nothing in gzip": (lambda: gzip.compress(b""), "is empty"),
    "an empty tar": (tar, "is binary"),
    "a path up": (lambda: tar((member("../../etc/cron.d/x.yaml"), POD)), "leads out of the archive"),
    "a path up inside": (lambda: tar((member("a/../../x.yaml"), POD)), "leads out of the archive"),
    "an absolute path": (lambda: tar((member("/etc/passwd.yaml"), POD)), "leads out of the archive"),
    "a drive": (lambda: written.zipped({"C:\\pods.yaml": POD}), "leads out of the archive"),
    "a path up in zip": (lambda: written.zipped({"..\\x.yaml": POD}), "leads out of the archive"),
    "a link out": (lambda: tar((member("x.yaml", tarfile.SYMTYPE, "/etc/shadow"), b"")), "a link out of"),
    "a link up": (lambda: tar((member("a/x.yaml", tarfile.SYMTYPE, "../../b"), b"")), "a link out of"),
    "a hard link out": (lambda: tar((member("x.yaml", tarfile.LNKTYPE, "../b"), b"")), "a link out of"),
    "a device": (lambda: tar((member("x.yaml", tarfile.CHRTYPE), b"")), "no regular file"),
    "a pipe": (lambda: tar((member("x.yaml", tarfile.FIFOTYPE), b"")), "no regular file"),
    "an endless name": (lambda: tar((member("x" * 100_000 + ".yaml"), POD)), "name or attribute of"),
    "a gzip bomb": (lambda: gzip.compress(b" " * (48 << 20)), "decompression bomb"),
    "a tar bomb": (lambda: tar((member("a.json"), b" " * (48 << 20))), "decompression bomb"),
    "a zip bomb": (zip_bomb, "decompression bomb"),
    "a lying zip": (lying_zip, "damaged zip"),
    "an encrypted zip": (encrypted_zip, "is encrypted"),
    "gzip in gzip in gzip": (lambda: nested(3, POD), "archive within"),
    "only archives in an archive": (lambda: tar((member("a.tgz"), b"x"), (member("b.tgz"), b"x")), "other archives"),
    "prose": ("Dear all, it is down again. \u202eneddih\u202c".encode, "nothing that kubectl prints"),
    "a snapshot of tomorrow": (
        lambda: gzip.compress(b'{"body":{},"form":"cluster-doctor/snapshot","sha256":"0","version":99}'),
        "of version 99",
    ),
}


@pytest.mark.parametrize("by_path", [True, False], ids=["file", "bytes"])
@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_read_is_refused(name: str, by_path: bool, tmp_path: Path) -> None:  # noqa: FBT001 - a parameter
    make, said = HOSTILE[name]
    path = tmp_path / "recording"
    path.write_bytes(make())
    with pytest.raises(UnreadableInput) as caught:
        open_recorded(path if by_path else make()).collect(Scope())
    assert said in caught.value.what
    assert caught.value.next_step
    assert "Traceback" not in str(caught.value)
    assert str(caught.value).isprintable() or "\n" in str(caught.value)
    assert "\x1b" not in str(caught.value)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["recording"], "nothing is unpacked to disk"


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ["nothing", "noise", "a program", "broken JSON", "a path up", "a gzip bomb"])
def test_saying_the_form_does_not_help_what_is_broken(form: str, name: str) -> None:
    from cluster_doctor.domain.errors import ClusterDoctorError  # noqa: PLC0415 - only here

    with pytest.raises(ClusterDoctorError) as caught:
        open_recorded(HOSTILE[name][0](), form).collect(Scope())
    assert caught.value.next_step


@pytest.mark.parametrize("form", sorted(GOOD.keys() - {"kubectl get"}))  # YAML that was cut may be whole YAML
def test_a_truncated_recording_is_refused_or_says_what_is_missing(form: str) -> None:
    whole = GOOD[form]
    for share in (0.05, 0.4, 0.95):
        try:
            cluster = open_recorded(whole[: int(len(whole) * share)]).collect(Scope())
        except UnreadableInput as error:
            said = error.next_step
        else:
            said = str(cluster.coverage.gaps[0])
        assert said


def test_a_huge_sparse_file_costs_no_memory(tmp_path: Path) -> None:
    code = """
import resource, sys
from cluster_doctor.domain.errors import UnreadableInput
from cluster_doctor.sources.protocol import Scope
from cluster_doctor.sources.recognise import RecordedForm, open_recorded
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for form in [None, *RecordedForm]:
    for path in sys.argv[1:]:
        try:
            open_recorded(path, form).collect(Scope())
        except Exception as error:
            assert "Unreadable" in type(error).__name__ or "Usage" in type(error).__name__, (form, path, repr(error))
        else:
            raise SystemExit(f"{form} read {path}")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    paths = []
    for name, start in (
        ("zeros", b""),
        ("json", b'{"kind": "List", "items": ['),
        ("gzip", GOOD["must-gather"]),
        ("zip", b"PK\x03\x04"),
    ):
        path = tmp_path / name
        path.write_bytes(start)
        with path.open("r+b") as file:
            file.truncate(1 << 30)
        paths.append(str(path))
    done = subprocess.run([sys.executable, "-c", code, *paths], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    scale = 1 if sys.platform == "darwin" else 1024
    assert int(done.stdout) * scale < 100 << 20


ODD: dict[str, bytes] = {
    "lone surrogates": b'{"a": "\\ud800\\udfff\\ud800"}',
    "bytes that are no UTF-8": b'{"a": "\xff\xfe"}',
    "a NUL": b'{"a": "x\\u0000y"}',
    "right to left": '{"a": "\u202egpj.exe\u202c"}'.encode(),
    "terminal escapes": b'{"a": "\\u001b[2J\\u001b]0;owned\\u0007"}',
    "a huge number": b'{"a": 1e400, "b": ' + b"9" * 400 + b"}",
    "an unknown version": b'{"a": "b"}',
    "duplicate keys": b'{"a": 1, "a": 2}',
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_neighbour_costs_nothing(name: str) -> None:
    odd = (
        b'{"apiVersion": "example.dev/v9", "kind": "Odd", "metadata": {"name": "odd", "annotations": %s}, "spec": %s}'
        % (
            ODD[name],
            ODD[name],
        )
    )
    cluster = open_recorded(b'{"kind": "List", "items": [%s, %s]}' % (odd, POD)).collect(Scope())
    assert [pod.name for pod in cluster.all(Pod)] == ["a"]
    assert len(cluster.objects) == 2
    assert diagnose(cluster, Incident()).model_dump_json()
    assert snapshot_bytes(cluster) == snapshot_bytes(open_recorded(snapshot_bytes(cluster)).collect(Scope()))


@pytest.mark.parametrize(
    "member_text",
    [
        "null",
        "7",
        '"text"',
        "[]",
        "{}",
        '{"kind": "Pod"}',
        '{"kind": "Pod", "metadata": null}',
        '{"metadata": {"name": "x"}, "kind": 3}',
    ],
)
def test_what_is_no_object_is_kept_aside(member_text: str) -> None:
    cluster = open_recorded(b'{"kind": "List", "items": [%s, %s]}' % (member_text.encode(), POD)).collect(Scope())
    assert [pod.name for pod in cluster.all(Pod)] == ["a"]
    assert [part.reason for part in cluster.unparsed] == ["not an object"]


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2199-01-01T00:00:00+14:00", "soon", 5, None]
)
def test_a_clock_that_is_wrong_does_not_move_the_picture(moment: object) -> None:
    state = json.loads(json.dumps(written.load(open_state())))
    state[-1]["metadata"]["creationTimestamp"] = moment
    cluster = open_recorded(written.got(state)).collect(Scope())
    assert cluster.taken_at.year == 2026
    assert [cause.rule for cause in diagnose(cluster, Incident()).root_causes] == ["memory_limit_is_exceeded"]


def open_state() -> str:
    from recorded.test_forms_agree import STATE  # noqa: PLC0415 - shared with the test of forms

    return STATE


def test_links_within_an_archive_are_left_out_and_the_rest_is_read() -> None:
    content = tar((member("pods.json"), POD), (member("logs/latest", tarfile.SYMTYPE, "../pods.json"), b""))
    assert [pod.name for pod in open_recorded(content).collect(Scope()).all(Pod)] == ["a"]


def test_a_broken_file_in_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(POD)
    (tmp_path / "b.yaml").write_bytes(b"kind: [")
    (tmp_path / "c.json").write_bytes(NOISE)
    cluster = open_recorded(tmp_path).collect(Scope())
    assert [pod.name for pod in cluster.all(Pod)] == ["a"]
    assert [gap.name for gap in cluster.coverage.gaps] == ["b.yaml", "c.json"]
