// name = "near-the-limit"
// title = { en = "Days just under the limit for one order", zh = "接近单次限额的付款日" }
// answers.en = "Payers with payments just under the limit for a single order, by person and day: the days on which one person came close to it, or over it with several orders."
// answers.zh = "支付人按日汇总接近单次交易限值的付款:某日接近限值,或以多笔订单合计超过限值。"
// columns = ["payer", "masked_name", "day", "orders", "largest_cny", "paid_cny", "high"]
//
// [parameters]
// limit = { type = "number", default = 5000.0, en = "limit for one order in CNY", zh = "单次交易限值(元)" }
// share = { type = "number", default = 0.8, en = "share of the limit that counts as close", zh = "视为接近的比例" }
// zone = { type = "hours", default = 8, en = "hours before UTC of the clock by which days are counted (Beijing: 8)", zh = "计日所用时区,比UTC早的小时数(北京时间为8)" }
// top = { type = "integer", default = 100, en = "rows at most", zh = "最多行数" }

MATCH (o:Order)-[r:PAID_BY]->(p:Payer) WHERE o.flow = 'import' AND r.amount_cny <= $limit
WITH p, o, r.amount_cny AS amount, r.paid_at + $zone AS local
WITH p, left(toString(local), 10) AS day, count(DISTINCT o) AS orders, max(amount) AS largest, sum(coalesce(amount, 0.0)) AS paid,
  count(DISTINCT CASE WHEN o.grade = 'high' THEN o.id ELSE NULL END) AS high
WHERE largest >= $share * $limit OR (orders > 1 AND paid > $share * $limit)
RETURN p.id AS payer, p.masked_name AS masked_name, day, orders, largest AS largest_cny, floor(paid * 100 + 0.5) / 100 AS paid_cny, high
ORDER BY paid_cny DESC, payer, day LIMIT $top
