"""The synthetic world's own figures: the oracle taught anew, the table of baselines, plots, and what trivial properties tell.

    python -m benchmarks.world oracle       # teaches both oracles and freezes them in the package
    python -m benchmarks.world table        # rules, run, flat tree and oracle on worlds that none of them has seen
    python -m benchmarks.world plots        # docs/figures/*.svg and the figures beside them
    python -m benchmarks.world typologies   # what a tree on each single trivial property finds, by typology

Each but the first writes what it found into docs/benchmark.md, between its marks. Worlds are kept in .cache/worlds until the code changes.
"""

import argparse
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from benchmarks.harness import say
from benchmarks.oracles.observables import EVERY, OWN
from benchmarks.oracles.oracle import Oracle, freeze, path_of
from benchmarks.worlds.homes import ROOT, seen, taught

CARD = ROOT / "docs" / "benchmark.md"
FIGURES = ROOT / "docs" / "figures"
PRESET = "benchmark-1m"


def teach(n_orders: int, seeds: list[int], workers: int) -> None:
    """Both oracles, from the full keys of a few worlds."""
    if workers > 1:
        prepare(n_orders, seeds, workers, trained=False)
    x, y = taught([seen(PRESET, n_orders, seed) for seed in seeds])
    for name, columns in (("oracle", EVERY), ("flat", OWN)):
        say(f"teaching {name}: {len(y):,} consignments, {int(y.sum()):,} frauds, {len(columns)} observables")
        values = x[:, [EVERY.index(column) for column in columns]]
        made = Oracle.learn(name, columns, values, y, preset=PRESET, n_orders=n_orders, seeds=seeds)
        freeze(made, path_of(name))
        say(f"{path_of(name).name}: {path_of(name).stat().st_size / 1e6:.2f} MB")
        print(f"{name}: " + ", ".join(f"{column} {share:.1%}" for column, share in list(made.gains().items())[:12]))


def prepare(n_orders: int, seeds: list[int], workers: int, *, trained: bool) -> None:
    """Makes the worlds that are not kept yet, so many at a time."""
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        list(pool.map(_prepared, [(n_orders, seed, trained) for seed in seeds]))


def _prepared(what: tuple[int, int, bool]) -> None:
    n_orders, seed, trained = what
    seen(PRESET, n_orders, seed, trained=trained)


def write_block(name: str, text: str, card: Path = CARD) -> None:
    """Puts a text between two marks of the data card, in the place of what was there."""
    begin, end = f"<!-- {name}: python -m benchmarks.world {name} -->", f"<!-- end of {name} -->"
    before, found, rest = card.read_text(encoding="utf-8").partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise SystemExit(f"{card}: the marks {begin} and {end} are not there")
    card.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", encoding="utf-8")
    say(f"written into {card.relative_to(ROOT)}: {name}")


def main() -> None:
    """One of the four."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["oracle", "table", "plots", "typologies"])
    parser.add_argument("--orders", type=int, help="of each world; default: 40,000, plots 100,000, typologies 12,000")
    parser.add_argument("--seeds", type=int, nargs="+", help="default: oracle 101 to 105, table 201 202, plots 7, typologies 811 812")
    parser.add_argument("--workers", type=int, default=2, help="worlds made at a time, 1.5 GB of memory each")
    options = parser.parse_args()
    # Properties that a world lacks are all nan.
    np.seterr(all="ignore")
    if options.what == "oracle":
        teach(options.orders or 40_000, options.seeds or [101, 102, 103, 104, 105], options.workers)
    elif options.what == "table":
        from benchmarks.worlds.table import baselines

        n_orders, seeds = options.orders or 40_000, options.seeds or [201, 202]
        if options.workers > 1:
            prepare(n_orders, seeds, options.workers, trained=True)
        told = baselines(PRESET, n_orders, seeds)
        print(told)
        write_block("table", told)
    elif options.what == "plots":
        from benchmarks.worlds.plots import draw

        told = draw(FIGURES, options.orders or 100_000, (options.seeds or [7])[0])
        print(told)
        write_block("plots", told)
    else:
        from benchmarks.worlds.typologies import properties

        told = properties(options.orders or 12_000, options.seeds or [811, 812])
        print(told)
        write_block("typologies", told)


if __name__ == "__main__":
    main()
