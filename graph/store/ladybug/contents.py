"""What is in the embedded graph, row by row."""

import contextlib
from collections.abc import Iterator

import pyarrow as pa

from sandan.graph.parts import Part
from sandan.graph.store.ladybug.errors import query_error
from sandan.graph.store.ladybug.store import open_file, reading_connection
from sandan.graph.store.layout import GraphLayout
from sandan.record.errors import StoreUnavailable

_PIECE_ROWS = 50_000
_TIMEOUT_S = 3600.0


def read_part(layout: GraphLayout, part: Part, *, n_threads: int = 2) -> Iterator[pa.RecordBatch]:
    """Every row of a label or of a relationship between two labels, in no order, with the columns of the part's schema.

    Raises:
        StoreUnavailable: There is no graph, or it cannot be opened.
        StoreError: It cannot be read.
    """
    version = layout.current()
    if version is None:
        raise StoreUnavailable(f"{layout.root}: no graph yet; run `sandan graph build`")
    layout.check_files(version, [layout.database(version)])
    try:
        with (
            contextlib.closing(open_file(layout.database(version), n_threads)) as database,
            reading_connection(database, n_threads, _TIMEOUT_S) as connection,
            contextlib.closing(connection.execute(part.reading)) as result,
        ):
            yield from result.get_as_arrow(_PIECE_ROWS).rename_columns(part.schema.names).cast(part.schema).to_batches()
    except RuntimeError as exc:
        raise query_error(str(exc), str(part), {}, _TIMEOUT_S) from exc
