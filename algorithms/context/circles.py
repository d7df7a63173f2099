"""Who stands around a consignment: those that share an identifier with it, and those that share one with these."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

Ints = npt.NDArray[np.int64]
# Two consignments are joined by an identifier within these days; each identifier joins one to this many nearest in time, so that a
# parcel locker or a call centre does not join everybody.
_DAYS, _NEAREST = 15.0, 40
# Rows whose second hop is computed at a time.
_CHUNK = 20_000


@dataclass(frozen=True, slots=True)
class Circle:
    """One kind of circle.

    Attributes:
        identifiers: Columns that join consignments.
        of: Value of `imp` of the consignments.
        party: Column of the parties that are counted among those alike.
        different: Columns whose different values are counted.
        alike: Columns that may be the same as the consignment's own, by name.
        marks: Marks whose share among the others is taken.
    """

    identifiers: tuple[str, ...]
    of: int
    party: str
    different: tuple[str, ...]
    alike: dict[str, tuple[str, ...]]
    marks: tuple[str, ...]


CIRCLES = {
    "people": Circle(
        ("tel", "buyer_tel", "door", "payer", "buyer"), 1, "buyer", ("buyer", "seller", "goods", "tel", "door", "payer"),
        {"same_seller": ("seller",), "same_goods": ("goods",)}, ("near_limit", "payer_other", "sent_elsewhere", "early_waybill", "cheap"),
    ),
    "senders": Circle(
        ("sender_tel", "sender_door", "receiver", "receiver_address"), 0, "seller",
        ("seller", "goods", "country", "receiver", "sender_tel", "sender_door"),
        {"same_goods": ("goods",), "same_trade": ("hs4", "country")}, ("unbranded", "allude", "fast"),
    ),
}  # fmt: skip


def circle_values(rows: pd.DataFrame) -> pd.DataFrame:
    """Sizes, different parties and shares of both circles at one hop and at two.

    Args:
        rows: From `sandan.algorithms.context.context_rows`.

    Returns:
        Same index. `NAME1_…` at one hop, `NAME2_…` at two: `n` others, `d_COLUMN` different values with its own, `s_COLUMN` share of the
        others with its own value, `ALIKE_n`, `ALIKE_d_PARTY` and `ALIKE_value` (CNY) of those alike, `m_MARK` shares, `value` log of
        CNY. 0 outside.
    """
    columns: dict[str, npt.NDArray[np.float64]] = {}
    codes = {c: pd.factorize(rows[c].to_numpy())[0] for circle in CIRCLES.values() for c in _columns(circle)}
    # Whole fen: their sums do not depend on the order in which they are added up.
    fen = np.rint(rows.value.fillna(0.0).to_numpy(float) * 100.0)
    for name, circle in CIRCLES.items():
        one = joined(rows, circle.identifiers, (rows.imp == circle.of).to_numpy())
        for hop in (1, 2):
            parts = [_values(circle, rows, codes, fen, around, start) for around, start in _around(one, hop)]
            for column in parts[0]:
                columns[f"{name}{hop}_{column}"] = np.concatenate([part[column] for part in parts])
    return pd.DataFrame(columns, index=rows.index)


def joined(
    rows: pd.DataFrame, identifiers: Sequence[str], inside: npt.NDArray[np.bool_], days: float = _DAYS, nearest: int = _NEAREST
) -> sparse.csr_matrix:
    """Which consignments share an identifier within some days: 0 or 1, [n, n], symmetric.

    Args:
        rows: Consignments with `t` and the identifiers.
        identifiers: Columns.
        inside: bool [n]; the others join nobody.
        days: Between the two.
        nearest: How many in time, half of them before, an identifier joins one to.
    """
    n, t = len(rows), rows.t.to_numpy(float)
    first, second = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for identifier in identifiers:
        place = np.flatnonzero(inside & rows[identifier].notna().to_numpy())
        code = pd.factorize(rows[identifier].to_numpy()[place])[0]
        order = np.lexsort((place, t[place], code))
        place, code = place[order], code[order]
        for step in range(1, nearest // 2 + 1):
            a, b = place[:-step], place[step:]
            near = (code[:-step] == code[step:]) & (t[b] - t[a] <= days)
            if not near.any():
                break
            first += [a[near], b[near]]
            second += [b[near], a[near]]
    i, j = np.concatenate(first), np.concatenate(second)
    result = sparse.coo_matrix((np.ones(len(i)), (i, j)), shape=(n, n)).tocsr()
    result.data[:] = 1.0
    return result


def _columns(circle: Circle) -> set[str]:
    return {*circle.different, circle.party, *(c for columns in circle.alike.values() for c in columns)}


def _around(one: sparse.csr_matrix, hop: int) -> Iterator[tuple[sparse.coo_matrix, int]]:
    """Who stands around some rows at a time, without themselves, and the place of the first."""
    for start in range(0, max(one.shape[0], 1), _CHUNK):
        part = one[start : start + _CHUNK]
        around = part if hop == 1 else part @ one + part
        found = around.tocoo()
        other = found.row + start != found.col
        yield sparse.coo_matrix((np.ones(int(other.sum())), (found.row[other], found.col[other])), shape=around.shape), start


def _values(
    circle: Circle, rows: pd.DataFrame, codes: dict[str, Ints], fen: npt.NDArray[np.float64], around: sparse.coo_matrix, start: int
) -> dict[str, npt.NDArray[np.float64]]:
    n = around.shape[0]
    row, other = around.row.astype(np.int64), around.col.astype(np.int64)
    own = np.arange(n, dtype=np.int64)
    with_own = np.concatenate([row, own]), np.concatenate([other, own + start])
    size = np.bincount(row, minlength=n)
    found = {"n": size.astype(float)}
    for column in circle.different:
        code = codes[column]
        found[f"d_{column}"] = _different(*with_own, code, n)
        same = (code[row + start] == code[other]) & (code[other] >= 0)
        found[f"s_{column}"] = np.bincount(row, weights=same, minlength=n) / np.maximum(size, 1)
    for name, columns in circle.alike.items():
        alike = np.ones(len(row), bool)
        for column in columns:
            alike &= (codes[column][row + start] == codes[column][other]) & (codes[column][other] >= 0)
        those = np.concatenate([row[alike], own]), np.concatenate([other[alike], own + start])
        found[f"{name}_n"] = np.bincount(row[alike], minlength=n).astype(float)
        found[f"{name}_d_{circle.party}"] = _different(*those, codes[circle.party], n)
        found[f"{name}_value"] = np.bincount(those[0], weights=fen[those[1]], minlength=n) / 100.0
    for mark in circle.marks:
        marked = rows[mark].fillna(0.0).to_numpy(float)
        found[f"m_{mark}"] = np.bincount(row, weights=marked[other], minlength=n) / np.maximum(size, 1)
    # Amounts may be negative; below -1 there is no logarithm.
    found["value"] = np.log1p(np.maximum(np.bincount(with_own[0], weights=fen[with_own[1]], minlength=n) / 100.0, 0.0))
    return found


def _different(row: Ints, other: Ints, code: Ints, n: int) -> npt.NDArray[np.float64]:
    """Different known values among the others of each row, float64 [n]."""
    known = code[other] >= 0
    span = int(code.max(initial=0)) + 1
    pairs = np.unique(row[known] * span + code[other[known]])
    return np.bincount(pairs // span, minlength=n).astype(float)
