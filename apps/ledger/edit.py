"""How a form becomes a saved row: checked, written at the version it was opened at, or shown again with what is wrong."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import OperationalError
from django.shortcuts import redirect
from django.views.generic import TemplateView

from apps.core.actor import Actor
from apps.core.errors import Refused, RowsRefused
from apps.core.locks import HELD, is_held
from apps.ledger import services
from apps.ledger.answers import OtherRequest, SentForm
from apps.ledger.fields import label_of, text_of


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
                    return _sent_before(request, answer)
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


def once(request, act):
    """Let `act` write what a page makes that is no row of a form of the kit's, and lead to the address it returns; sent a second time,
    the form leads where the first sending led. Other words, or another file, under the same mark are a form of their own.

    act: () -> address, or the response that shows the form again.  What is read and scanned before stays outside the transaction.
    """
    sent = SentForm(request, apart=True)
    with sent.alone() as answer:
        if answer:
            return _sent_before(request, answer)
        made = act()
        if not isinstance(made, str):
            return made
        sent.keep(made)
    return redirect(made)


def _sent_before(request, answer):
    made = answer.body.decode()
    messages.info(request, f"这张表单已经提交过，没有重复登记{made and f'：{made}'}。")
    return redirect(answer.headers["Location"])
