// name = "neighbours-of-an-order"
// title = { en = "Neighbours of an order, the significant first", zh = "订单的邻居,重要者在前" }
// answers.en = "Orders that share a buyer, payer, consignee or address with an order; what few use weighs more: each counts one over the number of orders that use it, a person once in whatever roles."
// answers.zh = "与某订单共用订购人、支付人、收件人或地址的订单;用的人越少分量越重:每个共用标识按其订单数的倒数计,同一人不论几种身份只计一次。"
// columns = ["order", "neighbour", "weight", "shared", "rarest", "score", "grade"]
//
// [parameters]
// order_id = { type = "text", default = "", en = "id or number of an order; empty: the one with the highest score", zh = "订单编号;为空时取分数最高者" }
// cap = { type = "integer", default = 400, en = "an identifier of more orders is not followed", zh = "订单数超过此数的标识不再展开" }
// top = { type = "integer", default = 100, en = "rows at most", zh = "最多行数" }

MATCH (o:Order) WHERE $order_id = '' OR o.id = $order_id OR o.order_no = $order_id
WITH o ORDER BY coalesce(o.score, -1.0) DESC, o.id LIMIT 1
MATCH (o)-[:BOUGHT_BY|PAID_BY|CONSIGNED_TO|SHIPPED_TO]->(x:Buyer|Payer|Consignee|Address)
WITH DISTINCT o, x
WITH o, x, COUNT { MATCH (x)<-[:BOUGHT_BY|PAID_BY|CONSIGNED_TO|SHIPPED_TO]-(:Order) } AS uses
MATCH (x)<-[:BOUGHT_BY|PAID_BY|CONSIGNED_TO|SHIPPED_TO]-(n:Order) WHERE n.id <> o.id AND uses <= $cap
WITH DISTINCT o, x, uses, n
OPTIONAL MATCH (x)-[:IS]->(p:Person)
WITH o, n, coalesce(p.id, x.id) AS who, max(uses) AS uses
RETURN o.id AS `order`, n.id AS neighbour, floor(sum(1.0 / uses) * 1000000000 + 0.5) / 1000000000 AS weight, count(who) AS shared, min(uses) AS rarest, n.score AS score, n.grade AS grade
ORDER BY weight DESC, neighbour LIMIT $top
