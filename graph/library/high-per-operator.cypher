// name = "high-per-operator"
// title = { en = "High consignments per operator", zh = "各企业的高风险货件" }
// answers.en = "For every operator of a role: its orders, how many are high or medium, and the share of high ones."
// answers.zh = "某一角色的各企业:订单数、高与中等级数、高等级占比。"
// columns = ["operator", "name", "orders", "medium", "high", "share", "grade"]
//
// [parameters]
// role = { type = "text", default = "", en = "seller, payment, logistics or agent; empty: all", zh = "seller、payment、logistics或agent;为空时全部" }
// least = { type = "integer", default = 5, en = "orders at least", zh = "至少多少笔订单" }
// top = { type = "integer", default = 100, en = "rows at most", zh = "最多行数" }

MATCH (o:Order)-[:SOLD_BY|CHARGED_BY|CARRIED_BY|DECLARED_BY]->(q:Operator) WHERE $role = '' OR q.role = $role
WITH DISTINCT q, o
WITH q, count(o) AS orders, sum(CASE WHEN o.grade = 'medium' THEN 1 ELSE 0 END) AS medium, sum(CASE WHEN o.grade = 'high' THEN 1 ELSE 0 END) AS high
WHERE orders >= $least
RETURN q.id AS operator, q.name AS name, orders, medium, high, 1.0 * high / orders AS share, q.grade AS grade
ORDER BY high DESC, share DESC, operator LIMIT $top
