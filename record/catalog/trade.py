"""Which lists say what happened, and which how things are."""

from sandan.record.catalog.tables import CATALOG

# Records of trade: the newest of them says up to when a home knows.
TRADE = ("orders", "payments", "waybills", "deliveries", "inventories", "receipts", "house_waybills", "tracking", "tax_bills")
# What is asked of customs and answered about trade: it moves the date too, but nobody waits for it.
APPLICATIONS = ("cancellations", "returns")
# Messages about trade that are kept as they came: answers to applications (624, 626, 606) and applications of exports (605).
ANSWERS = ("CEB624", "CEB626", "CEB605", "CEB606")
# Tables that say how things are: a row without a time of its own holds from the start, and none moves the date of a run.
TIMELESS = frozenset(name for name, spec in CATALOG.items() if spec.replaces and name not in TRADE)
