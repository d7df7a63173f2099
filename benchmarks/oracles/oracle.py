"""The oracle: boosted trees taught with the full answer keys of a few worlds, and frozen; a lower bound of what is possible.

Nobody in life has such keys. A figure as a share of the oracle's says how much of what can be seen in the lists was used.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt
from lightgbm.basic import LightGBMError

from sandan.record.errors import ArtefactError, OutputError

Floats = npt.NDArray[np.float64]

# `oracle` sees everything, `flat` only what each consignment's own lists say.
NAMES = ("oracle", "flat")
_VERSION = 1
_ROUNDS = 500
# One thread and row-wise histograms: the same worlds give the same trees.
_PARAMETERS = {
    "objective": "binary",
    "learning_rate": 0.03,
    "num_leaves": 15,
    "min_child_samples": 8,
    "feature_fraction": 0.4,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "seed": 1,
    "verbose": -1,
}


@dataclass(frozen=True, slots=True)
class Header:
    """What a frozen oracle is.

    Attributes:
        name: `oracle` or `flat`.
        version: Of the format and of the way it is taught.
        preset: Preset of the worlds that taught it.
        n_orders: Consignments of each of them.
        seeds: Their seeds; results on these worlds are none.
        n_rows: Consignments that taught.
        n_frauds: Frauds among them.
        made_with: Version of the library.
        observables: Columns, in order.
    """

    name: str
    version: int
    preset: str
    n_orders: int
    seeds: tuple[int, ...]
    n_rows: int
    n_frauds: int
    made_with: str
    observables: tuple[str, ...]


class Oracle:
    """Trees with their header.

    Args:
        header: What they are.
        booster: The trees.
    """

    def __init__(self, header: Header, booster: lgb.Booster) -> None:
        self.header = header
        self._booster = booster

    @classmethod
    def learn(
        cls, name: str, observables: Sequence[str], x: Floats, y: Floats, *, preset: str, n_orders: int, seeds: Sequence[int]
    ) -> "Oracle":
        """Teach.

        Args:
            name: `oracle` or `flat`.
            observables: Columns of `x`.
            x: float64 [n, f]; NaN is a value of its own.
            y: float64 [n]; 1 for a fraud.
            preset: Preset of the worlds.
            n_orders: Consignments of each.
            seeds: Their seeds.
        """
        data = lgb.Dataset(x.astype(np.float32), y, feature_name=list(observables), free_raw_data=True)
        booster = lgb.train(_PARAMETERS, data, num_boost_round=_ROUNDS)
        header = Header(
            name, _VERSION, preset, n_orders, tuple(seeds), len(y), int(y.sum()), f"lightgbm {lgb.__version__}", tuple(observables)
        )
        return cls(header, booster)

    def check(self, names: Sequence[str]) -> None:
        """Refuses columns among which one that it was taught with is not; more than it knows are no harm.

        Raises:
            ArtefactError: One is missing.
        """
        known = set(names)
        missing = [name for name in self.header.observables if name not in known]
        if missing:
            raise ArtefactError(
                f"the oracle ({self.header.name}): frozen with other observables than this version computes; {len(missing)} of its "
                f"{len(self.header.observables)} are not there: {', '.join(missing[:5])}{', ...' if len(missing) > 5 else ''}; "
                "teach it anew with `python -m benchmarks.world oracle`"
            )

    def scores(self, names: Sequence[str], values: Floats) -> Floats:
        """Log odds of fraud by row, float64 [n].

        Args:
            names: Columns of `values`.
            values: float64 [n, len(names)].

        Raises:
            ArtefactError: As `check`.
        """
        self.check(names)
        place = {name: i for i, name in enumerate(names)}
        x = values[:, [place[name] for name in self.header.observables]].astype(np.float32)
        return np.asarray(self._booster.predict(x, raw_score=True, num_threads=1), dtype=np.float64)

    def gains(self) -> dict[str, float]:
        """How much each observable gave, the most telling first; shares of 1."""
        gain = np.asarray(self._booster.feature_importance("gain"), dtype=np.float64)
        order = np.argsort(-gain, kind="stable")
        return {self.header.observables[i]: float(gain[i] / max(gain.sum(), 1e-12)) for i in order}

    def text(self) -> str:
        """The header as one line of JSON, then the trees in LightGBM's own format."""
        trees: str = self._booster.model_to_string(importance_type="gain")
        return f"{json.dumps(asdict(self.header))}\n{trees}"

    @classmethod
    def read(cls, text: str, source: str = "oracle") -> "Oracle":
        """From the text that `text` gave.

        Raises:
            ArtefactError: It is not one.
        """
        head, _, trees = text.partition("\n")
        try:
            raw: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in json.loads(head).items()}
            header = Header(**raw)
            booster = lgb.Booster(model_str=trees)
        except (ValueError, TypeError, AttributeError, LightGBMError) as exc:
            raise ArtefactError(f"{source}: not an oracle that can be read ({exc}); `python -m benchmarks.world oracle` makes it") from exc
        if header.version != _VERSION:
            raise ArtefactError(f"{source}: an oracle of version {header.version}; this version of sandan reads version {_VERSION}")
        if booster.num_feature() != len(header.observables):
            raise ArtefactError(f"{source}: not an oracle that can be read (its trees look at other observables than its first line says)")
        return cls(header, booster)


def path_of(name: str) -> Path:
    """Where a frozen oracle lies."""
    return Path(__file__).with_name(f"{name}.txt")


def frozen(name: str) -> Oracle:
    """One of the oracles that are kept here.

    Raises:
        ArtefactError: It is not there, or cannot be read.
    """
    path = path_of(name)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise ArtefactError(f"{path}: the oracle cannot be read ({exc}); `python -m benchmarks.world oracle` makes it") from exc
    return Oracle.read(text, path.name)


def freeze(oracle: Oracle, path: Path) -> None:
    """Write an oracle, whole or not at all.

    Raises:
        OutputError: It cannot be written.
    """
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(oracle.text(), encoding="utf-8")
        part.replace(path)
    except OSError as exc:
        raise OutputError(f"{path}: cannot be written: {exc}") from exc
