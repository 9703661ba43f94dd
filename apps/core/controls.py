"""How the controls of a form look: said once for every form of the house (settings.FORM_RENDERER)."""

from django import forms
from django.forms.renderers import DjangoTemplates


class Control(forms.BoundField):
    def label_tag(self, contents=None, attrs=None, label_suffix="", tag=None):
        """The label alone: Django's colon is not the Chinese one, and the label stands above its control."""
        return super().label_tag(contents, attrs, label_suffix, tag)

    def build_widget_attrs(self, attrs, widget=None):
        """Give the control its Bootstrap class, unless its widget says another one."""
        widget = widget or self.field.widget
        attrs = super().build_widget_attrs(attrs, widget)
        dressed = widget.is_hidden or "class" in widget.attrs or isinstance(widget, forms.CheckboxSelectMultiple)
        return attrs if dressed else {"class": _css(widget), **attrs}


def _css(widget):
    if isinstance(widget, forms.CheckboxInput):
        return "form-check-input"
    return "form-select" if isinstance(widget, forms.Select) else "form-control"


class Renderer(DjangoTemplates):
    bound_field_class = Control


def date_box():
    """Return the browser's own date box; it knows only ISO dates."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
