"""Every word of the pages in English and Chinese: one table, key -> (en, zh)."""

from typing import Literal, TypeAlias

from sandan.algorithms.registry import registry

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
    "nav_clusters": ("Clusters", "团组"),
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
    "status_refused": ("Refused", "已退单"),
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
    "strength": ("{bits} bits", "{bits} 比特"),
    "waterfall": ("How the evidence adds up", "证据如何累加"),
    "waterfall_hint": (
        "Each bit doubles the odds of a breach. Of one cause the strongest sign counts, at seven tenths; further causes at half of that.",
        "每 1 比特使违规几率翻倍。同一原因只计最强迹象并按七成计,其余原因再减半。",
    ),
    "waterfall_start": ("Any consignment (assumed)", "任一票货物(假定)"),
    "waterfall_rest": ("Companions, model", "关联货物与模型"),
    "waterfall_end": ("Score", "分值"),
    "waterfall_axis": ("bits (log2 of the odds)", "比特(几率的以 2 为底对数)"),
    "waterfall_label": (
        "From {start} bits, what is assumed of any consignment, to {end} bits, the score: {steps}; companions and model {rest}.",
        "从 {start} 比特(任一票货物的假定)到 {end} 比特(分值):{steps};关联货物与模型 {rest}。",
    ),
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
    # Network
    "network_title": ("Network", "关系网络"),
    "network_of_key": ("Network of {no}", "{no} 的关系网络"),
    "network_of_cluster": ("Cluster {cluster}", "团组 {cluster}"),
    "see_network": ("See its network", "查看关系网络"),
    "see_cluster": ("Cluster {cluster}", "团组 {cluster}"),
    "see_consignment": ("Open consignment", "打开单票"),
    "network_here": ("Network around it", "以此为中心"),
    "to_clusters": ("All clusters", "全部团组"),
    "network_label": (
        "Picture of the network. The tables below it hold the same nodes and ties, and can be used with the keyboard.",
        "关系网络图。下方表格列出相同的节点与联系,可用键盘操作。",
    ),
    "network_hint": (
        "Click a node here, in the picture or in the table below to read about it; double-click adds its most informative neighbours.",
        "单击此处、图中或下方表格中的节点可查看说明,在图中双击可加入其最有说明力的相邻节点。",
    ),
    "most_shared": ("Most shared here", "共用最多"),
    "network_none": (
        "Nothing is left under these filters. Choose more kinds or a longer time.",
        "当前筛选条件下没有内容,请增加类别或延长时段。",
    ),
    "network_alone": (
        "Nobody shares an identifier of these kinds with this consignment. Choose more kinds.",
        "没有其他单票与本票共用所选类别的标识,可增加类别。",
    ),
    "network_count": ("{items} consignments, {identifiers} identifiers", "单票 {items} 个,标识 {identifiers} 个"),
    "network_left_out": ("{n} more not drawn", "另有 {n} 个未画出"),
    "network_full": (
        "the picture is full, so nothing more can be expanded: choose fewer kinds or days, or start from another node",
        "图已满,无法继续展开:请减少类别或时段,或以其他节点为中心",
    ),
    "network_what": (
        "A picture starts from a consignment or a cluster: open one of the alerts, or choose one of the clusters.",
        "关系网络从某一单票或团组开始:请打开一条预警,或选择一个团组。",
    ),
    "no_graph_title": ("The network is not there", "尚无关系网络"),
    "no_graph_what": ("This run's graph was removed or never built. Score again:", "本批次的图已删除或未建立,请重新评分:"),
    "unknown_cluster": ("No such cluster", "没有这一团组"),
    "unknown_cluster_what": (
        "The newest run has no cluster {cluster}. Clusters get new numbers when their members change; look for it in the list.",
        "最新批次中没有团组 {cluster}。成员变化后团组编号会改变,请在列表中查找。",
    ),
    "kinds": ("Kinds of identifiers", "标识类别"),
    "days": ("Known", "获知时段"),
    "days_from": ("First day", "起始日"),
    "days_to": ("Last day", "截止日"),
    "fit": ("Fit", "适应窗口"),
    "restart": ("Start again", "重新开始"),
    "legend": ("Legend", "图例"),
    "legend_hub": ("Too common to say anything: not expanded", "共用过多,无说明力,不予展开"),
    "legend_more": ("Has more that is not drawn", "另有未画出者"),
    "nodes": ("Nodes", "节点"),
    "edges": ("Ties", "联系"),
    "node": ("Node", "节点"),
    "node_kind": ("Kind", "类别"),
    "node_Order": ("Order", "订单"),
    "node_Parcel": ("Parcel", "包裹"),
    "node_Identity": ("Identity number", "身份证号"),
    "node_Account": ("Account", "账户"),
    "node_Phone": ("Telephone", "电话"),
    "node_Address": ("Address", "地址"),
    "node_Sender": ("Sender", "发件人"),
    "node_Seller": ("Seller", "电商企业"),
    "node_Goods": ("Goods", "商品"),
    "node_Country": ("Country", "国别"),
    "node_Platform": ("Platform", "电商平台"),
    "node_Payment": ("Payment provider", "支付企业"),
    "node_Logistics": ("Carrier", "物流企业"),
    "node_Agent": ("Declarant", "申报企业"),
    "contact": ("As", "关系"),
    "contact_Buyer": ("bought by", "订购人"),
    "contact_Payer": ("paid by", "支付人"),
    "contact_Account": ("from the account", "下单账户"),
    "contact_OwnPhone": ("own telephone", "本人电话"),
    "contact_DropPhone": ("recipient's telephone", "收件电话"),
    "contact_Address": ("delivered to", "收货地址"),
    "contact_Sender": ("sent by", "发件人"),
    "contact_SenderPhone": ("sender's telephone", "发件电话"),
    "contact_SenderAddress": ("sender's address", "发件地址"),
    "contact_Seller": ("sold by", "销售企业"),
    "contact_Goods": ("contains", "所含商品"),
    "contact_Country": ("to or from", "国别"),
    "contact_Platform": ("placed on", "下单平台"),
    "contact_Payment": ("charged by", "支付企业"),
    "contact_Logistics": ("carried by", "承运企业"),
    "contact_Agent": ("declared by", "申报企业"),
    "shared_by": ("Consignments with it", "使用票数"),
    "n_not_drawn": ("Not drawn", "未画出"),
    "first_known": ("First known", "首次获知"),
    "expand": ("Expand", "展开"),
    "show_in_picture": ("Show {node} in the picture", "在图中显示 {node}"),
    "hub_why": (
        "{n} consignments have it: too many to say who is behind them. It is not expanded.",
        "共有 {n} 票使用,数量过多,无法说明背后是谁,不予展开。",
    ),
    # Clusters
    "clusters_title": ("Clusters", "团组"),
    "clusters_hint": (
        "Consignments that hang together by what they share, more than chance explains. Enter or a click draws the network.",
        "因共用信息而相互关联、且非偶然的单票。回车或单击可查看关系网络。",
    ),
    "clusters_label": ("Clusters, the highest score first. Enter draws the network.", "团组列表,分值高者在前,回车查看关系网络。"),
    "clusters_none": ("This run found no cluster of this kind.", "本批次未发现此类团组。"),
    "cluster": ("Cluster", "团组"),
    "cluster_kind": ("Kind", "类别"),
    "cluster_kind_forged": ("Forged transactions", "虚假交易"),
    "cluster_kind_ipr": ("Infringing shipments", "侵权货物"),
    "cluster_n": ("{n} consignments", "{n} 票"),
    "col_payers": ("Payers", "支付人"),
    "col_addresses": ("Addresses", "地址"),
    "col_span": ("From – to", "起止"),
    "col_summary": ("What ties it", "关联说明"),
    "map_title": ("Where their consignments go and come from", "单票的目的国与来源国"),
    "map_label": (
        "World map: consignments of these clusters by country. The table beside it says the same.",
        "世界地图:各国所涉团组的单票数。旁边的表格内容相同。",
    ),
    "map_to": ("Exported to", "出口目的国"),
    "map_from": ("Imported from", "进口来源国"),
    "map_note": ("Outline of land only; no borders are drawn.", "仅示陆地轮廓,不绘制国界。"),
    "map_none": ("The members name no country.", "成员单票未填国别。"),
    "country": ("Country", "国别"),
    "n_clusters": ("{n} clusters", "{n} 个团组"),
    "n_in_clusters": ("Clusters", "团组数"),
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
    "not calibrated: no model was learned from outcomes, so the score ranks by the weight of the evidence": (
        "Not calibrated: no model was learned from outcomes. The score ranks by the weight of the evidence, it is not a probability."
    ),
    "calibrated: the score is the model's probability of a breach, see `sandan card`": (
        "The score is the model's probability of a breach, calibrated on outcomes."
    ),
}
_NOTES_ZH: dict[str, str] = {
    "not calibrated: no model was learned from outcomes, so the score ranks by the weight of the evidence": (
        "未校准:尚无由查验结果学习的模型,分值按证据权重排序,不是概率。"
    ),
    "calibrated: the score is the model's probability of a breach, see `sandan card`": "分值为模型给出的违规概率,已按查验结果校准。",
    "the model was made for other features than this version computes: train is due": "模型按其他版本的特征训练,应重新训练。",
    "address_mismatch: no tracking loaded, the place of delivery was not compared": "地址不符:未导入物流轨迹,未比对实际签收地。",
    "platform_mismatch: no payment_services loaded, that part was not run": "平台不符:未导入支付服务登记,该部分未执行。",
    "platform_mismatch: no listings loaded, that part was not run": "平台不符:未导入在售商品,该部分未执行。",
    "undervaluation: no market_prices loaded, compared with other sellers only": "低报价格:未导入市场价格,仅与其他企业比较。",
    "tax_mismatch: no tax_rates loaded, not run": "税款不符:未导入税率,未执行。",
    "watchlist: no watchlists loaded, not run": "名单命中:未导入名单,未执行。",
    "scan_mismatch: no scans loaded, not run": "图像与申报不符:未导入扫描结果,未执行。",
    "signature: no signature was checked, not run": "签名异常:未校验任何签名,未执行。",
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
    for key in registry():
        sentence = sentence.replace(key, registry().label(key, language))
    return sentence
