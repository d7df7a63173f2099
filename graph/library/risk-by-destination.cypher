// name = "risk-by-destination"
// title = { en = "Destinations by share of high", zh = "各目的地的高风险占比" }
// answers.en = "Parcels per destination with the share graded high or medium."
// answers.zh = "各目的地的包裹数以及高、中等级占比。"
// columns = ["destination", "country", "region", "parcels", "medium", "high", "share"]
//
// [parameters]
// least = { type = "integer", default = 5, en = "parcels at least", zh = "至少多少件包裹" }
// top = { type = "integer", default = 100, en = "rows at most", zh = "最多行数" }

MATCH (w:Parcel)-[:SHIPPED_TO]->(:Address)-[:LOCATED_IN]->(d:Destination)
WITH DISTINCT d, w
WITH d, count(w) AS parcels, sum(CASE WHEN w.grade = 'medium' THEN 1 ELSE 0 END) AS medium, sum(CASE WHEN w.grade = 'high' THEN 1 ELSE 0 END) AS high
WHERE parcels >= $least
RETURN d.id AS destination, d.country AS country, d.region AS region, parcels, medium, high, 1.0 * (medium + high) / parcels AS share
ORDER BY share DESC, parcels DESC, destination LIMIT $top
