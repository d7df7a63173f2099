"""One worker's share of the files: read, convert, stage."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sandan.ingest.ceb.signature import SignatureChecker
from sandan.ingest.convert import Converter, Intake
from sandan.ingest.files import opened, read_file
from sandan.ingest.mapping import TableMapping
from sandan.ingest.memory import Watch, give_back, without_cycles
from sandan.ingest.privacy import without_numbers
from sandan.ingest.quality import Figures
from sandan.ingest.reject import BadFile
from sandan.ingest.stage import FileFacts, FileSink, Part, Stage


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
        give_back()
    share.parts, share.lines, share.quality = stage.parts, stage.lines, stage.quality
    return share


def _read_path(number: int, path: Path, stage: Stage, share: Share, task: Task, watch: Watch) -> None:
    """Read a file, or each member of an archive; a fault costs that one only."""
    for member, (name, stream) in enumerate(opened(path)):
        # Names of files and of columns may be anything, also somebody's number.
        name = without_numbers(name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"), task.intake.keyring)
        sink = stage.open(FileFacts(number + member, name))
        try:
            if isinstance(stream, BadFile):
                raise stream
            if unknown := read_file(stream, sink, task.checker, task.mapping):
                share.unknown_columns[name] = [without_numbers(column, task.intake.keyring) for column in unknown]
        except BadFile as bad:
            _refuse(sink, bad, share)
        stage.take(sink)
        share.files.append(sink.facts)
        share.read[sink.facts.file_no] = sink.read
        watch.look()


def _refuse(sink: FileSink, bad: BadFile, share: Share) -> None:
    """Drop what a file gave before it broke; it counts as one record, read and rejected."""
    sink.forget()
    sink.facts.status = "rejected"
    sink.refuse(bad.list_name, bad.code, [(0, bad.text)])
    share.faults[sink.facts.file_no] = (bad.code, bad.text)
