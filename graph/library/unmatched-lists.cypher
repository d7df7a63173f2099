// name = "unmatched-lists"
// title = { en = "Unmatched lists by age", zh = "未匹配的单证,按时长" }
// answers.en = "Import orders that lack one of their lists, the oldest first: the payment's time where there is one. Orders without any time come last."
// answers.zh = "缺少某一单证的进口订单,最早者在前:有支付时间的按支付时间;没有任何时间的列在最后。"
// columns = ["id", "status", "missing_order", "missing_payment", "missing_waybill", "missing_declaration", "since", "amount_cny", "declared_cny", "score", "grade"]
//
// [parameters]
// top = { type = "integer", default = 100, en = "rows at most", zh = "最多行数" }

MATCH (o:Order) WHERE o.flow = 'import'
OPTIONAL MATCH (o)-[r:PAID_BY]->(:Payer)
WITH o, count(r) AS paid, min(r.paid_at) AS since
OPTIONAL MATCH (o)-[:CONSIGNED_TO]->(c:Consignee)
WITH o, paid, since, count(c) AS shipped
WITH o, o.amount_cny IS NULL AS missing_order, paid = 0 AS missing_payment, shipped = 0 AS missing_waybill, o.declared_cny IS NULL AS missing_declaration, since
WHERE missing_order OR missing_payment OR missing_waybill OR missing_declaration
RETURN o.id AS id, o.status AS status, missing_order, missing_payment, missing_waybill, missing_declaration, since, o.amount_cny AS amount_cny,
  o.declared_cny AS declared_cny, o.score AS score, o.grade AS grade
ORDER BY since, id LIMIT $top
