// name = "addresses-of-many-names"
// title = { en = "One address under many names", zh = "一个地址多个收件人" }
// answers.en = "Addresses to which parcels go for many different consignees, with the telephones that these share; dormitories and lockers are told apart by kind."
// answers.zh = "包裹寄往同一地址而收件人众多,并给出他们的电话数;宿舍、自提柜按类别区分。"
// columns = ["address", "masked", "kind", "region", "consignees", "telephones", "parcels", "highest_score"]
//
// [parameters]
// least = { type = "integer", default = 3, en = "consignees at least", zh = "至少多少个收件人" }
// top = { type = "integer", default = 100, en = "rows at most", zh = "最多行数" }

MATCH (c:Consignee)<-[:CONSIGNED_TO]-(w:Parcel)-[:SHIPPED_TO]->(a:Address)
WITH a, count(DISTINCT c) AS consignees, count(DISTINCT w) AS parcels, max(w.score) AS highest WHERE consignees >= $least
MATCH (a)<-[:SHIPPED_TO]-(:Parcel)-[:CONSIGNED_TO]->(:Consignee)-[:REACHED_AT]->(t:Phone)
RETURN a.id AS address, a.masked AS masked, a.kind AS kind, a.region AS region, consignees, count(DISTINCT t) AS telephones, parcels,
  highest AS highest_score
ORDER BY consignees DESC, parcels DESC, address LIMIT $top
