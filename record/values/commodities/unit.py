"""Units of quantity: customs' codes, the names and words that mean them, and weights in kilograms."""

from decimal import Decimal

from sandan.record.values.text import folded

# Customs' code, Chinese name, other words. Codes as they stand alike in customs' table of units (计量单位代码) in several public programs
# that file declarations; words: UN/ECE Recommendation 20 (KGM, GRM, ...) and common trade usage.
_LINES = """
001 台 unit machine
002 座
003 辆
004 艘
005 架
006 套 set sets
007 个 piece pieces pc pcs pce h87 c62 ea each 個 item items
008 只 隻
009 头 head
010 张 sheet sheets 張
011 件 article articles
012 支
013 枝
014 根
015 条 條
016 把
017 块 block 塊
018 卷 roll rolls ro
019 副
020 片 slice tablet
021 组 group 組
022 份 portion
023 幅
025 双 pair pairs pr npr 雙
026 对 對
027 棵
028 株
029 井
030 米 m metre meter metres meters mtr 公尺
031 盘
032 平方米 m2 sqm mtk 平米
033 立方米 m3 cbm mtq
034 筒
035 千克 kg kgs kgm kilo kilos kilogram kilograms kilogramme 公斤
036 克 g gram grams gramme grm gr
037 盆
038 万个
039 具
040 百副
041 百支
042 百把
043 百个
044 百片
045 刀
046 疋
047 公担 quintal
048 扇
049 百枝
050 千只
051 千块
052 千盒
053 千枝
054 千个
055 亿支
056 亿个
057 万套
058 千张
059 万张
060 千伏安 kva
061 千瓦 kw
062 千瓦时 kwh
063 千升 kl
067 英尺 ft foot feet fot
070 吨 t ton tonne tonnes tne mt 公吨
071 长吨 ltn
072 短吨 stn
073 司马担
074 司马斤
075 斤 市斤
076 磅 lb lbs pound pounds lbr
077 担
078 英担 cwt
079 短担
080 两 市两
081 市担
083 盎司 oz ounce ounces onz
084 克拉 ct carat carats ctm
085 市尺
086 码 yd yard yards yrd
088 英寸 in inch inches inh
089 寸
095 升 l litre liter litres liters ltr 公升
096 毫升 ml millilitre milliliter mlt
097 英加仑 gli
098 美加仑 gallon gal gll
099 立方英尺 ft3 ftq
101 立方尺
110 平方码 yd2 ydk
111 平方英尺 ft2 ftk
112 平方尺
115 英制马力 hp
116 公制马力
118 令 ream
120 箱 carton cartons ctn ctns case cases
121 批 lot batch
122 罐 can cans tin tins
123 桶 barrel drum
124 扎
125 包 packet packets pack packs package packages
126 箩
127 打 dozen dozens dz dzn
128 筐 basket
129 罗 gross gro
130 匹
131 册
132 本 book books
133 发
134 枚
135 捆 bundle bundles
136 袋 bag bags
139 粒 capsule pill
140 盒 box boxes bx
141 合
142 瓶 bottle bottles btl
143 千支
144 万双
145 万粒
146 千粒
147 千米 km kilometre kilometer kmt 公里
148 千英尺
149 百万贝可 mbq
163 部
"""
_WORDS = [line.split() for line in _LINES.split("\n")[1:-1]]
NAMES = {code: name for code, name, *_ in _WORDS}
_CODES = {word: words[0] for words in _WORDS for word in words}

_POUND = Decimal("0.45359237")
# Kilograms in one unit, exactly. Metric: the SI. Pound: international yard and pound agreement of 1959; 16 ounces, 2240 and 2000 pounds in
# a long and a short ton, 112 and 100 in the hundredweights. 斤: order of the State Council of 1959, half a kilogram of ten 两, a hundred
# in a 担. 司马斤: Hong Kong's Weights and Measures Ordinance, 0.60478982 kg. Carat: General Conference on Weights and Measures, 1907.
_KILOGRAMS: dict[str, Decimal] = {
    "035": Decimal(1),
    "036": Decimal("0.001"),
    "047": Decimal(100),
    "070": Decimal(1000),
    "071": 2240 * _POUND,
    "072": 2000 * _POUND,
    "073": Decimal("60.478982"),
    "074": Decimal("0.60478982"),
    "075": Decimal("0.5"),
    "076": _POUND,
    "077": Decimal(50),
    "078": 112 * _POUND,
    "079": 100 * _POUND,
    "080": Decimal("0.05"),
    "081": Decimal(50),
    "083": _POUND / 16,
    "084": Decimal("0.0002"),
}
# Weights that customs has no code for.
_WITHOUT_CODE = {word: Decimal("0.000001") for word in ("mg", "mgm", "milligram", "milligrams", "毫克")}


def normal(text: str) -> str:
    """Customs' code of a unit by its code, name or common word; an unknown unit as it is, without spaces round it.

    `kg`, `KGM`, `千克`, `公斤` and `35` are 035; `pcs` and `个` are 007.
    """
    word = folded(text).rstrip(".")
    if word.isdecimal() and len(word) < 3:
        word = word.zfill(3)
    return _CODES.get(word, text.strip())


def is_known(text: str) -> bool:
    """Whether a unit is one of customs' list, by its code, name or common word."""
    return normal(text) in NAMES


def kilograms(value: Decimal, unit: str) -> Decimal | None:
    """A weight in kilograms, exactly; None if the unit is not one of weight."""
    factor = _WITHOUT_CODE.get(folded(unit).rstrip(".")) or _KILOGRAMS.get(normal(unit))
    return None if factor is None else value * factor


# Litres in one unit, exactly: the SI; gallons of the United Kingdom (4.54609) and the United States (231 cubic inches).
_LITRES: dict[str, Decimal] = {"095": Decimal(1), "096": Decimal("0.001"), "097": Decimal("4.54609"), "098": Decimal("3.785411784")}
_LITRES_WITHOUT_CODE = {
    **{word: Decimal("0.01") for word in ("cl", "厘升")},
    **{word: Decimal("0.1") for word in ("dl", "分升")},
    **{word: Decimal("0.0295735295625") for word in ("fl oz", "fl.oz", "fl. oz", "floz", "液量盎司", "液盎司")},
    **{word: Decimal("0.001") for word in ("cc",)},
}
# Units in which retail goods state what they hold; the long, short and Chinese ones beside them are units of trade in bulk.
_ON_LABELS = ("035", "036", "075", "076", "083", "095", "096")
# Units in which things are counted by hundreds and more, and by pairs of nothing.
_MANY = {"127": 12, "129": 144, "038": 10000, "040": 100, "041": 100, "042": 100, "043": 100, "044": 100, "049": 100, "050": 1000}
_MANY |= {"051": 1000, "052": 1000, "053": 1000, "054": 1000, "057": 10000, "143": 1000, "145": 10000, "146": 1000}
# What is sold by the piece, whatever its form is called: a tin is a piece, a tin, an article.
_EACH = (
    "001 006 007 008 011 012 013 014 015 016 017 018 019 020 021 022 023 025 026 027 028 031 034 037 039 046 048 118 122 123 124 125 128 "
    "130 131 132 134 135 136 139 140 141 142 163 002 003 010"
).split()


def measure_words() -> dict[str, tuple[str, float]]:
    """Words of units in which labels state what is inside: `g` or `ml`, and how many of these one unit is."""
    words = {word: ("g", float(1000 * _KILOGRAMS[code])) for word, code in _CODES.items() if code in _ON_LABELS and code in _KILOGRAMS}
    words |= {word: ("ml", float(1000 * _LITRES[code])) for word, code in _CODES.items() if code in _ON_LABELS and code in _LITRES}
    words |= {word: ("ml", float(1000 * litres)) for word, litres in _LITRES_WITHOUT_CODE.items()}
    return {word: factor for word, factor in words.items() if not word.isdigit()}


def is_each(text: str) -> bool:
    """Whether a unit is that of a single piece, whatever it is called: 个, 罐, bottle."""
    return normal(text) in _EACH


def amount(text: str) -> tuple[str, float]:
    """What one unit of quantity stands for: dimension and how many of it.

    `kg` and `l` by weight and volume, `each` for pieces and their dozens and hundreds; else the unit itself, once: a carton is a carton.
    """
    code = normal(text)
    if code in _KILOGRAMS:
        return "kg", float(_KILOGRAMS[code])
    if code in _LITRES:
        return "l", float(_LITRES[code])
    return ("each", 1.0) if code in _EACH else ("each", float(_MANY[code])) if code in _MANY else (code, 1.0)
