// name = "parcels-of-several-orders"
// title = { en = "Parcels with several orders", zh = "合装多笔订单的包裹" }
// answers.en = "Parcels into which several orders were put, whose orders they are, and what they declare together."
// answers.zh = "装有多笔订单的包裹、涉及的订购人与合计申报额。"
// columns = ["parcel", "orders", "buyers", "declared_cny", "score", "grade"]
//
// [parameters]
// least = { type = "integer", default = 2, en = "orders at least", zh = "至少多少笔订单" }
// top = { type = "integer", default = 100, en = "rows at most", zh = "最多行数" }

MATCH (w:Parcel)<-[:SHIPPED_IN]-(o:Order)
WITH w, count(DISTINCT o) AS orders, sum(coalesce(o.declared_cny, 0.0)) AS declared WHERE orders >= $least
OPTIONAL MATCH (w)<-[:SHIPPED_IN]-(:Order)-[:BOUGHT_BY]->(b:Buyer)
RETURN w.id AS parcel, orders, count(DISTINCT b) AS buyers, floor(declared * 100 + 0.5) / 100 AS declared_cny, w.score AS score, w.grade AS grade
ORDER BY orders DESC, parcel LIMIT $top
