// name = "declared-not-ordered"
// title = { en = "Goods declared but not ordered", zh = "申报了却无人订购的商品" }
// answers.en = "Lines of declarations to which no order line belongs, by goods and platform, and whether the platform ever had an order for such goods; the goods nobody ever ordered there come first."
// answers.zh = "清单中没有对应订单明细的商品,按商品与平台汇总,并说明该平台是否曾有此类订单;从未有订单的列在最前。"
// columns = ["goods", "name", "hs_code", "platform", "lines_without_order", "orders_of_goods", "declared_cny"]
//
// [parameters]
// top = { type = "integer", default = 100, en = "rows at most", zh = "最多行数" }

MATCH (p:Platform)<-[:PLACED_ON]-(o:Order)-[c:CONTAINS]->(g:Goods)
WITH g, p, sum(CASE WHEN c.price_cny IS NULL AND c.declared_price_cny IS NOT NULL THEN 1 ELSE 0 END) AS loose, count(c.price_cny) AS ordered,
  sum(CASE WHEN c.price_cny IS NULL THEN coalesce(c.declared_price_cny, 0.0) * coalesce(c.qty, 1.0) ELSE 0.0 END) AS declared
WHERE loose > 0
RETURN g.id AS goods, g.name AS name, g.hs_code AS hs_code, p.id AS platform, loose AS lines_without_order, ordered AS orders_of_goods,
  floor(declared * 100 + 0.5) / 100 AS declared_cny
ORDER BY CASE WHEN ordered = 0 THEN 0 ELSE 1 END, loose DESC, goods, platform LIMIT $top
