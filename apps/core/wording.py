"""What Django's own checks say, in the house's words. A sentence of ours (a plain text on the validator) stays as it is."""

from collections import defaultdict

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise

SENTENCES = {
    "required": "请填写。",
    "blank": "请填写。",
    "null": "请填写。",
    "max_length": "最多 {limit_value} 个字，现为 {show_value} 个，请缩短。",
    "min_length": "至少 {limit_value} 个字，现为 {show_value} 个。",
    "min_value": "不能小于 {limit_value}。",
    "max_value": "不能大于 {limit_value}。",
    "max_digits": "数字最多 {max} 位，请核对数值和单位。",
    "max_whole_digits": "整数部分最多 {max} 位，请核对数值和单位。",
    "max_decimal_places": "最多保留 {max} 位小数。",
    "invalid_choice": "不在可选项内，请从列表中选取。",
    "invalid_list": "请从列表中选取。",
    "invalid_pk_value": "不在可选项内，请从列表中选取。",
    "null_characters_not_allowed": "含有看不见的字符，请删除后重填。",
    "unique": "该{field_label}已经登记过，请核对。",
    "unique_together": "已有相同的记录，请核对。",
    "empty": "文件是空的（0 字节），请重新导出后上传。",
    "missing": "请选择文件。",
}
INVALID = [  # what a form field could not read; the first class that fits
    (forms.DateField, "不是日期，请填写如 2021-06-01 的日期。"),
    (forms.DateTimeField, "不是日期和时间，请填写如 2021-06-01 09:00 的时间。"),
    (forms.DecimalField, "不是数字，请只填数字。"),
    (forms.IntegerField, "不是整数，请填写整数。"),
    (forms.FileField, "请选择文件。"),
    (object, "填写的内容不正确，请核对后重填。"),
]


def sentence(error, field=None):
    """Return one ValidationError without parts as a Chinese sentence.  field: the form field that raised it, if any."""
    if not isinstance(error.message, Promise):
        return "".join(error.messages)
    known = SENTENCES.get(error.code)
    if known is None:
        return next(words for kind, words in INVALID if isinstance(field, kind))
    return known.format_map(defaultdict(str, error.params or {}))


def sentences(error):
    """Return every part of a ValidationError as a Chinese sentence."""
    return [sentence(part) for part in ValidationError([error]).error_list]


class HouseWords:
    """Mixin of forms: whatever raises an error, people read it in the house's words."""

    def add_error(self, field, error):
        parts = error if isinstance(error, ValidationError) else ValidationError(error)
        if hasattr(parts, "error_dict"):
            told = ValidationError({name: self._told(name, errors) for name, errors in parts.error_dict.items()})
        else:
            told = ValidationError(self._told(field, parts.error_list))
        super().add_error(field, told)

    def _told(self, name, errors):
        return [ValidationError(sentence(error, self.fields.get(name)), code=error.code) for error in errors]
