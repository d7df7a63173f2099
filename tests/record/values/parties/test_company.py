"""Names of companies in one writing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandan.record.values.parties import company


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("跨境購（上海）電子商務有限責任公司", "跨境购(上海) 电子商务有限公司"),
        ("廣州網購供應鏈管理有限公司", "广州网购供应链管理有限公司"),
        ("ＡＢＣ　Ｔｒａｄｉｎｇ Co., Ltd.", "abc trading co ltd"),
        ("臺灣東森購物股份有限公司", "台湾东森购物股份有限公司"),
        (" 91310000ma1k00000x ", "91310000MA1K00000X"),
        ("3101985a1b", "3101985A1B"),
    ],
)
def test_two_writings_of_one_company_are_one(one: str, other: str) -> None:
    assert company.normal(one) == company.normal(other) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [("跨境购（上海）有限公司", "跨境购（北京）有限公司"), ("东森有限公司", "东森股份有限公司"), ("甲有限公司", "乙有限公司")],
)
def test_two_companies_stay_two(one: str, other: str) -> None:
    assert company.normal(one) != company.normal(other)


@given(st.text(max_size=20))
def test_a_normal_form_is_its_own(text: str) -> None:
    normal = company.normal(text)
    assert normal is None or company.normal(normal) == normal
