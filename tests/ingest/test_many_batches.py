"""Many small batches read like one large one."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from sandan.record.lake.frames import Frames, connect
from sandan.record.lake.lake import Lake

N = 36


def test_many_small_batches_are_read_from_few_files(
    reader_at: Callable[[Path], Any], order: Callable[..., str], message: Callable[..., str], tmp_path: Path
) -> None:
    files = []
    for i in range(N):
        files.append(tmp_path / f"{i:02}.xml")
        # Some orders come again and are changed, so that which version counts is asked too.
        files[-1].write_text(message(order(f"N{i % 40}", {"appTime": f"20250401{i:06}", "goodsValue": str(i)}, {"gnum": "1", "qty": "2"})))
    whole, parts = reader_at(tmp_path / "whole"), reader_at(tmp_path / "parts")
    (parts.home / "sandan.toml").write_text("[lake]\ncompact_files = 10\n")
    whole.read(*files)
    readers = []
    for i, file in enumerate(files):
        parts.read(file)
        if i in (8, 20):
            readers.append((i + 1, Lake(parts.home / "lake")))
    for name in ("orders", "order_items"):
        ids = [sorted(row["record_id"] for row in home.rows(name)) for home in (whole, parts)]
        assert ids[0] == ids[1]
    lake = Lake(parts.home / "lake")
    assert len(lake.batches) == N
    assert len(lake.entries) > N
    assert len(lake.files("orders")) <= 10
    # Whoever opened the lake before it was compacted reads on, and sees what there was.
    for n, opened in readers:
        assert sum(pq.read_metadata(file).num_rows for file in opened.files("orders")) == n
        assert Frames(opened, connect(threads=1), None).count("orders") == n
