// name = "orders-of-a-person"
// title = { en = "All orders of a person", zh = "一个人的全部订单" }
// answers.en = "Every order in which a person stands as buyer, payer or consignee, through the mentions that were concluded to be that person, with how sure that is. A consignee is resolved only where name and telephone are those of the order's buyer."
// answers.zh = "一个人作为订购人、支付人或收件人出现的全部订单,依据身份归并的结论及其把握。收件人只有在姓名与电话同订购人一致时才会归并。"
// columns = ["person", "masked_name", "order", "platform", "role", "probability", "because", "amount_cny", "declared_cny", "status", "score", "grade"]
//
// [parameters]
// person = { type = "text", default = "", en = "id of a person or of a mention (buyer, payer, consignee); empty: the one mentioned most", zh = "自然人或其某次出现的编号;为空时取出现最多者" }

MATCH (p:Person)<-[:IS]-(m:Buyer|Payer|Consignee) WHERE $person = '' OR p.id = $person OR m.id = $person
WITH DISTINCT p WITH p ORDER BY p.n_mentions DESC, p.id LIMIT 1
MATCH (p)<-[i:IS]-(m:Buyer|Payer|Consignee)<-[r:BOUGHT_BY|PAID_BY|CONSIGNED_TO]-(o:Order)
RETURN DISTINCT p.id AS person, p.masked_name AS masked_name, o.id AS `order`, o.ebp_code AS platform, type(r) AS role, i.probability AS probability,
  i.because AS because, o.amount_cny AS amount_cny, o.declared_cny AS declared_cny, o.status AS status, o.score AS score, o.grade AS grade
ORDER BY `order`, role, because LIMIT 1000
