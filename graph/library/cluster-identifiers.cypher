// name = "cluster-identifiers"
// title = { en = "Identifiers that a cluster has in common", zh = "团伙共有的标识" }
// answers.en = "Which telephones, addresses, buyers, payers, consignees and sellers several members of a cluster share, the most common first."
// answers.zh = "团伙成员之间共用哪些电话、地址、订购人、支付人、收件人与卖家,共用多者在前。"
// columns = ["cluster", "relation", "identifier", "members", "share", "summary"]
//
// [parameters]
// cluster = { type = "text", default = "", en = "id of a cluster; empty: the one with the highest score", zh = "团伙编号;为空时取分数最高者" }
// top = { type = "integer", default = 100, en = "rows at most", zh = "最多行数" }

MATCH (c:Cluster) WHERE $cluster = '' OR c.id = $cluster
WITH c ORDER BY c.score DESC, c.id LIMIT 1
MATCH (c)<-[:IN_CLUSTER]-(m:Order|Parcel)
WITH c, count(DISTINCT m.id) AS size
MATCH (c)<-[:IN_CLUSTER]-(m:Order|Parcel)-[r:BOUGHT_BY|PAID_BY|CONSIGNED_TO|SHIPPED_TO|SOLD_BY|SENT_BY|CARRIED_BY]->(x)
WITH c, size, type(r) AS relation, x.id AS identifier, count(DISTINCT m.id) AS members WHERE members >= 2
RETURN c.id AS cluster, relation, identifier, members, 1.0 * members / size AS share, c.summary AS summary
ORDER BY members DESC, relation, identifier LIMIT $top
