"""Reads of the chain pages. Amounts in 亿元, growth and progress in percent; None is no data."""

import json
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from django.db.models import Count, F, Max, Q

from apps.accounts.choices import Role
from apps.accounts.models import Post
from apps.chains import rules
from apps.chains.choices import ItemState
from apps.chains.models import Chain, Instruction, NineOnesItem
from apps.core import clock
from apps.core.numbers import growth, growth_of_sums, ratio, yi
from apps.enterprises.choices import Scale
from apps.enterprises.models import Enterprise, MonthlyFact, YearlyFact
from apps.enterprises.selectors import Period, latest_period
from apps.ledger import lights, urging
from apps.plan.selectors import industry_targets

FIRMS, INSTRUCTIONS = 10, 8  # shown on the page of a chain
NINE_ONES = Path(__file__).parent / "data" / "nine_ones.json"


def chains_of(user):
    """Return the chains `user` may see: a chief and his office their own, the county's offices all."""
    return Chain.objects.visible_to(user).live().select_related("industry", "specialist__user")


@dataclass(frozen=True)
class Officers:
    """The posts of a chain in force today; chief is None where none is named (未明确)."""

    chief: Post | None
    office: list
    specialist: Post | None


def officers_of(chains):
    """Return chain id -> Officers."""
    posts = Post.objects.in_force().filter(role__in=[Role.CHAIN_CHIEF, Role.CHAIN_OFFICE], industry__chain__in=chains)
    held = defaultdict(list)
    for post in posts.select_related("user__organisation", "organisation"):
        held[post.industry_id, post.role].append(post)
    return {
        chain.pk: Officers(
            chief=next(iter(held[chain.industry_id, Role.CHAIN_CHIEF]), None),
            office=held[chain.industry_id, Role.CHAIN_OFFICE],
            specialist=chain.specialist if chain.specialist in held[chain.industry_id, Role.CHAIN_OFFICE] else None,
        )
        for chain in chains
    }


def facts_of(user, period, industries):
    """Return industry id -> the period's facts of its 规上 firms, with `output_last`, the largest output first."""
    facts = MonthlyFact.objects.visible_to(user).live().filter(enterprise__industry__in=industries, enterprise__scale=Scale.ABOVE)
    rows = facts.filter(year=period.year, month=period.month).with_last_year("output", period=("year", "month"))
    groups = defaultdict(list)
    rows = rows.select_related("enterprise__town", "enterprise__platform")
    for fact in rows.order_by(F("output").desc(nulls_last=True), "enterprise__credit_code"):
        groups[fact.enterprise.industry_id].append(fact)
    return groups


def total(rows, name):
    """Sum one figure in 亿元; None where no row has it."""
    return yi(getattr(row, name) for row in rows)


def growth_of(facts):
    """Compare the output with the same months of last year (同比) over the firms known in both years."""
    return growth_of_sums((fact.output, fact.output_last) for fact in facts)


def overview(user):
    """Return the period and one line per visible chain: chain, officers, above, output, growth, done, items."""
    chains = list(chains_of(user))
    period, officers = latest_period(user), officers_of(chains)
    facts = facts_of(user, period, [chain.industry_id for chain in chains]) if period else {}
    items = NineOnesItem.objects.visible_to(user).live().filter(chain__in=chains, year=clock.today().year).order_by()
    counted = items.values("chain").annotate(items=Count("pk"), done=Count("pk", filter=Q(state=ItemState.DONE)))
    progress = {row["chain"]: row for row in counted}
    return period, [
        {
            "chain": chain,
            "officers": officers[chain.pk],
            "output": total(facts.get(chain.industry_id, []), "output"),
            "growth": growth_of(facts.get(chain.industry_id, [])),
            "items": progress.get(chain.pk, {"items": 0, "done": 0}),
        }
        for chain in chains
    ]


@dataclass(frozen=True)
class Performance:
    """How a chain's industry stands against the plan's targets. The light shows `output` against `due`."""

    above: int
    year: int | None
    year_output: Decimal | None
    target: Decimal | None
    far_target: Decimal | None
    period: Period | None
    output: Decimal | None
    growth: Decimal | None
    tax: Decimal | None
    due: Fraction | None

    @property
    def due_output(self):
        """What is due, to be shown; the light compares the exact fraction."""
        return self.due and Decimal(self.due.numerator) / self.due.denominator

    @property
    def progress(self):
        """The latest full year's output in percent of the target of 2025."""
        share = ratio(self.year_output, self.target)
        return None if share is None else share * 100

    @property
    def light(self):
        return lights.light(self.output, self.due)

    @property
    def light_text(self):
        return lights.LABELS[self.light]


def performance(chain, user, facts, period):
    """Return the Performance of a chain's industry over the 规上 firms `user` may see.

    facts: the industry's facts of `period`. Targets are the plan's printed ones (§3.3), shown beside the ledger.
    """
    targets = industry_targets(chain.industry.name, user)
    yearly = YearlyFact.objects.visible_to(user).live().filter(enterprise__industry=chain.industry, scale=Scale.ABOVE)
    year = yearly.aggregate(year=Max("year"))["year"]
    base, target = total(yearly.filter(year=rules.BASE_YEAR), "output"), targets.get(rules.TARGET_YEAR)
    return Performance(
        above=Enterprise.objects.visible_to(user).live().filter(industry=chain.industry, scale=Scale.ABOVE).count(),
        year=year,
        year_output=total(yearly.filter(year=year), "output"),
        target=target,
        far_target=targets.get(2035),
        period=period,
        output=total(facts, "output"),
        growth=growth_of(facts),
        tax=total(facts, "tax"),
        due=period and rules.due_by(base, target, period.year, period.month),
    )


def top_firms(facts):
    """Return the first firms with their output (亿元) and its growth; `facts` come largest first."""
    return [
        {"firm": fact.enterprise, "output": total([fact], "output"), "growth": growth(fact.output, fact.output_last)}
        for fact in facts[:FIRMS]
    ]


def items_of(chain, year, user):
    """Return the chain's nine ones of a year."""
    return chain.items.visible_to(user).live().filter(year=year)


def default_items():
    """Return the nine ones as [{"title", "done_when"}] (浙商务开发函〔2019〕2号; domain 3.2, configurable per chain and year)."""
    return json.loads(NINE_ONES.read_text())


def lacking_items(chain, year, user):
    """Return what a chain's list of a year lacks as [(number, {"title", "done_when"})], and the archived items of that year.

    It is to have last year's titles where there are any, else the default ones. The number of an archived item is not lacking:
    whoever wants it restores it.
    """
    items = chain.items.read_by(user)
    held = list(items.filter(year=year).order_by("number"))
    taken = {item.number for item in held}
    last = [{"title": item.title, "done_when": item.done_when} for item in items.live().filter(year=year - 1)]
    wanted = enumerate(last or default_items(), start=1)
    return [(number, row) for number, row in wanted if number not in taken], [item for item in held if item.archived_at]


def archived_told(items):
    """Say which items of a list are archived and what can be done, "" for none."""
    numbers = "、".join(str(item.number) for item in items)
    return f"第 {numbers} 项已归档，需要的请在“九个一”台账中恢复，不需要的不用处理。" if items else ""


def overdue_items(items):
    """Return those of the nine ones whose day has passed, the oldest first."""
    return sorted((item for item in items if item.light.colour == lights.RED), key=lambda item: (item.due, item.number))


def urging_text(chain, items, officers):
    """Return the overdue ones among `items` as text to be sent to the chain's office: the body its first post acts for."""
    post = next(iter(officers.office), None)
    unit = post and (post.organisation or post.user.organisation or f"{chain}链办 {post.user}")
    return urging.by_unit((unit, item.reminder) for item in overdue_items(items))


def instructions_of(chain, user):
    """Return the open instructions about a chain, the most urgent deadline first; undated ones last."""
    rows = chain.instructions.visible_to(user).live().exclude(state__in=Instruction.workflow.closed).select_related("unit")
    return rows.order_by(F("deadline").asc(nulls_last=True), "number")[:INSTRUCTIONS]
