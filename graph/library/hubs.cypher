// name = "hubs"
// title = { en = "Hubs and why they are capped", zh = "枢纽标识及其为何封顶" }
// answers.en = "Telephones and addresses that so many people use that sharing one says little of who is behind an order: links through them are not followed. The kind says why an address is one."
// answers.zh = "被众多人使用、以至共用它说明不了什么的电话与地址:网络分析不沿其展开。地址类别说明其为何如此。"
// columns = ["identifier", "masked", "kind", "users"]
//
// [parameters]
// least = { type = "integer", default = 5, en = "users at least", zh = "至少多少个使用者" }
// top = { type = "integer", default = 50, en = "rows of each kind at most", zh = "每类最多行数" }

MATCH (t:Phone)<-[:REACHED_AT]-(i:Buyer|Payer|Consignee|Sender)
WITH t, count(DISTINCT i.id) AS users WHERE users >= $least
RETURN t.id AS identifier, t.masked AS masked, 'telephone' AS kind, users ORDER BY users DESC, identifier LIMIT $top
UNION ALL
MATCH (a:Address)<-[:SHIPPED_TO]-(:Parcel)-[:CONSIGNED_TO]->(c:Consignee)
WITH a, count(DISTINCT c) AS users WHERE users >= $least
RETURN a.id AS identifier, a.masked AS masked, a.kind AS kind, users ORDER BY users DESC, identifier LIMIT $top
