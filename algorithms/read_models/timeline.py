"""How many alerts at medium and high became known in each week."""

import datetime as dt

from sandan.algorithms.results.results import Results

# Monday of the week in which a consignment became known. Clocks of customs stand on Beijing time, eight hours before UTC all year.
WEEK_SQL = "date_trunc('week', known_at + INTERVAL 8 HOUR)"


def weekly(results: Results, by: str, cluster_id: str = "") -> list[tuple[dt.date, str, int]]:
    """Week (its Monday, Beijing time), grade or typology, number of consignments; by week.

    Args:
        results: The run.
        by: `grade` or `typology`; a consignment counts once under each of its typologies.
        cluster_id: Only members of this cluster, of any grade; empty text: every alert at medium or high.
    """
    what = "unnest(typologies)" if by == "typology" else "grade"
    members = "consignment_id IN (SELECT consignment_id FROM members WHERE cluster_id = $cluster)"
    chosen = members if cluster_id else "grade IN ('medium', 'high') AND $cluster = ''"
    rows = results.query(
        f"SELECT week, name, count(*) AS n FROM (SELECT {WEEK_SQL} AS week, {what} AS name FROM alerts "
        f"WHERE known_at IS NOT NULL AND {chosen}) "
        "GROUP BY ALL ORDER BY week, name",
        cluster=cluster_id,
    )
    return [(row["week"].date(), row["name"], int(row["n"])) for row in rows]
