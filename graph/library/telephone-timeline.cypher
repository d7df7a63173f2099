// name = "telephone-timeline"
// title = { en = "Consignments of one telephone over time", zh = "一个电话的货件时间线" }
// answers.en = "Every order that a telephone touches through its buyers, payers and consignees, by the time of payment."
// answers.zh = "一个电话经由订购人、支付人、收件人涉及的全部订单,按支付时间排列。"
// columns = ["telephone", "masked", "order", "paid_at", "amount_cny", "parties", "score", "grade"]
//
// [parameters]
// telephone = { type = "text", default = "", en = "id of a telephone; empty: the one with the most identities", zh = "电话编号;为空时取身份最多者" }
// top = { type = "integer", default = 1000, en = "rows at most", zh = "最多行数" }

MATCH (t:Phone)<-[:REACHED_AT]-(i:Buyer|Payer) WHERE $telephone = '' OR t.id = $telephone
WITH t, count(DISTINCT i.id) AS identities
WITH t ORDER BY identities DESC, t.id LIMIT 1
MATCH (t)<-[:REACHED_AT]-(i:Buyer|Payer|Consignee)<-[:BOUGHT_BY|PAID_BY|CONSIGNED_TO]-(o:Order)
WITH t, o, count(DISTINCT i.id) AS parties
OPTIONAL MATCH (o)-[r:PAID_BY]->(:Payer)
RETURN t.id AS telephone, t.masked AS masked, o.id AS `order`, min(r.paid_at) AS paid_at, o.amount_cny AS amount_cny, parties, o.score AS score,
  o.grade AS grade
ORDER BY paid_at, `order` LIMIT $top
