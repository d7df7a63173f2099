"""Codes of currencies and countries, as tables: what `code` reads.

Sources:
    Letters: ISO 4217 (list one, currencies in use in 2025, with the codes of funds and metals left out) and ISO 3166-1.
    Numbers: customs' own tables of countries (国别代码) and currencies (币制代码); neither is that of ISO 3166 or ISO 4217. Countries: as
    they stand alike in the tables of several public programs that file declarations; 260 and 357 to 359 are younger than those tables
    and were not seen there. Currencies: as in three such programs. 344 is left out: it was not seen there and is the Hong Kong dollar in
    ISO 4217, so that who writes it may mean either.
"""

# Two letters, three letters, customs' number, Chinese names, English names; `-` for none; several names apart by `/`.
COUNTRY_LINES = """
AD AND 314 安道尔 Andorra
AE ARE 138 阿联酋/阿拉伯联合酋长国 United Arab Emirates/UAE
AF AFG 101 阿富汗 Afghanistan
AG ATG 401 安提瓜和巴布达 Antigua and Barbuda
AI AIA - - Anguilla
AL ALB 313 阿尔巴尼亚 Albania
AM ARM 338 亚美尼亚 Armenia
AO AGO 202 安哥拉 Angola
AQ ATA - - Antarctica
AR ARG 402 阿根廷 Argentina
AS ASM - - American Samoa
AT AUT 315 奥地利 Austria/Österreich
AU AUS 601 澳大利亚/澳洲 Australia
AW ABW 403 阿鲁巴 Aruba
AX ALA - - Åland Islands
AZ AZE 339 阿塞拜疆 Azerbaijan
BA BIH 355 波黑 Bosnia and Herzegovina
BB BRB 405 巴巴多斯 Barbados
BD BGD 103 孟加拉国/孟加拉 Bangladesh
BE BEL 301 比利时 Belgium/Belgique/België
BF BFA 251 布基纳法索 Burkina Faso
BG BGR 316 保加利亚 Bulgaria
BH BHR 102 巴林 Bahrain
BI BDI 205 布隆迪 Burundi
BJ BEN 203 贝宁 Benin
BL BLM - - Saint Barthélemy
BM BMU 504 百慕大 Bermuda
BN BRN 105 文莱 Brunei
BO BOL 408 玻利维亚 Bolivia
BQ BES - - Bonaire, Sint Eustatius and Saba
BR BRA 410 巴西 Brazil/Brasil
BS BHS 404 巴哈马 Bahamas
BT BTN 104 不丹 Bhutan
BV BVT - - Bouvet Island
BW BWA 204 博茨瓦那 Botswana
BY BLR 340 白俄罗斯 Belarus
BZ BLZ 406 伯利兹 Belize
CA CAN 501 加拿大 Canada
CC CCK - - Cocos (Keeling) Islands
CD COD 252 民主刚果/刚果(金) Democratic Republic of the Congo
CF CAF 209 中非 Central African Republic
CG COG 213 刚果/刚果(布) Congo
CH CHE 331 瑞士 Switzerland/Schweiz/Suisse
CI CIV 223 科特迪瓦 Côte d'Ivoire/Ivory Coast
CK COK 602 库克群岛 Cook Islands
CL CHL 412 智利 Chile
CM CMR 206 喀麦隆 Cameroon
CN CHN 142 中国/中华人民共和国 China/People's Republic of China/PR China/PRC
CO COL 413 哥伦比亚 Colombia
CR CRI 415 哥斯达黎加 Costa Rica
CU CUB 416 古巴 Cuba
CV CPV 208 佛得角 Cabo Verde
CW CUW 417 库腊索 Curaçao
CX CXR - - Christmas Island
CY CYP 108 塞浦路斯 Cyprus
CZ CZE 352 捷克/捷克共和国 Czechia/Czech Republic
DE DEU 304 德国 Germany/Deutschland
DJ DJI 214 吉布提 Djibouti
DK DNK 302 丹麦 Denmark/Danmark
DM DMA 414 多米尼克 Dominica
DO DOM 418 多米尼加共和国/多米尼加 Dominican Republic
DZ DZA 201 阿尔及利亚 Algeria
EC ECU 419 厄瓜多尔 Ecuador
EE EST 334 爱沙尼亚 Estonia
EG EGY 215 埃及 Egypt
EH ESH 245 西撒哈拉 Western Sahara
ER ERI 258 厄立特里亚 Eritrea
ES ESP 312 西班牙 Spain/España
ET ETH 217 埃塞俄比亚 Ethiopia
FI FIN 318 芬兰 Finland
FJ FJI 603 斐济 Fiji
FK FLK - - Falkland Islands
FM FSM 620 密克罗尼西亚 Micronesia
FO FRO 357 法罗群岛 Faroe Islands
FR FRA 305 法国 France
GA GAB 218 加蓬 Gabon
GB GBR 303 英国 United Kingdom/UK/Great Britain/England/Scotland/Wales/Northern Ireland
GD GRD 421 格林纳达 Grenada
GE GEO 337 格鲁吉亚 Georgia
GF GUF 420 法属圭亚那 French Guiana
GG GGY - - Guernsey
GH GHA 220 加纳 Ghana
GI GIB 320 直布罗陀 Gibraltar
GL GRL 503 格陵兰 Greenland
GM GMB 219 冈比亚 Gambia
GN GIN 221 几内亚 Guinea
GP GLP 422 瓜德罗普 Guadeloupe
GQ GNQ 216 赤道几内亚 Equatorial Guinea
GR GRC 310 希腊 Greece
GS SGS - - South Georgia and the South Sandwich Islands
GT GTM 423 危地马拉 Guatemala
GU GUM - - Guam
GW GNB 222 几内亚比绍 Guinea-Bissau
GY GUY 424 圭亚那 Guyana
HK HKG 110 香港/中国香港 Hong Kong
HM HMD - - Heard Island and McDonald Islands
HN HND 426 洪都拉斯 Honduras
HR HRV 351 克罗地亚 Croatia
HT HTI 425 海地 Haiti
HU HUN 321 匈牙利 Hungary
ID IDN 112 印度尼西亚/印尼 Indonesia
IE IRL 306 爱尔兰 Ireland
IL ISR 115 以色列 Israel
IM IMN - - Isle of Man
IN IND 111 印度 India
IO IOT - - British Indian Ocean Territory
IQ IRQ 114 伊拉克 Iraq
IR IRN 113 伊朗 Iran
IS ISL 322 冰岛 Iceland
IT ITA 307 意大利 Italy/Italia
JE JEY - - Jersey
JM JAM 427 牙买加 Jamaica
JO JOR 117 约旦 Jordan
JP JPN 116 日本 Japan
KE KEN 224 肯尼亚 Kenya
KG KGZ 146 吉尔吉斯斯坦 Kyrgyzstan
KH KHM 107 柬埔寨 Cambodia
KI KIR 618 基里巴斯 Kiribati
KM COM 212 科摩罗 Comoros
KN KNA 447 圣基茨和尼维斯/圣其茨-尼维斯 Saint Kitts and Nevis
KP PRK 109 朝鲜 North Korea
KR KOR 133 韩国 South Korea/Korea/Republic of Korea
KW KWT 118 科威特 Kuwait
KY CYM 411 开曼群岛 Cayman Islands
KZ KAZ 145 哈萨克斯坦 Kazakhstan
LA LAO 119 老挝 Laos
LB LBN 120 黎巴嫩 Lebanon
LC LCA 437 圣卢西亚 Saint Lucia
LI LIE 323 列支敦士登 Liechtenstein
LK LKA 134 斯里兰卡 Sri Lanka
LR LBR 225 利比里亚 Liberia
LS LSO 255 莱索托 Lesotho
LT LTU 336 立陶宛 Lithuania
LU LUX 308 卢森堡 Luxembourg
LV LVA 335 拉脱维亚 Latvia
LY LBY 226 利比亚 Libya
MA MAR 232 摩洛哥 Morocco
MC MCO 325 摩纳哥 Monaco
MD MDA 343 摩尔多瓦 Moldova
ME MNE 359 黑山 Montenegro
MF MAF 438 圣马丁岛 Saint Martin
MG MDG 227 马达加斯加 Madagascar
MH MHL 621 马绍尔群岛 Marshall Islands
MK MKD 354 北马其顿/马其顿 North Macedonia
ML MLI 229 马里 Mali
MM MMR 106 缅甸 Myanmar
MN MNG 124 蒙古 Mongolia
MO MAC 121 澳门/中国澳门 Macao/Macau
MP MNP - - Northern Mariana Islands
MQ MTQ 428 马提尼克 Martinique
MR MRT 230 毛里塔尼亚 Mauritania
MS MSR 430 蒙特塞拉特 Montserrat
MT MLT 324 马耳他 Malta
MU MUS 231 毛里求斯 Mauritius
MV MDV 123 马尔代夫 Maldives
MW MWI 228 马拉维 Malawi
MX MEX 429 墨西哥 Mexico/México
MY MYS 122 马来西亚 Malaysia
MZ MOZ 233 莫桑比克 Mozambique
NA NAM 234 纳米比亚 Namibia
NC NCL 607 新喀里多尼亚 New Caledonia
NE NER 235 尼日尔 Niger
NF NFK 610 诺福克岛 Norfolk Island
NG NGA 236 尼日利亚 Nigeria
NI NIC 431 尼加拉瓜 Nicaragua
NL NLD 309 荷兰 Netherlands/The Netherlands/Holland/Nederland
NO NOR 326 挪威 Norway/Norge
NP NPL 125 尼泊尔 Nepal
NR NRU 606 瑙鲁 Naoero
NU NIU - - Niue
NZ NZL 609 新西兰 New Zealand
OM OMN 126 阿曼 Oman
PA PAN 432 巴拿马 Panama
PE PER 434 秘鲁 Peru
PF PYF 623 法属波利尼西亚 French Polynesia
PG PNG 611 巴布亚新几内亚 Papua New Guinea
PH PHL 129 菲律宾 Philippines
PK PAK 127 巴基斯坦 Pakistan
PL POL 327 波兰 Poland/Polska
PM SPM 448 圣皮埃尔和密克隆 Saint Pierre and Miquelon
PN PCN - - Pitcairn
PR PRI 435 波多黎各 Puerto Rico
PS PSE 128 巴勒斯坦 Palestine
PT PRT 311 葡萄牙 Portugal
PW PLW 622 帕劳 Palau
PY PRY 433 巴拉圭 Paraguay
QA QAT 130 卡塔尔 Qatar
RE REU 237 留尼汪 Réunion
RO ROU 328 罗马尼亚 Romania
RS SRB 358 塞尔维亚 Serbia
RU RUS 344 俄罗斯/俄罗斯联邦 Russia/Russian Federation
RW RWA 238 卢旺达 Rwanda
SA SAU 131 沙特阿拉伯/沙特 Saudi Arabia
SB SLB 613 所罗门群岛 Solomon Islands
SC SYC 241 塞舌尔 Seychelles
SD SDN 246 苏丹 Sudan
SE SWE 330 瑞典 Sweden/Sverige
SG SGP 132 新加坡 Singapore
SH SHN - - Saint Helena, Ascension and Tristan da Cunha
SI SVN 350 斯洛文尼亚 Slovenia
SJ SJM - - Svalbard and Jan Mayen
SK SVK 353 斯洛伐克 Slovakia
SL SLE 242 塞拉利昂 Sierra Leone
SM SMR 329 圣马力诺 San Marino
SN SEN 240 塞内加尔 Senegal
SO SOM 243 索马里 Somalia
SR SUR 441 苏里南 Suriname
SS SSD 260 南苏丹 South Sudan
ST STP 239 圣多美和普林西比 Sao Tome and Principe
SV SLV 440 萨尔瓦多 El Salvador
SX SXM - - Sint Maarten
SY SYR 135 叙利亚 Syria
SZ SWZ 257 斯威士兰 Eswatini
TC TCA 443 特克斯和凯科斯群岛 Turks and Caicos Islands
TD TCD 211 乍得 Chad
TF ATF - - French Southern Territories
TG TGO 248 多哥 Togo
TH THA 136 泰国 Thailand
TJ TJK 147 塔吉克斯坦 Tajikistan
TK TKL - - Tokelau
TL TLS 144 东帝汶 Timor-Leste
TM TKM 148 土库曼斯坦 Turkmenistan
TN TUN 249 突尼斯 Tunisia
TO TON 614 汤加 Tonga
TR TUR 137 土耳其 Turkey/Türkiye
TT TTO 442 特立尼达和多巴哥 Trinidad and Tobago
TV TUV 619 图瓦卢 Tuvalu
TW TWN 143 台湾/中国台湾/台澎金马关税区 Taiwan
TZ TZA 247 坦桑尼亚 Tanzania
UA UKR 347 乌克兰 Ukraine
UG UGA 250 乌干达 Uganda
UM UMI - - United States Minor Outlying Islands
US USA 502 美国 United States/United States of America/USA
UY URY 444 乌拉圭 Uruguay
UZ UZB 149 乌兹别克斯坦 Uzbekistan
VA VAT 356 梵蒂冈 Vatican/Holy See
VC VCT 439 圣文森特和格林纳丁斯 Saint Vincent and the Grenadines
VE VEN 445 委内瑞拉 Venezuela
VG VGB 446 英属维尔京群岛 British Virgin Islands
VI VIR - - US Virgin Islands
VN VNM 141 越南 Vietnam/Viet Nam
VU VUT 608 瓦努阿图 Vanuatu
WF WLF 625 瓦利斯和富图纳 Wallis and Futuna
WS WSM 617 萨摩亚 Samoa
YE YEM 139 也门 Yemen
YT MYT 259 马约特 Mayotte
ZA ZAF 244 南非 South Africa
ZM ZMB 253 赞比亚 Zambia
ZW ZWE 254 津巴布韦 Zimbabwe
"""

# Customs' numbers that were given up: the same country under an older number.
FORMER_COUNTRY_NUMBERS = {"341": "KZ", "342": "KG", "345": "TJ", "346": "TM", "348": "UZ"}

# Letters, customs' number, Chinese names; `-` for none.
CURRENCY_LINES = """
CNY 142 人民币/人民币元
HKD 110 港币/港元
IRR 113 伊朗里亚尔
JPY 116 日元/日本元
KWD 118 科威特第纳尔
MOP 121 澳门元
MYR 122 马来西亚林吉特
PKR 127 巴基斯坦卢比
PHP 129 菲律宾比索
SGD 132 新加坡元
KRW 133 韩元/韩国圆
THB 136 泰铢/泰国铢
TWD 143 新台币/台币/台湾元
EUR 300 欧元
DKK 302 丹麦克朗
GBP 303 英镑
NOK 326 挪威克朗
SEK 330 瑞典克朗
CHF 331 瑞士法郎
RUB - 卢布/俄罗斯卢布
CAD 501 加元/加拿大元
USD 502 美元
AUD 601 澳元/澳大利亚元
NZD 609 新西兰元
INR - 印度卢比
IDR - 印尼卢比/印度尼西亚卢比
VND - 越南盾
BRL - 巴西雷亚尔
MXN - 墨西哥比索
AED - 阿联酋迪拉姆
SAR - 沙特里亚尔
TRY - 土耳其里拉
ZAR - 南非兰特
PLN - 波兰兹罗提
HUF - 匈牙利福林
CZK - 捷克克朗
ILS - 以色列谢克尔
KZT - 哈萨克斯坦坚戈
"""

# Currencies in use of which neither a number of customs nor a Chinese name is kept here.
OTHER_CURRENCIES = frozenset(
    "AFN ALL AMD AOA ARS AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BSD BTN BWP BYN BZD CDF CLP COP CRC CUP CVE DJF DOP DZD "
    "EGP ERN ETB FJD FKP GEL GHS GIP GMD GNF GTQ GYD HNL HTG IQD ISK JMD JOD KES KGS KHR KMF KPW KYD LAK LBP LKR LRD LSL LYD "
    "MAD MDL MGA MKD MMK MNT MRU MUR MVR MWK MZN NAD NGN NIO NPR OMR PAB PEN PGK PYG QAR RON RSD RWF SBD SCR SDG SHP SLE SOS "
    "SRD SSP STN SVC SYP SZL TJS TMT TND TOP TTD TZS UAH UGX UYU UZS VED VES VUV WST XAF XCD XCG XOF XPF YER ZMW ZWG ".split()
)

# Numbers of ISO 4217 of currencies that payment services name by them. None is a number of customs for another currency of the list
# above: a column that holds nothing but these says what it means, a single value does not.
ISO_CURRENCY_NUMBERS = {
    "036": "AUD", "124": "CAD", "156": "CNY", "208": "DKK", "344": "HKD", "356": "INR", "360": "IDR", "392": "JPY", "410": "KRW",
    "446": "MOP", "458": "MYR", "554": "NZD", "578": "NOK", "643": "RUB", "702": "SGD", "704": "VND", "752": "SEK", "756": "CHF",
    "764": "THB", "826": "GBP", "840": "USD", "901": "TWD", "978": "EUR",
}  # fmt: skip
