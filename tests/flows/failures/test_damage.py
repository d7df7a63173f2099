"""Rot and loss in a whole home: no stored file is ever read as other values, and every damage is an error with a remedy.

The home has a model, a run and a graph. A slow suite: every damage is made in the only copy, looked at by `sandan check` and by every reader.
"""

import os
import random
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sandan.algorithms.read_models.consignment import full_key
from sandan.algorithms.results.results import open_results
from sandan.dashboard import notice
from sandan.dashboard.address import Address, Scene, consignment_path
from sandan.dashboard.network import network_view
from sandan.dashboard.pages import clusters, queue
from sandan.dashboard.routing import page_at
from sandan.ingest.intake import ingest
from sandan.jobs import cli
from sandan.jobs.checks.home import look_at
from sandan.jobs.pipeline import score, train
from sandan.record.catalog.tables import CATALOG
from sandan.record.errors import DamagedFile, SandanError
from sandan.record.files.checksums import forget
from sandan.record.home import HomePaths
from sandan.record.lake.frames import Frames, connect
from sandan.record.lake.lake import Lake
from sandan.record.settings import Settings, load_settings
from sandan.synthetic.params import world_params
from sandan.synthetic.world import write_world

pytestmark = [pytest.mark.slow, pytest.mark.timeout(7200)]
N_FLIPS = int(os.environ.get("SANDAN_TEST_FLIPS", "360"))


@pytest.fixture(scope="session")
def whole(made_once: Callable[[str, Callable[[Path], object]], Path]) -> Settings:
    """A home with everything that a home can have."""

    def fill(folder: Path) -> None:
        settings = load_settings(folder / "home")
        ingest(
            [write_world(folder / "world", world_params("demo", n_orders=400, seed=5, label_rate=0.6, fraud_rate=0.15)).folder], settings
        )
        assert train(settings).model is not None
        score(settings)
        (folder / "home" / "sandan.toml").write_text("[cypher]\nmax_rows = 1000\n", encoding="utf-8")

    return load_settings(made_once("damage", fill) / "home")


class Pages:
    """What an officer sees of a home: text of every page and of the tables in it."""

    def __init__(self, settings: Settings) -> None:
        results = open_results(HomePaths(settings.home))
        alert = results.table("alerts").to_pylist()[0]
        cluster = next(iter(results.table("clusters").to_pylist()), None)
        self.settings, self.address = settings, Address("en")
        self.scenes = [Scene(key=alert["consignment_id"]), *([Scene(cluster=cluster["cluster_id"])] if cluster else [])]
        self.paths = ["/", "/operators", "/clusters", consignment_path(full_key(alert))]

    def seen(self) -> list[str]:
        """One text for each part; an error's sentence where it ends with one."""
        forget()
        network_view._atlas.cache_clear()
        network_view._picture.cache_clear()
        parts: list[Callable[[], object]] = [
            *(lambda path=path: page_at(self.settings, path, self.address) for path in self.paths),  # type: ignore[misc]
            *(lambda scene=scene: page_at(self.settings, "/network", Address("en", scene=scene)) for scene in self.scenes),  # type: ignore[misc]
            lambda: queue.rows_response(self.settings, {"startRow": 0, "endRow": 200}, "?grade=all", None),
            lambda: queue.counts(self.settings, self.address, None),
            lambda: clusters.cluster_rows(self.settings, self.address, None),
            lambda: clusters.countries(self.settings, self.address, None),
        ]
        return [self._one(part) for part in parts]

    @staticmethod
    def _one(part: Callable[[], object]) -> str:
        try:
            return repr(part())
        except SandanError as exc:
            return f"error: {exc}"

    def is_notice(self, text: str) -> bool:
        """Whether a part says that it cannot be shown."""
        of_each = [Address("en"), *(Address("en", scene=scene) for scene in self.scenes)]
        told = {repr(make(address)) for make in (notice.failed, notice.no_graph, notice.nothing_scored) for address in of_each}
        return text in told or text.startswith("error: ") or text == "()"


def lake_rows(settings: Settings, names: list[str]) -> dict[str, object]:
    """Rows in force of some lists, or the error that reading them ends with."""
    forget()
    con, found = connect(threads=1), {}
    try:
        frames = Frames(Lake(settings.home / "lake"), con, None)
        for name in names:
            try:
                found[name] = sorted(map(repr, frames.current(name).to_pyarrow().to_pylist()))
            except SandanError:
                found[name] = None
    except SandanError:
        return dict.fromkeys(names)
    finally:
        con.disconnect()
    return found


def command(settings: Settings, *arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """Exit code and outputs of a command in this process."""
    forget()
    capsys.readouterr()
    before, sys.argv = sys.argv, ["sandan", *arguments]
    os.environ["SANDAN_HOME"] = str(settings.home)
    try:
        cli.main()
        code = 0
    except SystemExit as exc:
        code = exc.code if isinstance(exc.code, int) else 1
    finally:
        sys.argv = before
        del os.environ["SANDAN_HOME"]
    told = capsys.readouterr()
    return code, told.out, told.err


def stored(settings: Settings, part: str, *suffixes: str) -> list[Path]:
    """Files of a part of the home that count as stored values."""
    paths = sorted(p for p in (settings.home / part).rglob("*") if p.is_file() and (not suffixes or p.suffix in suffixes))
    return [path for path in paths if path.stat().st_size]


@contextmanager
def changed(path: Path, content: bytes | None) -> Iterator[None]:
    """A file with other content, or without the file, while the block lasts."""
    state, before = path.stat(), path.read_bytes()
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
        os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))  # rot leaves the times as they were
    try:
        yield
    finally:
        path.write_bytes(before)


@pytest.mark.parametrize("part", ["lake", "runs", "models", "graph"])
def test_no_flipped_bit_is_read_as_another_value(whole: Settings, part: str, capsys: pytest.CaptureFixture[str]) -> None:
    draw = random.Random(f"flips {part}")
    files = stored(whole, part, ".parquet") or stored(whole, part)
    pages, names = Pages(whole), [name for name in CATALOG if Lake(whole.home / "lake").files(name)]
    right_pages, right_rows = pages.seen(), lake_rows(whole, names)
    assert not any(pages.is_notice(text) for text in right_pages)
    seen_by_check = read_wrongly = 0
    for n in range(N_FLIPS // 4):
        path = draw.choice(files)
        content = bytearray(path.read_bytes())
        bit = draw.randrange(len(content) * 8)
        content[bit // 8] ^= 1 << bit % 8
        with changed(path, bytes(content)):
            forget()
            damaged = look_at(whole).damaged
            seen_by_check += any(path.name in str(error) for error in damaged)
            assert damaged, (path, bit)
            if part == "lake":
                name = path.relative_to(whole.home / "lake").parts[0]
                if name in names:
                    read_wrongly += lake_rows(whole, [name])[name] not in (None, right_rows[name])
            for shown, right in zip(pages.seen(), right_pages, strict=True):
                read_wrongly += shown != right and not pages.is_notice(shown)
            if n % 15 == 0:
                code, _, err = command(whole, "alerts", "--all", "--format", "csv", capsys=capsys)
                assert code in (0, 65, 69), err
    forget()
    assert not look_at(whole).damaged
    assert pages.seen() == right_pages
    assert (seen_by_check, read_wrongly) == (N_FLIPS // 4, 0)


@pytest.mark.parametrize("part", ["lake", "models"])
def test_score_reads_no_flipped_bit_as_another_value(
    whole: Settings, part: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draw = random.Random(f"scores {part}")
    home = load_settings(shutil.copytree(whole.home, tmp_path / "home"))

    def alerts() -> tuple[int, str]:
        code, _, err = command(home, "score", capsys=capsys)
        assert code in (0, 65), err
        if code:
            return code, ""
        lines = command(home, "alerts", "--all", "--format", "csv", capsys=capsys)[1]
        return 0, "\n".join(",".join(part for part in line.split(",") if "-score-" not in part) for line in lines.splitlines())

    right, files = alerts(), stored(home, part)
    outcomes = []
    for _ in range(max(N_FLIPS // 30, 1)):
        path = draw.choice(files)
        content = bytearray(path.read_bytes())
        bit = draw.randrange(len(content) * 8)
        content[bit // 8] ^= 1 << bit % 8
        with changed(path, bytes(content)):
            outcomes.append(alerts())
            assert outcomes[-1] == right or outcomes[-1][0] == 65, (path, bit)
    assert any(code for code, _ in outcomes)


# Kinds of files: where they lie, and whether a home without them is another home and not a damaged one.
KINDS = {
    "secret.key": False,
    "sandan.toml": True,
    "lake/HEAD": False,
    "lake/ledger/*.parquet": False,
    "lake/ledger/_delta_log/*.json": False,
    "lake/orders/*.parquet": False,
    "lake/orders/_delta_log/*.json": False,
    "lake/files/*.parquet": False,
    "lake/quality/*.parquet": False,
    "runs/*-score-*/alerts.parquet": False,
    "runs/*-score-*/operators.parquet": False,
    "runs/*-score-*/findings.parquet": False,
    "runs/*-score-*/clusters.parquet": False,
    "runs/*-score-*/members.parquet": False,
    "runs/*-score-*/consignments-*.parquet": False,
    "runs/*-score-*/keys-*.parquet": False,
    "runs/*-score-*/report.json": False,
    "models/*/card.json": False,
    "models/*/*": False,
    "graph/CURRENT": False,
    "graph/*/contents.json": False,
    "graph/*/graph.lbug": False,
    "graph/*/tables/nodes/Order.parquet": False,
    "graph/*/tables/relations/PAID_BY.Order.Payer.parquet": False,
    "graph/*/tables/events/contacts.parquet": False,
    "graph/*/view/arrays.arrows": True,
    "app.db": False,
}


def _damages(path: Path) -> dict[str, bytes | None]:
    content = path.read_bytes()
    others = [p for p in sorted(path.parent.iterdir()) if p.is_file() and p != path and p.stat().st_size and p.read_bytes() != content]
    other = others[0].read_bytes() if others else bytes(reversed(content)) or b"other"
    return {"removed": None, "emptied": b"", "truncated": content[: len(content) // 2], "exchanged": other, "replaced by text": b"other\n"}


@pytest.mark.parametrize("kind", KINDS)
def test_no_damaged_file_of_any_kind_is_silent(whole: Settings, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    paths = sorted(whole.home.glob(kind))
    assert paths, kind
    pages = Pages(whole)
    right_pages = pages.seen()
    key = right_pages and open_results(HomePaths(whole.home)).table("alerts").to_pylist()[0]["consignment_id"]
    readers = (
        ("alerts", "--all", "--format", "csv"), ("clusters", "--members", "--format", "csv"), ("operators", "--format", "csv"),
        ("findings", "--format", "csv"), ("explain", key), ("rejects",), ("runs", "--format", "csv"), ("card",), ("measure", "--format", "csv"),
        ("graph", "info"), ("cypher", "MATCH (o:Order)-[:PAID_BY]->(p) RETURN o.order_no, p.masked_name ORDER BY o.order_no LIMIT 9"),
    )  # fmt: skip
    right = {arguments: command(whole, *arguments, capsys=capsys)[:2] for arguments in readers}
    assert {code for code, _ in right.values()} == {0}, right
    for path in paths[:2]:
        for name, content in _damages(path).items():
            if content is not None and content == path.read_bytes():
                continue
            with changed(path, content):
                code, out, err = command(whole, "check", capsys=capsys)
                assert code in ((0, 65, 69, 78) if KINDS[kind] else (65, 69, 78)), (kind, name, code, out, err)
                if code:
                    assert any(word in out + err for word in ("run `sandan", "restore", "sandan check --repair", "correct", "remove")), (
                        out + err
                    )
                for arguments in readers:
                    code, out, err = command(whole, *arguments, capsys=capsys)
                    assert code in (0, 65, 69, 78), (kind, name, arguments, code, err)
                    assert code or (code, out) == right[arguments], (kind, name, arguments, out, err)
                for shown, was in zip(pages.seen(), right_pages, strict=True):
                    assert shown == was or pages.is_notice(shown), (kind, name)
    assert pages.seen() == right_pages


@pytest.mark.parametrize("kind", ["lake/HEAD", "lake/ledger/_delta_log/*.json", "lake/ledger/*.parquet", "lake/ledger"])
@pytest.mark.parametrize("how", ["removed", "emptied"])
def test_a_lost_ledger_is_repaired_with_equal_final_rows(
    whole: Settings, tmp_path: Path, kind: str, how: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if (kind, how) == ("lake/ledger", "emptied"):
        pytest.skip("a folder is not emptied but removed")
    home = load_settings(shutil.copytree(whole.home, tmp_path / "home"))
    names = [name for name in CATALOG if Lake(home.home / "lake").files(name)]
    right = lake_rows(home, names)
    for path in home.home.glob(kind):
        if path.is_dir():
            shutil.rmtree(path)
        elif how == "removed":
            path.unlink()
        else:
            path.write_bytes(b"")
    with pytest.raises(SandanError):
        ingest([tmp_path.parent], home)
    assert command(home, "check", capsys=capsys)[0] == 65
    code, out, err = command(home, "check", "--repair", capsys=capsys)
    assert code == 0, out + err
    assert lake_rows(home, names) == right
    assert command(home, "score", capsys=capsys)[0] == 0


def test_what_is_lost_is_not_taken_for_nothing(whole: Settings, tmp_path: Path) -> None:
    """Whole folders: a run without its folder, a graph without its folder, a lake without tables or none at all."""
    for part in ("runs", "graph", "lake", "lake/orders"):
        home = load_settings(shutil.copytree(whole.home, tmp_path / part.replace("/", "-")))
        shutil.rmtree(home.home / part)
        forget()
        assert look_at(home).damaged, part
        if part == "lake":
            for act in (lambda: ingest([whole.home.parent / "world"], home), lambda: score(home)):  # noqa: B023
                with pytest.raises(DamagedFile, match="lost"):
                    act()
