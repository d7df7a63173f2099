// name = "shared-places"
// title = { en = "Dormitories, lockers and forwarders", zh = "宿舍、自提柜与转运仓" }
// answers.en = "Addresses where many people receive for an innocent reason: how many consignees and parcels, and how many of the parcels are high."
// answers.zh = "因正当原因多人收件的地址:收件人数、包裹数及其中高等级数。"
// columns = ["address", "masked", "kind", "region", "consignees", "parcels", "high"]
//
// [parameters]
// kind = { type = "text", default = "", en = "dormitory, locker or forwarder; empty: all", zh = "dormitory、locker或forwarder;为空时全部" }
// top = { type = "integer", default = 100, en = "rows at most", zh = "最多行数" }

MATCH (a:Address)<-[:SHIPPED_TO]-(w:Parcel)-[:CONSIGNED_TO]->(c:Consignee)
WHERE a.kind IN ['dormitory', 'locker', 'forwarder'] AND ($kind = '' OR a.kind = $kind)
RETURN a.id AS address, a.masked AS masked, a.kind AS kind, a.region AS region, count(DISTINCT c) AS consignees, count(DISTINCT w) AS parcels,
  count(DISTINCT CASE WHEN w.grade = 'high' THEN w.id ELSE NULL END) AS high
ORDER BY consignees DESC, parcels DESC, address LIMIT $top
