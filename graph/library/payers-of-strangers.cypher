// name = "payers-of-strangers"
// title = { en = "Payers of many unrelated consignees", zh = "为多个无关收件人付款的支付人" }
// answers.en = "Payers whose orders go to many consignees with whom they share neither telephone nor person."
// answers.zh = "其订单寄给多个收件人,而与收件人既无共同电话、也非同一人的支付人。"
// columns = ["payer", "masked_name", "consignees", "orders", "paid_cny", "highest_score"]
//
// [parameters]
// least = { type = "integer", default = 2, en = "consignees at least", zh = "至少多少个收件人" }
// top = { type = "integer", default = 100, en = "rows at most", zh = "最多行数" }

MATCH (p:Payer)<-[r:PAID_BY]-(o:Order)-[:CONSIGNED_TO]->(c:Consignee)
WHERE NOT EXISTS { MATCH (p)-[:REACHED_AT]->(:Phone)<-[:REACHED_AT]-(c) } AND NOT EXISTS { MATCH (p)-[:IS]->(:Person)<-[:IS]-(c) }
WITH p, count(DISTINCT c) AS consignees, count(DISTINCT o) AS orders, sum(coalesce(r.amount_cny, 0.0)) AS paid, max(o.score) AS highest WHERE consignees >= $least
RETURN p.id AS payer, p.masked_name AS masked_name, consignees, orders, floor(paid * 100 + 0.5) / 100 AS paid_cny, highest AS highest_score
ORDER BY consignees DESC, orders DESC, payer LIMIT $top
