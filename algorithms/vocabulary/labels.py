"""What lists and their fields are called, in both languages."""

LISTS: dict[str, tuple[str, str]] = {
    "order": ("Order", "订单"),
    "payment": ("Payment", "支付单"),
    "waybill": ("Waybill", "运单"),
    "declaration": ("Declaration", "清单"),
    "delivery": ("Delivery", "签收"),
    "receipt": ("Receipt of customs", "海关回执"),
    "cancellation": ("Application for cancellation", "撤销申请"),
    "return": ("Application for return of goods", "退货申请"),
    "cancellation_reply": ("Answer to the cancellation", "撤销回执"),
    "return_reply": ("Answer to the return", "退货回执"),
}
FIELDS: dict[str, tuple[str, str]] = {
    "order_no": ("Order number", "订单编号"),
    "ebp_code": ("Platform", "电商平台"),
    "ebc_code": ("Seller", "电商企业"),
    "pay_code": ("Payment provider", "支付企业"),
    "pay_transaction_id": ("Transaction", "支付交易编号"),
    "logistics_code": ("Carrier", "物流企业"),
    "logistics_no": ("Waybill number", "运单编号"),
    "agent_code": ("Declarant", "申报企业"),
    "invt_no": ("Declaration number", "清单编号"),
    "customs_code": ("Customs office", "申报海关"),
    "trade_mode": ("Supervision mode", "贸易方式"),
    "buyer": ("Buyer", "订购人"),
    "payer": ("Payer", "支付人"),
    "consignee": ("Consignee", "收货人"),
    "consignee_telephone": ("Consignee's telephone", "收货人电话"),
    "sender": ("Sender", "发件人"),
    "sender_telephone": ("Sender's telephone", "发件人电话"),
    "sender_address": ("Sender's address", "发件地址"),
    "receiver": ("Receiver", "收件人"),
    "receiver_telephone": ("Receiver's telephone", "收件人电话"),
    "telephone": ("Telephone", "电话"),
    "address": ("Address", "收货地址"),
    "goods_value": ("Goods value", "商品价格"),
    "freight": ("Freight", "运杂费"),
    "tax_total": ("Tax withheld", "代扣税款"),
    "discount": ("Discount", "非现金抵扣"),
    "actual_paid": ("Amount paid", "实际支付"),
    "amount_paid": ("Amount paid", "支付金额"),
    "declared_value": ("Declared value", "申报总价"),
    "weight": ("Gross weight, kg", "毛重（千克）"),
    "pay_time": ("Paid at", "支付时间"),
    "app_time": ("Sent at", "报送时间"),
    "decl_time": ("Declared on", "申报日期"),
    "delivered_at": ("Delivered at", "签收时间"),
    "items": ("Goods", "商品"),
    "country": ("Country", "国别"),
}


def label(names: dict[str, tuple[str, str]], key: str, language: str) -> str:
    """The name of something in `en` or `zh`; the key itself where it has none."""
    pair = names.get(key)
    return key if pair is None else pair[1 if language == "zh" else 0]
