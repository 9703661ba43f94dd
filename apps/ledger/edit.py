"""How a form becomes a saved row: checked, written at the version it was opened at, or shown again with what is wrong."""

from functools import wraps
from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import TemplateView

from apps.core.actor import Actor
from apps.core.errors import Refused, RowsRefused
from apps.core.locks import HELD, is_held
from apps.ledger import services
from apps.ledger.access import NO_RIGHT, RightRequired
from apps.ledger.answers import OtherRequest, SentForm
from apps.ledger.fields import label_of, text_of
from apps.ledger.selectors import timeline


class FormFlow(TemplateView):
    """Opens and saves one row. A page says what it starts from, its form, how it saves and where it goes afterwards."""

    def start(self):
        """Return the instance the form starts from."""
        raise NotImplementedError

    def form(self, data=None):
        """Return the LedgerForm over `self.instance`."""
        raise NotImplementedError

    def save(self, form):
        """Write the form's values to the row it was opened on; may raise ValidationError and Refused. Override for other acts."""
        data, actor = form.cleaned_data, Actor.from_request(self.request)
        return services.change(record=self.instance, values=form.values(), version=data["version"], reason=data["reason"], actor=actor)

    def done_url(self, record):
        """Return where the person goes after saving."""
        raise NotImplementedError

    def get(self, request, *args, **kwargs):
        self.instance = self.start()
        return self.render_to_response(self.get_context_data(form=self.form(), record=self.instance))

    def post(self, request, *args, **kwargs):
        self.instance = self.start()
        form, sent = self.form(request.POST), SentForm(request)
        try:
            with sent.alone() as answer:
                if answer:
                    messages.info(request, f"这张表单已经提交过，没有重复登记：{answer.body.decode()}。")
                    return redirect(answer.headers["Location"])
                if not form.is_valid():
                    return self._again(form)
                record = self.save(form)
                sent.keep(self.done_url(record), record)
        except OtherRequest as other:
            form.is_valid()
            form.add_error(None, f"这张表单刚才已保存为“{other.answer.body.decode()}”；如要再登记一条，请核对后再次保存。")
            return self._again(form)
        except services.Conflict as conflict:
            return self._again(form, conflict=differences(form, conflict.current), status=409)
        except ValidationError as error:
            form.add_error(None, error)
            return self._again(form)
        except RowsRefused as refusal:
            form.add_error(None, ValidationError({field: [sentence] for _, field, sentence in refusal.faults}))
            return self._again(form)
        except Refused as refusal:
            request.refusal = str(refusal)
            form.add_error(None, str(refusal))
            return self._again(form)
        except OperationalError as error:
            if not is_held(error):
                raise
            request.refusal = HELD
            form.add_error(None, HELD)
            return self._again(form, status=409)
        messages.success(request, f"已保存：{record}。")
        return redirect(self.done_url(record))

    def _again(self, form, conflict=None, status=200):
        context = self.get_context_data(form=form, record=self.instance, conflict=conflict)
        return self.render_to_response(context, status=status)


def differences(form, current):
    """Return (label, mine, theirs) for every field in which a stale form differs from the row as it is now."""
    mine = form.instance
    fields = [mine._meta.get_field(name) for name in form.values()]
    changed = [field for field in fields if getattr(mine, field.name) != getattr(current, field.name)]
    return [(label_of(field), text_of(mine, field), text_of(current, field)) for field in changed]


def sent_once(post):
    """Decorate the `post` of a page that makes something new and no row of a form of the kit's: sent a second time, the person is
    led where the first sending led him. Other words, or another file, under the same mark are a sending of their own.
    """

    @wraps(post)
    def answer(request, *args, **kwargs):
        sent = SentForm(request)
        try:
            with sent.alone() as known:
                if known:
                    messages.info(request, "这张表单已经提交过，没有重复登记。")
                    return redirect(known.headers["Location"])
                response = post(request, *args, **kwargs)
                if response.status_code == HTTPStatus.FOUND:
                    sent.keep(response.url, "")
                return response
        except OtherRequest:
            return post(request, *args, **kwargs)

    return answer


class EditPage(RightRequired, FormFlow):
    """Change one row of a model that has pages of its own instead of a ledger's."""

    act = "change"
    form_class = None
    template_name = "ledger/edit.html"

    def start(self):
        return get_object_or_404(self.form_class._meta.model.objects.visible_to(self.request.user).live(), pk=self.kwargs["pk"])

    def form(self, data=None):
        return self.form_class(data, instance=self.instance, user=self.request.user)


class ShownPage(EditPage):
    """An edit page that whoever reads the row may open as well: its history for everybody, the form for who may change it now."""

    template_name = "ledger/shown.html"

    def allowed(self, user):
        return user.may(self.act, self.subject) or self.readable(user)

    def post(self, request, *args, **kwargs):
        if not request.user.may(self.act, self.subject):
            raise PermissionDenied(NO_RIGHT)
        return super().post(request, *args, **kwargs)

    def readable(self, user):
        """Say whether a person without the right to change may read such rows; the row itself is asked of the scope."""
        raise NotImplementedError

    def is_open(self):
        """Say whether the row takes changes now."""
        return True

    def get_context_data(self, **context):
        row, form, user = self.instance, context["form"], self.request.user
        fields = [row._meta.get_field(name) for name in form._meta.fields if name in form.fields]
        return super().get_context_data(
            may_write=form.is_bound or (self.is_open() and user.may(self.act, self.subject)),  # what was sent is not lost
            facts=[(label_of(field), text_of(row, field)) for field in fields],
            timeline=timeline(row, user),
            **context,
        )
