// name = "declared-below-paid"
// title = { en = "Declared below what was paid", zh = "申报低于实付" }
// answers.en = "Import orders whose declared value is well below what was paid, the largest gap first."
// answers.zh = "申报额明显低于实付额的进口订单,差额大者在前。"
// columns = ["id", "declared_cny", "paid_cny", "ratio", "gap_cny", "seller", "score", "grade"]
//
// [parameters]
// ratio = { type = "number", default = 0.8, en = "declared over paid, less than", zh = "申报与实付之比低于" }
// top = { type = "integer", default = 100, en = "rows at most", zh = "最多行数" }

MATCH (o:Order)-[r:PAID_BY]->(:Payer) WHERE o.flow = 'import' AND o.declared_cny IS NOT NULL
WITH o, sum(coalesce(r.amount_cny, 0.0)) AS paid WHERE paid > 0.0 AND o.declared_cny < $ratio * paid
OPTIONAL MATCH (o)-[:SOLD_BY]->(s:Operator)
RETURN o.id AS id, o.declared_cny AS declared_cny, floor(paid * 100 + 0.5) / 100 AS paid_cny, o.declared_cny / paid AS ratio, floor((paid - o.declared_cny) * 100 + 0.5) / 100 AS gap_cny,
  min(s.id) AS seller, o.score AS score, o.grade AS grade
ORDER BY gap_cny DESC, id LIMIT $top
