"""What the commands about a ledger share: they read what is typed as the pages do, and ask the same rights."""

from contextlib import contextmanager
from pathlib import Path

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import QueryDict

from apps.core.errors import Refused
from apps.core.numbers import whole_number
from apps.core.usage import pair
from apps.journal.commands import OfficeCommand
from apps.ledger import past, registry, services
from apps.ledger.api.serializers import serializer_of
from apps.ledger.fields import faults_of
from apps.ledger.forms import LookupField

ID = "id:"  # before a number: the record of that number, where people have a key of their own for records
OF_THE_ACT = {"reason", "version", "comment"}  # fields of a form that are no field of the record
YES_OR_NO = {"是": True, "否": False, "true": True, "false": False}


class LedgerCommand(OfficeCommand):
    """A command about one ledger; an unknown one, or an impossible path, is wrong use (exit code 2)."""

    def ledger(self, code):
        ledger = registry.get(code)
        if ledger is None:
            raise self.wrong_use(f"没有台账“{code}”，可用：{'、'.join(sorted(ledger.code for ledger in registry.all()))}。")
        return ledger

    def writable_path(self, path):
        """Return the path of a file to be written; its folder must exist."""
        if path and (not Path(path).absolute().parent.is_dir() or Path(path).is_dir()):
            raise self.wrong_use(f"不能写入 {path}：文件夹不存在，或不是文件名。")
        return path

    def query(self, form, filters):
        """Return filters (name, value) as the page's `form` sends them; a choice may be given by its Chinese label or a record's name."""
        params = QueryDict(mutable=True)
        for name, value in filters:
            if name not in form.fields:
                raise self.wrong_use(f"没有筛选“{name}”，可用：{'、'.join(form.fields)}。")
            params[name] = key_of(form.fields[name], value)
        return params


class RightsCommand(LedgerCommand):
    """A command that does in a ledger what a person does on its pages. `right`: the act the table of rights names, None for reading."""

    needs_user = True
    right = None

    def add_arguments(self, parser):
        parser.add_argument("code", metavar="CODE", help="台账代码")

    def act(self, *, code, **options):
        ledger = self.ledger(code)
        if self.user.reach().nobody or not self.permitted(ledger):
            raise PermissionDenied(f"您的岗位（{self.user.acting_label}）没有这项权限。")
        return self.on_ledger(ledger, **options)

    def permitted(self, ledger):
        """Say whether the table of rights lets this person in."""
        return self.right is None or ledger.may(self.user, self.right)

    def on_ledger(self, ledger, **options):
        raise NotImplementedError

    @staticmethod
    def takes_values(parser, required=False):
        """Let the command take fields with their values, as they are typed on the page."""
        words = {"metavar": "FIELD=VALUE", "help": "一项及其值，写法与页面相同，可重复"}
        parser.add_argument("--set", type=pair, action="append", default=[], required=required, dest="values", **words)

    def found(self, ledger, key):
        """Return the record of the person's scope that people call `key`, or whose number stands behind `id:`."""
        name = ledger.lookup
        if key.startswith(ID):
            name, key = "pk", key.removeprefix(ID)
        if name == "pk" and whole_number(key) is None:
            raise self.wrong_use(f"记录编号应为整数，现为“{key}”。")
        found = list(ledger.visible(self.user).filter(**{name: key})[:2])
        if not found:
            raise Refused(services.NOT_THERE)
        if len(found) > 1:
            raise Refused(f"有不止一条记录叫“{key}”，请用 {ID}编号 指明。")
        return found[0]

    def shown(self, ledger, record, day=None):
        """Return the document about a record as it is now, or was at the end of `day`: what the API answers."""
        rows = ledger.visible(self.user).select_related(*serializer_of(ledger).joins)
        read = past.record_as_of(rows, record, day, self.user) if day else rows.get(pk=record.pk)
        context = {"user": self.user, "moves": day is None}
        return {"status": "done", "ledger": ledger.code, "as_of": day, "record": serializer_of(ledger)(read, context=context).data}

    def tell(self, document):
        record = document["record"]
        self.stdout.write(f"{self.done}：{record['label']}（编号 {record['id']}），版本 {record['version']}。")

    def sent(self, form, pairs):
        """Return what a browser would send for the page's empty or stored `form` with the values of `pairs` (name, value) typed in."""
        own = [name for name in form.fields if name not in OF_THE_ACT]
        for name, _ in pairs:
            if name not in own:
                raise self.wrong_use(f"没有可填写的项“{name}”，可用：{'、'.join(own) or '无'}。")
        held = {name: form[name].value() for name in form.fields}
        typed = {name: key_of(form.fields[name], value) for name, value in pairs}
        return {name: "" if value is None else value for name, value in (held | typed).items() if value is not False}


class RecordCommand(RightsCommand):
    """A command about one record."""

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("key", metavar="KEY", help=f"记录：信用代码、宗地编号等称呼，或 {ID}编号；没有称呼的台账直接写编号")

    def on_ledger(self, ledger, key, **options):
        return self.on_record(ledger, self.found(ledger, key), **options)

    def on_record(self, ledger, record, **options):
        raise NotImplementedError


class VersionCommand(RecordCommand):
    """A command that writes one record, at the version the person looked at."""

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--if-version", type=int, required=True, metavar="N", help="读取时的版本（show_record）；已被他人修改则拒绝")


def key_of(field, value):
    """Return what the control of a form field sends for `value`: a choice by its Chinese label, a record by its name, 是 or 否."""
    if isinstance(field, forms.BooleanField):
        if value.lower() not in YES_OR_NO:
            raise Refused(f"{field.label}：应填“是”或“否”，现为“{value}”。")
        return YES_OR_NO[value.lower()]
    if isinstance(field, LookupField):
        return value
    keys = {str(key) for key, label in getattr(field, "choices", ()) if str(label) == value}
    if len(keys) > 1:
        raise Refused(f"{field.label}：有不止一个“{value}”，请填编号：{'、'.join(sorted(keys))}。")
    return keys.pop() if keys else value


def checked(form):
    """Return a form that is in order; raise Refused with what is wrong in it."""
    if not form.is_valid():
        raise Refused(faults_of(form))
    return form


@contextmanager
def told_by(form):
    """Say what the write path has against the values in the words of the page's form."""
    try:
        yield
    except ValidationError as error:
        form.add_error(None, error)
        raise Refused(faults_of(form)) from error
