"""Model fields as the kit's pages show them: by path, with label and unit, as text for people."""

import datetime as dt
from decimal import Decimal

from django.core.exceptions import FieldDoesNotExist
from django.utils import timezone

from apps.core.numbers import show

NOT_SHOWN = "（敏感信息，您的岗位不显示）"


def field_of(model, path):
    """Return the model field at the end of `path` ("enterprise__town"), None for an annotation."""
    field = None
    for name in path.split("__"):
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            return None
        model = field.related_model
    return field


def label_of(field):
    """Return the Chinese label of a model field with its unit."""
    return getattr(field, "label", None) or str(field.verbose_name)


def text_of(record, field):
    """Return the value of `field` on `record` as people read it; a dash for no data."""
    if field.choices:
        return getattr(record, f"get_{field.name}_display")() or "—"
    return text(getattr(record, field.name))


def text(value):
    """Return any value of a ledger as people read it."""
    if value is None or value == "":
        return "—"
    if value is True or value is False:
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return show(value)
    if isinstance(value, list):
        return "、".join(map(text, value))
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    return str(value)


def faults_of(form):
    """Say in one sentence what is wrong in a form, field by field."""
    labels = {name: f"{form[name].label}：" for name in form.fields}
    return "；".join(f"{labels.get(name, '')}{''.join(errors)}" for name, errors in form.errors.items())
