// name = "operator-triangles"
// title = { en = "Operators that move together", zh = "同进退的企业组合" }
// answers.en = "Seller, carrier and a third operator who meet in more orders than their sizes explain: lift is orders together over orders expected if the three chose each other by chance."
// answers.zh = "卖家、物流与第三方企业共同出现的订单多于其规模所能解释:lift为实际共同订单数与随机相遇期望数之比。"
// columns = ["seller", "carrier", "third", "orders", "expected", "lift", "high"]
//
// [parameters]
// third = { type = "text", default = "agent", en = "role of the third: agent or payment", zh = "第三方的角色:agent(代理)或payment(支付)" }
// least = { type = "integer", default = 10, en = "orders together at least", zh = "至少多少笔共同订单" }
// top = { type = "integer", default = 100, en = "rows at most", zh = "最多行数" }

MATCH (x:Order) WHERE EXISTS { MATCH (x)-[:SOLD_BY]->(:Operator) }
WITH count(x) AS total
MATCH (o:Order)-[:SOLD_BY]->(s:Operator)
MATCH (o)-[:CARRIED_BY]->(l:Operator)
MATCH (o)-[:DECLARED_BY|CHARGED_BY]->(t:Operator) WHERE t.role = $third
WITH total, s, l, t, count(DISTINCT o) AS together, count(DISTINCT CASE WHEN o.grade = 'high' THEN o.id ELSE NULL END) AS high
WHERE together >= $least
WITH s, l, t, together, high, COUNT { MATCH (s)<-[:SOLD_BY]-(:Order) } AS n_s, COUNT { MATCH (l)<-[:CARRIED_BY]-(:Order) } AS n_l,
  COUNT { MATCH (t)<-[:DECLARED_BY|CHARGED_BY]-(:Order) } AS n_t, total
WITH s, l, t, together, high, 1.0 * n_s * n_l * n_t / (1.0 * total * total) AS expected
RETURN s.id AS seller, l.id AS carrier, t.id AS third, together AS orders, expected, together / expected AS lift, high
ORDER BY lift DESC, orders DESC, seller, carrier, third LIMIT $top
