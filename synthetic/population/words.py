"""Pools of names and streets. Faker is slow, so each pool is drawn once and then picked from."""

from dataclasses import dataclass

from faker import Faker

# Faker's language -> ISO country of the receiver.
_ABROAD = {"en_US": "US", "de_DE": "DE", "fr_FR": "FR", "en_GB": "GB", "ja_JP": "JP", "ru_RU": "RU", "es_ES": "ES", "en_AU": "AU",
          "it_IT": "IT", "nl_NL": "NL", "pl_PL": "PL", "pt_BR": "BR", "ko_KR": "KR", "es_MX": "MX"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """Pools to pick from.

    Attributes:
        regions: Six-digit regions of birth.
        firms: Stems of company names.
        abroad: ISO country -> receivers there, as (name, address, telephone).
    """

    surnames: list[str]
    men: list[str]
    women: list[str]
    streets: list[str]
    regions: list[str]
    firms: list[str]
    abroad: dict[str, list[tuple[str, str, str]]]


def words(seed: int, regions: list[str]) -> Words:
    """All pools of a world; the same seed gives the same words.

    Args:
        seed: Seed of the world.
        regions: Six-digit codes to be born in.
    """
    fake = Faker("zh_CN")
    fake.seed_instance(seed)
    surnames = [fake.last_name() for _ in range(400)]
    men = [_given(fake.first_name_male(), fake.first_name_male(), i) for i in range(500)]
    women = [_given(fake.first_name_female(), fake.first_name_female(), i) for i in range(500)]
    streets = list(dict.fromkeys(fake.street_name() for _ in range(600)))
    firms = list(dict.fromkeys(fake.company_prefix() + fake.last_name() for _ in range(400)))
    abroad = {}
    for language, country in _ABROAD.items():
        local = Faker(language)
        local.seed_instance(seed)
        abroad[country] = [(local.name(), local.address().replace("\n", ", "), local.phone_number()) for _ in range(60)]
    return Words(surnames, men, women, streets, regions, firms, abroad)


def _given(first: str, second: str, index: int) -> str:
    """Two of three given names have two characters."""
    return first if len(first) > 1 or index % 3 == 0 else first + second[0]
