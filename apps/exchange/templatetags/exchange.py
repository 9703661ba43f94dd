"""What a page asks about exports."""

from django import template

from apps.exchange.official import form_of

register = template.Library()


@register.simple_tag
def official_form(kind):
    """Return the official form of a kind, None where there is none."""
    return form_of(kind)
