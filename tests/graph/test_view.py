"""The graph as arrays: integers that do not depend on the order of the files, rows by time, nothing from the future."""

import datetime as dt
import random
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandan.graph.contacts import CONTACTS, ITEMS, KINDS
from sandan.graph.store.layout import event_file
from sandan.graph.view import GraphView, open_view, sorted_places
from sandan.record.errors import StoreError

START = dt.datetime(2025, 3, 1)
Contact = tuple[str, str, str, int]
# Items with the hour at which they became known, and contacts: item, kind, target, hour.
ITEM_ROWS = [
    ("import:P:1", "Order", "import", 0),
    ("import:P:2", "Order", "import", 5),
    ("L:9", "Parcel", "export", 3),
    ("export:P:3", "Order", "export", 9),
]
CONTACT_ROWS: list[Contact] = [
    ("import:P:1", "OwnPhone", "phone-b", 4),
    ("import:P:2", "OwnPhone", "phone-b", 5),
    ("import:P:2", "OwnPhone", "phone-a", 7),
    ("export:P:3", "OwnPhone", "phone-b", 1),
    ("import:P:1", "Address", "door", 2),
    ("L:9", "Address", "door", 2),
    ("L:9", "Country", "US", 3),
    ("import:P:2", "Buyer", "person", 5),
]


def write(folder: Path, items: list[tuple[str, str, str, int]], contacts: list[Contact]) -> Path:
    (folder / "events").mkdir(parents=True, exist_ok=True)
    rows = [{"id": i, "label": label, "flow": flow, "known_at": START + dt.timedelta(hours=hour)} for i, label, flow, hour in items]
    pq.write_table(pa.Table.from_pylist(rows, ITEMS), event_file(folder, "items"))
    rows = [{"item": i, "kind": kind, "target": target, "known_at": START + dt.timedelta(hours=hour)} for i, kind, target, hour in contacts]
    pq.write_table(pa.Table.from_pylist(rows, CONTACTS), event_file(folder, "contacts"))
    return folder


@pytest.fixture
def view(tmp_path: Path) -> GraphView:
    return open_view(write(tmp_path, sorted(ITEM_ROWS), CONTACT_ROWS))


def test_items_keep_their_place_label_and_flow(view: GraphView) -> None:
    assert view.ids.to_pylist() == ["L:9", "export:P:3", "import:P:1", "import:P:2"]
    assert (view.is_parcel.tolist(), view.is_export.tolist()) == ([True, False, False, False], [True, True, False, False])
    assert (view.known_at - view.known_at[2]).tolist() == [hour * 3_600_000_000 for hour in (3, 9, 0, 5)]
    assert view.places(pa.array(["import:P:2", "nobody", "L:9"])).tolist() == [3, -1, 0]


def test_every_kind_is_there_also_without_contacts(view: GraphView) -> None:
    assert set(view.contacts) == set(KINDS)
    assert len(view.contacts["Seller"].items) == len(view.contacts["Seller"].names) == 0
    assert view.contacts["Seller"].by_item(view.n).degrees.tolist() == [0] * 4


def told(view: GraphView) -> list[Contact]:
    """Contacts by name again."""
    ids = view.ids.to_pylist()
    return sorted(
        (ids[i], kind, c.names[int(t)].as_py(), (int(at) - int(view.known_at.min())) // 3_600_000_000)
        for kind, c in view.contacts.items()
        for i, t, at in zip(c.items, c.targets, c.times, strict=True)
    )


def test_rows_hold_what_the_files_say(view: GraphView) -> None:
    assert told(view) == sorted(CONTACT_ROWS)


@pytest.mark.parametrize("seed", range(4))
def test_integers_do_not_depend_on_the_order_of_the_rows(tmp_path: Path, view: GraphView, seed: int) -> None:
    dice = random.Random(seed)
    items, contacts = dice.sample(ITEM_ROWS, len(ITEM_ROWS)), dice.sample(CONTACT_ROWS, len(CONTACT_ROWS))
    other = open_view(write(tmp_path / "b", items, contacts))
    assert other.ids.equals(view.ids)
    assert (other.known_at == view.known_at).all()
    for kind in KINDS:
        mine, theirs = view.contacts[kind], other.contacts[kind]
        assert mine.names.equals(theirs.names), kind
        for a, b in ((mine.by_target(), theirs.by_target()), (mine.by_item(view.n), theirs.by_item(view.n))):
            assert (a.offsets == b.offsets).all()
            assert (a.values == b.values).all()
            assert (a.times == b.times).all()


def test_rows_run_by_time(view: GraphView) -> None:
    phones = view.contacts["OwnPhone"]
    assert phones.names.to_pylist() == ["phone-a", "phone-b"]
    by_phone = phones.by_target()
    assert by_phone.degrees.tolist() == [1, 3]
    # Hours 1, 4, 5.
    assert [view.ids[int(i)].as_py() for i in by_phone.row(1)] == ["export:P:3", "import:P:1", "import:P:2"]
    assert [phones.names[int(t)].as_py() for t in phones.by_item(view.n).row(3)] == ["phone-b", "phone-a"]


contact_lists = st.lists(
    st.tuples(st.sampled_from([row[0] for row in ITEM_ROWS]), st.sampled_from(KINDS[:4]), st.sampled_from("abc"), st.integers(0, 10**12)),
    unique_by=lambda c: c[:3],
    max_size=20,
)


@settings(deadline=None)  # the machine may be busy
@given(contact_lists, st.integers(0, 10**12))
def test_nothing_later_is_kept_and_nothing_earlier_is_lost(contacts: list[Contact], after: int) -> None:
    view = made(contacts)
    moment = START.replace(tzinfo=dt.UTC) + dt.timedelta(microseconds=after)
    until = view.until(moment)
    assert until.ids.equals(view.ids)
    kept = {c[:3] for c in contacts if c[3] <= after}
    seen = {
        (view.ids[int(i)].as_py(), kind, c.names[int(t)].as_py())
        for kind, c in until.contacts.items()
        for i, t in zip(c.items, c.targets, strict=True)
    }
    assert seen == kept
    for kind, c in until.contacts.items():
        assert c.names.equals(view.contacts[kind].names)
        csr = c.by_target()
        rows = np.repeat(np.arange(len(csr.degrees)), csr.degrees)
        assert (np.diff(csr.times)[np.diff(rows) == 0] >= 0).all()
        assert (csr.times <= micros(after)).all()


def micros(after: int) -> int:
    return round(START.replace(tzinfo=dt.UTC).timestamp()) * 1_000_000 + after


def made(contacts: list[Contact]) -> GraphView:
    """A view of contacts at microseconds after the start, without the detour through files."""
    from sandan.graph.view import Contacts

    ids = sorted(row[0] for row in ITEM_ROWS)
    by_kind = {}
    for kind in KINDS:
        own = [c for c in contacts if c[1] == kind]
        names = sorted({c[2] for c in own})
        by_kind[kind] = Contacts(
            np.array([ids.index(c[0]) for c in own], dtype=np.int32),
            np.array([names.index(c[2]) for c in own], dtype=np.int32),
            np.array([micros(c[3]) for c in own], dtype=np.int64),
            pa.array(names, pa.string()),
        )
    nothing = np.zeros(len(ids), dtype=bool)
    return GraphView(pa.array(ids), nothing, nothing, np.zeros(len(ids), dtype=np.int64), by_kind)


def test_a_moment_itself_counts(view: GraphView) -> None:
    at = (START + dt.timedelta(hours=4)).replace(tzinfo=dt.UTC)
    assert len(view.until(at).contacts["OwnPhone"].items) == 2
    assert len(view.until(at - dt.timedelta(microseconds=1)).contacts["OwnPhone"].items) == 1
    beijing = at.astimezone(dt.timezone(dt.timedelta(hours=8)))
    assert told(view.until(beijing)) == told(view.until(at))


def test_contacts_of_items_that_are_not_there_are_left_out(tmp_path: Path) -> None:
    view = open_view(write(tmp_path, ITEM_ROWS[:2], CONTACT_ROWS))
    assert {item for item, *_ in told(view)} == {"import:P:1", "import:P:2"}
    assert view.contacts["Country"].names.to_pylist() == []


@pytest.mark.parametrize("name", ["items", "contacts"])
@pytest.mark.parametrize("fault", ["gone", "cut", "no parquet", "other columns"])
def test_broken_events_are_the_stores_error(tmp_path: Path, name: str, fault: str) -> None:
    path = event_file(write(tmp_path, ITEM_ROWS, CONTACT_ROWS), name)
    if fault == "gone":
        path.unlink()
    elif fault == "cut":
        path.write_bytes(path.read_bytes()[:40])
    elif fault == "no parquet":
        path.write_text("id,label\n")
    else:
        pq.write_table(pa.table({"something": ["else"]}), path)
    with pytest.raises(StoreError, match="run `sandan score`"):
        open_view(tmp_path)


def test_an_empty_graph_has_no_items(tmp_path: Path) -> None:
    view = open_view(write(tmp_path, [], []))
    assert view.n == 0
    assert all(len(c.items) == 0 for c in view.contacts.values())


@settings(deadline=None)
@given(st.lists(st.text(max_size=4), unique=True), st.lists(st.none() | st.text(max_size=4), max_size=30))
def test_a_few_names_are_found_like_many(names: list[str], wanted: list[str | None]) -> None:
    known = pa.array(names, pa.string())
    known = known.take(pa.compute.sort_indices(known))
    asked = pa.array([*wanted, *names[:3]], pa.string())
    expected = [known.to_pylist().index(name) if name in names else -1 for name in asked.to_pylist()]
    assert sorted_places(known, asked).tolist() == expected
    many = pa.concat_arrays([asked] * 400) if len(asked) else asked
    assert sorted_places(known, many).tolist() == expected * 400
