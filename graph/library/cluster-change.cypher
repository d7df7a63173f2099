// name = "cluster-change"
// title = { en = "Month-over-month change of clusters", zh = "团伙的逐月变化" }
// answers.en = "Paid orders of each cluster in a span up to a time and in the same span before it, and the change; growing clusters first."
// answers.zh = "各团伙在某时刻之前一段时间与更早同样长的一段时间内的已付订单数及其变化,增长者在前。"
// columns = ["cluster", "kind", "score", "before", "since", "change", "paid_before_cny", "paid_since_cny"]
//
// [parameters]
// until = { type = "time", default = "newest", en = "end of the later span", zh = "后一时段的终点" }
// span = { type = "hours", default = 720, en = "length of each span in hours (a month: 720)", zh = "每个时段的小时数(一个月:720)" }
// top = { type = "integer", default = 100, en = "rows at most", zh = "最多行数" }

MATCH (c:Cluster)<-[:IN_CLUSTER]-(o:Order)-[r:PAID_BY]->(:Payer)
WHERE r.paid_at > $until - $span - $span AND r.paid_at <= $until
WITH c, CASE WHEN r.paid_at > $until - $span THEN 1 ELSE 0 END AS late, o.id AS id, r.amount_cny AS amount
RETURN c.id AS cluster, c.kind AS kind, c.score AS score, sum(1 - late) AS before, sum(late) AS since, sum(2 * late - 1) AS change,
  floor(sum((1 - late) * coalesce(amount, 0.0)) * 100 + 0.5) / 100 AS paid_before_cny, floor(sum(late * coalesce(amount, 0.0)) * 100 + 0.5) / 100 AS paid_since_cny
ORDER BY change DESC, since DESC, cluster LIMIT $top
