// name = "providers-off-platform"
// title = { en = "Providers that collect where they do not serve", zh = "在未签约平台收款的支付机构" }
// answers.en = "Payments taken by a provider on a platform that it did not serve on the day of the payment (UTC), by provider and platform. An order charged by several providers counts for each."
// answers.zh = "支付机构在付款当日(UTC)并未为该平台提供服务却收了款,按机构与平台汇总。由多家机构收款的订单各计一次。"
// columns = ["provider", "name", "platform", "payments", "paid_cny", "first_paid", "last_paid"]
//
// [parameters]
// top = { type = "integer", default = 100, en = "rows at most", zh = "最多行数" }

MATCH (o:Order)-[r:PAID_BY]->(:Payer) WHERE r.paid_at IS NOT NULL
MATCH (o)-[:CHARGED_BY]->(q:Operator)
WITH q, r.ebp_code AS platform, r.pay_transaction_id AS payment, r.amount_cny AS amount, r.paid_at AS paid_at,
  left(toString(r.paid_at), 10) AS day
OPTIONAL MATCH (q)-[s:SERVES]->(f:Platform)
WITH q, platform, payment, amount, paid_at,
  sum(CASE WHEN f.id = platform AND coalesce(toString(s.active_from), '') <= day AND coalesce(toString(s.active_to), '9999') >= day THEN 1 ELSE 0 END) AS served
WHERE served = 0
RETURN q.code AS provider, q.name AS name, platform, count(payment) AS payments, floor(sum(coalesce(amount, 0.0)) * 100 + 0.5) / 100 AS paid_cny, min(paid_at) AS first_paid,
  max(paid_at) AS last_paid
ORDER BY payments DESC, provider, platform LIMIT $top
