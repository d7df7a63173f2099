// name = "unbranded-senders"
// title = { en = "Senders of unbranded goods who also send brands", zh = "兼发品牌与无牌商品的发件人" }
// answers.en = "Senders of goods of a recorded brand who also send parcels that name no recorded brand, with the share of those; a high share is how a brand is hidden."
// answers.zh = "既寄过备案品牌商品、又寄出未写备案品牌的包裹的发件人及其占比;占比高是隐去品牌的常见手法。"
// columns = ["sender", "masked_name", "brands", "parcels", "unbranded", "share", "destinations"]
//
// [parameters]
// least = { type = "integer", default = 1, en = "parcels without a brand at least", zh = "至少多少件无牌包裹" }
// top = { type = "integer", default = 100, en = "rows at most", zh = "最多行数" }

MATCH (s:Sender)<-[:SENT_BY]-(:Parcel)-[:CONTAINS]->(:Goods)-[:OF_BRAND]->(b:Brand)
WITH s, count(DISTINCT b) AS brands
MATCH (s)<-[:SENT_BY]-(w:Parcel)-[:CONTAINS]->(g:Goods)
OPTIONAL MATCH (g)-[:OF_BRAND]->(x:Brand)
WITH s, brands, w, count(x) AS named
WITH s, brands, count(w) AS parcels, sum(CASE WHEN named = 0 THEN 1 ELSE 0 END) AS unbranded WHERE unbranded >= $least
MATCH (s)<-[:SENT_BY]-(:Parcel)-[:SHIPPED_TO]->(:Address)-[:LOCATED_IN]->(d:Destination)
RETURN s.id AS sender, s.masked_name AS masked_name, brands, parcels, unbranded, 1.0 * unbranded / parcels AS share,
  count(DISTINCT d) AS destinations
ORDER BY unbranded DESC, share DESC, sender LIMIT $top
