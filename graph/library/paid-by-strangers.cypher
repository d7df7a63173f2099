// name = "paid-by-strangers"
// title = { en = "Orders paid by a stranger", zh = "由陌生人付款的订单" }
// answers.en = "Import orders whose payer is neither the buyer nor shares a telephone or a person with the buyer or the consignee."
// answers.zh = "支付人既非订购人、又与订购人和收件人无共同电话亦非同一人的进口订单。"
// columns = ["id", "buyer", "payer", "paid_cny", "paid_at", "score", "grade"]
//
// [parameters]
// top = { type = "integer", default = 100, en = "rows at most", zh = "最多行数" }

MATCH (b:Buyer)<-[:BOUGHT_BY]-(o:Order)-[r:PAID_BY]->(p:Payer)
WHERE o.flow = 'import' AND b.id <> p.id
  AND NOT EXISTS { MATCH (p)-[:REACHED_AT]->(:Phone)<-[:REACHED_AT]-(b) }
  AND NOT EXISTS { MATCH (p)-[:REACHED_AT]->(:Phone)<-[:REACHED_AT]-(:Consignee)<-[:CONSIGNED_TO]-(o) }
RETURN o.id AS id, b.masked_name AS buyer, p.masked_name AS payer, r.amount_cny AS paid_cny, r.paid_at AS paid_at, o.score AS score, o.grade AS grade
ORDER BY score DESC, id, paid_at LIMIT $top
