"""Which CEB message is which list, element by element.

Source:
    Electronic port specification, editions 2018-113 and 2022-05 (field tables and schemas).
"""

import functools
import re
from dataclasses import dataclass, field

NAMESPACE = "http://www.chinaport.gov.cn/ceb"
# Misspelt in the standard or in its printed edition -> the right word.
SPELLING = {
    "acturalPaid": "actual_paid",
    "consigneeDitrict": "consignee_district",
    "consingee": "consignee",
    "agengName": "agent_name",
    "logisticNo": "logistics_no",
}
# Parts of a message that are not records.
NOT_RECORDS = frozenset({"BaseTransfer", "BaseSubscribe", "ExtendMessage", "Signature"})

_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@functools.lru_cache(maxsize=4096)  # bounded: a hostile file may name as many elements as it likes
def snake(element: str) -> str:
    """Column of an element: an underscore before every capital that follows a small letter or digit; misspellings put right."""
    return SPELLING.get(element) or _CAPITAL.sub("_", element).lower()


def local_name(tag: object) -> str:
    """Name of an element without its namespace; empty for comments and processing instructions."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


@dataclass(frozen=True, slots=True)
class Message:
    """One kind of message that is parsed.

    Attributes:
        kind: `CEB311` and the like.
        flow: `import` or `export`.
        record: Element of one record.
        list_name: The list its records belong to.
        head: Element with the head's fields; "" where the record itself has them.
        line: Element of one line; "" where it has none.
        head_fields: Elements of the head in the order of the schema.
        line_fields: Elements of a line, likewise.
        renamed: Elements whose column is not their own name in snake case.
    """

    kind: str
    flow: str
    record: str
    list_name: str
    head: str
    line: str
    head_fields: tuple[str, ...]
    line_fields: tuple[str, ...] = ()
    renamed: dict[str, str] = field(default_factory=dict)

    def column(self, element: str) -> str:
        """Column in which an element is kept."""
        return self.renamed.get(element) or _small(self).get(element.lower()) or snake(element)

    @property
    def parts(self) -> frozenset[str]:
        """Names, in small letters, of everything that a record is made of."""
        return frozenset({self.record.lower(), self.head.lower(), self.line.lower(), *_small(self)} - {""})


_SMALL: dict[str, dict[str, str]] = {}


def _small(message: Message) -> dict[str, str]:
    """Columns of a message's elements by their name in small letters: some senders write OrderNO or orderno."""
    if message.kind not in _SMALL:
        elements = (*message.head_fields, *message.line_fields)
        _SMALL[message.kind] = {element.lower(): message.renamed.get(element) or snake(element) for element in elements}
    return _SMALL[message.kind]


_SENT = "guid appType appTime appStatus "

CEB311 = Message(
    "CEB311", "import", "Order", "orders", "OrderHead", "OrderList",
    tuple((_SENT + "orderType orderNo ebpCode ebpName ebcCode ebcName goodsValue freight discount taxTotal acturalPaid currency buyerRegNo "
     "buyerName buyerTelephone buyerIdType buyerIdNumber payCode payName payTransactionId batchNumbers consignee consigneeTelephone "
     "consigneeAddress consigneeDistrict note").split()),
    tuple("gnum itemNo itemName gmodel itemDescribe barCode unit qty price totalPrice currency country note".split()),
)  # fmt: skip
CEB411 = Message(
    "CEB411", "import", "Payment", "payments", "PaymentHead", "",
    tuple((_SENT + "payCode payName payTransactionId orderNo ebpCode ebpName payerIdType payerIdNumber payerName telephone amountPaid "
     "currency payTime note").split()),
)  # fmt: skip
CEB511 = Message(
    "CEB511", "import", "Logistics", "waybills", "LogisticsHead", "",
    tuple((_SENT + "logisticsCode logisticsName logisticsNo billNo orderNo freight insuredFee currency weight packNo goodsInfo consignee "
     "consigneeAddress consigneeTelephone note").split()),
)  # fmt: skip
CEB513 = Message(
    "CEB513", "import", "LogisticsStatus", "deliveries", "", "",
    tuple((_SENT + "logisticsCode logisticsName logisticsNo logisticsStatus logisticsTime note").split()),
)  # fmt: skip
CEB621 = Message(
    "CEB621", "import", "Inventory", "inventories", "InventoryHead", "InventoryList",
    tuple((_SENT + "orderNo ebpCode ebpName ebcCode ebcName logisticsNo logisticsCode logisticsName copNo preNo assureCode emsNo invtNo "
     "ieFlag declTime customsCode portCode ieDate buyerIdType buyerIdNumber buyerName buyerTelephone consigneeAddress agentCode agentName "
     "areaCode areaName tradeMode trafMode trafNo voyageNo billNo loctNo licenseNo country freight insuredFee currency wrapType packNo "
     "grossWeight netWeight note").split()),
    tuple("gnum itemRecordNo itemNo itemName gcode gname gmodel barCode country tradeCountry currency qty unit qty1 unit1 qty2 unit2 price "
    "totalPrice note".split()),
)  # fmt: skip
CEB303 = Message(
    "CEB303", "export", "Order", "orders", "OrderHead", "OrderList",
    tuple((_SENT + "orderType orderNo ebpCode ebpName ebcCode ebcName goodsValue freight currency note").split()),
    tuple("gnum itemNo itemName itemDescribe barCode unit currency qty price totalPrice note".split()),
)  # fmt: skip
CEB403 = Message(
    "CEB403", "export", "Receipts", "payments", "", "",
    tuple((_SENT + "ebpCode ebpName ebcCode ebcName orderNo payCode payName payNo charge currency accountingDate note").split()),
    renamed={"payNo": "pay_transaction_id", "charge": "amount_paid", "accountingDate": "pay_time"},
)  # fmt: skip
CEB505 = Message(
    "CEB505", "export", "Logistics", "waybills", "", "",
    tuple((_SENT + "logisticsCode logisticsName logisticsNo freight insuredFee currency grossWeight packNo goodsInfo ebcCode ebcName "
     "ebcTelephone note").split()),
    renamed={"grossWeight": "weight"},
)  # fmt: skip
CEB603 = Message(
    "CEB603", "export", "Inventory", "inventories", "InventoryHead", "InventoryList",
    tuple((_SENT + "customsCode ebpCode ebpName orderNo logisticsCode logisticsName logisticsNo copNo preNo invtNo ieFlag portCode ieDate "
     "statisticsFlag agentCode agentName ebcCode ebcName ownerCode ownerName iacCode iacName emsNo tradeMode trafMode trafName voyageNo "
     "billNo totalPackageNo loctNo licenseNo country POD freight fCurrency fFlag insuredFee iCurrency iFlag wrapType packNo grossWeight "
     "netWeight note").split()),
    tuple("gnum itemNo itemRecordNo itemName gcode gname gmodel barCode country currency qty qty1 qty2 unit unit1 unit2 price totalPrice "
    "note".split()),
)  # fmt: skip
_RETURNED = "returnStatus returnTime returnInfo"
_CONCERNED = (
    _SENT + "customsCode orderNo ebpCode ebpName ebcCode ebcName logisticsNo logisticsCode logisticsName copNo preNo invtNo buyerIdType "
    "buyerIdNumber buyerName buyerTelephone agentCode agentName reason note"
)  # fmt: skip
CEB622 = Message(
    "CEB622", "import", "InventoryReturn", "receipts", "", "",
    tuple(("guid customsCode ebpCode ebcCode agentCode copNo preNo invtNo " + _RETURNED).split()),
)  # fmt: skip
CEB604 = Message(
    "CEB604", "export", "InventoryReturn", "receipts", "", "",
    tuple(("guid agentCode copNo preNo invtNo ebcCode ebpCode orderNo statisticsFlag " + _RETURNED).split()),
)  # fmt: skip
CEB623 = Message("CEB623", "import", "InvtCancel", "cancellations", "", "", tuple(_CONCERNED.split()))
CEB625 = Message(
    "CEB625", "import", "InvtRefund", "returns", "InvtRefundHead", "InvtRefundList", tuple(_CONCERNED.split()),
    tuple("gnum gcode gname qty unit note".split()),
)  # fmt: skip
CEB816 = Message(
    "CEB816", "import", "Tax", "tax_bills", "TaxHeadRd", "TaxListRd",
    tuple("guid returnTime invtNo taxNo customsTax valueAddedTax consumptionTax status entDutyNo note assureCode ebcCode logisticsCode "
     "agentCode customsCode orderNo logisticsNo".split()),
    tuple("gnum gcode taxPrice customsTax valueAddedTax consumptionTax".split()),
)  # fmt: skip

_ALL = (CEB311, CEB411, CEB511, CEB513, CEB621, CEB622, CEB623, CEB625, CEB816, CEB303, CEB403, CEB505, CEB603, CEB604)
MESSAGES: dict[str, Message] = {message.kind: message for message in _ALL}
