// name = "shared-telephones"
// title = { en = "Telephones of several identities", zh = "多个身份共用的电话" }
// answers.en = "Which telephones stand beside the identity numbers of several buyers or payers, and how many orders hang on them."
// answers.zh = "哪些电话登记在多个订购人或支付人身份之下,涉及多少订单。"
// columns = ["telephone", "masked", "identities", "orders", "high"]
//
// [parameters]
// least = { type = "integer", default = 2, en = "identities at least", zh = "至少多少个身份" }
// top = { type = "integer", default = 100, en = "rows at most", zh = "最多行数" }

MATCH (i:Buyer|Payer)-[:REACHED_AT]->(t:Phone)
WITH t, count(DISTINCT i.id) AS identities WHERE identities >= $least
MATCH (t)<-[:REACHED_AT]-(i:Buyer|Payer)<-[:BOUGHT_BY|PAID_BY]-(o:Order)
WITH t, identities, o.id AS id, max(CASE WHEN o.grade = 'high' THEN 1 ELSE 0 END) AS is_high
RETURN t.id AS telephone, t.masked AS masked, identities, count(id) AS orders, sum(is_high) AS high
ORDER BY identities DESC, orders DESC, telephone LIMIT $top
