"""Codes of currencies and countries: customs' numbers and ISO letters are both read, ISO is kept."""

# Customs' numeric codes (not ISO 4217 / ISO 3166 numbers); what a list says and is in neither table stays as it is.
CURRENCIES: dict[str, str] = {
    "142": "CNY", "110": "HKD", "116": "JPY", "121": "MOP", "132": "SGD", "133": "KRW", "300": "EUR", "303": "GBP", "331": "CHF",
    "344": "RUB", "501": "CAD", "502": "USD", "601": "AUD", "609": "NZD", "RMB": "CNY", "人民币": "CNY", "CNH": "CNY", "美元": "USD",
}  # fmt: skip
COUNTRIES: dict[str, str] = {
    "110": "HK", "116": "JP", "121": "MO", "122": "MY", "129": "PH", "132": "SG", "133": "KR", "136": "TH", "141": "VN", "142": "CN",
    "143": "TW", "301": "BE", "302": "DK", "303": "GB", "304": "DE", "305": "FR", "306": "IE", "307": "IT", "309": "NL", "312": "ES",
    "315": "AT", "327": "PL", "330": "SE", "331": "CH", "344": "RU", "410": "BR", "429": "MX", "501": "CA", "502": "US", "601": "AU",
    "609": "NZ", "CHN": "CN", "USA": "US", "JPN": "JP", "KOR": "KR", "DEU": "DE", "FRA": "FR", "GBR": "GB", "AUS": "AU", "NZL": "NZ",
    "CAN": "CA", "HKG": "HK", "TWN": "TW", "NLD": "NL", "ITA": "IT", "ESP": "ES", "RUS": "RU", "SGP": "SG", "THA": "TH", "VNM": "VN",
    "MYS": "MY", "PHL": "PH", "MEX": "MX", "BRA": "BR", "CHE": "CH", "POL": "PL", "SWE": "SE", "BEL": "BE", "DNK": "DK", "IRL": "IE",
    "AUT": "AT", "UK": "GB", "中国": "CN", "美国": "US", "日本": "JP", "韩国": "KR", "德国": "DE",
}  # fmt: skip


def currency(text: str) -> str:
    """ISO letters of a currency; an unknown code as it is, in capitals."""
    code = text.strip().upper()
    return CURRENCIES.get(code, code)


def country(text: str) -> str:
    """Two ISO letters of a country; an unknown code as it is, in capitals."""
    code = text.strip().upper()
    return COUNTRIES.get(code, code)


def customs_currency(iso: str) -> str:
    """Customs' number of a currency; the ISO letters where it has none here."""
    return _CURRENCY_NUMBERS.get(iso, iso)


def customs_country(iso: str) -> str:
    """Customs' number of a country; the ISO letters where it has none here."""
    return _COUNTRY_NUMBERS.get(iso, iso)


_CURRENCY_NUMBERS = {iso: code for code, iso in CURRENCIES.items() if code.isdigit()}
_COUNTRY_NUMBERS = {iso: code for code, iso in COUNTRIES.items() if code.isdigit()}
