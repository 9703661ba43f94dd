"""What a person keeps about a list: its columns, and filters with a name (视图), of his own or shared by others."""

from django.db import transaction
from django.db.models import Q
from django.utils.http import urlencode

from apps.core.errors import Refused
from apps.journal import services as journal
from apps.ledger import past
from apps.ledger.models import ListChoice, SavedView
from apps.ledger.tables import LIGHT

MOST = 30  # views of one person on one ledger
LONGEST = SavedView._meta.get_field("query").max_length  # as an address writes them: one Chinese character is nine


def views_of(ledger, user):
    """Return the views this person can use on a ledger: his own and the shared ones."""
    return SavedView.objects.filter(Q(owner=user) | Q(shared=True), ledger=ledger.code).select_related("owner")


def view_in(views, params):
    """Return the view of `views` that a list's address names, None without one."""
    return next((view for view in views if str(view.pk) == params.get("view")), None)


def choice_of(ledger, user):
    """Return the person's ListChoice of a ledger; an unsaved one where nothing was chosen yet."""
    kept = ListChoice.objects.filter(owner=user, ledger=ledger.code).select_related("opens_with").first()
    kept = kept or ListChoice(ledger=ledger.code)
    kept.owner = user  # as he acts now
    return kept


def opening_view(choice):
    """Return the view a person's list opens with, None without one; a view no longer shared does not open."""
    view = choice.opens_with
    return view if view and (view.shared or view.owner_id == choice.owner_id) else None


def columns_of(ledger, choice, view=None, day=None):
    """Return the columns a list shows: those of the view, else the person's own choice, else the declared ones.

    day: as of which the list is shown; the light of a deadline is left out then, it knows only today.
    """
    columns = ledger.chosen(view.columns if view else choice.columns, choice.owner)
    return [entry for entry in columns if not (day and entry is LIGHT)] or list(ledger.columns)


def columns_under(ledger, user, params):
    """Return the columns the person's list shows at an address."""
    return columns_of(ledger, choice_of(ledger, user), view_in(views_of(ledger, user), params), past.day_in(params))


def address(view):
    """Return the query string that opens a list with `view`."""
    return f"{view.query}&view={view.pk}" if view.query else f"view={view.pk}"


def query_of(ledger, params):
    """Return what of a list's address belongs to a view: filters and sort, as a query string."""
    names = [*ledger.filterset_class.base_filters, "sort"]
    return urlencode({name: params[name] for name in names if name in params})


def keep_columns(*, ledger, user, keys):
    """Keep the columns of a person's list; none at all means the declared ones."""
    offered = ledger.offered_to(user)
    keys = [key for key in keys if key in offered]
    ListChoice.objects.update_or_create(owner=user, ledger=ledger.code, defaults={"columns": keys})


def open_with(*, ledger, user, view):
    """Let a ledger's list open with `view`; None: with everything."""
    ListChoice.objects.update_or_create(owner=user, ledger=ledger.code, defaults={"opens_with": view})


@transaction.atomic
def keep_view(*, view, actor):
    """Save a view of the actor's own. Raises Refused for another's, a name used twice, one too many, and conditions too long to keep."""
    others = SavedView.objects.filter(owner=actor.user, ledger=view.ledger).exclude(pk=view.pk)
    if view.owner_id != actor.user.pk:
        raise Refused("只有本人可以修改自己的视图。")
    if others.filter(name=view.name).exists():
        raise Refused(f"您已有名为“{view.name}”的视图，请换一个名称。")
    if not view.pk and others.count() >= MOST:
        raise Refused(f"一本台账最多保存 {MOST} 个视图，请先删除不用的。")
    if len(view.query) > LONGEST:
        raise Refused("筛选条件太长，不能保存为视图；请缩短搜索的文字，或减少筛选。")
    before = SavedView.objects.filter(pk=view.pk, shared=True).exists()
    view.save()
    if before or view.shared:
        _journal("共享视图" if view.shared else "停止共享视图", view, actor)


@transaction.atomic
def drop_view(*, view, actor):
    """Delete a view of the actor's own; lists that opened with it open with everything again."""
    if view.owner_id != actor.user.pk:
        raise Refused("只有本人可以删除自己的视图。")
    view.delete()
    if view.shared:
        _journal("停止共享视图", view, actor)


def _journal(act, view, actor):
    journal.record(act=act, actor=actor, target=f"{view.ledger}：{view.name}", detail={"query": view.query, "columns": view.columns})
