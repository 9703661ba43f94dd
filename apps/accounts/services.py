"""Acts on people. Each checks its right, writes, ends the person's sessions where rights change, and is journalled.

三员分立 (reliability.md B4): the system administrator registers people and cannot grant; the security administrator
grants posts and issues passwords and cannot register; nobody acts on himself. A person without a post sees nothing,
so the first grant is the approval of a new person.
"""

import secrets

from axes.utils import reset
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from apps.accounts import handover, rules, selectors, throttle
from apps.accounts.choices import ADMINISTRATORS, Role
from apps.accounts.models import Organisation, Post, User
from apps.accounts.validators import profile
from apps.core import clock
from apps.core.errors import Refused
from apps.journal import services as journal

READABLE = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"  # without 0 O 1 I l


@transaction.atomic
def add_organisation(*, name, actor, parent=None):
    """Register a body of the county under `parent` and return it."""
    _check_right(actor, "propose")
    organisation = Organisation(name=name, parent=parent)
    organisation.full_clean()
    _insert(organisation, f"单位“{name}”刚刚已由他人登记，请刷新后核对。")
    journal.record(act="登记单位", actor=actor, target=name)
    return organisation


@transaction.atomic
def propose_user(*, username, name, actor, organisation=None):
    """Register a person and return him; he can sign in once the security administrator has issued a password.

    Raises ValidationError (a name taken or malformed) and Refused (not a system administrator).
    """
    _check_right(actor, "propose")
    user = User(username=username, name=name, organisation=organisation)
    user.set_unusable_password()
    user.full_clean()
    _insert(user, f"用户名“{username}”刚刚已由他人登记，请换一个用户名。")
    journal.record(act="登记人员", actor=actor, target=called(user))
    return user


@transaction.atomic
def found_office(*, administrators, actor):
    """Appoint the first three administrators and return user name -> one-time password.

    administrators: role -> (user name, name), one person per role of `ADMINISTRATORS`. Run once, on the server, by
    whoever installs the system; afterwards they appoint each other's successors. Raises ValidationError and Refused.
    """
    if Post.objects.filter(role__in=ADMINISTRATORS).exists():
        raise Refused("已有管理员，首批管理员只能建立一次。")
    passwords = {}
    for role, (username, name) in administrators.items():
        user = propose_user(username=username, name=name, actor=actor)
        grant_post(user=user, role=role, start=clock.today(), actor=actor)
        passwords[username] = reset_password(user=user, actor=actor)
    return passwords


@transaction.atomic
def grant_post(*, user, role, start, actor, end=None, organisation=None, platform=None, town=None, industry=None, data_items=()):
    """Give a person a post from `start` up to, not including, `end` and return it.

    Raises Refused: no right, oneself, a scope that does not fit the role, a term that clashes with a post held
    (the same post twice, or a role the three administrators exclude).
    """
    user = locked(user, actor, "grant")
    scope = {"platform": platform, "town": town, "industry": industry, "data_items": list(data_items)}
    problem = rules.scope_problem(role, scope)
    if problem:
        raise Refused(problem)
    post = Post(user=user, role=role, organisation=organisation, start=start, end=end, **scope)
    if end is not None and end <= start:
        raise Refused("离任日期应晚于任职日期。")
    _check_clash(post)
    post.full_clean()
    post.save()
    end_all_sessions(user)
    journal.record(act="授予岗位", actor=actor, target=called(user), detail=_told(post))
    return post


@transaction.atomic
def end_post(*, post, actor, end=None, successor=None):
    """End a post on the day `end` (default: today, or before it began) and return it; it is over from that day on.

    Its open items are kept on a hand-over sheet; where records name the post, they name `successor` from now on.
    """
    user = locked(post.user, actor, "grant")
    post = user.posts.select_for_update(no_key=True).get(pk=post.pk)
    end = end or max(clock.today(), post.start)
    if end < post.start:
        raise Refused("离任日期不能早于任职日期。")
    if post.end is not None and post.end <= end:
        raise Refused("该岗位届时已经结束。")
    lines = handover.sheet(post)
    post.end = end
    post.save(update_fields=["end"])
    passed = handover.pass_on(post=post, lines=lines, successor=successor, actor=actor)
    end_all_sessions(user)
    journal.record(act="终止岗位", actor=actor, target=called(user), detail=_told(post) | passed)
    return post


def deactivate(*, user, actor):
    """Close a person's account at once; posts and history stay."""
    return _set_active(user, actor, "停用人员", active=False)


def activate(*, user, actor):
    """Open a closed account again; sessions from before do not come back."""
    return _set_active(user, actor, "启用人员", active=True)


@transaction.atomic
def close_unused(*, actor):
    """Close the accounts nobody has used, or held a post in, for settings.UNUSED_AFTER and return them (B5).

    The last security administrator stays, used or not: nobody could open the others again.
    """
    closed, reasons = [], {user.pk: reason for user, reason in selectors.unused(within=settings.UNUSED_AFTER)}
    for user in list(User.objects.select_for_update(no_key=True).filter(pk__in=reasons).order_by("pk")):  # all before the first entry
        if not user.is_active or _is_last_keeper(user):
            continue
        _write_active(user, active=False, because=reasons[user.pk])
        journal.record(act="停用人员", actor=actor, target=called(user), detail={"reason": reasons[user.pk]})
        closed.append(user)
    return closed


def _is_last_keeper(user):
    keepers = Post.objects.in_force().filter(role=Role.SECURITY_ADMIN, user__is_active=True)
    return set(keepers.values_list("user", flat=True)) == {user.pk}


@transaction.atomic
def prove(*, user, actor):
    """Record that a person typed his password again before a delicate act."""
    journal.record(act="再次验证", actor=actor, target=called(user))


@transaction.atomic
def rescue_keeper(*, username, actor):
    """Take the factor of a security administrator away, give him a one-time password and return it.

    For the server's console only: where one security administrator is left nobody else may help him. Where none is, all
    terms being over, one who was may be called back. Raises Refused for anybody else.
    """
    user = User.objects.select_for_update(no_key=True).filter(username=username).first()
    posts = Post.objects.filter(role=Role.SECURITY_ADMIN)
    in_force = posts.in_force()
    if user is None or not (in_force if in_force.exists() else posts).filter(user=user).exists():
        raise Refused("只能救助在任的安全管理员（一名在任的也没有时，救助曾任的）；其他人员由安全管理员在页面上办理。")
    if not in_force.filter(user=user).exists():
        grant_post(user=user, role=Role.SECURITY_ADMIN, start=clock.today(), actor=actor)
    user.authenticator_set.all().delete()
    if not user.is_active:
        _write_active(user, active=True)
    journal.record(act="救助安全管理员", actor=actor, target=called(user))
    return reset_password(user=user, actor=actor)


@transaction.atomic
def reset_password(*, user, actor):
    """Issue and return a one-time password; it is stored nowhere in clear and must be changed at first sign-in."""
    user = locked(user, actor, "grant")
    password = "-".join("".join(secrets.choice(READABLE) for _ in range(5)) for _ in range(3))
    set_password(user=user, password=password, must_change=True)
    end_all_sessions(user)
    journal.record(act="重置密码", actor=actor, target=called(user))
    return password


@transaction.atomic
def change_password(*, user, password, actor):
    """Let a person replace his own password; `password` was validated by the form."""
    set_password(user=user, password=password)
    journal.record(act="修改密码", actor=actor, target=called(user))


@transaction.atomic
def set_password(*, user, password, must_change=False, encoded=""):
    """Write a password with its date and its place in the history, without judging it. Sessions of the old one end.

    encoded: its hash, where the caller has it already (hashing many at once).
    """
    user.password = encoded or make_password(password)
    user.must_change_password = must_change
    user.password_changed_at = clock.now()
    user.save(update_fields=["password", "must_change_password", "password_changed_at"])
    user.past_passwords.create(password=user.password)
    kept = user.past_passwords.values_list("pk", flat=True)[: profile().history]
    user.past_passwords.exclude(pk__in=list(kept)).delete()


@transaction.atomic
def unlock(*, user, actor):
    """Lift the lock of too many failed sign-ins, from every address, and the wait after wrong codes."""
    user = locked(user, actor, "grant")
    user.authenticator_set.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    reset(username=user.username)
    throttle.forget(user.username)
    journal.record(act="解除锁定", actor=actor, target=called(user))


@transaction.atomic
def end_sessions(*, user, actor):
    """Sign a person out everywhere."""
    user = locked(user, actor, "grant")
    end_all_sessions(user)
    journal.record(act="终止会话", actor=actor, target=called(user))


@transaction.atomic
def act_in(*, post, actor):
    """Record that a person goes on in another of his posts; the session remembers which."""
    journal.record(act="切换岗位", actor=actor, target=called(post.user), detail={"post": str(post)})


@transaction.atomic
def _set_active(user, actor, act, *, active):
    user = locked(user, actor, "grant")
    if user.is_active == active:
        raise Refused("该人员已经启用。" if active else "该人员已经停用。")
    _write_active(user, active)
    journal.record(act=act, actor=actor, target=called(user))
    return user


def _write_active(user, active, because=""):
    """Open or close an account; its time without use counts from here."""
    user.is_active, user.closed_because = active, because
    user.active_since = clock.now() if active else user.active_since
    user.save(update_fields=["is_active", "closed_because", "active_since"])
    end_all_sessions(user)


def _check_right(actor, act):
    if actor.user is not None and not actor.user.may(act, "people"):
        raise Refused("您的岗位没有这项权限。")


def locked(user, actor, act):
    """Check the right to act on `user` and return him locked: two acts on one person never interleave."""
    _check_right(actor, act)
    if actor.user is not None and actor.user.pk == user.pk:
        raise Refused("不能办理本人的账号和岗位。")
    return User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _check_clash(post):
    """Refuse a post that shares days with one the person holds and is the same or excluded by it."""
    for held in post.user.posts.all():
        if not rules.terms_overlap(post.start, post.end, held.start, held.end):
            continue
        if rules.exclude_each_other(post.role, held.role):
            raise Refused(f"三员分立：{post.get_role_display()}不能与{held.get_role_display()}由同一人兼任。")
        if str(post) == str(held):
            raise Refused(f"任期内已有岗位：{held}。")


def end_all_sessions(user):
    user.session_epoch += 1
    user.save(update_fields=["session_epoch"])


def _insert(record, taken):
    """Insert a row; what somebody else registered since it was checked, the database refuses, and people read `taken`."""
    try:
        with transaction.atomic():
            record.save(force_insert=True)
    except IntegrityError as clash:
        raise Refused(taken) from clash


def called(user):
    return f"{user.name}（{user.username}）"


def _told(post):
    return {"post": str(post), "start": post.start.isoformat(), "end": post.end and post.end.isoformat()}
