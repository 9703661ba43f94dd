"""The form of a record, built from its declaration: scoped choices, units in labels, the version it was opened at."""

from django import forms
from django.db import models
from django.urls import reverse

from apps.core.controls import date_box
from apps.core.wording import HouseWords, sentence
from apps.ledger import registry
from apps.ledger.fields import label_of
from apps.ledger.models import LedgerQuerySet, SavedView
from apps.ledger.settled import settled

LONG = 500  # characters from which a text gets a box of several lines
MANY = {"enterprises", "parcels"}  # too many rows for a drop-down list: typed with a look-up


class LookupField(forms.ModelChoiceField):
    """A foreign key typed by its natural key, helped by a list of what matches; only visible rows count."""

    widget = forms.TextInput

    def __init__(self, ledger, **kwargs):
        super().__init__(to_field_name=ledger.lookup, **kwargs)
        self.error_messages["invalid_choice"] = f"没有这一{ledger.label}，或不在您的范围内；请从提示中选取。"
        self.widget.attrs |= {"data-lookup": reverse("ledger:lookup", args=[ledger.code]), "autocomplete": "off"}

    def prepare_value(self, value):
        return getattr(value, self.to_field_name) if isinstance(value, models.Model) else super().prepare_value(self._key(value))

    def to_python(self, value):
        return super().to_python(value.strip() if isinstance(value, str) else value)

    def _key(self, value):
        """Show the natural key of a record that an instance's form hands over as a primary key."""
        row = self.queryset.filter(pk=value).first() if isinstance(value, int) else None
        return getattr(row, self.to_field_name) if row else value


class LedgerForm(HouseWords, forms.ModelForm):
    """Fields of the declaration's groups; saving is the write path's business, not the form's.

    not_offered: field -> sentence for a row it does not offer (`narrow`), where "not there or out of scope" would not say why.
    """

    not_offered = {}

    reason = forms.CharField(label="修改说明", max_length=200, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["version"] = self.instance.version
            self._tell_settled()
        else:
            del self.fields["reason"], self.fields["version"]
        self.narrow(user)
        for name in self.not_offered.keys() & self.fields.keys():
            self.fields[name].error_messages["invalid_choice"] = self.not_offered[name]

    def _tell_settled(self):
        """Close the settled fields and say below the first what to do instead; one that was sent all the same the write path refuses."""
        lines = {}
        for name, line in settled(type(self.instance), [self.instance.pk], self.fields)[self.instance.pk].items():
            self.fields[name].disabled = self.add_prefix(name) not in self.data
            lines.setdefault(line, []).append(name)
        for line, names in lines.items():
            labels = "、".join(str(self.fields[name].label) for name in names)
            self.fields[names[0]].help_text = f"{labels}：{line.since}，不能再修改；{line.remedy}。"

    def narrow(self, user):
        """Offer only what `user` may refer to; override where a key leads to something else than a ledger."""
        for name, field in self.fields.items():
            if isinstance(getattr(field, "queryset", None), LedgerQuerySet):
                kept = getattr(self.instance, f"{name}_id", None)  # else an untouched form would empty the field
                field.queryset = field.queryset.offered_to(user, kept)

    def _update_errors(self, errors):
        """Leave to the write path what the row has against fields that are not typed here: it knows what was so before."""
        if hasattr(errors, "error_dict"):
            shown = {*self.fields, forms.forms.NON_FIELD_ERRORS}
            errors = forms.ValidationError({name: found for name, found in errors.error_dict.items() if name in shown})
        super()._update_errors(errors)

    def add_error(self, field, error):
        """Put what the whole row has against it at its field; above the form where this person does not write that field."""
        if field is not None or not hasattr(error, "error_dict"):
            return super().add_error(field, error)
        for name, found in error.error_dict.items():
            shown = name in self.fields or name == forms.forms.NON_FIELD_ERRORS
            label = "" if shown else f"{label_of(self._meta.model._meta.get_field(name))}："
            for one in found:
                super().add_error(name if name in self.fields else None, one if shown else f"{label}{sentence(one)}")
        return None

    def values(self):
        """Return the cleaned values of the model's own fields."""
        return {name: self.cleaned_data[name] for name in self._meta.fields if name in self.cleaned_data}


class MoveFields(forms.Form):
    """What a move asks beside fields of the record: a comment."""

    comment = forms.CharField(label="意见", max_length=450, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args, move, **kwargs):
        self.move = move
        super().__init__(*args, **kwargs)

    def narrow(self, user):
        super().narrow(user)
        del self.fields["reason"]
        self.fields["comment"].required = self.move.comment
        for name in set(self.move.needs) & set(self.fields):
            self.fields[name].required = True


class PaperForm(HouseWords, forms.Form):
    file = forms.FileField(label="文件")


class ArchiveForm(HouseWords, forms.Form):
    """Why a record leaves the ledger or comes back, and the version it was opened at; the service asks for the reason."""

    reason = forms.CharField(label="原因", max_length=200, required=False)
    version = forms.IntegerField(label="版本")


def _form_field(db_field, **kwargs):
    """Label a form field with its unit, give dates the browser's date box and long keys a look-up."""
    kwargs["label"] = label_of(db_field)
    if isinstance(db_field, models.DateField):
        kwargs["widget"] = date_box()
    elif isinstance(db_field, models.CharField) and (db_field.max_length or 0) >= LONG:
        kwargs["widget"] = forms.Textarea(attrs={"rows": 3})
    target = registry.of_model(db_field.related_model) if db_field.is_relation else None
    if target and target.code in MANY:
        return LookupField(target, queryset=target.model.objects.all(), label=kwargs["label"], required=not db_field.blank)
    return db_field.formfield(**kwargs)


def build_form(ledger, user, record=None):
    """Return the ModelForm class with the fields `user` may write."""
    return _model_form(ledger, ledger.form or LedgerForm, ledger.writable(user, record))


def build_move_form(ledger, move):
    """Return the ModelForm class of a move: the fields it asks for and a comment."""
    return _model_form(ledger, type("MoveForm", (MoveFields, ledger.form or LedgerForm), {}), move.asks)


def _model_form(ledger, base, names):
    return forms.modelform_factory(ledger.model, form=base, fields=list(names), formfield_callback=_form_field)


class ReasonForm(HouseWords, forms.Form):
    """Why an act is done that touches many rows; without a reason it is not done."""

    reason = forms.CharField(label="原因", max_length=200)


def judge(model, name, value):
    """Let the model's own field judge a value that is meant for many rows; raise ValidationError."""
    field = model._meta.get_field(name)
    if not field.is_relation:
        field.clean(value, None)


class BulkForm(ReasonForm):
    """Which fields are set for many rows, and to what; a field that is not ticked stays as it is."""

    def __init__(self, *args, ledger, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.model, self.names = ledger.model, ledger.settable(user)
        offered = ledger.form_class(user)(user=user).fields
        self.needed = {name for name in self.names if offered[name].required and not isinstance(offered[name], forms.BooleanField)}
        for name in self.names:
            label = offered[name].label
            self.fields[f"set_{name}"] = forms.BooleanField(label=f"修改“{label}”", required=False)
            offered[name].required, offered[name].initial = False, None
            self.fields[name] = offered[name]
        self.order_fields([*(part for name in self.names for part in (f"set_{name}", name)), "reason"])

    @property
    def pairs(self):
        """The tick and the control of each field."""
        return [(self[f"set_{name}"], self[name]) for name in self.names]

    def clean(self):
        ticked = [name for name in self.names if self.cleaned_data.get(f"set_{name}")]
        for name in self.names:
            if name not in ticked:
                self.errors.pop(name, None)
            elif name not in self.errors:
                self._check(name, self.cleaned_data.get(name))
        if not ticked:
            self.add_error(None, "请勾选要修改的项目。")
        self.ticked = ticked
        return self.cleaned_data

    def _check(self, name, value):
        """Judge the value as the row's own form would do."""
        if name in self.needed and value in (None, ""):
            self.add_error(name, "请填写新的值；这一项不能为空。")
            return
        try:
            judge(self.model, name, value)
        except forms.ValidationError as error:
            self.add_error(name, error)

    def values(self):
        """Return field name -> new value of the ticked fields."""
        return {name: self.cleaned_data[name] for name in self.ticked}


class ViewForm(forms.ModelForm):
    """Name of a saved view, whether others may use it, and whether the list opens with it."""

    default = forms.BooleanField(label="打开本台账时先用这个视图", required=False)

    class Meta:
        model = SavedView
        fields = ["name", "shared"]
