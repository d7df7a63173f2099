// name = "new-and-busy"
// title = { en = "New identities with many orders", zh = "新出现且订单多的身份" }
// answers.en = "Payers first seen after a time who already have many orders, with the platforms and addresses these touch."
// answers.zh = "某时刻之后才首次出现、却已有多笔订单的支付人,及其涉及的平台与地址数。"
// columns = ["payer", "masked_name", "first_paid", "orders", "platforms", "addresses", "paid_cny", "highest_score"]
//
// [parameters]
// since = { type = "time", default = "newest-30d", en = "first seen after", zh = "首次出现晚于" }
// least = { type = "integer", default = 3, en = "orders at least", zh = "至少多少笔订单" }
// top = { type = "integer", default = 100, en = "rows at most", zh = "最多行数" }

MATCH (p:Payer)<-[r:PAID_BY]-(o:Order)
WITH p, min(r.paid_at) AS first_paid, count(DISTINCT o) AS orders, count(DISTINCT o.ebp_code) AS platforms, sum(coalesce(r.amount_cny, 0.0)) AS paid, max(o.score) AS highest
WHERE first_paid > $since AND orders >= $least
OPTIONAL MATCH (p)<-[:PAID_BY]-(:Order)-[:SHIPPED_TO]->(a:Address)
RETURN p.id AS payer, p.masked_name AS masked_name, first_paid, orders, platforms, count(DISTINCT a) AS addresses, floor(paid * 100 + 0.5) / 100 AS paid_cny,
  highest AS highest_score
ORDER BY orders DESC, first_paid DESC, payer LIMIT $top
