"""The circumstances of each consignment as numbers: its own lists, what is usual, and who meets whom around it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import rel_entr

from sandan.algorithms.bench import Bench
from sandan.algorithms.context.circles import circle_values
from sandan.algorithms.context.context_rows import context_rows
from sandan.algorithms.context.windows import window_values
from sandan.algorithms.groups.lots import LIMIT_CNY
from sandan.record.values.moment import BEIJING

Floats = npt.NDArray[np.float64]
# VAT at 70 % and no duty within the limits: what a buyer pays over the goods. Source: notice 2016 no. 18, Customs Tariff Commission.
_TAX_FACTOR = 1.091
_MARKS = (
    "imp", "parcel", "no_order", "no_pay", "no_way", "no_delivery", "early_waybill", "payer_other", "other_consignee", "names_differ",
    "unlisted", "other_platform", "other_provider", "no_service", "brand_goods", "unbranded", "registered_company", "declared_low",
    "near_limit", "n_payments", "near_service", "most_pieces", "pieces", "n_items", "allude", "brand_declared",
)  # fmt: skip
_CHANNELS = {"cbec": 0.0, "post": 1.0, "express": 2.0}
# What is compared with the median of its like: column, keys of its like, how many of them there must be.
_RESIDUALS = {
    "price_of_goods": ("price", ("goods",), 3),
    "price_of_shop": ("price", ("seller", "goods"), 3),
    "price_of_platform": ("price", ("ebp", "goods"), 3),
    "piece_weight_of_goods": ("piece_weight", ("goods",), 3),
    "value_of_shop": ("value", ("seller",), 3),
    "pieces_of_goods": ("pieces", ("goods",), 3),
    "pieces_of_shop": ("pieces", ("seller",), 3),
    "pieces_of_buyer": ("pieces", ("buyer",), 2),
    "value_per_kg_of_code": ("value_per_kg", ("hs4",), 3),
    "value_of_sender_tel": ("value", ("sender_tel",), 3),
    "value_of_buyer": ("value", ("buyer",), 2),
}
OWN_COLUMNS = (*_MARKS, *_RESIDUALS)
# Digits kept: sums over windows differ in their last bits with the order in which threads add them up.
_DIGITS = 6
# No share is taken for nearer to none or all than this: a heading of few parcels does not make a certainty.
_EDGE = 0.02


@dataclass(frozen=True, slots=True)
class Context:
    """Circumstances of all consignments of a run, in the order of `consignment_id`.

    Attributes:
        rows: Keys, figures and marks; see `sandan.algorithms.context.context_rows`.
        values: float64 columns, NaN where unknown.
    """

    rows: pd.DataFrame
    values: pd.DataFrame

    def column(self, name: str) -> Floats:
        """One column with 0 for unknown, float64 [n]."""
        return np.asarray(np.nan_to_num(self.values[name].to_numpy(float)), dtype=np.float64)


def gather_context(bench: Bench) -> Context:
    """Compute the circumstances of all consignments; `facts` and `price_references` are kept on the bench.

    Nothing later than twelve days (in windows of rarer meetings up to sixty) after a consignment is looked at, whatever the run knows,
    so that an old consignment looks as a new one soon will.
    """
    rows = context_rows(bench)
    values = pd.concat([_own(rows), window_values(rows), circle_values(rows)], axis=1)
    values = values.assign(**fast_shares(rows, values))
    # One matrix, rounded a column at a time: at a million consignments each further copy of it is some gigabytes.
    known = np.empty((len(values), values.shape[1]), order="F")
    for place, name in enumerate(values.columns):
        known[:, place] = _rounded(values[name].to_numpy(float))
    return Context(rows, pd.DataFrame(known, columns=values.columns, copy=False))


def fast_shares(rows: pd.DataFrame, values: pd.DataFrame) -> dict[str, pd.Series]:
    """How far exports go by express and e-commerce more than such goods do.

    Of the sender's own parcels and of all that shared senders, receivers and doors join to it, what is surer is taken: parcels times the
    Kullback-Leibler divergence of their share from that of the heading in these weeks (of all exports where the heading is not known).

    Returns:
        `fast_share`, `fast_parcels`: the share, and of how many parcels; `goods_fast_share`; `fast_likelihood`: log likelihood ratio of
        the two shares in nats, 0 or more. NaN for imports.
    """
    export, fast = rows.imp == 0, rows.fast.astype(float)
    heading = (values.hs4_m_fast * (values.hs4_n - 1.0) + fast) / values.hs4_n
    usual = heading.fillna(fast[export].mean() if export.any() else np.nan)
    chain = values.senders2_n + 1.0
    own_share = (values.seller_exports_m_fast * (values.seller_exports_n - 1.0) + fast) / values.seller_exports_n
    chain_share = (values.senders2_m_fast * values.senders2_n + fast) / chain
    own_ratio = _log_likelihood_ratio(own_share, usual, values.seller_exports_n)
    chain_ratio = _log_likelihood_ratio(chain_share, usual, chain)
    by_chain = chain_ratio > own_ratio
    columns = {
        "fast_share": chain_share.where(by_chain, own_share),
        "fast_parcels": chain.where(by_chain, values.seller_exports_n),
        "fast_likelihood": chain_ratio.where(by_chain, own_ratio),
        "goods_fast_share": usual,
    }
    return {name: column.where(export) for name, column in columns.items()}


def _log_likelihood_ratio(share: pd.Series, usual: pd.Series, n: pd.Series) -> pd.Series:
    """Log likelihood ratio of a share of n against the usual one where it is larger, in nats; 0 where it is not, or one is unknown."""
    p, q = share.clip(_EDGE, 1 - _EDGE), usual.clip(_EDGE, 1 - _EDGE)
    found: pd.Series = (n * (rel_entr(p, q) + rel_entr(1 - p, 1 - q))).where(p > q, 0.0)
    return found.fillna(0.0)


def _rounded(x: Floats) -> Floats:
    """One column with `_DIGITS` significant digits, NaN where it is not finite."""
    finite = np.isfinite(x)
    size = np.where((x == 0) | ~finite, 1.0, np.abs(x))
    places = (_DIGITS - 1 - np.floor(np.log10(size))).astype(np.int64)
    least = int(places.min(initial=0))
    factor = (10.0 ** np.arange(least, int(places.max(initial=0)) + 1, dtype=np.float64))[places - least]
    return np.where(finite, np.round(np.where(finite, x, 0.0) * factor) / factor, np.nan)


def _own(rows: pd.DataFrame) -> pd.DataFrame:
    """What stands on the consignment's own lists, and how far it is from the usual."""
    c: dict[str, pd.Series] = {name: rows[name].astype(float) for name in _MARKS}
    c["alike"] = rows.alike.fillna(1.0)
    c["other_province"] = rows.other_province.fillna(0.0)
    c["waybill_elsewhere"] = (rows.a_second == "waybill").astype(float)
    c["delivery_elsewhere"] = (rows.a_second == "delivery").astype(float)
    freight, tax, discount = rows.order_freight.fillna(0.0), rows.order_tax.fillna(0.0), rows.order_discount.fillna(0.0)
    c["paid_less"] = rows.order_paid - rows.paid
    c["declared_to_goods"] = rows.declared_lines / rows.order_goods
    c["declared_to_net"] = rows.declared_lines / (rows.order_goods - discount)
    c["declared_to_paid"] = rows.declared_lines / (rows.paid / _TAX_FACTOR)
    c["declared_to_goods_paid"] = rows.declared_lines / (rows.paid - freight - tax)
    c["log_price_ratio"], c["log_market"], c["log_peers"] = _log(rows.u_ratio), _log(rows.price / rows.market), _log(rows.price / rows.peer)
    for name, later, earlier in (
        ("waybill_after_order", "h_way", "h_order"),
        ("paid_after_order", "h_pay", "h_order"),
        ("waybill_after_payment", "h_way", "h_pay"),
        ("declared_after_waybill", "h_decl", "h_way"),
        ("declared_after_payment", "h_decl", "h_pay"),
        ("declared_after_order", "h_decl", "h_order"),
        ("delivered_after_declaration", "h_delivered", "h_decl"),
    ):
        c[f"hours_{name}"] = rows[later] - rows[earlier]
    c["log_value"] = np.log1p(rows.value.clip(lower=0))
    c["of_limit"] = (rows.value / LIMIT_CNY).where(rows.imp == 1)
    c["discount_share"] = rows.order_discount / rows.order_goods
    zone = BEIJING.utcoffset(None)
    c["hour"] = (rows.h_order.fillna(rows.h_pay).fillna(rows.h_decl) + (zone.total_seconds() / 3600 if zone else 0.0)) % 24
    c["log_weight"], c["weight_difference"] = _log(rows.weight), _log(rows.waybill_weight / rows.weight)
    c["seller_days"] = rows.t - rows.registered
    c["dishonest"], c["aeo"] = (rows.credit == "dishonest").astype(float), (rows.credit == "aeo").astype(float)
    c["channel"] = rows.channel.map(_CHANNELS)
    with_ratios = rows.assign(piece_weight=rows.weight / rows.pieces, value_per_kg=rows.value / rows.weight)
    for name, (column, keys, least) in _RESIDUALS.items():
        c[f"residual_{name}"] = _residual(with_ratios, column, list(keys), least)
    return pd.DataFrame(c, index=rows.index)


def _log(ratio: pd.Series) -> pd.Series:
    return pd.Series(np.log(ratio.where(ratio > 0).astype(float)), ratio.index)


def _residual(rows: pd.DataFrame, column: str, keys: list[str], least: int) -> pd.Series:
    """Log of a figure over the median of its like; NaN where these are too few."""
    logs = _log(rows[column])
    known = rows[keys].notna().all(axis=1) & logs.notna()
    like = logs[known].groupby([rows.loc[known, key] for key in keys])
    found = (logs[known] - like.transform("median")).where(like.transform("size") >= least)
    return found.reindex(rows.index)
