"""One worker's share of the files: read, convert, stage."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from sandan.ingest.ceb.signature import SignatureChecker
from sandan.ingest.columns.convert import Converter, Intake
from sandan.ingest.columns.mapping import TableMapping
from sandan.ingest.columns.privacy import without_numbers
from sandan.ingest.memory import Watch, give_back, without_cycles
from sandan.ingest.quality import Figures
from sandan.ingest.reject import BadFile, ours_to_report, unconvertible
from sandan.ingest.sources.files import opened, read_file
from sandan.ingest.staging.sink import FileFacts, FileSink, list_of
from sandan.ingest.staging.stage import Part, Stage


@dataclass(frozen=True, slots=True)
class Task:
    """What is the same for every file of a batch.

    Attributes:
        folder: Where the parts go.
        intake: What conversion needs to know of the run.
        checker: Judges signatures.
        mapping: Says what the columns of tables are, if they are not the reference's.
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


def stage_files(files: Sequence[tuple[int, Path]], worker: str, task: Task, on_file: Callable[[int], None] | None = None) -> Share:
    """Read files and stage what they hold.

    Args:
        files: Number and path of each; a number leaves room for the members of an archive.
        worker: Word that keeps the names of its parts apart from others'.
        task: The batch.
        on_file: Called with 1 after each file.

    Raises:
        OSError: The parts cannot be written.
    """
    seen: set[int] = set()

    def done(number: int) -> None:
        if on_file and number not in seen:
            on_file(1)
        seen.add(number)

    with without_cycles():
        share = _together(files, worker, task, done)
        give_back()
    return share


def _together(files: Sequence[tuple[int, Path]], worker: str, task: Task, done: Callable[[int], None]) -> Share:
    """Stage files as one; where that fails, each half alone, so that a fault costs the file that has it."""
    stage, share, watch = _stage(worker, task), Share(), Watch()
    try:
        for number, path in files:
            for member in _members(number, path, task):
                _read_member(member, stage, share, task)
                watch.look()
            done(number)
        return _closed(stage, share)
    except Exception as exc:
        ours_to_report(exc)
        stage.drop()
    if len(files) == 1:
        return _one_by_one(*files[0], worker, task)
    middle = len(files) // 2
    return _joined(_together(files[:middle], f"{worker}a", task, done), _together(files[middle:], f"{worker}b", task, done))


def _one_by_one(number: int, path: Path, worker: str, task: Task) -> Share:
    """Stage each member of a file alone and refuse those that cannot be staged."""
    shares = []
    for member in _members(number, path, task):
        stage, share = _stage(f"{worker}m{member.facts.file_no}", task), Share()
        try:
            _read_member(member, stage, share, task)
            shares.append(_closed(stage, share))
        except Exception as exc:
            ours_to_report(exc)
            stage.drop()
            stage, share = _stage(f"{worker}n{member.facts.file_no}", task), Share()
            facts = FileFacts(member.facts.file_no, member.facts.file, member.facts.kind)
            _refuse(stage.open(facts), unconvertible(exc, list_of(member.facts.kind)), stage, share)
            shares.append(_closed(stage, share))
    return _joined(*shares)


def _stage(worker: str, task: Task) -> Stage:
    return Stage(task.folder, worker, Converter(task.intake))


def _closed(stage: Stage, share: Share) -> Share:
    stage.close()
    share.parts, share.lines, share.quality = stage.parts, stage.lines, stage.quality
    return share


def _joined(*shares: Share) -> Share:
    whole = Share()
    for share in shares:
        for name, parts in share.parts.items():
            whole.parts.setdefault(name, []).extend(parts)
        for name, n in share.lines.items():
            whole.lines[name] = whole.lines.get(name, 0) + n
        whole.files += share.files
        whole.read.update(share.read)
        whole.faults.update(share.faults)
        whole.unknown_columns.update(share.unknown_columns)
        whole.quality.merge(share.quality.sums)
    return whole


@dataclass(frozen=True, slots=True)
class _Member:
    """A file, or a member of an archive: its bytes, or why there are none."""

    facts: FileFacts
    stream: BinaryIO | BadFile


def _members(number: int, path: Path, task: Task) -> Iterator[_Member]:
    """What a path holds; a fault while it is looked for ends the path, not the batch."""

    def found() -> Iterator[tuple[str, BinaryIO | BadFile]]:
        try:
            yield from opened(path)
        except Exception as exc:
            ours_to_report(exc)
            yield path.name, unconvertible(exc)

    for member, (name, stream) in enumerate(found()):
        # Names of files and of columns may be anything, also somebody's number.
        name = without_numbers(name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"), task.intake.keyring)
        yield _Member(FileFacts(number + member, name), stream)


def _read_member(member: _Member, stage: Stage, share: Share, task: Task) -> None:
    """Read one file; a fault while it is read, whatever it is, costs that one only."""
    sink = stage.open(member.facts)
    try:
        if isinstance(member.stream, BadFile):
            raise member.stream
        unknown = read_file(member.stream, sink, task.checker, task.mapping)
    except Exception as exc:
        ours_to_report(exc)
        _refuse(sink, exc if isinstance(exc, BadFile) else unconvertible(exc, list_of(sink.facts.kind)), stage, share)
        return
    if unknown:
        share.unknown_columns[sink.facts.file] = [without_numbers(column, task.intake.keyring) for column in unknown]
    _count(sink, stage, share)


def _refuse(sink: FileSink, bad: BadFile, stage: Stage, share: Share) -> None:
    sink.refuse_file(bad)
    share.faults[sink.facts.file_no] = (bad.code, bad.text)
    _count(sink, stage, share)


def _count(sink: FileSink, stage: Stage, share: Share) -> None:
    stage.take(sink)
    share.files.append(sink.facts)
    share.read[sink.facts.file_no] = sink.read
