// name = "priced-below-others"
// title = { en = "Lines declared far below others of the same goods", zh = "远低于同类商品的申报明细" }
// answers.en = "Lines of declarations whose price per unit is below a share of the mean of all declared lines of the same goods."
// answers.zh = "申报单价低于同一商品全部申报明细均价一定比例的明细。"
// columns = ["order", "seller", "goods", "name", "hs_code", "price_cny", "mean_cny", "ratio", "lines", "grade"]
//
// [parameters]
// least = { type = "integer", default = 5, en = "lines of the goods at least", zh = "商品至少有多少行明细" }
// ratio = { type = "number", default = 0.7, en = "price over the mean, less than", zh = "单价与均价之比低于" }
// top = { type = "integer", default = 100, en = "rows at most", zh = "最多行数" }

MATCH (:Order)-[every:CONTAINS]->(g:Goods) WHERE every.declared_price_cny > 0.0
WITH g, count(every) AS lines, sum(every.declared_price_cny) AS total WHERE lines >= $least
WITH g, lines, total / lines AS mean
MATCH (s:Operator)<-[:SOLD_BY]-(o:Order)-[c:CONTAINS]->(g) WHERE c.declared_price_cny < $ratio * mean
RETURN o.id AS `order`, s.id AS seller, g.id AS goods, g.name AS name, g.hs_code AS hs_code, c.declared_price_cny AS price_cny,
  mean AS mean_cny, c.declared_price_cny / mean AS ratio, lines, o.grade AS grade
ORDER BY ratio, `order`, goods, price_cny, seller LIMIT $top
