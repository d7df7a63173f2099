"""Every word of the pages in English and Chinese: one table, key -> (en, zh)."""

from typing import Literal, TypeAlias

from sandan.algorithms.labels import TYPOLOGIES, label

Language: TypeAlias = Literal["en", "zh"]
HTML_LANG: dict[Language, str] = {"en": "en", "zh": "zh-CN"}

TEXTS: dict[str, tuple[str, str]] = {
    # Frame of every page
    "app": ("sandan", "三单"),
    "tagline": ("Cross-border e-commerce risk", "跨境电商风险研判"),
    "skip": ("Skip to content", "跳到正文"),
    "nav": ("Main", "主导航"),
    "language": ("Language", "语言"),
    "nav_alerts": ("Alerts", "预警"),
    "nav_operators": ("Operators", "企业"),
    "loading": ("Loading…", "正在加载…"),
    # Grades, statuses, flows, roles
    "grade_low": ("Low", "低"),
    "grade_medium": ("Medium", "中"),
    "grade_high": ("High", "高"),
    "grade_risk_low": ("Low risk", "低风险"),
    "grade_risk_medium": ("Medium risk", "中风险"),
    "grade_risk_high": ("High risk", "高风险"),
    "status_pending": ("Lists awaited", "待齐单"),
    "status_declared": ("Declared", "已申报"),
    "status_held": ("Held", "已扣留"),
    "status_released": ("Released", "已放行"),
    "status_returned": ("Returned", "已退运"),
    "status_cancelled": ("Cancelled", "已撤销"),
    "flow_import": ("Import", "进口"),
    "flow_export": ("Export", "出口"),
    "role_seller": ("Seller", "电商企业"),
    "role_platform": ("Platform", "电商平台"),
    "role_payment": ("Payment provider", "支付企业"),
    "role_logistics": ("Carrier", "物流企业"),
    "role_agent": ("Declarant", "申报企业"),
    # Queue
    "queue_title": ("Alert queue", "预警队列"),
    "run": ("Run", "批次"),
    "as_of": ("As of", "数据截至"),
    "consignments": ("Consignments", "票数"),
    "run_notes": ("About this run", "本批次说明"),
    "compared": (
        "Compared: {orders} orders, {payments} payments, {waybills} waybills, {deliveries} deliveries; {prices} reference prices.",
        "已比对:订单 {orders} 份、支付单 {payments} 份、运单 {waybills} 份、签收 {deliveries} 次;参考价格 {prices} 项。",
    ),
    "typology": ("Typology", "风险类型"),
    "typologies": ("Typologies", "风险类型"),
    "typologies_shown": ("Typologies in this selection", "所选范围内的风险类型"),
    "chart_hint": ("Click a bar to filter", "点击条形即可筛选"),
    "chart_label": (
        "Bar chart: consignments by typology. The list “Typology” below filters the same way.",
        "条形图:各风险类型的票数。下方“风险类型”列表可作同样的筛选。",
    ),
    "filters": ("Filters", "筛选"),
    "grade": ("Grade", "等级"),
    "status": ("Status", "状态"),
    "flow": ("Flow", "进出口"),
    "any": ("All", "全部"),
    "search": ("Order, waybill or declaration number", "订单、运单或清单编号"),
    "search_label": ("Search", "查找"),
    "reset": ("Reset", "重置"),
    "operator_filter": ("Operator {code}", "企业 {code}"),
    "operator_drop": ("Stop filtering by operator {code}", "取消按企业 {code} 筛选"),
    "n_shown": ("{n} of {total} consignments", "共 {total} 票,符合条件 {n} 票"),
    "n_none": ("No consignment fits these filters. Reset them or add a grade.", "没有符合条件的单票,请重置筛选或增加等级。"),
    "queue_label": ("Alerts, the highest score first. Enter opens a consignment.", "预警列表,分值高者在前,回车打开单票。"),
    "col_score": ("Score", "分值"),
    "col_number": ("Order / parcel", "订单 / 包裹"),
    "col_platform": ("Platform", "电商平台"),
    "col_reason": ("Strongest reason", "首要理由"),
    "col_value": ("Value, CNY", "申报值(元)"),
    "col_customs": ("Office", "海关"),
    "col_known": ("Known since", "获知时间"),
    "n_more": ("+{n} more", "另有 {n} 条"),
    "no_reason": ("No contradiction found", "未发现矛盾"),
    "waybill_short": ("Waybill {no}", "运单 {no}"),
    # Operators
    "operators_title": ("Operators", "企业"),
    "operators_hint": (
        "How much more often signs of forgery show with an operator than with everybody else.",
        "某企业出现风险迹象的频率高出其他企业的程度。",
    ),
    "operators_label": ("Operators, the highest score first", "企业列表,分值高者在前"),
    "operators_search": ("Name or code", "名称或代码"),
    "role": ("Role", "角色"),
    "col_code": ("Code", "代码"),
    "col_name": ("Name", "名称"),
    "col_orders": ("Consignments", "票数"),
    "col_high": ("High", "高风险票数"),
    "col_reasons": ("Reasons", "理由"),
    "no_excess": ("Nothing stands out", "无突出异常"),
    # Consignment
    "back": ("Back to the queue", "返回队列"),
    "consignment": ("Consignment", "单票"),
    "order_title": ("Order {no}", "订单 {no}"),
    "parcel_title": ("Parcel {no}", "包裹 {no}"),
    "score_is": ("Score {score}", "分值 {score}"),
    "declared_value": ("Declared value", "申报总价"),
    "customs_office": ("Customs office", "申报海关"),
    "known_since": ("Known since", "获知时间"),
    "key": ("Key", "键"),
    "reasons": ("Why it was flagged", "预警理由"),
    "reasons_none": ("No contradiction was found between the lists that are there.", "已有单证之间未发现矛盾。"),
    "reasons_hint": (
        "Point at a reason to see its facts in the lists; the numbers stand beside the facts.",
        "指向理由即可在单证中定位,数字标在相应内容旁。",
    ),
    "strength": ("Strength {score}", "强度 {score}"),
    "side_by_side": ("The lists side by side", "单证对照"),
    "side_caption": (
        "One line per fact, one column per list; facts that contradict each other are marked.",
        "每行一项内容,每列一份单证,互相矛盾之处已标出。",
    ),
    "field": ("Fact", "项目"),
    "contradicts": ("Contradiction: reason {numbers}", "矛盾:理由 {numbers}"),
    "received": ("Received", "已收到"),
    "missing": ("Missing", "缺失"),
    "missing_why": ("Never received, and its period of grace is over.", "始终未收到,且已超过宽限期。"),
    "awaited": ("Not there", "未收到"),
    "awaited_why": ("Not received; it may still come, or its feed is not connected.", "尚未收到,可能稍后到达,或该数据未接入。"),
    "not_named": ("not stated", "未填"),
    "group_numbers": ("Numbers", "编号"),
    "group_companies": ("Companies", "企业"),
    "group_people": ("People and places", "人员与地址"),
    "group_money": ("Money", "金额"),
    "group_goods": ("Goods", "商品"),
    "group_times": ("Times, Beijing", "时间(北京)"),
    "history": ("When each list became known", "单证获知经过"),
    "time": ("Time", "时间"),
    "list": ("List", "单证"),
    "change": ("Event", "事项"),
    "change_new": ("received", "收到"),
    "change_change": ("changed", "变更"),
    "change_delete": ("withdrawn", "删除"),
    "change_delivered": ("delivered", "已签收"),
    "cypher": ("Look further in the graph", "在图中继续查看"),
    "cypher_hint": ("Run it with `sandan cypher`.", "用 `sandan cypher` 运行。"),
    "copy": ("Copy", "复制"),
    "copied": ("Copied", "已复制"),
    # Messages
    "empty_title": ("Nothing was scored yet", "尚未评分"),
    "empty_what": (
        "Bring in lists and score them; this page then shows the alerts, without a restart:",
        "请先导入单证并评分,之后本页即显示预警,无需重启:",
    ),
    "unknown_title": ("No such consignment", "没有这一单票"),
    "unknown_what": (
        "Nothing in the newest run has the key {key}. It may be mistyped, or belong to an older run.",
        "最新批次中没有键 {key},可能输入有误,或属于较早批次。",
    ),
    "ambiguous_title": ("Several consignments have this number", "有多票使用这一编号"),
    "ambiguous_what": (
        "{key} is not unique. Search for it in the queue and open the one you mean.",
        "{key} 不唯一,请在队列中查找后打开所需的一票。",
    ),
    "nopage_title": ("No such page", "没有这个页面"),
    "nopage_what": ("Nothing is at this address.", "该地址没有内容。"),
    "failed_title": ("This could not be shown", "无法显示"),
    "failed_what": (
        "The reason is in the log of the server. Try again; if it stays, tell the operator of this installation.",
        "原因见服务器日志。请重试,如仍失败请告知系统管理员。",
    ),
    "to_queue": ("To the alert queue", "前往预警队列"),
}

# What a run says about itself, which comes in English: exact sentence -> Chinese. What is not here is shown as it came.
_NOTES_EN: dict[str, str] = {
    "not calibrated: the score is a ranking by rules": "Not calibrated: the score ranks by rules, it is not a probability.",
}
_NOTES_ZH: dict[str, str] = {
    "not calibrated: the score is a ranking by rules": "未校准:分值仅为按规则的排序,不是概率。",
    "address_mismatch: no tracking loaded, the place of delivery was not compared": "地址不符:未导入物流轨迹,未比对实际签收地。",
    "platform_mismatch: no payment_services loaded, that part was not run": "平台不符:未导入支付服务登记,该部分未执行。",
    "platform_mismatch: no listings loaded, that part was not run": "平台不符:未导入在售商品,该部分未执行。",
    "undervaluation: no market_prices loaded, compared with other sellers only": "低报价格:未导入市场价格,仅与其他企业比较。",
    "undervaluation: no goods with a reference price, not run": "低报价格:没有可参考价格的商品,未执行。",
}


def text(name: str, language: Language, **values: object) -> str:
    """A text of the table with its values filled in.

    Raises:
        KeyError: The table has no such key.
    """
    return TEXTS[name][1 if language == "zh" else 0].format(**values)


def word(prefix: str, name: str, language: Language) -> str:
    """The word for a code, such as a status; the code itself where the table has none, because lists name what they like."""
    return text(f"{prefix}_{name}", language) if f"{prefix}_{name}" in TEXTS else name


def note(sentence: str, language: Language) -> str:
    """A run's note in the chosen language where it is known, else with the names of its typologies translated."""
    known = (_NOTES_ZH if language == "zh" else _NOTES_EN).get(sentence)
    return known or with_typologies_named(sentence, language)


def with_typologies_named(sentence: str, language: Language) -> str:
    """A sentence in which the keys of typologies are replaced by their names."""
    for key in TYPOLOGIES:
        sentence = sentence.replace(key, label(TYPOLOGIES, key, language))
    return sentence
