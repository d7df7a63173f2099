"""Addresses of the Xinjiang production and construction corps: its divisions are cities, its regiments have numbers."""

import re

# Number of the division -> its city; the 11th and 12th lie in Urumqi and have none.
_CITIES = {
    1: "阿拉尔", 2: "铁门关", 3: "图木舒克", 4: "可克达拉", 5: "双河", 6: "五家渠", 7: "胡杨河", 8: "石河子", 9: "白杨",
    10: "北屯", 13: "新星", 14: "昆玉",
}  # fmt: skip
_DIGITS = dict(zip("〇零一二三四五六七八九", "00123456789", strict=True))
_NUMBER = r"\d{1,3}|[〇零一二三四五六七八九十百]{1,5}"
_TOKEN = re.compile(
    rf"(?P<region>中国|新疆维吾尔自治区|新疆|(?:自治区)?直辖县(?:级行政区划|级)?|阿勒泰地区|塔城地区|阿克苏地区|喀什地区|和田地区|"
    rf"(?:伊犁(?:哈萨克)?|昌吉(?:回族)?|博尔塔拉(?:蒙古)?|巴音郭楞(?:蒙古)?)(?:自治)?州)|(?P<corps>(?:生产)?建设兵团|兵团)|"
    rf"(?P<farm>农业?(?:建设)?)?第?(?P<division>{_NUMBER})师|(?P<city>{'|'.join(_CITIES.values())})(?P<whole>市)?|[\s,，;、/-]+"
)
_UNIT = re.compile(r"(?<![\d〇零一二三四五六七八九十百])第?([〇零一二三四五六七八九十百]{1,5}|\d{1,3})(?=[团連连营]|[队场](?![镇乡]))")


def one_writing(plain: str) -> str:
    """An address of the corps under the name of its city, with numbers in digits; any other text as it is.

    `新疆生产建设兵团第八师一四七团5连` and `新疆石河子市第八师147团5连` are 新疆石河子市147团5连.

    Args:
        plain: Folded and simplified.
    """
    if "师" not in plain and "兵团" not in plain and "团" not in plain:
        return plain
    at, city, division, is_corps, is_region = 0, "", 0, False, False
    while match := _TOKEN.match(plain, at):
        if match["city"] and not (match["whole"] or is_corps or division or _UNIT.match(plain, match.end())):
            break
        is_region = is_region or bool(match["region"])
        is_corps = is_corps or bool(match["corps"] or match["farm"])
        division = number(match["division"]) if match["division"] else division
        city = match["city"] or city
        at = match.end()
    if not (is_corps or (city and (division or "团" in plain[at:])) or (division and is_region)):
        return plain
    city = city or _CITIES.get(division, "")
    head = f"新疆{city}市" if city else "新疆"
    if division and not city:
        head += f"{division}师"
    return head + _UNIT.sub(lambda match: str(number(match[1])), plain[at:])


def number(text: str) -> int:
    """A number below a thousand in digits, digit by digit in Chinese (一四七) or in words (一百四十七)."""
    if text.isdecimal():
        return int(text)
    if not {"十", "百"} & set(text):
        return int("".join(_DIGITS[c] for c in text))
    hundreds, has_hundreds, rest = text.rpartition("百")
    tens, has_tens, ones = rest.rpartition("十")
    value = (int(_DIGITS.get(hundreds, "1")) * 100 if has_hundreds else 0) + (int(_DIGITS.get(tens, "1")) * 10 if has_tens else 0)
    return value + int(_DIGITS.get(ones[-1:], "0"))
