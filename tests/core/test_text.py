import pytest

from apps.core.text import normalise, normalise_code, pinyin_initials


@pytest.mark.parametrize(
    ("typed", "clean"),
    [("　缙云　县 ", "缙云 县"), ("（示例）", "(示例)"), ("a\u200bb\ufeff", "ab"), ("１２３", "123"), ("a \u00a0 b", "a b")],
)
def test_text_is_brought_to_one_form(typed, clean):
    assert normalise(typed) == clean


def test_codes_lose_every_blank_and_gain_capitals():
    assert normalise_code(" 91331122ma2tert01ｕ ") == "91331122MA2TERT01U"
    assert normalise_code("9133 1122 MA2T ERT0 1U") == "91331122MA2TERT01U"


def test_pinyin_initials():
    assert pinyin_initials("缙云县壶镇镇") == "jyxhzz"
