"""One worker's share of the files: read, convert, stage."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sandan.ingest.convert import Intake, RowMaker
from sandan.ingest.files import opened, read_file
from sandan.ingest.reject import BadFile, Reject
from sandan.ingest.stage import FileFacts, FileSink, Stage


@dataclass(slots=True)
class Share:
    """What became of one worker's files.

    Attributes:
        parts: Staged Parquet files by table (`orders`, `order_items.lines`, ...).
        files: Facts of each file (of each member of an archive).
        read: Records read by list.
        lines: Lines read by list.
        rejects: Refused records and files.
        unknown_columns: Columns that no list has, by file.
    """

    parts: dict[str, list[str]] = field(default_factory=dict)
    files: list[FileFacts] = field(default_factory=list)
    read: dict[str, int] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    unknown_columns: dict[str, list[str]] = field(default_factory=dict)


def stage_files(
    files: Sequence[tuple[int, Path]], folder: Path, worker: str, intake: Intake, told: Callable[[int], None] | None = None
) -> Share:
    """Read files and stage what they hold.

    Args:
        files: Number and path of each; a number leaves room for the members of an archive.
        folder: Where the parts go.
        worker: Word that keeps the names of its parts apart from others'.
        intake: The run.
        told: Called with 1 after each file.

    Raises:
        OSError: The parts cannot be written.
    """
    share, stage, makers = Share(), Stage(folder, worker), dict[str, RowMaker]()
    for number, path in files:
        _read_path(number, path, stage, share, makers, intake)
        if told:
            told(1)
    share.parts = stage.close()
    return share


def _read_path(number: int, path: Path, stage: Stage, share: Share, makers: dict[str, RowMaker], intake: Intake) -> None:
    """Read a file, or each member of an archive; a fault costs that one only."""
    sink = FileSink(FileFacts(number, path.name), intake, makers)
    try:
        for member, (name, stream) in enumerate(opened(path)):
            sink = FileSink(FileFacts(number + member, name), intake, makers)
            try:
                unknown = read_file(stream, sink)
            except BadFile as bad:
                _refuse(sink, bad, share)
                continue
            if unknown:
                share.unknown_columns[name] = unknown
            stage.take(sink.rows)
            share.files.append(sink.facts)
            share.rejects.extend(sink.rejects)
            for total, new in ((share.read, sink.read), (share.lines, sink.lines)):
                for list_name, count in new.items():
                    total[list_name] = total.get(list_name, 0) + count
    except BadFile as bad:
        _refuse(sink, bad, share)


def _refuse(sink: FileSink, bad: BadFile, share: Share) -> None:
    """A file that cannot be used counts as one record, read and rejected; what it gave before it broke is dropped with the sink."""
    sink.facts.status, sink.facts.n_records = "rejected", 1
    share.files.append(sink.facts)
    share.read[bad.list_name] = share.read.get(bad.list_name, 0) + 1
    share.rejects.append(Reject(sink.facts.file, 0, bad.list_name, bad.code, bad.text))
