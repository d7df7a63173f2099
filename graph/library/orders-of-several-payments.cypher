// name = "orders-of-several-payments"
// title = { en = "Orders with several payments", zh = "多次付款的订单" }
// answers.en = "Orders for which several payments were sent, from how many payers, and how far their sum lies from the order's amount."
// answers.zh = "有多笔支付单的订单、支付人数、合计与订单金额之差。"
// columns = ["id", "payments", "payers", "ordered_cny", "paid_cny", "difference_cny", "first_paid", "last_paid", "grade"]
//
// [parameters]
// least = { type = "integer", default = 2, en = "payments at least", zh = "至少多少笔支付" }
// top = { type = "integer", default = 100, en = "rows at most", zh = "最多行数" }

MATCH (o:Order)-[r:PAID_BY]->(p:Payer)
WITH o, count(r) AS payments, count(DISTINCT p) AS payers, sum(coalesce(r.amount_cny, 0.0)) AS paid, min(r.paid_at) AS first_paid, max(r.paid_at) AS last_paid
WHERE payments >= $least
RETURN o.id AS id, payments, payers, o.amount_cny AS ordered_cny, floor(paid * 100 + 0.5) / 100 AS paid_cny, floor((paid - o.amount_cny) * 100 + 0.5) / 100 AS difference_cny, first_paid,
  last_paid, o.grade AS grade
ORDER BY payments DESC, id LIMIT $top
