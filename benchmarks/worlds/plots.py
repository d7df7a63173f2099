"""Plots and figures of the data card: how a world of preset `benchmark-1m` is distributed, read from its files."""

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.harness import say, table
from benchmarks.worlds.chart import Chart, Points
from benchmarks.worlds.read import orders
from sandan.synthetic.params import world_params
from sandan.synthetic.world import write_world

_OF = {"orders of a buyer": "buyer", "orders under a telephone": "telephone", "orders to an address, as written": "address",
       "orders of a seller": "seller"}  # fmt: skip
# A day with so many times the median of the days around it is one of a promotion.
_PROMOTED = 1.5
_HOUR = 1 / 24
# Of a line.
_POINTS = 200


def draw(figures: Path, n_orders: int, seed: int) -> str:
    """Writes a world, reads it, draws the plots into a folder; gives the table of figures in Markdown."""
    with tempfile.TemporaryDirectory(prefix="sandan-plots-") as folder:
        say(f"writing a world of {n_orders:,} orders")
        world = write_world(Path(folder) / "world", world_params("benchmark-1m", n_orders=n_orders, seed=seed), form="tables")
        say("reading it")
        found = orders(world.folder)
    figures.mkdir(parents=True, exist_ok=True)
    for name, chart in _charts(found).items():
        chart.write(figures / f"{name}.svg")
        say(f"drawn: {name}.svg")
    return _figures(found, n_orders, seed)


def _charts(found: pd.DataFrame) -> dict[str, Chart]:
    return {
        "degrees": _degrees(found), "hours": _hours(found), "days": _days(found), "prices": _prices(found), "lateness": _lateness(found),
        "gaps": _gaps(found),
    }  # fmt: skip


def survival(values: pd.Series | np.ndarray) -> Points:
    """Share of values that are at least so large; at most so many points, spread evenly over the logarithm."""
    ordered = np.sort(np.asarray(values, dtype=float))
    steps = np.unique(ordered)
    if len(steps) > _POINTS:
        low, high = max(steps[0], 1e-3), steps[-1]
        steps = np.unique(np.geomspace(low, high, _POINTS))
    return [(float(step), float((len(ordered) - np.searchsorted(ordered, step)) / len(ordered))) for step in steps]


def _degrees(found: pd.DataFrame) -> Chart:
    chart = Chart("Orders for each buyer, telephone, address, seller", "orders, at least", "share", log_x=True, log_y=True)
    for name, column in _OF.items():
        chart.line(name.removeprefix("orders ").removesuffix(", as written"), survival(found[column].value_counts()))
    return chart


def _hours(found: pd.DataFrame) -> Chart:
    chart = Chart("Payments in each hour of the day", "hour, Beijing", "share of the day")
    for name, rows in (("innocent", found[found.truth != "fraud"]), ("fraud", found[found.truth == "fraud"])):
        counts = rows.paid_at.dt.hour.value_counts(normalize=True).reindex(range(24), fill_value=0.0)
        chart.line(name, [(hour, float(counts[hour])) for hour in range(24)], dashed=name == "fraud")
    chart.ticks = [(hour, str(hour)) for hour in range(0, 24, 3)]
    return chart


def _days(found: pd.DataFrame) -> Chart:
    days = found.paid_at.dropna().dt.floor("D").value_counts().sort_index().asfreq("D", fill_value=0)
    usual = days.rolling(15, center=True, min_periods=5).median()
    chart = Chart("Orders paid on each day; promotions shaded", "day", "orders")
    chart.line("orders", [(i, float(n)) for i, n in enumerate(days)])
    chart.ticks = [(i, f"{day:%m-%d}") for i, day in enumerate(days.index) if day.day == 1]
    chart.shaded = [float(i) for i in np.flatnonzero((days > _PROMOTED * usual).to_numpy())]
    return chart


def _prices(found: pd.DataFrame) -> Chart:
    chart = Chart("Value of an order's goods", "CNY", "share in each bin", log_x=True)
    bins = np.geomspace(10, 5000, 41)
    for name, rows in (("innocent", found[found.truth != "fraud"]), ("fraud", found[found.truth == "fraud"])):
        counts, _ = np.histogram(rows.value.clip(lower=10), bins)
        chart.line(
            name, list(zip(np.sqrt(bins[:-1] * bins[1:]).tolist(), (counts / counts.sum()).tolist(), strict=True)), dashed=name == "fraud"
        )
    return chart


def _lateness(found: pd.DataFrame) -> Chart:
    chart = Chart("Lists that came after the declaration", "hours after it, at least", "share of all lists", log_x=True, log_y=True)
    for name in ("order", "payment", "waybill"):
        late = found[f"{name}_late"].dropna()
        points = survival(late[late > 0.1])
        chart.line(f"{name} list", [(x, y * float((late > 0.1).mean())) for x, y in points])
    return chart


def between(found: pd.DataFrame) -> pd.Series:
    """Days between two orders of one buyer."""
    ordered = found.dropna(subset="paid_at").sort_values("paid_at")
    gaps: pd.Series = ordered.groupby("buyer").paid_at.diff().dropna().dt.total_seconds() / 86_400
    return gaps[gaps > 0]


def _gaps(found: pd.DataFrame) -> Chart:
    gaps = between(found)
    chart = Chart("Time between two orders of one buyer", "days, at least", "share", log_x=True, log_y=True)
    # From an hour on.
    chart.line("this world", [(x, y) for x, y in survival(gaps) if x >= _HOUR])
    mean = float(gaps.mean())
    steps = np.geomspace(_HOUR, float(gaps.max()), 80)
    chart.line("evenly, same mean", [(float(step), float(np.exp(-step / mean))) for step in steps], dashed=True)
    return chart


def _burstiness(found: pd.DataFrame) -> float:
    """Goh and Barabasi's B over buyers with eight orders or more: (spread - mean) / (spread + mean), the mean over them."""
    each = between(found)
    gaps = each.groupby(found["buyer"].reindex(each.index))
    spread, mean, n = gaps.std(), gaps.mean(), gaps.count()
    return float(((spread - mean) / (spread + mean))[n >= 7].mean())


def _figures(found: pd.DataFrame, n_orders: int, seed: int) -> str:
    rows = []
    for name, column in _OF.items():
        counts = found[column].value_counts()
        rows.append([f"{name} ({len(counts):,})", *(f"{counts.quantile(q):,.0f}" for q in (0.5, 0.9, 0.99, 1.0))])
    values = found.value.quantile([0.05, 0.25, 0.5, 0.75, 0.95])
    days = found.paid_at.dropna().dt.floor("D").value_counts()
    hours = found.paid_at.dt.hour.value_counts(normalize=True)
    late = {name: float((found[f"{name}_late"] > 0).mean()) for name in ("order", "payment", "waybill")}
    told = [
        f"Goods of an order are worth {' / '.join(f'{v:,.0f}' for v in values)} CNY at 5 / 25 / 50 / 75 / 95 %.",
        f"{(found.lines == 1).mean():.0%} of orders have one line, {(found.lines == 2).mean():.0%} two.",
        f"Fewest are paid at {hours.idxmin():.0f} o'clock ({hours.min():.1%}), most at {hours.idxmax():.0f} ({hours.max():.1%});",
        f"the median day has {days.median():,.0f}, the busiest {days.max():,}.",
        f"After the declaration come {late['order']:.1%} of order lists, {late['payment']:.1%} of payments,",
        f"{late['waybill']:.0%} of waybills.",
        f"The time between two orders of a buyer with eight or more has a burstiness of {_burstiness(found):.2f}",
        "(Goh and Barabási; 0 is a Poisson process).",
    ]
    head = f"Preset `benchmark-1m` at {n_orders:,} orders, seed {seed}, measured on the files:"
    return "\n".join([head, "", table(["of", "median", "90 %", "99 %", "most"], rows), "", " ".join(told)])
