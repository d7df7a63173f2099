// name = "shared-payers"
// title = { en = "Payers for several buyers", zh = "为多个订购人付款的支付人" }
// answers.en = "Who paid the orders of several other people, for how much, and on how many platforms."
// answers.zh = "谁替多个他人付了款,金额多少,涉及多少平台。"
// columns = ["payer", "masked_name", "region", "buyers", "orders", "platforms", "paid_cny", "high"]
//
// [parameters]
// least = { type = "integer", default = 2, en = "buyers at least", zh = "至少多少个订购人" }
// top = { type = "integer", default = 100, en = "rows at most", zh = "最多行数" }

MATCH (b:Buyer)<-[:BOUGHT_BY]-(o:Order)-[r:PAID_BY]->(p:Payer) WHERE b.id <> p.id
WITH p, count(DISTINCT b) AS buyers, count(DISTINCT o) AS orders, count(DISTINCT o.ebp_code) AS platforms, sum(coalesce(r.amount_cny, 0.0)) AS paid,
  count(DISTINCT CASE WHEN o.grade = 'high' THEN o.id ELSE NULL END) AS high
WHERE buyers >= $least
RETURN p.id AS payer, p.masked_name AS masked_name, p.region AS region, buyers, orders, platforms, floor(paid * 100 + 0.5) / 100 AS paid_cny, high
ORDER BY buyers DESC, orders DESC, payer LIMIT $top
