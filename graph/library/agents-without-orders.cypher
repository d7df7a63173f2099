// name = "agents-without-orders"
// title = { en = "Agents that declare trades without their lists", zh = "申报却缺单的代理企业" }
// answers.en = "For every declaring agent: its declared import orders, and how many of them have no order list, no payment or no waybill."
// answers.zh = "各代理企业申报的进口订单数,以及其中缺订单、缺支付、缺运单的数目。"
// columns = ["agent", "name", "declared", "without_order", "without_payment", "without_waybill", "share"]
//
// [parameters]
// top = { type = "integer", default = 100, en = "rows at most", zh = "最多行数" }

MATCH (o:Order)-[:DECLARED_BY]->(q:Operator) WHERE o.flow = 'import'
WITH DISTINCT q, o
WITH q, CASE WHEN o.amount_cny IS NULL THEN 1 ELSE 0 END AS no_order,
  CASE WHEN EXISTS { MATCH (o)-[:PAID_BY]->(:Payer) } THEN 0 ELSE 1 END AS no_payment,
  CASE WHEN EXISTS { MATCH (o)-[:CONSIGNED_TO]->(:Consignee) } THEN 0 ELSE 1 END AS no_waybill
WITH q, count(*) AS declared, sum(no_order) AS without_order, sum(no_payment) AS without_payment, sum(no_waybill) AS without_waybill
RETURN q.code AS agent, q.name AS name, declared, without_order, without_payment, without_waybill,
  1.0 * (without_order + without_payment + without_waybill) / declared AS share
ORDER BY share DESC, declared DESC, agent LIMIT $top
