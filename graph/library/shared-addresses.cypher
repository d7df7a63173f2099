// name = "shared-addresses"
// title = { en = "Addresses of several buyers", zh = "多个订购人共用的地址" }
// answers.en = "Which addresses the orders of several buyers go to, of what kind the address is, and how many orders hang on it."
// answers.zh = "哪些地址收取多个订购人的订单,地址属于哪一类,涉及多少订单。"
// columns = ["address", "masked", "kind", "region", "buyers", "orders", "high"]
//
// [parameters]
// least = { type = "integer", default = 2, en = "buyers at least", zh = "至少多少个订购人" }
// top = { type = "integer", default = 100, en = "rows at most", zh = "最多行数" }

MATCH (b:Buyer)<-[:BOUGHT_BY]-(o:Order)-[:SHIPPED_TO]->(a:Address)
WITH a, b.id AS buyer, o.id AS id, max(CASE WHEN o.grade = 'high' THEN 1 ELSE 0 END) AS is_high
WITH a, count(DISTINCT buyer) AS buyers, count(DISTINCT id) AS orders, sum(is_high) AS high WHERE buyers >= $least
RETURN a.id AS address, a.masked AS masked, a.kind AS kind, a.region AS region, buyers, orders, high
ORDER BY buyers DESC, orders DESC, address LIMIT $top
