// name = "brand-destinations"
// title = { en = "Destinations that grow fastest per brand", zh = "各品牌增长最快的目的地" }
// answers.en = "Parcels with goods of a recorded brand by brand and destination: after a time against the same span before it. Parcels that carry their own time of shipping count."
// answers.zh = "含备案品牌商品的包裹,按品牌与目的地比较某时刻之后与之前同样长的时段;只计有发运时间的包裹。"
// columns = ["brand", "destination", "before", "since", "growth"]
//
// [parameters]
// since = { type = "time", default = "newest-28d", en = "where the later span begins", zh = "后一时段的起点" }
// span = { type = "hours", default = 672, en = "length of each span in hours", zh = "每个时段的小时数" }
// top = { type = "integer", default = 100, en = "rows at most", zh = "最多行数" }

MATCH (b:Brand)<-[:OF_BRAND]-(:Goods)<-[:CONTAINS]-(w:Parcel)-[:SHIPPED_TO]->(:Address)-[:LOCATED_IN]->(d:Destination)
WHERE w.shipped_at > $since - $span AND w.shipped_at <= $since + $span
WITH DISTINCT b, d, w
WITH b, d, sum(CASE WHEN w.shipped_at > $since THEN 0 ELSE 1 END) AS earlier, sum(CASE WHEN w.shipped_at > $since THEN 1 ELSE 0 END) AS later
WHERE later > earlier
RETURN b.id AS brand, d.id AS destination, earlier AS before, later AS since, later - earlier AS growth
ORDER BY growth DESC, since DESC, brand, destination LIMIT $top
