"""What an answer of the server covers, and what its failure leaves open."""

from __future__ import annotations

import pytest

from cluster_doctor.domain.coverage import GapReason
from cluster_doctor.snapshot.builder import SnapshotBuilder
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Service
from cluster_doctor.sources.live.discovery import ServedKind
from cluster_doctor.sources.live.intake import take_listing, take_named
from cluster_doctor.sources.live.listing import Listing, ListRequest
from cluster_doctor.sources.wire.failure import ReadFailure

CORE = ServedKind("Service", "services", "", "v1", namespaced=True)
KNATIVE = ServedKind("Service", "services", "serving.knative.dev", "v1", namespaced=True)
REFUSED = ReadFailure(GapReason.FORBIDDEN, "no", status=403)
ABSENT = ReadFailure(GapReason.NOT_SERVED, "not found", status=404)


def _listed(*listings: Listing) -> ClusterSnapshot:
    builder = SnapshotBuilder("a test")
    for listing in listings:
        take_listing(builder, listing)
    return builder.build()


def test_a_refused_extension_leaves_the_kind_of_kubernetes_known() -> None:
    found = _listed(Listing(ListRequest(CORE, "shop"), ()), Listing(ListRequest(KNATIVE, "shop"), (), failure=REFUSED))
    assert found.exists(Service, "shop", "absent") is False
    assert [gap.kind for gap in found.coverage.gaps] == ["Service.serving.knative.dev"]


def test_a_read_extension_leaves_the_refused_kind_of_kubernetes_unknown() -> None:
    found = _listed(Listing(ListRequest(CORE, "shop"), (), failure=REFUSED), Listing(ListRequest(KNATIVE, "shop"), ()))
    assert found.exists(Service, "shop", "absent") is None
    assert [gap.kind for gap in found.coverage.gaps] == ["Service"]


@pytest.mark.parametrize(("served", "known"), [(CORE, False), (KNATIVE, None)])
def test_a_404_shows_the_absence_of_what_was_asked_for_alone(served: ServedKind, *, known: bool | None) -> None:
    builder = SnapshotBuilder("a test")
    take_named(builder, served, "shop", "web", ABSENT)
    assert builder.build().exists(Service, "shop", "web") is known
