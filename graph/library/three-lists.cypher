// name = "three-lists"
// title = { en = "The three lists of one order", zh = "一笔订单的三单" }
// answers.en = "What order, payment, waybill and declaration say of one order, side by side; a row per payment and parcel."
// answers.zh = "一笔订单的订单、支付单、运单与清单分别怎么说,并列给出;每笔支付、每个包裹一行。"
// columns = ["id", "platform", "seller", "ordered_cny", "buyer", "provider", "payer", "paid_cny", "paid_at", "parcel", "carrier", "consignee", "agent", "declared_cny", "status", "score", "grade"]
//
// [parameters]
// order_id = { type = "text", default = "", en = "id or number of an order; empty: the one with the highest score", zh = "订单编号;为空时取分数最高者" }

MATCH (o:Order) WHERE $order_id = '' OR o.id = $order_id OR o.order_no = $order_id
WITH o ORDER BY coalesce(o.score, -1.0) DESC, o.id LIMIT 1
OPTIONAL MATCH (o)-[:PLACED_ON]->(platform:Platform)
OPTIONAL MATCH (o)-[:SOLD_BY]->(seller:Operator)
OPTIONAL MATCH (o)-[:BOUGHT_BY]->(buyer:Buyer)
OPTIONAL MATCH (o)-[:DECLARED_BY]->(agent:Operator)
OPTIONAL MATCH (o)-[:CHARGED_BY]->(provider:Operator)
OPTIONAL MATCH (o)-[paid:PAID_BY]->(payer:Payer)
OPTIONAL MATCH (o)-[:SHIPPED_IN]->(parcel:Parcel)
OPTIONAL MATCH (parcel)-[:CARRIED_BY]->(carrier:Operator)
OPTIONAL MATCH (o)-[:CONSIGNED_TO]->(consignee:Consignee)
RETURN DISTINCT o.id AS id, platform.name AS platform, seller.name AS seller, o.amount_cny AS ordered_cny, buyer.masked_name AS buyer,
  provider.name AS provider, payer.masked_name AS payer, paid.amount_cny AS paid_cny, paid.paid_at AS paid_at, parcel.id AS parcel,
  carrier.name AS carrier, consignee.masked_name AS consignee, agent.name AS agent, o.declared_cny AS declared_cny, o.status AS status,
  o.score AS score, o.grade AS grade
ORDER BY paid_at, parcel, provider, agent, carrier, consignee LIMIT 100
