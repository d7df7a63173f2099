"""Days on which everybody sells cheap: how far all sellers' prices lay below the usual ones."""

import numpy as np
import pandas as pd

# Days before and after that belong to a day: declarations follow the sale by a day or two.
_AROUND = (-1, 0, 1)
# Sellers from which the level of a day can not be the work of a few of them; with fewer no day is one of sales.
_SELLERS = 12
# Of the median's standard error (1.2533 * sd / sqrt(n), sd = 1.4826 * MAD), so that chance makes no sale.
_ERRORS = 2.0 * 1.2533 * 1.4826


def sale_days(by_seller: pd.DataFrame) -> pd.DataFrame:
    """The level of each day on which the median seller was surely below the usual, over all goods.

    One seller, platform or article moves no level: what only they sell cheap stays cheap. Source: sales days (11.11, 6.18) are the first
    innocent explanation of a low price in the administration's own training cases; see `undervaluation`.

    Args:
        by_seller: flow, day, ebc_code, log_ratio (median of ln(price / reference) of its lines of that day).

    Returns:
        flow, day, sale (in (0, 1): prices of that day over usual ones); days without a sale have no row.
    """
    columns = ["flow", "day", "sale"]
    if by_seller.empty:
        return pd.DataFrame(columns=columns).astype({"flow": "string", "day": "datetime64[us]", "sale": float})
    by_seller = by_seller.assign(day=pd.to_datetime(by_seller.day), ebc_code=by_seller.ebc_code.fillna(""))
    around = pd.concat([by_seller.assign(day=by_seller.day + pd.Timedelta(days=days)) for days in _AROUND])
    around = around.groupby(["flow", "day", "ebc_code"], as_index=False).agg(log_ratio=("log_ratio", "median"))
    usual = by_seller.groupby("flow").log_ratio.median()
    around["below"] = around.log_ratio - around.flow.map(usual)
    by_day = around.groupby(["flow", "day"], as_index=False).agg(level=("below", "median"), sellers=("below", "size"))
    around = around.merge(by_day, on=["flow", "day"])
    around["far"] = (around.below - around.level).abs()
    by_day["spread"] = around.groupby(["flow", "day"]).far.median().to_numpy()
    by_day["sale"] = np.exp(by_day.level + _ERRORS * by_day.spread / np.sqrt(by_day.sellers))
    return by_day[(by_day.sellers >= _SELLERS) & (by_day.sale < 1)][columns].reset_index(drop=True)
