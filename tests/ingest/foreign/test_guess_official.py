"""First mappings for customs' own headings, for posts, payment services and other customs, whatever the order of their columns."""

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandan.ingest.foreign.guess import first_mapping
from sandan.ingest.intake import ingest
from sandan.record.settings import load_settings

SENT = "报送类型=app_type=1 报送时间=app_time=20261001090000 业务状态=app_status=2 "
COMPANIES = (
    "电商平台代码=ebp_code=4403160001 电商平台名称=ebp_name=测试企业 电商企业代码=ebc_code=4403160002 电商企业名称=ebc_name=测试企业 "
)
BUYER = "订购人证件类型=buyer_id_type=1 订购人证件号码=buyer_id_number=3301**********7229 订购人姓名=buyer_name=王测试 订购人电话=buyer_telephone=13800138000 "
PLACE = "收货地址=consignee_address=浙江省杭州市余杭区文一西路969号3幢501室 "
ORDER = "订单编号=order_no=TB2026100001 "
CARRIER = "物流企业代码=logistics_code=4403160004 物流企业名称=logistics_name=测试物流 物流运单编号=logistics_no=YT8800000001 "
PAY = "支付企业代码=pay_code=4403160003 支付企业名称=pay_name=测试支付 支付交易编号=pay_transaction_id=42000000001 "
MASSES = "毛重=gross_weight=0.5 净重=net_weight=0.4 备注=note=无 "
LINE = "商品序号=gnum=1 企业商品货号=item_no=SKU1 企业商品名称=item_name=测试面霜 条形码=bar_code=6901234567892 币制=currency=142 数量=qty=2 单价=price=50 总价=total_price=100 "
# List, direction, heading=column=value.
OFFICIAL = {
    "411": ("payments", "", SENT + PAY + ORDER + "电商平台代码=ebp_code=4403160001 电商平台名称=ebp_name=测试企业 支付人证件类型=payer_id_type=1 支付人证件号码=payer_id_number=330106196203127229 "
            "支付人姓名=payer_name=王测试 支付人电话=telephone=13800138000 支付金额=amount_paid=100 币制=currency=142 支付时间=pay_time=20261001090000 备注=note=无"),
    "511": ("waybills", "", SENT + CARRIER + ORDER + PLACE + "提运单号=bill_no=99912345675 运费=freight=0 保价费=insured_fee=0 币制=currency=142 毛重=weight=0.5 件数=pack_no=1 "
            "主要货物信息=goods_info=面霜 收货人姓名=consignee=王测试 收货人电话=consignee_telephone=13800138000 备注=note=无"),
    "513": ("deliveries", "", SENT + CARRIER + "物流运单状态=logistics_status=S 物流状态时间=logistics_time=20261001090000 备注=note=无"),
    "621 lines": ("inventory_items", "", LINE + "账册备案料号=item_record_no=R1 商品编码=gcode=3304990099 商品名称=gname=面霜 商品规格型号=gmodel=50ml 原产国=country=133 贸易国=trade_country=133 "
                  "计量单位=unit=007 法定数量=qty1=0.1 法定计量单位=unit1=035 第二数量=qty2=1 第二计量单位=unit2=035 备注=note=无"),
    "311 lines": ("order_items", "", ORDER + "电商平台代码=ebp_code=4403160001 " + LINE + "商品规格型号=gmodel=50ml 企业商品描述=item_describe=面霜 计量单位=unit=007 原产国=country=133 备注=note=无"),
    "303": ("orders", "from", SENT + "订单类型=order_type=E " + ORDER + COMPANIES + "商品金额=goods_value=100 运杂费=freight=0 币制=currency=502 备注=note=无"),
    "403": ("payments", "value", SENT + COMPANIES + ORDER + PAY + "收款金额=amount_paid=100 币制=currency=502 到账时间=pay_time=20261001090000 备注=note=无"),
    "505": ("waybills", "value", SENT + CARRIER + "运费=freight=0 保价费=insured_fee=0 币制=currency=502 毛重=weight=0.5 件数=pack_no=1 主要货物信息=goods_info=面霜 "
            "电商企业代码=ebc_code=4403160002 电商企业名称=ebc_name=测试企业 电商企业电话=ebc_telephone=13800138000 备注=note=无"),
    "603": ("inventories", "from", SENT + "申报海关代码=customs_code=5100 电商平台代码=ebp_code=4403160001 电商平台名称=ebp_name=测试企业 收发货人代码=ebc_code=4403160002 收发货人名称=ebc_name=测试企业 "
            + ORDER + CARRIER + "企业唯一编号=cop_no=C1 电子口岸编号=pre_no=B1 清单编号=invt_no=510020261E000000001 进出口标记=ie_flag=E 出口口岸代码=port_code=5100 出口日期=ie_date=20261001 "
            "申报业务类型=statistics_flag=A 申报企业代码=agent_code=4403160005 申报企业名称=agent_name=测试报关 生产销售单位代码=owner_code=4403160002 生产销售单位名称=owner_name=测试企业 "
            "区内企业代码=iac_code=4403160006 区内企业名称=iac_name=测试企业 账册编号=ems_no=E1 贸易方式=trade_mode=9610 运输方式=traf_mode=5 运输工具名称=traf_name=CA1 航班航次号=voyage_no=CA1 "
            "提运单号=bill_no=9991 总包号=total_package_no=T1 监管场所代码=loct_no=L1 许可证件号=license_no=X1 运抵国=country=502 指运港代码=pod=P1 运费=freight=0 运费币制=f_currency=502 运费标志=f_flag=3 "
            "保费=insured_fee=0 保费币制=i_currency=502 保费标志=i_flag=3 包装种类代码=wrap_type=2 件数=pack_no=1 " + MASSES),
    "621": ("inventories", "from", SENT + ORDER + COMPANIES + CARRIER + "企业内部编号=cop_no=C1 预录入编号=pre_no=B1 担保企业编号=assure_code=4403160002 账册编号=ems_no=E1 "
            "清单编号=invt_no=510020261I000000001 进出口标记=ie_flag=I 申报日期=decl_time=20261001 申报海关代码=customs_code=5100 口岸海关代码=port_code=5100 进口日期=ie_date=20261001 " + BUYER + PLACE +
            "申报企业代码=agent_code=4403160005 申报企业名称=agent_name=测试报关 区内企业代码=area_code=4403160006 区内企业名称=area_name=测试企业 贸易方式=trade_mode=1210 运输方式=traf_mode=9 "
            "运输工具编号=traf_no=CA1 航班航次号=voyage_no=CA1 提运单号=bill_no=9991 监管场所代码=loct_no=L1 许可证件号=license_no=X1 起运国=country=142 运费=freight=0 保费=insured_fee=0 币制=currency=142 "
            "包装种类代码=wrap_type=2 件数=pack_no=1 " + MASSES),
    "311": ("orders", "from", SENT + "订单类型=order_type=I " + ORDER + COMPANIES + "商品价格=goods_value=100 运杂费=freight=0 非现金抵扣金额=discount=0 代扣税款=tax_total=9.1 实际支付金额=actual_paid=109.1 "
            "币制=currency=142 订购人注册号=buyer_reg_no=u1 " + BUYER + PAY + "商品批次号=batch_numbers=B1 收货人姓名=consignee=王测试 收货人电话=consignee_telephone=13800138000 " + PLACE
            + "收货地址行政区划代码=consignee_district=330110 备注=note=无"),
    "622": ("receipts", "", "企业内部编号=cop_no=C1 预录入编号=pre_no=B1 清单编号=invt_no=510020261I000000001 申报海关代码=customs_code=5100 电商平台代码=ebp_code=4403160001 电商企业代码=ebc_code=4403160002 "
            "申报企业代码=agent_code=4403160005 回执状态=return_status=120 回执时间=return_time=20261001090000000 回执信息=return_info=逻辑校验通过"),
}  # fmt: skip


@pytest.mark.parametrize("kind", OFFICIAL)
@settings(max_examples=settings.default.max_examples // 10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 99), wide=st.booleans())
def test_customs_own_headings_are_found_in_any_order(tmp_path: Path, kind: str, seed: int, wide: bool) -> None:
    table, flow, said = OFFICIAL[kind]
    cells = [cell.split("=") for cell in said.split()] + [["系统唯一序号", "", "4CDE1CFD-EDED-46B1-946C-B8022E42FC94"]]
    random.Random(seed).shuffle(cells)
    path = tmp_path / "t.csv"
    headings = [f"{cell[0]}（必填）" if wide else cell[0] for cell in cells]
    path.write_text("\n".join([",".join(headings), *[",".join(cell[2] for cell in cells)] * 3]))
    draft = first_mapping(path)
    lines = [line for line in draft.splitlines() if not line.startswith("#")]
    assert f'table = "{table}"' in lines
    for heading, (_, column, _) in zip(headings, cells, strict=True):
        assert (
            not column or f'{column} = "{heading}"' in lines or any(line.startswith(f'{column} = {{ from = "{heading}"') for line in lines)
        )
    assert [line.partition("{ ")[2].split()[0] for line in lines if line.startswith("flow = ")] == ([flow] if flow else [])


def _mapping(path: Path, text: str, encoding: str = "utf-8") -> tuple[str, dict[str, str]]:
    path.write_text(text, encoding=encoding)
    draft = first_mapping(path)
    return draft, {key: value for key, _, value in (line.partition(" = ") for line in draft.splitlines()) if not key.startswith("#")}


ALIPAY = (
    "#支付宝账务明细查询\n#账号:[2088]\n#起始日期:[2026年10月01日 00:00:00]   终止日期:[2026年10月02日 00:00:00]\n#-----账务明细列表----\n"
    "账务流水号,业务流水号,商户订单号,商品名称,发生时间,对方账号,收入金额（+元）,支出金额（-元）,账户余额（元）,交易渠道,业务类型,备注\n"
    "4000\t,20261001\t,TB1\t,面霜,2026-10-01 09:00:00,138****0000,100.00,0.00,5000.00,支付宝,在线支付,\n"
    "4001\t,20261002\t,TB2\t,面霜,2026-10-01 09:10:00,138****0001,101.00,0.00,5101.00,支付宝,在线支付,\n"
    "#-----账务明细列表结束----\n#支出合计:0笔,共0.00元\n"
)
WECHAT = (
    "交易时间,公众账号ID,商户号,微信订单号,商户订单号,用户标识,交易状态,付款银行,货币种类,总金额,手续费,费率\n"
    "`2026-10-01 09:00:00,`wx1,`1230000001,`420001,`TB1,`o1,`SUCCESS,`CMB,`CNY,`100.00,`0.60,`0.60%\n"
    "`2026-10-02 09:00:00,`wx1,`1230000001,`420002,`TB2,`o2,`SUCCESS,`CMB,`CNY,`100.00,`0.60,`0.60%\n"
    "总交易单数,总交易额,总退款金额\n`2,`200.00,`0.00\n"
)
BANK = (
    "交易明细清单,,,,,,,\n账号:,6222****1234,户名:,测试公司,,,,\n交易日期,交易时间,交易流水号,商户订单号,交易金额,币种,付款人姓名,摘要\n"
    "2026-10-01,09:00:00,BK1,TB1,100.00,CNY,王测试,货款\n2026-10-02,09:10:00,BK2,TB2,200.00,CNY,李测试,货款\n合计,,,,300.00,,,\n"
)


@pytest.mark.parametrize(
    ("text", "skip", "found"),
    [
        (ALIPAY, "4", {"order_no": "商户订单号", "pay_transaction_id": "业务流水号", "amount_paid": "收入金额（+元）", "pay_time": "发生时间"}),
        (WECHAT, "", {"order_no": "商户订单号", "pay_transaction_id": "微信订单号", "amount_paid": "总金额", "currency": "货币种类", "pay_time": "交易时间"}),
        (BANK, "2", {"order_no": "商户订单号", "pay_transaction_id": "交易流水号", "amount_paid": "交易金额", "payer_name": "付款人姓名"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_bills_of_payment_services_and_banks(tmp_path: Path, text: str, skip: str, found: dict[str, str], encoding: str) -> None:
    _, mapping = _mapping(tmp_path / "bill.csv", text, encoding)
    assert mapping["table"] == '"payments"'
    assert mapping.get("skip", "").partition(" ")[0] == skip
    assert {column: mapping.get(column) for column in found} == {column: f'"{source}"' for column, source in found.items()}
    assert not mapping.keys() & {"ebc_code", "ebp_code", "pay_code"}
    if text is BANK:
        assert mapping["pay_time"] == '{ join = ["交易日期", "交易时间"], by = " " }'


@pytest.mark.parametrize("text", [ALIPAY, WECHAT, BANK])
def test_a_bill_comes_in_by_its_first_mapping(reader: Any, tmp_path: Path, text: str) -> None:
    draft, _ = _mapping(tmp_path / "bill.csv", text, "gb18030")
    draft = draft.replace("# TODO ebp_code = ", "ebp_code = ").replace("# TODO pay_code = ", "pay_code = ").replace('"..."', '"C1"')
    (tmp_path / "m.toml").write_text(draft)
    account = ingest([tmp_path / "bill.csv"], load_settings(reader.home), mapping=tmp_path / "m.toml").as_dict()
    rows = reader.rows("payments")
    assert {row["order_no"] for row in rows} == {"TB1", "TB2"}
    assert {f"{row['pay_time']:%d %H}" for row in rows} <= {"01 01", "02 01"}
    assert account["read"] == account["loaded"] + account["rejected"]


def test_another_customs_table_of_declarations(tmp_path: Path) -> None:
    draft, mapping = _mapping(
        tmp_path / "k.csv",
        "Date,Declaration ID,Office ID,Process Type,Mode of Transport,Declarant ID,Seller ID,Courier ID,HS6 Code,Country of Departure,"
        "Country of Origin,Tax Rate,Tax Type,Net Mass,Item Price,Fraud\n"
        "2026-01-10,90000000,10,B,10,D1X,S1V,C1,950300,CN,VN,8.0,C,344.9,1330.2,0\n2026-02-11,90000001,20,B,40,D2X,S2V,,640399,VN,CN,6.5,A,20.1,18.0,1\n",
    )
    assert mapping["table"] == '"inventories"'
    expected = {"decl_time": "Date", "cop_no": "Declaration ID", "customs_code": "Office ID", "agent_code": "Declarant ID", "net_weight": "Net Mass", "country": "Country of Departure"}  # fmt: skip
    assert {column: mapping.get(column) for column in expected} == {column: f'"{source}"' for column, source in expected.items()}
    assert '#   price = "Item Price"' in draft


def test_postal_items_and_small_consignments_of_the_union(tmp_path: Path) -> None:
    _, post = _mapping(
        tmp_path / "p.csv",
        "item.id,orig.country.cd,dest.country.cd,sender.name,sender.premises,sender.locality,addressee.postcode,addressee.name,addressee.premises,"
        "addressee.locality,addressee.tel,postage.amount,postage.currency,content-piece.description,content-piece.declared-value.amount,"
        "content-piece.declared-value.currency,gross-weight,posting.date-time\n"
        "LZ123456780CN,CN,DE,Test Sender,Building 0,Guangzhou,10000,Sample One,0 Sample Street,Sampletown,+4930100000,5.00,CNY,plush toy,8.00,USD,0.2,2026-10-01T09:00:00+08:00\n",
    )  # fmt: skip
    assert (post["table"], post["logistics_no"], post["receiver_country"]) == ('"house_waybills"', '"item.id"', '"dest.country.cd"')
    assert post["currency"] == '"content-piece.declared-value.currency"'
    assert post["receiver_address"] == '{ join = ["addressee.premises", "addressee.locality", "addressee.postcode"], by = ", " }'
    _, h7 = _mapping(
        tmp_path / "h7.csv",
        "LRN,MRN,Exporter name,Exporter country,Importer name,Importer street,Importer city,Importer postcode,Importer country,Transport document number,"
        "Commodity code,Description of goods,Intrinsic value,Intrinsic value currency,Gross mass (kg)\n"
        "L1,26ES1,Shenzhen Toys Ltd,CN,Ana Gil,Calle Mayor 5,Madrid,28001,ES,RR123456785CN,950300,plush toy,19.90,EUR,0.350\n",
    )
    assert h7["table"] == '"house_waybills"'
    expected = {"receiver_name": "Importer name", "sender_name": "Exporter name", "declared_value": "Intrinsic value", "currency": "Intrinsic value currency",
                "weight_kg": "Gross mass (kg)", "receiver_country": "Importer country", "logistics_no": "Transport document number"}  # fmt: skip
    assert {column: h7.get(column) for column in expected} == {column: f'"{source}"' for column, source in expected.items()}


@pytest.mark.parametrize(
    ("total", "qty"), [("金额", "数量"), ("总价", "数量"), ("小计", "数量"), ("Line total", "Qty"), ("Amount", "Quantity")]
)
def test_a_total_is_not_taken_for_a_unit_price(reader: Any, tmp_path: Path, total: str, qty: str) -> None:
    names = ["订单编号", "电商平台代码", "商品序号", "商品名称"] if not total.isascii() else ["Order No", "Platform", "Line no", "Item"]
    path = tmp_path / "t.csv"
    draft, mapping = _mapping(path, f"{','.join(names)},{qty},{total}\nO1,P1,1,面霜,2,100.00\nO1,P1,2,面膜,8,33\nO1,P1,3,面膜,0,33\n")
    assert mapping["price"].startswith(f'{{ from = "{total}", per = "{qty}" }}')
    (tmp_path / "m.toml").write_text(draft)
    (tmp_path / "o.csv").write_text("ebp_code,order_no,ebc_code,goods_value,currency\nP1,O1,S1,133,CNY\n")
    reader.read(tmp_path / "o.csv")
    account = ingest([path], load_settings(reader.home), mapping=tmp_path / "m.toml").as_dict()
    rows = reader.rows("order_items")
    assert sorted((float(row["price"]), float(row["total_price"])) for row in rows) == [(4.125, 33.0), (50.0, 100.0)]
    assert account["rejected"] == 1


def test_union_customs_declarations_under_other_headings(tmp_path: Path) -> None:
    rows = [
        f"26DE{i},2026-10-0{i},DE004851,LZ12345678{i}CN,Toys Ltd,CN,Max Muster,Musterstr. {i},Berlin,10115,DE,950300,plush toy,0.35,19.9{i},EUR,2.00"
        for i in range(1, 6)
    ]
    draft, mapping = _mapping(
        tmp_path / "h7.csv",
        "Declaration number,Date of acceptance,Customs office,Transport document ref,Exporter name,Exporter country,Importer name,Importer street and number,"
        "Importer city,Importer postcode,Importer country,HS sub-heading code,Description of goods,Gross mass,Intrinsic value amount,"
        "Intrinsic value currency,Transport costs\n" + "\n".join(rows),
    )  # fmt: skip
    assert mapping["table"] == '"house_waybills"'
    assert mapping["logistics_no"] == '"Transport document ref"'
    assert mapping["receiver_address"].startswith('{ join = ["Importer street and number", "Importer city", "Importer postcode"]')
    assert "Transport costs" not in [line for line in draft.splitlines() if " = " in line and not line.startswith("#")]
    assert "logistics_code" not in mapping


@pytest.mark.parametrize("clock", ["09000{i}", "09:00:0{i}"])
def test_a_day_and_a_clock_beside_it_are_one_time(reader: Any, tmp_path: Path, clock: str) -> None:
    rows = [f"2026100{i},{clock.format(i=i)},TB{i},T{i},{100 + i}.00,CNY" for i in range(1, 6)]
    draft, mapping = _mapping(tmp_path / "bill.csv", "交易日期,交易时间,商户订单号,交易号,交易金额,交易币种\n" + "\n".join(rows))
    assert mapping["pay_time"] == '{ join = ["交易日期", "交易时间"], by = " " }'
    draft = draft.replace("# TODO ebp_code = ", "ebp_code = ").replace("# TODO pay_code = ", "pay_code = ").replace('"..."', '"C1"')
    (tmp_path / "m.toml").write_text(draft)
    ingest([tmp_path / "bill.csv"], load_settings(reader.home), mapping=tmp_path / "m.toml")
    assert sorted(f"{row['pay_time']:%d %H:%M:%S}" for row in reader.rows("payments")) == [f"0{i} 01:00:0{i}" for i in range(1, 6)]


def test_a_bill_with_discounts_is_one_of_payments(tmp_path: Path) -> None:
    rows = [
        f"2026100122001{i},TB{i},交易,面霜,2026-10-0{i} 09:00:00,2026-10-0{i} 09:00:05,{100 + i}.00,{90 + i}.00,10.00" for i in range(1, 6)
    ]
    head = "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,订单金额（元）,商家实收（元）,商家优惠（元）\n"
    _, mapping = _mapping(tmp_path / "bill.csv", head + "\n".join(rows))
    expected = {"table": '"payments"', "order_no": '"商户订单号"', "pay_transaction_id": '"支付宝交易号"', "pay_time": '"完成时间"'}
    assert {name: mapping.get(name) for name in expected} == expected


def test_a_payment_bill_whose_currency_is_a_number_of_iso(tmp_path: Path) -> None:
    header = "流水号,商户号,交易时间,交易金额,币种,订单号,付款人姓名,付款账号\n"
    rows = "".join(
        f"4200000{i},330196,2026100109000{i},10{i}.00,{iso},TB{i},王小明,6222****123{i}\n" for i, iso in enumerate(("156", "840"))
    )
    _, bill = _mapping(tmp_path / "b.csv", header + rows)
    assert (bill["table"], bill["pay_transaction_id"]) == ('"payments"', '"流水号"')
    assert bill["currency"] == '{ from = "币种", codes = { "156" = "CNY", "840" = "USD" } }'
    _, own = _mapping(tmp_path / "c.csv", (header + rows).replace(",156,", ",142,").replace(",840,", ",502,"))
    assert own["currency"] == '"币种"'


@pytest.mark.parametrize("country", ["CountryOfDispatch", "Country of origin", "Export country", "起运国", "原产国", "출발국가", "원산지"])
def test_the_country_of_the_sender_is_not_that_of_the_receiver(tmp_path: Path, country: str) -> None:
    header = f"Parcel number,Carrier,Channel,Sender name,Receiver name,Receiver address,{country},Description,Declared value,Currency,Weight (kg),Shipped at\n"
    row = 'RR1CN,C1,post,ACME Ltd,Ana Gil,"Calle Mayor 5, Madrid",CN,plush toy,19.90,EUR,0.350,2026-10-01T09:00:00\n'
    _, parcels = _mapping(tmp_path / "p.csv", header + row)
    assert parcels["table"] == '"house_waybills"'
    assert "receiver_country" not in parcels


def test_a_declaration_with_people_is_no_table_of_prices(tmp_path: Path) -> None:
    header = "신고번호,신고일자,세관부호,HS부호,품명,수량,중량,과세가격,통화,원산지,운송장번호,수하인,수하인주소,전화번호\n"
    row = "K202610010001,20261001,020,3304991000,화장품,1,0.5,50.00,USD,KR,YT88000001,왕소명,서울시,01012345678\n"
    _, found = _mapping(tmp_path / "k.csv", header + row)
    assert found["table"] in ('"house_waybills"', '"inventories"')
