from django import forms

from apps.core.clock import FIRST_YEAR, LAST_YEAR
from apps.core.wording import HouseWords

SHARES = {"min_value": 1, "max_value": 1_000, "max_digits": 5, "decimal_places": 1}  # percent a figure may move


class RemindForm(HouseWords, forms.Form):
    """About which year the offices are reminded, and from which change against last year on there is something to ask."""

    year = forms.IntegerField(label="年份", min_value=FIRST_YEAR, max_value=LAST_YEAR)
    share = forms.DecimalField(label="比上年变动超过（%）", **SHARES)
