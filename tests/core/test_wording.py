"""What Django's checks say, in the house's words, on every form of the house."""

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.urls import reverse

from apps.accounts.choices import Role
from apps.accounts.rights import RIGHTS
from apps.core.wording import HouseWords, sentences
from apps.ledger import registry
from tests import factories
from tests.ledger.contract import signed_in

DJANGO = ("这个字段", "此字段", "该字段", "这个值", "该值", "该变量", "有效的", "确保", "确认", "输入", "已存在", "instance", "value")


class Sheet(HouseWords, forms.Form):
    day = forms.DateField()
    number = forms.DecimalField(max_digits=5, decimal_places=2)
    whole = forms.IntegerField(min_value=3, validators=[MinValueValidator(4, "不能少于四。")])
    word = forms.CharField(max_length=2)
    kind = forms.ChoiceField(choices=[("a", "甲")])


def test_every_kind_of_error():
    form = Sheet({"day": "x", "number": "12345.678", "whole": "1", "word": "一二三", "kind": "b"})
    assert form.errors == {
        "day": ["不是日期，请填写如 2021-06-01 的日期。"],
        "number": ["数字最多 5 位，请核对数值和单位。"],
        "whole": ["不能少于四。", "不能小于 3。"],
        "word": ["最多 2 个字，现为 3 个，请缩短。"],
        "kind": ["不在可选项内，请从列表中选取。"],
    }
    assert form.has_error("day", "invalid")
    assert Sheet({"number": "x", "whole": "x"}).errors == {
        "day": ["请填写。"],
        "number": ["不是数字，请只填数字。"],
        "whole": ["不是整数，请填写整数。"],
        "word": ["请填写。"],
        "kind": ["请填写。"],
    }


def test_sentences_of_ours_stay():
    assert sentences(ValidationError({"a": ["甲。", "乙。"]})) == ["甲。", "乙。"]


@pytest.mark.deep
@pytest.mark.django_db
@pytest.mark.parametrize("code", [ledger.code for ledger in registry.all() if any("add" in acts for acts in RIGHTS[ledger.code].values())])
@pytest.mark.parametrize("typed", ["", "\0", "-1", "九" * 400, "1e400"])
def test_no_form_of_a_ledger_speaks_like_django(code, typed):
    role = next(role for role, acts in RIGHTS[code].items() if "add" in acts)
    client = signed_in(factories.person("someone", role))
    form = client.get(reverse("ledger:create", args=[code])).context["form"]
    page = client.post(reverse("ledger:create", args=[code]), dict.fromkeys(form.fields, typed))
    said = [sentence for errors in page.context["form"].errors.values() for sentence in errors]
    assert said
    assert [sentence for sentence in said for words in DJANGO if words in sentence] == []


@pytest.mark.django_db
def test_a_filter_that_is_not_understood_says_so_in_our_words():
    page = signed_in(factories.person("permu", Role.PER_MU)).get(reverse("ledger:list", args=["enterprise-facts"]), {"year": "去年"})
    assert page.context["filterset"].form.errors == {"year": ["不是整数，请填写整数。"]}
