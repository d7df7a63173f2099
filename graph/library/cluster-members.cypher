// name = "cluster-members"
// title = { en = "Members of a cluster", zh = "团伙成员" }
// answers.en = "The orders and parcels of a cluster, how strongly each belongs to it, and their grades."
// answers.zh = "团伙中的订单与包裹、归属强度与等级。"
// columns = ["cluster", "kind", "p_value", "member", "strength", "status", "score", "grade"]
//
// [parameters]
// cluster = { type = "text", default = "", en = "id of a cluster; empty: the one with the highest score", zh = "团伙编号;为空时取分数最高者" }
// top = { type = "integer", default = 100, en = "rows at most", zh = "最多行数" }

MATCH (c:Cluster) WHERE $cluster = '' OR c.id = $cluster
WITH c ORDER BY c.score DESC, c.id LIMIT 1
MATCH (c)<-[i:IN_CLUSTER]-(m:Order|Parcel)
RETURN c.id AS cluster, c.kind AS kind, c.p_value AS p_value, m.id AS member, i.strength AS strength, m.status AS status, m.score AS score,
  m.grade AS grade
ORDER BY strength DESC, member LIMIT $top
