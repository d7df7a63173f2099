"""Messages in any order, any partition into files and any partition of files into calls: the same rows in force, and every record accounted for."""

import itertools
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

Xml = Callable[..., str]
LINE = {"gnum": "1", "itemName": "奶粉", "qty": "1", "price": "5", "currency": "142"}
# Number, hour of sending, app_type, app_status, goods value (an unreadable one rejects the record).
RECORDS = st.lists(
    st.tuples(
        st.sampled_from("12"), st.integers(10, 12), st.sampled_from("123"), st.sampled_from("12"), st.sampled_from(["10", "20", "ten"])
    ),
    min_size=1,
    max_size=8,
)


def _in_force(reader: Any) -> list[Any]:
    return sorted(
        [(row["order_no"], row["record_id"], str(row["goods_value"]), row["app_type"]) for row in reader.rows("orders")]
        + [(row["order_no"], row["record_id"], row["parent_id"], "") for row in reader.rows("order_items")]
    )


@settings(max_examples=5, deadline=None)
@given(records=RECORDS, data=st.data())
def test_any_order_and_partition_gives_the_same_rows_and_an_even_account(
    order: Xml, message: Xml, reader_at: Callable[[Path], Any], records: list[tuple[str, int, str, str, str]], data: st.DataObject
) -> None:
    written = [
        order(number, {"guid": f"G{i}", "appTime": f"20250401{hour}0000", "appType": kind, "appStatus": status, "goodsValue": value}, LINE)
        for i, (number, hour, kind, status, value) in enumerate(records)
    ]
    shuffled = data.draw(st.permutations(written))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(written)), max_size=3)) | {0, len(written)})
    n_calls = data.draw(st.integers(1, 2))
    n_bad = sum(record[4] == "ten" for record in records)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "whole.xml").write_text(message(*written), encoding="utf-8")
        files = []
        for start, end in itertools.pairwise(cuts):
            files.append(folder / f"{start}.xml")
            files[-1].write_text(message(*shuffled[start:end]), encoding="utf-8")
        whole, parts = reader_at(folder / "a"), reader_at(folder / "b")
        first = whole.read(folder / "whole.xml")
        accounts = [parts.read(*batch) for batch in (files[:: n_calls or 1], files[1::2] if n_calls == 2 else []) if batch]
        assert _in_force(parts) == _in_force(whole)
        for read in ([first], accounts):
            assert (
                sum(a["read"] for a in read)
                == len(records)
                == sum(a[place] for a in read for place in ("loaded", "superseded", "duplicate", "rejected"))
            )
            assert sum(a["rejected"] for a in read) == n_bad
        # Equal but for their guid: kept once, whoever comes first.
        kept = sum(a["loaded"] + a["superseded"] for a in accounts)
        assert kept == first["loaded"] + first["superseded"] == len({record for record in records if record[4] != "ten"})
        # Everything again: nothing is new.
        again = parts.read(folder / "whole.xml")
        assert (again["loaded"], again["superseded"], again["duplicate"]) == (0, 0, len(records) - n_bad)
