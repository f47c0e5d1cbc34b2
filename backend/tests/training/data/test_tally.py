"""Counting, edits, previews and snapshots: what holds for every source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tastemaker.errors import InvalidInput
from tastemaker.training.data.editing import apply_edits
from tastemaker.training.data.examples import (
    ColumnMapping,
    Example,
    Reason,
    Record,
    Rejected,
)
from tastemaker.training.data.preview import preview
from tastemaker.training.data.snapshot import Snapshot, SnapshotEntry
from tests.training.data.tables_made import picture

MAPPING = ColumnMapping("image", "text", "As given.")


@dataclass(frozen=True)
class Given:
    """A source of records made by a test."""

    given: tuple[Record, ...]
    name: str = "given"
    fingerprint: str | None = "given"
    mapping: ColumnMapping = MAPPING
    size_bytes: int | None = None

    def records(self, after: str | None = None) -> Iterator[Record]:
        start = 0
        if after is not None:
            start = [record.key for record in self.given].index(after) + 1
        yield from self.given[start:]


def example(key: str, number: int = 1, caption: str = "a", feedback: int = 0) -> Example:
    return Example.of(key, picture(number), caption, "given", feedback=feedback, model="m")


accepted = st.tuples(st.integers(0, 4), st.sampled_from("abc"), st.sampled_from([-1, 0, 1]))
rows = st.lists(accepted | st.sampled_from(list(Reason)), max_size=40)
edits = st.dictionaries(
    st.integers(0, 40).map(str), st.none() | st.sampled_from(["a", "new", "", "x" * 5000])
)


@hypothesis_settings(max_examples=150, deadline=None)
@given(rows, edits, st.none() | st.integers(0, 45))
def test_every_row_is_accepted_rejected_or_a_duplicate(
    found: list[tuple[int, str, int] | Reason],
    edits: dict[str, str | None],
    limit: int | None,
) -> None:
    records: list[Record] = [
        Rejected(str(n), row) if isinstance(row, Reason) else example(str(n), *row)
        for n, row in enumerate(found)
    ]
    shown = preview(Given(tuple(records)), limit=limit, edits=edits)
    report = shown.report
    read = len(records) if limit is None else min(limit, len(records))
    assert report.accepted + report.rejected + report.duplicates == report.rows == read
    assert report.complete == (read == len(records))
    assert report.liked + report.disliked <= report.accepted
    digests = [one.digest for one in shown.examples]
    assert len(set(digests)) == len(digests)
    newest: dict[str, int] = {}
    for one in list(apply_edits(records, edits))[:read]:
        if isinstance(one, Example):
            newest[one.digest] = one.feedback or newest.get(one.digest, 0)
    assert report.accepted == len(newest)
    assert report.liked == list(newest.values()).count(1)
    assert report.disliked == list(newest.values()).count(-1)


def test_edits_change_leave_out_and_mend() -> None:
    records: list[Record] = [
        example("1", 1, "old", 1),
        example("2", 2),
        example("3", 3),
        Rejected("4", Reason.NO_CAPTION, picture=picture(4), source="given", feedback=-1),
        Rejected("5", Reason.DAMAGED),
        example("6", 6),
    ]
    edited = list(
        apply_edits(
            records, {"1": " new ", "2": None, "3": " ", "4": "mended", "5": "no", "9": "x"}
        )
    )
    assert edited[0] == example("1", 1, "new", 1)
    assert edited[0].source == "given"
    assert [r.reason for r in edited if isinstance(r, Rejected)] == [
        Reason.LEFT_OUT,
        Reason.NO_CAPTION,
        Reason.DAMAGED,
    ]
    mended = edited[3]
    assert isinstance(mended, Example)
    assert (mended.caption, mended.feedback, mended.picture) == ("mended", -1, picture(4))
    assert edited[5] is records[5]


def test_a_report_keeps_the_first_rows_of_each_reason_without_pictures() -> None:
    records: list[Record] = [
        Rejected(str(n), Reason.NO_CAPTION, picture=picture(1)) for n in range(100)
    ]
    report = preview(Given((*records, Rejected("x", Reason.DAMAGED, "cut")))).report
    assert list(report.rejections) == [Reason.NO_CAPTION, Reason.DAMAGED]
    found = report.rejections[Reason.NO_CAPTION]
    assert found.count == 100
    assert [row.key for row in found.first] == [str(n) for n in range(20)]
    assert all(row.picture is None for row in found.first)
    written = report.to_dict()
    assert written["rejections"][1] == {
        "reason": "damaged",
        "title": "The picture is truncated or damaged.",
        "count": 1,
        "first": [{"key": "x", "detail": "cut"}],
    }
    assert (written["rows"], written["rejected"], written["mapping"]["image"]) == (
        101,
        101,
        "image",
    )


def test_a_snapshot_survives_json_and_notices_changes() -> None:
    entries = tuple(SnapshotEntry(f"ä{n}", f"{n:064x}", n % 3 - 1) for n in range(5))
    snapshot = Snapshot("hub:a/b@c", entries)
    assert Snapshot.from_json(snapshot.to_json()) == snapshot
    assert Snapshot("other", entries).hash == snapshot.hash
    assert Snapshot("hub:a/b@c", entries[::-1]).hash != snapshot.hash
    paired = Snapshot("hub:a/b@c", entries, (("ä0", "ä1"),))
    assert Snapshot.from_json(paired.to_json()) == paired
    assert paired.hash != snapshot.hash
    for broken in (snapshot.to_json().replace("ä3", "ä4"), "{}", "nonsense", '{"entries": 3}'):
        with pytest.raises(InvalidInput, match="snapshot"):
            Snapshot.from_json(broken)
