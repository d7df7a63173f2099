"""The learned ranking: weighted evidence, a tree on the bits, one on few columns and one on all, their log odds averaged.

Where breaches are rare each of them alone ranks half as well as their mean: evidence does not forget a sign that no outcome has
shown yet, a tree sees which signs only count together.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import minimize
from scipy.special import expit

from sandan.algorithms.context.circles import CIRCLES
from sandan.algorithms.context.context import OWN_COLUMNS, Context
from sandan.algorithms.context.windows import WINDOWS
from sandan.algorithms.scoring.evidence import DAMPED, Bits
from sandan.algorithms.vocabulary.registry import registry
from sandan.gnn.tree import Tree

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
# How hard the weight of a cause is drawn towards what is assumed without outcomes, as by about 20 outcomes that show it; and how far it
# may go. Measured: between 10 and 30 the order hardly changes; at 3 a kind of breach that few outcomes show is forgotten.
_TOWARDS, _MOST = 20.0, 3.0
# Consignments that nobody inspected are taken for honest, but fifty of them count as one that was found so.
UNLABELLED_WEIGHT = 0.02
# More of them than this are drawn from, and count the more.
_MOST_UNLABELLED = 12_000
_EDGE = 1e-6
# Columns of the small tree: what an officer would look at first. Windows give their count, their parties and their shares.
_OWN = (
    "imp", "parcel", "no_order", "no_pay", "no_way", "no_delivery", "early_waybill", "payer_other", "other_consignee", "names_differ",
    "unlisted", "other_platform", "other_provider", "no_service", "brand_goods", "unbranded", "registered_company", "declared_low",
    "near_limit", "near_service", "alike", "other_province", "paid_less", "declared_to_goods", "declared_to_net", "declared_to_paid",
    "log_price_ratio", "log_market", "hours_waybill_after_order", "hours_paid_after_order", "hours_waybill_after_payment",
    "hours_declared_after_waybill", "hours_declared_after_order", "most_pieces", "n_items", "log_value", "of_limit", "discount_share",
    "hour", "seller_days", "channel",
    "seller_country_share", "seller_ebp_share", "seller_goods_share", "ebp_pay_share", "buyer_year",
)  # fmt: skip
_WINDOWS = (
    "tel", "door", "building", "building_seller", "door_seller", "tel_seller", "payer", "buyer", "buyer_seller", "bill_seller", "seller",
    "seller_ebp", "seller_goods", "trio", "receiver", "sender_tel", "hs_country", "seller_country", "seller_exports", "ebp_pay",
)  # fmt: skip


def schema() -> str:
    """Hash of what models are taught on; a run says that a model of another schema is due to be trained anew."""
    known = registry()
    signs = sorted(sign.reason.name for sign in known.signs)
    return hashlib.sha256(json.dumps([4, repr(WINDOWS), repr(CIRCLES), repr(OWN_COLUMNS), signs, known.causes]).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Table:
    """What the ranking is given of each consignment.

    Attributes:
        x: float32 [n, f]; bits, then the circumstances; NaN for unknown.
        names: Columns.
        bits: float64 [n, len(causes)].
        causes: Names of its columns.
    """

    x: npt.NDArray[np.float32]
    names: tuple[str, ...]
    bits: Floats
    causes: tuple[str, ...]

    def columns(self, names: Sequence[str], rows: Ints | None = None) -> npt.NDArray[np.float32]:
        """Columns by name, float32 [m, len(names)]; NaN where this version computes no such column."""
        place = {name: k for k, name in enumerate(self.names)}
        x = self.x if rows is None else self.x[rows]
        unknown = np.full(len(x), np.nan, np.float32)
        found = [x[:, place[name]] if name in place else unknown for name in names]
        return np.stack(found, axis=1) if found else np.zeros((len(x), 0), np.float32)


def table_of(context: Context, bits: Bits) -> Table:
    """The columns that models are taught on, in a fixed order."""
    said = {f"bits_{name}": values for name, values in sorted(bits.of_signs.items())}
    causes = {f"cause_{name}": bits.by_cause[:, k] for k, name in enumerate(bits.causes)}
    own = pd.DataFrame({"bits": bits.total, **causes, **said})
    x = np.concatenate([own.to_numpy(np.float32), context.values.to_numpy(np.float32)], axis=1)
    return Table(x, (*own.columns, *context.values.columns), bits.by_cause, bits.causes)


def _is_of_bits(name: str) -> bool:
    return name.startswith(("bits", "cause_"))


def _few(names: Sequence[str]) -> list[int]:
    windows = tuple(f"{name}_{kind}" for name in _WINDOWS for kind in ("d_", "m_"))
    counts = {f"{name}_n" for name in _WINDOWS}
    return [k for k, name in enumerate(names) if name in _OWN or name in counts or _is_of_bits(name) or name.startswith(windows)]


def officers_columns(names: Sequence[str]) -> list[str]:
    """Columns that an officer would look at first, without those of the evidence."""
    return [names[k] for k in _few(names) if not _is_of_bits(names[k])]


def circumstances(names: Sequence[str]) -> list[str]:
    """All columns without those of the evidence."""
    return [name for name in names if not _is_of_bits(name)]


@dataclass(frozen=True, slots=True)
class Weights:
    """How much the bits of each cause count, in natural log odds per bit times ln 2.

    Attributes:
        causes: Names.
        weight: One per cause, 0 or more.
        offset: Log odds without any evidence.
    """

    causes: tuple[str, ...]
    weight: tuple[float, ...]
    offset: float

    @classmethod
    def learn(cls, causes: Sequence[str], bits: Floats, y: Floats, weight: Floats) -> "Weights":
        """Logistic regression drawn towards `DAMPED` instead of 0, float64 [n, causes]."""
        scaled = bits * np.log(2.0)

        def loss(p: Floats) -> tuple[float, Floats]:
            z = scaled @ p[:-1] + p[-1]
            error = weight * (y - expit(z))
            value = -(weight * (y * z - np.logaddexp(0.0, z))).sum() + _TOWARDS * ((p[:-1] - DAMPED) ** 2).sum()
            return float(value), np.append(-(scaled.T @ error) + 2 * _TOWARDS * (p[:-1] - DAMPED), -error.sum())

        n = len(causes)
        start = np.append(np.full(n, DAMPED), -4.0)
        found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0.0, _MOST)] * n + [(None, None)])
        return cls(tuple(causes), tuple(float(w) for w in found.x[:-1]), float(found.x[-1]))

    def logits(self, bits: Floats, causes: Sequence[str]) -> Floats:
        """Log odds, float64 [n], of bits by cause; a cause that was not weighed yet counts as is assumed without outcomes."""
        weights = dict(zip(self.causes, self.weight, strict=True))
        each = np.array([weights.get(cause, DAMPED) for cause in causes])
        return np.asarray(bits @ (np.log(2.0) * each) + self.offset, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Ranking:
    """The parts.

    Attributes:
        weights: Of evidence.
        signs: Tree on the bits.
        few: Tree on the columns an officer would look at first.
        many: Tree on all columns.
    """

    weights: Weights
    signs: Tree
    few: Tree
    many: Tree

    @classmethod
    def learn(cls, table: Table, rows: Ints, y: Floats, seed: int, seeds: int, left_out: Ints | None = None) -> "Ranking":
        """Teach all parts on inspected rows and on a sample of the others.

        Args:
            table: All consignments.
            rows: int64 [m]; the inspected ones.
            y: float64 [m]; 1 for a breach.
            seed: Of the sample, bagging and column choice.
            seeds: Boosters per tree.
            left_out: Rows that are not used at all.
        """
        rest = np.setdiff1d(np.arange(len(table.x)), rows if left_out is None else np.concatenate([rows, left_out]))
        rest = rest[by_content(table.x[rest])]
        each = UNLABELLED_WEIGHT
        if len(rest) > _MOST_UNLABELLED:
            each *= len(rest) / _MOST_UNLABELLED
            rest = np.random.default_rng(seed).choice(rest, _MOST_UNLABELLED, replace=False)
        inspected = by_content(np.column_stack([table.x[rows], y]))
        every = np.concatenate([rows[inspected], rest])
        target = np.concatenate([y[inspected], np.zeros(len(rest))])
        amount = np.concatenate([np.ones(len(rows)), np.full(len(rest), each)])
        weights = Weights.learn(table.causes, table.bits[every], target, amount)
        of_bits = [k for k, name in enumerate(table.names) if _is_of_bits(name)]
        parts = (of_bits, _few(table.names), list(range(len(table.names))))
        x = table.x[every]
        # A few dozen breaches do not say where a threshold lies, and the best one of four hundred columns is the best by chance.
        trees = (Tree.learn([table.names[k] for k in columns], x[:, columns], target, amount, seed, seeds, extra=True) for columns in parts)
        return cls(weights, *trees)

    @property
    def trees(self) -> dict[str, Tree]:
        """The trees by name of the part; a model of an older version may lack one."""
        parts = {"signs": self.signs, "few": self.few, "many": self.many}
        return {name: tree for name, tree in parts.items() if tree.names}

    def parts(self, table: Table, rows: Ints | None = None) -> dict[str, Floats]:
        """Log odds of each part, float64 [m]."""
        bits = table.bits if rows is None else table.bits[rows]
        of_trees = {name: _bounded(tree.logits(table.columns(tree.names, rows))) for name, tree in self.trees.items()}
        return {"evidence": self.weights.logits(bits, table.causes), **of_trees}

    def logits(self, table: Table, rows: Ints | None = None) -> Floats:
        """Mean of the log odds of the parts, float64 [m]."""
        return np.asarray(np.mean(list(self.parts(table, rows).values()), axis=0), dtype=np.float64)


def by_content(x: npt.NDArray[Any]) -> Ints:
    """An order of rows that follows from what stands in them, int64 [n].

    Ids of consignments hold hashes under a home's own key: in their order another home would draw, and bag, other rows.
    """
    plain = np.ascontiguousarray(x, dtype=np.float32) + np.float32(0.0)  # no -0
    return np.argsort([hashlib.blake2b(row.tobytes(), digest_size=8).digest() for row in plain], kind="stable").astype(np.int64)


def _bounded(logits: Floats) -> Floats:
    most = np.log((1.0 - _EDGE) / _EDGE)
    result: Floats = np.clip(logits, -most, most)
    return result
