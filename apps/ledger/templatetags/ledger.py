"""Always-loaded tags: numbers, lights, badges, charts."""

import uuid

from django import template
from django.utils.html import format_html, json_script

from apps.core.json import NumberEncoder
from apps.core.numbers import show
from apps.ledger import todo
from apps.ledger.answers import MARK

register = template.Library()

MY_TODOS = 5

LIGHTS = {"green": "●", "yellow": "▲", "red": "■", "grey": "○"}  # shape and text, never colour alone


@register.filter
def num(value, places=2):
    """Write a number half up with thousands separators, a dash for no data."""
    return show(value, int(places))


@register.filter
def pct(value, places=1):
    """Write a number of percent; the value is already in percent."""
    return "—" if value is None else f"{show(value, int(places))}%"


@register.filter
def get(mapping, key):
    """Look `key` up in a mapping, None when absent."""
    return mapping.get(key)


@register.simple_tag
def light(colour, text=""):
    return format_html('<span class="light light-{}"><span aria-hidden="true">{}</span> {}</span>', colour, LIGHTS[colour], text)


@register.simple_tag
def once():
    """Mark a form: sent twice as it is, it is saved once (apps.ledger.answers)."""
    return format_html('<input type="hidden" name="{}" value="{}">', MARK, uuid.uuid4().hex)


@register.simple_tag
def badge(text, tone="muted"):
    return format_html('<span class="tag tag-{}">{}</span>', tone, text)


@register.simple_tag
def chart(name, option, title=""):
    """Draw an ECharts option (a dict of plain values); its figures belong in a table beside it."""
    return format_html(
        '<div class="chart" role="img" aria-label="{}" data-chart="{}"></div>{}', title, name, json_script(option, name, NumberEncoder)
    )


@register.inclusion_tag("ledger/my_todos.html", takes_context=True)
def todos(context):
    """Show what waits for the person of the page, for a page of his own that takes the place of the workbench."""
    return todo.brief(context["user"], MY_TODOS)
