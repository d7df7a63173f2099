"""Places in China, and the manners in which one address is written."""

from dataclasses import dataclass

from sandan.synthetic.dice import Dice

# Province, city, then six-digit district codes with their names (GB/T 2260), and the first three digits of the postcode.
_CITIES = """
北京市 北京市 100 110105朝阳区 110108海淀区 110106丰台区 110112通州区
天津市 天津市 300 120101和平区 120103河西区 120104南开区
河北省 石家庄市 050 130102长安区 130104桥西区
山西省 太原市 030 140105小店区 140106迎泽区
辽宁省 沈阳市 110 210102和平区 210103沈河区
辽宁省 大连市 116 210202中山区 210203西岗区 210204沙河口区
黑龙江省 哈尔滨市 150 230102道里区 230103南岗区
上海市 上海市 200 310104徐汇区 310110杨浦区 310112闵行区 310115浦东新区
江苏省 南京市 210 320102玄武区 320106鼓楼区 320115江宁区
江苏省 无锡市 214 320211滨湖区 320213梁溪区
江苏省 苏州市 215 320506吴中区 320508姑苏区
浙江省 杭州市 310 330106西湖区 330108滨江区 330110余杭区
浙江省 宁波市 315 330203海曙区 330205江北区 330212鄞州区
浙江省 温州市 325 330302鹿城区 330303龙湾区
安徽省 合肥市 230 340103庐阳区 340104蜀山区 340111包河区
福建省 福州市 350 350102鼓楼区 350103台江区
福建省 厦门市 361 350203思明区 350206湖里区
江西省 南昌市 330 360102东湖区 360111青山湖区
山东省 济南市 250 370102历下区 370103市中区
山东省 青岛市 266 370202市南区 370203市北区 370212崂山区
河南省 郑州市 450 410102中原区 410103二七区 410105金水区
湖北省 武汉市 430 420102江岸区 420106武昌区 420111洪山区
湖南省 长沙市 410 430102芙蓉区 430104岳麓区 430105开福区
广东省 广州市 510 440104越秀区 440106天河区 440111白云区 440113番禺区
广东省 深圳市 518 440304福田区 440305南山区 440306宝安区 440307龙岗区
广东省 佛山市 528 440604禅城区 440605南海区
广西壮族自治区 南宁市 530 450102兴宁区 450103青秀区
海南省 海口市 570 460105秀英区 460106龙华区
重庆市 重庆市 400 500103渝中区 500105江北区 500112渝北区
四川省 成都市 610 510104锦江区 510105青羊区 510107武侯区
贵州省 贵阳市 550 520102南明区 520103云岩区
云南省 昆明市 650 530102五华区 530103盘龙区
陕西省 西安市 710 610102新城区 610104莲湖区 610113雁塔区
"""
_COMMUNITIES = (
    "阳光花园", "翠湖雅苑", "金色家园", "万和城", "碧水湾", "东方名苑", "锦绣江南",
    "紫荆公寓", "望江府", "怡景苑", "和平里", "春晓苑", "江南府", "盛世华庭",
)  # fmt: skip
_WIDE = str.maketrans("0123456789-", "０１２３４５６７８９－")


@dataclass(frozen=True, slots=True)
class City:
    """One district of a city: where an address lies.

    Attributes:
        province: With its kind, `浙江省`; of a municipality the city itself.
        code: Six digits of the statistics bureau.
        postcode: Its first three digits.
    """

    province: str
    city: str
    district: str
    code: str
    postcode: str


@dataclass(frozen=True, slots=True)
class Address:
    """One place.

    Attributes:
        street: Street or road with its kind.
        number: House number.
        site: Name behind the number (community, locker, campus), or "".
        house: Number of the building; 0 where there is none.
        room: Number of the room, or "".
        postcode: Six digits.
    """

    place: City
    street: str
    number: int
    site: str
    house: int
    room: str
    postcode: str

    def plain(self) -> str:
        """The usual writing: 浙江省杭州市余杭区文一西路969号阳光花园3幢501室."""
        return self._written(self.place.province, "幢", "室")

    def _written(self, province: str, house_word: str, room_word: str) -> str:
        head = self.place.city if province == self.place.city else province + self.place.city
        house = f"{self.house}{house_word}" if self.house else ""
        return f"{head}{self.place.district}{self.street}{self.number}号{self.site}{house}{self.room}{room_word if self.room else ''}"

    def otherwise(self, dice: Dice) -> str:
        """Another writing of the same place, as people and their software make them."""
        province = self.place.province
        if dice.chance(0.4):
            province = province.removesuffix("省")
        house_word, room_word = dice.pick((("幢", "室"), ("栋", "室"), ("号楼", "室"), ("号楼", ""), ("幢", ""), ("-", "")))
        text = self._written(province, house_word, room_word)
        manner = dice.unit()
        if manner < 0.25:
            text = text.translate(_WIDE)
        elif manner < 0.5:
            text = text.replace(self.place.district, f" {self.place.district} ", 1)
        elif manner < 0.7:
            text = f"{text} {self.postcode}"
        elif manner < 0.8:
            text = "中国" + text
        return text


def cities() -> list[City]:
    """All districts that addresses lie in."""
    made = []
    for line in _CITIES.split("\n"):
        if not line:
            continue
        province, city, postcode, *districts = line.split()
        made += [City(province, city, district[6:], district[:6], postcode) for district in districts]
    return made


def home(dice: Dice, place: City, streets: list[str]) -> Address:
    """A flat somewhere in the district."""
    site = dice.pick(_COMMUNITIES) if dice.chance(0.7) else ""
    room = f"{dice.whole(1, 26)}{dice.whole(1, 4):02d}"
    return Address(place, dice.pick(streets), dice.whole(1, 899), site, dice.whole(1, 28), room, place.postcode + dice.digits(3))


def dormitory(dice: Dice, place: City, streets: list[str]) -> Address:
    """A student dormitory; its people add their rooms."""
    site = place.city.removesuffix("市") + dice.pick(("理工大学", "师范大学", "财经大学", "医学院")) + "宿舍"
    return Address(place, dice.pick(streets), dice.whole(1, 399), site, dice.whole(1, 12), "", place.postcode + dice.digits(3))


def locker(dice: Dice, near: Address) -> Address:
    """A parcel locker or pick-up point in the district, usually in the same street."""
    site = dice.pick(("丰巢快递柜", "菜鸟驿站", "快递自提点"))
    return Address(near.place, near.street, max(1, near.number + dice.whole(-3, 3)), near.site + site, 0, "", near.postcode)


def warehouse(dice: Dice, place: City, streets: list[str], forwarder: bool = False) -> Address:
    """A store house or yard in the district; a forwarder's says what it is."""
    site = dice.pick(("国际集运仓库", "转运中心")) if forwarder else dice.pick(("物流园", "产业园", "创业园", "商贸城", ""))
    room = "" if forwarder else f"{dice.whole(1, 4)}{dice.whole(1, 30):02d}"
    return Address(place, dice.pick(streets), dice.whole(1, 899), site, dice.whole(1, 20), room, place.postcode + dice.digits(3))
