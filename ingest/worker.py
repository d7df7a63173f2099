"""One worker's share of the files: read, convert, stage."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from sandan.ingest.ceb.signature import SignatureChecker
from sandan.ingest.convert import Converter, Intake
from sandan.ingest.files import list_of, opened, read_file
from sandan.ingest.mapping import TableMapping
from sandan.ingest.memory import Watch, give_back, without_cycles
from sandan.ingest.privacy import without_numbers
from sandan.ingest.quality import Figures
from sandan.ingest.reject import BadFile, ours_to_report, unconvertible
from sandan.ingest.stage import FileFacts, Part, Stage


@dataclass(frozen=True, slots=True)
class Task:
    """What is the same for every file of a batch.

    Attributes:
        folder: Where the parts go.
        intake: What conversion needs to know of the run.
        checker: Judges signatures.
        mapping: Says what the columns of tables are, if they are not the contract's.
    """

    folder: Path
    intake: Intake
    checker: SignatureChecker
    mapping: TableMapping | None = None


@dataclass(slots=True)
class Share:
    """What became of one worker's files.

    Attributes:
        parts: Staged Parquet files by table (`orders`, `order_items.lines`, ...).
        files: Facts of each file (of each member of an archive).
        read: Records read by file and list.
        lines: Lines of the records that were taken, by list.
        faults: Code and text of each file that could not be used.
        unknown_columns: Columns that no list has, by file.
        quality: How good what was read is.
    """

    parts: dict[str, list[Part]] = field(default_factory=dict)
    files: list[FileFacts] = field(default_factory=list)
    read: dict[int, dict[str, int]] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    faults: dict[int, tuple[str, str]] = field(default_factory=dict)
    unknown_columns: dict[str, list[str]] = field(default_factory=dict)
    quality: Figures = field(default_factory=Figures)


def stage_files(files: Sequence[tuple[int, Path]], worker: str, task: Task, told: Callable[[int], None] | None = None) -> Share:
    """Read files and stage what they hold.

    Args:
        files: Number and path of each; a number leaves room for the members of an archive.
        worker: Word that keeps the names of its parts apart from others'.
        task: The batch.
        told: Called with 1 after each file.

    Raises:
        OSError: The parts cannot be written.
    """
    share, stage, watch = Share(), Stage(task.folder, worker, Converter(task.intake)), Watch()
    with without_cycles():
        for number, path in files:
            _read_path(number, path, stage, share, task, watch)
            if told:
                told(1)
        stage.close()
        _settle(stage, share)
        give_back()
    share.parts, share.lines, share.quality = stage.parts, stage.lines, stage.quality
    return share


def _read_path(number: int, path: Path, stage: Stage, share: Share, task: Task, watch: Watch) -> None:
    """Read a file, or each member of an archive; a fault, whatever it is, costs that one only."""
    for member, (name, stream) in enumerate(_members(path)):
        # Names of files and of columns may be anything, also somebody's number.
        name = without_numbers(name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"), task.intake.keyring)
        sink = stage.open(FileFacts(number + member, name))
        try:
            if isinstance(stream, BadFile):
                raise stream
            unknown = read_file(stream, sink, task.checker, task.mapping)
            stage.take(sink)
            if unknown:
                share.unknown_columns[name] = [without_numbers(column, task.intake.keyring) for column in unknown]
        except Exception as exc:
            ours_to_report(exc)
            bad = exc if isinstance(exc, BadFile) else unconvertible(exc, list_of(sink.facts.kind))
            share.unknown_columns.pop(name, None)
            sink.refuse_file(bad)
            stage.take(sink)
            share.faults[sink.facts.file_no] = (bad.code, bad.text)
        share.files.append(sink.facts)
        share.read[sink.facts.file_no] = sink.read
        watch.look()


def _members(path: Path) -> Iterator[tuple[str, BinaryIO | BadFile]]:
    """Name and bytes of each file that a path holds; what fails while they are looked for ends the path, not the batch."""
    found = opened(path)
    while True:
        try:
            member = next(found, None)
        except Exception as exc:
            ours_to_report(exc)
            yield path.name, unconvertible(exc)
            return
        if member is None:
            return
        yield member


def _settle(stage: Stage, share: Share) -> None:
    """Count the files that were refused after they had been read."""
    for sink, bad in stage.refused:
        share.faults[sink.facts.file_no] = (bad.code, bad.text)
        share.read[sink.facts.file_no] = sink.read
