// name = "findings-by-typology"
// title = { en = "Findings by typology", zh = "各类型的发现" }
// answers.en = "How many findings each typology has, about how many consignments or operators, how strong, and how many of those consignments are high."
// answers.zh = "每种类型有多少发现、涉及多少货件或企业、最强分值、其中多少为高等级。"
// columns = ["typology", "findings", "subjects", "strongest", "high"]

MATCH (f:Finding)-[:ABOUT]->(x:Order|Parcel|Operator)
RETURN f.typology AS typology, count(DISTINCT f) AS findings, count(DISTINCT x.id) AS subjects, max(f.score) AS strongest,
  count(DISTINCT CASE WHEN x.grade = 'high' THEN x.id ELSE NULL END) AS high
ORDER BY findings DESC, typology LIMIT 100
