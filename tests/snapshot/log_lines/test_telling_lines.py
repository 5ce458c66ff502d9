"""The quick look at a whole log leaves out no line that tells of a trouble."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as some

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.log_lines.told import read_told
from cluster_doctor.snapshot.records import ContainerLog

LINES = some.sampled_from(
    [
        "dial tcp 10.0.0.7:5432: connect: connection refused", "GET /healthz 200", "",
        'level=error msg="lookup db on 10.96.0.10:53: no such host"', "key", 'ERROR: role "app" does not exist',
        '\x1b[31mfatal\x1b[0m: password authentication failed for user "app"', "café: permission denied: /data",
        "java.net.UnknownHostException: payments", "rpc error: code = Unavailable desc = x", "status=503", "port",
        "listen tcp :8080: bind:\\naddress already in use", "x" * 5000 + " connection refused", "statusx null",
        "İ connect: connection refused to redis:6379", "\ud800 ECONNREFUSED 10.0.0.1:80",
    ]
)  # fmt: skip


def _telling(lines: list[str]) -> list[int]:
    log = ContainerLog.model_construct(subject=ObjectRef("Pod", "web", "shop"), lines=tuple(lines))
    return list(log.newest_telling(len(lines)))


@given(some.lists(LINES, max_size=12))
@settings(deadline=None)
def test_no_line_that_tells_is_left_out(lines: list[str]) -> None:
    told = {position for position, line in enumerate(lines) if read_told(line) is not None}
    assert told <= set(_telling(lines))


def test_lines_that_tell_of_nothing_are_left_out() -> None:
    assert _telling(["ready", "connection refused", "served in 3 ms"]) == [1]


def test_lines_that_are_several_leave_none_out() -> None:
    assert _telling(["one\ntwo", "three"]) == [1, 0]
