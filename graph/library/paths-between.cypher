// name = "paths-between"
// title = { en = "Shortest paths between two parties", zh = "两方之间的最短路径" }
// answers.en = "How two orders, people, telephones or addresses hang together through personal identifiers, in up to four steps: a row per path, `steps` tells how long. Platforms, operators and places are left out, because they tie everybody to everybody."
// answers.zh = "两笔订单、两个人、电话或地址如何经由个人标识相连,最多四步,每条路径一行,steps为步数;平台、企业、地区不计,因其与所有人相连。"
// columns = ["steps", "relation_1", "through_1", "relation_2", "through_2", "relation_3", "through_3", "relation_4"]
//
// [parameters]
// start = { type = "text", en = "id of the one", zh = "一方的编号" }
// goal = { type = "text", en = "id of the other", zh = "另一方的编号" }
// top = { type = "integer", default = 25, en = "rows of each length at most", zh = "每种长度最多行数" }

MATCH (a)-[r:BOUGHT_BY|PAID_BY|CONSIGNED_TO|REACHED_AT|SHIPPED_TO|SENT_BY|SHIPPED_IN|IS]-(b)
WHERE a.id = $start AND b.id = $goal
RETURN DISTINCT 1 AS steps, type(r) AS relation_1, '' AS through_1, '' AS relation_2, '' AS through_2, '' AS relation_3, '' AS through_3, '' AS relation_4
ORDER BY through_1, through_2, through_3, relation_1, relation_2, relation_3, relation_4 LIMIT $top
UNION ALL
MATCH (a)-[r:BOUGHT_BY|PAID_BY|CONSIGNED_TO|REACHED_AT|SHIPPED_TO|SENT_BY|SHIPPED_IN|IS]-(x)-[q:BOUGHT_BY|PAID_BY|CONSIGNED_TO|REACHED_AT|SHIPPED_TO|SENT_BY|SHIPPED_IN|IS]-(b)
WHERE a.id = $start AND b.id = $goal
RETURN DISTINCT 2 AS steps, type(r) AS relation_1, x.id AS through_1, type(q) AS relation_2, '' AS through_2, '' AS relation_3, '' AS through_3, '' AS relation_4
ORDER BY through_1, through_2, through_3, relation_1, relation_2, relation_3, relation_4 LIMIT $top
UNION ALL
MATCH (a)-[r:BOUGHT_BY|PAID_BY|CONSIGNED_TO|REACHED_AT|SHIPPED_TO|SENT_BY|SHIPPED_IN|IS]-(x)-[q:BOUGHT_BY|PAID_BY|CONSIGNED_TO|REACHED_AT|SHIPPED_TO|SENT_BY|SHIPPED_IN|IS]-(y)-[s:BOUGHT_BY|PAID_BY|CONSIGNED_TO|REACHED_AT|SHIPPED_TO|SENT_BY|SHIPPED_IN|IS]-(b)
WHERE a.id = $start AND b.id = $goal AND x.id <> $goal AND y.id <> $start
RETURN DISTINCT 3 AS steps, type(r) AS relation_1, x.id AS through_1, type(q) AS relation_2, y.id AS through_2, type(s) AS relation_3, '' AS through_3, '' AS relation_4
ORDER BY through_1, through_2, through_3, relation_1, relation_2, relation_3, relation_4 LIMIT $top
UNION ALL
MATCH (a)-[r:BOUGHT_BY|PAID_BY|CONSIGNED_TO|REACHED_AT|SHIPPED_TO|SENT_BY|SHIPPED_IN|IS]-(x)-[q:BOUGHT_BY|PAID_BY|CONSIGNED_TO|REACHED_AT|SHIPPED_TO|SENT_BY|SHIPPED_IN|IS]-(y)-[s:BOUGHT_BY|PAID_BY|CONSIGNED_TO|REACHED_AT|SHIPPED_TO|SENT_BY|SHIPPED_IN|IS]-(z)-[t:BOUGHT_BY|PAID_BY|CONSIGNED_TO|REACHED_AT|SHIPPED_TO|SENT_BY|SHIPPED_IN|IS]-(b)
WHERE a.id = $start AND b.id = $goal AND x.id <> $goal AND y.id <> $start AND y.id <> $goal AND z.id <> $start AND x.id <> z.id
RETURN DISTINCT 4 AS steps, type(r) AS relation_1, x.id AS through_1, type(q) AS relation_2, y.id AS through_2, type(s) AS relation_3, z.id AS through_3, type(t) AS relation_4
ORDER BY through_1, through_2, through_3, relation_1, relation_2, relation_3, relation_4 LIMIT $top
