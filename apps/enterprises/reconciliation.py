"""Reconciliation (数据核对) of one year: what an office has not reported, what two sources say differently, what jumped.

Everything is read set by set; how many enterprises there are changes no number of queries.
"""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from apps.accounts.choices import DataItem, Role
from apps.accounts.models import Post
from apps.core import clock
from apps.enterprises.choices import ITEMS, EnterpriseState, FindingKind, Office, Scale
from apps.enterprises.models import DataReminder, Enterprise, LandOccupation, MonthlyFact, YearlyFact
from apps.enterprises.rules.reconciliation import SHARE, change, differ, exact, existed, jumped, owes, perhaps_jumped
from apps.enterprises.selectors import held_by_parcel, land_of_year
from apps.ledger.fields import field_of
from apps.platforms.models import Parcel

OF_FIELD = {}  # field -> whom to ask; where two offices may write one, the first
for _item, _part in ITEMS.items():
    for _field in _part.fields:
        OF_FIELD.setdefault(_field, Office(_item))
MONTHLY = [field for field in OF_FIELD if field_of(MonthlyFact, field)]
LAND, HELD = "用地面积", "宗地占用合计"
DEPARTMENTS = (Role.REPORTER, Role.NATURAL)
SOURCES = {FindingKind.DIFFERS: ("年度数据", "12月累计"), FindingKind.CHANGED: ("本年", "上年")}
HELD_SOURCES = ("用地占用合计", "宗地面积")


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose figure it is: an enterprise, or a parcel with the visible enterprises on it (`holders`)."""

    ledger: str
    pk: int
    code: str
    name: str
    place: str
    holders: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One question to one office. first, second: the figures as stored; share: percent of `second`, None against zero.

    figure: its label; of what is missing, all labels.
    """

    kind: FindingKind
    office: Office
    subject: Subject
    figure: str
    unit: str = ""
    places: int = 2
    first: Decimal | None = None
    second: Decimal | None = None

    @property
    def share(self):
        return change(self.first, self.second)

    @property
    def sources(self):
        """Say where the two figures come from."""
        return HELD_SOURCES if self.figure == HELD else SOURCES.get(self.kind, ("", ""))

    @property
    def size(self):
        """How far apart the figures are, for sorting: from zero is the farthest."""
        share = self.share
        return abs(share) if share is not None else Decimal("Infinity")


def offices_of(user):
    """Return the offices whose data this person reconciles (None: all): a department its own items, everybody else all."""
    post = user.acting if user else None
    if post is None or post.role not in DEPARTMENTS or DataItem.CHECK in post.data_items:  # 审核: who checks all data sees all of it
        return list(Office)
    return answers_for(post)


def answers_for(post):
    """Return the offices a post answers for: a reporter's items, land for the natural resources bureau, nobody else any."""
    if post.role == Role.NATURAL:
        return [Office.LAND]
    return [office for office in Office if office in post.data_items] if post.role == Role.REPORTER else []


def reporters():
    """Return office -> the posts in force that answer for its data, in the order they were given. One query."""
    found = {office: [] for office in Office}
    posts = Post.objects.in_force().filter(role__in=DEPARTMENTS, user__is_active=True)
    for post in posts.select_related("user__organisation", "organisation"):
        for office in answers_for(post):
            found[office].append(post)
    return found


def reminded(year):
    """Return office -> the latest DataReminder about `year`. One query."""
    latest = {}
    for reminder in DataReminder.objects.filter(year=year).select_related("user"):
        latest.setdefault(Office(reminder.office), reminder)
    return latest


def reminders_for(user):
    """Return the DataReminders `user` must still take note of: the latest of each year and office. No query for others."""
    offices = answers_for(user.acting) if user.acting else []
    if not offices:
        return []
    unseen = DataReminder.objects.filter(office__in=offices).exclude(seen_by=user.pk).select_related("user")
    latest = {}
    for reminder in unseen:
        latest.setdefault((reminder.year, reminder.office), reminder)
    return list(latest.values())


def reconcile(*, year, user, share=SHARE, firms=None):
    """Return the Findings of `year`: by kind, what is farthest apart first, then by code.

    share: percent beyond which a change against last year is a finding.  user: what he may see, None: all (commands).
    firms: a queryset of visible enterprises to keep to.  The same queries whatever the number of enterprises.
    """
    firms = Enterprise.objects.read_by(user).live() if firms is None else firms
    offices, subjects = offices_of(user), subjects_of(firms)
    found = [*_of_reports(year, user, share, firms, offices, subjects)]
    if Office.LAND in offices:
        found += _of_land(year, user, share, firms, subjects)
        found += _of_parcels(year, user, firms)
    order = {kind: number for number, kind in enumerate(FindingKind)}
    found.sort(key=lambda finding: (order[finding.kind], -finding.size, finding.subject.code, finding.figure))
    return found


def counts(findings):
    """Return office -> kind -> number of findings."""
    found = Counter((finding.office, finding.kind) for finding in findings)
    return {office: {kind: found[office, kind] for kind in FindingKind} for office in Office}


def subjects_of(firms):
    """Return enterprise id -> (Subject, scale, closed, founded_on). One query."""
    rows = firms.order_by().values_list(
        "pk", "credit_code", "name", "town__name", "platform__short_name", "platform__counts_alone", "scale", "state", "founded_on"
    )
    return {
        pk: (Subject("enterprises", pk, code, name, park if alone else town), scale, state == EnterpriseState.CLOSED, founded_on)
        for pk, code, name, town, park, alone, scale, state, founded_on in rows
    }


def _of_reports(year, user, share, firms, offices, subjects):
    """Yield what is wrong with the yearly figures of the offices."""
    fields = [field for field, office in OF_FIELD.items() if office in offices]
    if not fields:
        return
    day, yearly = clock.year_end(year), _yearly(year, user, firms, fields)
    december = _december(year, user, firms, [field for field in fields if field in MONTHLY])
    owed = {scale: [field for field in fields if owes(field, scale)] for scale in Scale.values}
    for pk, (subject, scale, closed, founded_on) in subjects.items():
        scale, now = yearly[year].get(pk, (scale, None))
        if existed(day, founded_on, closed, now is not None):
            yield from _missing(subject, owed[scale], now)
        if now is None:
            continue
        months, last = december.get(pk, {}), yearly[year - 1].get(pk, (None, {}))[1]
        for field in [field for field, second in months.items() if differ(now[field], second)]:
            yield _finding(FindingKind.DIFFERS, subject, field, now[field], months[field])
        for field in perhaps_jumped(now, last, share):
            finding = _finding(FindingKind.CHANGED, subject, field, now[field], last[field])
            if jumped(finding.first, finding.second, share):
                yield finding


def _yearly(year, user, firms, fields):
    """Return year -> enterprise id -> (scale, field -> figure), of the year and the one before."""
    found = {year: {}, year - 1: {}}
    rows = YearlyFact.objects.read_by(user).live().filter(year__in=found, enterprise__in=firms)
    for of_year, pk, scale, *figures in rows.figures("year", "enterprise_id", "scale", fields=fields):
        found[of_year][pk] = scale, dict(zip(fields, figures, strict=True))
    return found


def _december(year, user, firms, fields):
    """Return enterprise id -> field -> the figure of January to December as the months were reported."""
    if not fields:
        return {}
    rows = MonthlyFact.objects.read_by(user).live().filter(year=year, month=12, enterprise__in=firms)
    return {pk: dict(zip(fields, figures, strict=True)) for pk, *figures in rows.figures("enterprise_id", fields=fields)}


def _missing(subject, owed, now):
    """Yield one finding per office that left out figures; where the whole year is missing every office has."""
    lacking = {}
    for field in owed:
        if now is None or now[field] is None:
            lacking.setdefault(OF_FIELD[field], []).append(_label(field))
    for office, labels in lacking.items():
        yield Finding(FindingKind.MISSING, office, subject, "、".join(labels))


def _label(field):
    return str(field_of(YearlyFact, field).verbose_name)


def _finding(kind, subject, field, first, second):
    of_model = field_of(YearlyFact, field)
    unit, places = getattr(of_model, "unit", "人"), getattr(of_model, "decimal_places", 0)
    return Finding(kind, OF_FIELD[field], subject, _label(field), unit, places, exact(first, places), exact(second, places))


def _of_land(year, user, share, firms, subjects):
    """Yield the enterprises that hold no land on 31 December, and those whose land jumped."""
    now, last = land_of_year(year, firms, user), land_of_year(year - 1, firms, user)
    for pk, (subject, _, closed, founded_on) in subjects.items():
        if pk not in now and existed(clock.year_end(year), founded_on, closed, False):
            yield Finding(FindingKind.MISSING, Office.LAND, subject, LAND)
        elif jumped(now.get(pk), last.get(pk), share):
            yield Finding(FindingKind.CHANGED, Office.LAND, subject, LAND, "亩", 2, now[pk], last[pk])


def _of_parcels(year, user, firms):
    """Yield the parcels on which more or less land is held than they have; what nobody holds is not compared."""
    day = clock.year_end(year)
    held_by = LandOccupation.objects.read_by(user).in_force(day).filter(enterprise__in=firms)
    parcels = Parcel.objects.read_by(user).live().filter(pk__in=held_by.values("parcel"))
    held = held_by_parcel(day, parcels)
    rows = parcels.order_by().values_list("pk", "code", "name", "area", "town__name", "platform__short_name")
    wrong = [row for row in rows if differ(held.get(row[0]), row[3])]
    holders = {}
    named = held_by.filter(parcel__in=[row[0] for row in wrong]).order_by("enterprise__name")
    for parcel, name in named.values_list("parcel_id", "enterprise__name").distinct():
        holders.setdefault(parcel, []).append(name)
    for pk, code, name, area, town, park in wrong:
        subject = Subject("parcels", pk, code, name, park or town, "、".join(holders.get(pk, [])))
        yield Finding(FindingKind.DIFFERS, Office.LAND, subject, HELD, "亩", 4, held[pk], area)
