"""The line: ingest what is new, score everything known on a date, publish the graph with it."""

import datetime as dt
import logging
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from sandan.algorithms.bench import Bench
from sandan.algorithms.read_models.shown_lists import keyed_tables
from sandan.algorithms.results.results import Results, current_run, keep_results, kept_runs, open_results, readable_run
from sandan.algorithms.scoring.outcomes import known_outcomes
from sandan.algorithms.scoring.scoring import Evidence, gather_evidence, score_evidence
from sandan.algorithms.vocabulary.registry import use
from sandan.algorithms.wording.render import with_texts
from sandan.gnn.model import newest_card, save_model
from sandan.gnn.ranking import schema
from sandan.gnn.scoring import learner
from sandan.gnn.smoothing import smoother
from sandan.gnn.training import Trained
from sandan.gnn.training import train as train_model
from sandan.graph.arrays import shared_view
from sandan.graph.results import add_results
from sandan.graph.store.access import graph_layout, publish
from sandan.graph.store.layout import GraphLayout
from sandan.graph.tables import write_graph_tables
from sandan.graph.view import open_view
from sandan.ingest.account import Account
from sandan.jobs.inboxes.inbox import Emptied, empty_inboxes
from sandan.record.app.services import outcomes_decided
from sandan.record.errors import InputError, NothingScored, OutputError, SandanError
from sandan.record.home import HomePaths, make_private
from sandan.record.ids import open_keyring
from sandan.record.lake.as_of import Newest, known_to_of, lags, newest_record
from sandan.record.lake.check import check_not_lost
from sandan.record.lake.engine import open_engine
from sandan.record.lake.frames import Frames
from sandan.record.lake.lake import Lake
from sandan.record.processes.lock import home_lock
from sandan.record.runs import Run, RunLedger
from sandan.record.settings import Settings

log = logging.getLogger(__name__)
Step = Callable[[str], None]


def score(settings: Settings, *, as_of: dt.datetime | None = None, job: str = "score", step: Step = lambda _: None) -> Run:
    """Score everything that is known on a date and make it the newest run, with the graph published.

    Args:
        settings: The home.
        as_of: The date; None: the largest `known_at` in the lake.
        job: Name under which the run stands in the ledger.
        step: Called with what is being done.

    Raises:
        NothingScored: The lake is empty.
        BusyError: Another run holds the lock.
        StoreError: The graph could not be published; the former run stays the newest.
        OutputError: The home cannot be written.
    """
    use(settings)
    paths = HomePaths(settings.home)
    with home_lock(paths):

        def work(run: Run) -> None:
            with _workbench(settings, paths, run, as_of) as (bench, newest):
                _score(settings, paths, run, bench, newest, step)

        return RunLedger(paths).record(job, work, published=readable_run(paths))


@dataclass(frozen=True, slots=True)
class _Gathered:
    """What a training leaves to the scoring that follows it: the graph's tables as of the same date, and the evidence."""

    tables: Path
    evidence: Evidence


def _score(
    settings: Settings, paths: HomePaths, run: Run, bench: Bench, newest: Newest | None, step: Step, gathered: _Gathered | None = None
) -> None:
    try:
        _score_and_publish(settings, paths, run, bench, newest, step, gathered)
    except BaseException:
        # What is published is whole, whatever failed afterwards.
        if readable_run(paths) != run.run_id:
            for left in (paths.runs / run.run_id, graph_layout(settings).version(run.run_id)):
                shutil.rmtree(left, ignore_errors=True)
        raise


def _score_and_publish(
    settings: Settings, paths: HomePaths, run: Run, bench: Bench, newest: Newest | None, step: Step, gathered: _Gathered | None
) -> None:
    assert run.as_of is not None
    layout = graph_layout(settings)
    make_private(layout.root)
    tables = layout.tables(run.run_id)
    if gathered:
        shutil.copytree(gathered.tables, tables)
        step("grading")
        evidence = gathered.evidence.of_run(run.run_id, shared_view(tables))
    else:
        step("building the graph")
        write_graph_tables(bench.current, open_keyring(settings), tables, bench.frames.con)
        step("matching the lists, looking for rings, grading")
        evidence = gather_evidence(bench, shared_view(tables), settings, run.as_of, run.run_id)
    made = score_evidence(evidence, settings, paths.runs / run.run_id, learner(paths.models, settings.grade), smoother(settings.grade))
    scored = made.saying(
        # The state of the lake that it read: vacuum keeps what it names for as long as the run is kept.
        lake_seq=bench.frames.lake.entries[-1].seq,
        newest_record={**asdict(newest), "known_at": newest.known_at.isoformat()} if newest else None,
        lists=lags(bench.frames),
    )
    run.model_id = (scored.report["model"] or {}).get("model_id")
    run.n_scored, run.n_high = scored.table("alerts").num_rows, scored.report["grades"]["high"]
    add_results(tables, lambda name: with_texts(name, scored.table(name)))
    keep_results(paths, scored, keyed_tables(bench, scored))
    step("publishing the graph")
    publish(settings, run.run_id, run.run_id)
    # An older version's own pointer to the newest run, which must never speak again.
    (paths.runs / "CURRENT").unlink(missing_ok=True)


@contextmanager
def _workbench(settings: Settings, paths: HomePaths, run: Run, as_of: dt.datetime | None) -> Iterator[tuple[Bench, Newest | None]]:
    """The lists as of a run's date, with a folder for intermediate tables that goes away with it, and the newest record that they hold.

    Raises: as `score`.
    """
    lake = Lake(paths.lake)
    check_not_lost(paths)
    if lake.head is None:
        raise NothingScored(f"{paths.lake}: nothing was ingested yet; run `sandan ingest PATH`")
    folder = paths.runs / f"{run.run_id}.work"
    _sweep(paths)
    con = open_engine(settings, folder)
    try:
        make_private(folder)
        frames = Frames(lake, con, as_of, outcomes_decided(settings))
        newest = newest_record(frames)
        frames.as_of = run.as_of = as_of or (newest.known_at if newest else None)
        if frames.as_of is None:
            raise NothingScored(f"{paths.lake}: holds no record with a time; run `sandan ingest PATH`, or give the date with --as-of")
        yield Bench(frames, folder), newest
    except OSError as exc:
        raise OutputError(f"{paths.root}: cannot write ({exc.strerror or exc}); free space, then run the command again") from exc
    finally:
        con.disconnect()
        shutil.rmtree(folder, ignore_errors=True)


def train(settings: Settings, *, as_of: dt.datetime | None = None, seed: int = 1, step: Step = lambda _: None) -> Trained:
    """Learn from the outcomes known by a date and keep the model with its card.

    Args:
        settings: The home.
        as_of: The date; None: the largest `known_at` in the lake.
        seed: Of everything random.
        step: Called with what is being done.

    Returns:
        The model; or none, with the reason, where there is too little to learn from.

    Raises:
        NothingScored, BusyError, OutputError: As `score`.
    """
    use(settings)
    paths = HomePaths(settings.home)
    with home_lock(paths):
        trained: list[Trained] = []

        def work(run: Run) -> None:
            with _workbench(settings, paths, run, as_of) as (bench, _):
                trained.append(_train(settings, paths, run, bench, seed, step)[0])

        RunLedger(paths).record("train", work, published=readable_run(paths))
    return trained[0]


def train_and_score(settings: Settings, *, seed: int = 1, job: str = "score", step: Step = lambda _: None) -> tuple[Trained, Run]:
    """Learn from the outcomes known by now, then score with what was learned; what both need is gathered once.

    Args:
        settings: The home.
        seed: Of everything random in the training.
        job: Name under which the scoring stands in the ledger; the training is a run of its own.
        step: Called with what is being done.

    Raises:
        NothingScored, BusyError, StoreError, OutputError: As `score`. Where the training fails, nothing is scored.
    """
    use(settings)
    paths = HomePaths(settings.home)
    with home_lock(paths), ExitStack() as stack:
        done: list[tuple[Trained, _Gathered | None]] = []
        opened: list[tuple[Bench, Newest | None]] = []

        def learn(run: Run) -> None:
            opened.append(stack.enter_context(_workbench(settings, paths, run, None)))
            done.append(_train(settings, paths, run, opened[0][0], seed, step))

        def score_all(run: Run) -> None:
            (bench, newest), (_, gathered) = opened[0], done[0]
            run.as_of = bench.frames.as_of
            _score(settings, paths, run, bench, newest, step, gathered)

        RunLedger(paths).record("train", learn, published=readable_run(paths))
        return done[0][0], RunLedger(paths).record(job, score_all, published=readable_run(paths))


def _train(settings: Settings, paths: HomePaths, run: Run, bench: Bench, seed: int, step: Step) -> tuple[Trained, _Gathered | None]:
    assert run.as_of is not None
    if not bench.frames.count("outcomes"):
        return Trained(None, {}, "no outcomes are known by this date"), None
    step("building the graph")
    tables = bench.folder / "graph"
    write_graph_tables(bench.current, open_keyring(settings), tables, bench.frames.con)
    view = open_view(tables)
    step("matching the lists")
    evidence = gather_evidence(bench, view, settings, run.as_of, run.run_id)
    trained = train_model(evidence, known_outcomes(bench, view), run.run_id, seed, step)
    if trained.model is not None:
        run.model_id = run.run_id
        make_private(paths.models)
        save_model(paths.models / run.run_id, trained.model, trained.card)
    return trained, _Gathered(tables, evidence)


def _sweep(paths: HomePaths) -> None:
    """Remove what runs left behind that failed or died in mid-work; never what is published, nor anything while that is not certain."""
    for left in [*paths.runs.glob("*.work"), *paths.runs.glob("*.part"), *paths.models.glob("*.part"), *paths.plans.glob("*.part")]:
        shutil.rmtree(left, ignore_errors=True)
    layout = GraphLayout(paths.graph)
    try:
        kept = {current_run(paths), layout.current()}
        useless = RunLedger(paths).unpublished() - kept
    except SandanError:
        return
    for name in useless:
        for left in (paths.runs / name, paths.graph / name):
            shutil.rmtree(left, ignore_errors=True)
    for left in paths.graph.glob("build-*"):
        if left.name not in kept and not layout.contents_file(left.name).exists():
            shutil.rmtree(left, ignore_errors=True)


def build_graph(settings: Settings, *, step: Step = lambda _: None) -> str:
    """Build the graph from the lake with the newest run's results in it; return its version.

    Without a run the graph holds the lists alone, as of everything known.

    Raises:
        NothingScored: The lake is empty.
        BusyError, StoreError, OutputError: As `score`.
    """
    use(settings)
    paths = HomePaths(settings.home)
    with home_lock(paths):
        lake = Lake(paths.lake)
        if lake.head is None:
            raise NothingScored(f"{paths.lake}: nothing was ingested yet; run `sandan ingest PATH`")
        newest = _newest(paths)
        as_of = newest.as_of if newest else known_to_of(lake)
        version = f"build-{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S%f}"
        folder = paths.runs / f"{version}.work"
        keyring = open_keyring(settings)
        _sweep(paths)
        layout, con = graph_layout(settings), open_engine(settings, folder)
        try:
            make_private(folder)
            make_private(layout.root)
            step("writing the graph's tables")
            lists = Bench(Frames(lake, con, as_of), folder).current
            write_graph_tables(lists, keyring, layout.tables(version), con)
            if newest:
                add_results(layout.tables(version), lambda name: with_texts(name, newest.table(name)))
            step("publishing the graph")
            publish(settings, version, newest.run_id if newest else "")
        except BaseException:
            if layout.current() != version:
                shutil.rmtree(layout.version(version), ignore_errors=True)
            raise
        finally:
            con.disconnect()
            shutil.rmtree(folder, ignore_errors=True)
    return version


def _newest(paths: HomePaths) -> Results | None:
    """The newest run; where what says which it is is lost or damaged, the newest of those that are kept and were done."""
    try:
        return open_results(paths)
    except NothingScored:
        return None
    except SandanError as exc:
        useless = RunLedger(paths).unpublished()
        kept = [name for name in kept_runs(paths) if name not in useless]
        if not kept:
            return None
        log.warning("note: %s; taking run %s, the newest that is kept", exc, kept[-1])
        return open_results(paths, kept[-1])


def run_line(
    settings: Settings,
    *,
    step: Step = lambda _: None,
    progress: Callable[[int, int], None] | None = None,
    received: Callable[[Account | None, Sequence[Emptied]], None] = lambda _account, _inboxes: None,
) -> tuple[Account | None, Run]:
    """What the schedule calls: empty the inboxes of the settings, train if it is due, then score.

    Args:
        settings: The home.
        step: Called with what is being done.
        progress: Called with files done and files in all.
        received: Called with the account of the batch, and what became of each inbox, before anything is scored.

    Returns:
        The account of the batch, None where the inboxes hold nothing that can be read; and the run.

    Raises:
        ConfigError: An inbox is not there, or lies in the home.
        InputError: Nothing was ever received.
        BusyError, StoreError, OutputError: As `score`.
    """
    account, inboxes = empty_inboxes(settings, step=step, progress=progress)
    received(account, inboxes)
    if account is None and not Lake(HomePaths(settings.home).lake).entries:
        raise InputError("nothing to do: the inboxes are empty and nothing was ingested before; put files in or set [inbox] folders")
    if _due(settings):
        return account, train_and_score(settings, seed=settings.learn.seed, job="run", step=step)[1]
    return account, score(settings, job="run", step=step)


def _due(settings: Settings) -> bool:
    """Whether the newest model is older than the settings allow, does not fit this version, or there is none yet."""
    use(settings)
    paths = HomePaths(settings.home)
    known_to, card = known_to_of(Lake(paths.lake)), newest_card(paths.models)
    if known_to is None or not settings.learn.every_days:
        return False
    if card is None or card["schema"] != schema():
        return True
    return known_to - dt.datetime.fromisoformat(card["as_of"]) >= dt.timedelta(days=settings.learn.every_days)
