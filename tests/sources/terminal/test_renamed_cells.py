"""Tables whose cells somebody edited: what stands behind a shifted cell still lands in its column."""

from __future__ import annotations

from cluster_doctor.sources.terminal.table import cut, headings

HEADER = "NAME        STATUS    VOLUME   CAPACITY   ACCESS MODES   STORAGECLASS   AGE    VOLUMEMODE"


def test_a_shorter_name_shifts_its_row_and_empty_cells_stay_empty() -> None:
    row = cut("db-a   Pending                                                    118s   Filesystem", headings(HEADER))
    assert row["STATUS"] == "Pending"
    assert (row["VOLUME"], row["CAPACITY"], row["ACCESS MODES"], row["STORAGECLASS"]) == ("", "", "", "")
    assert (row["AGE"], row["VOLUMEMODE"]) == ("118s", "Filesystem")


def test_a_longer_name_shifts_its_row_the_other_way() -> None:
    row = cut(
        "orders-data-0   Pending                                      fast           118s   Filesystem",
        headings(HEADER),
    )
    assert (row["STATUS"], row["STORAGECLASS"], row["AGE"]) == ("Pending", "fast", "118s")
    assert row["CAPACITY"] == ""


def test_a_row_that_keeps_its_columns_is_cut_at_them() -> None:
    row = cut(
        "orders-pvc  Bound     pv-1     1Gi        RWO            fast           2m3s   Filesystem", headings(HEADER)
    )
    assert row == {
        "NAME": "orders-pvc", "STATUS": "Bound", "VOLUME": "pv-1", "CAPACITY": "1Gi", "ACCESS MODES": "RWO",
        "STORAGECLASS": "fast", "AGE": "2m3s", "VOLUMEMODE": "Filesystem",
    }  # fmt: skip
