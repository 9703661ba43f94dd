"""Copy reminder (复制催办): the overdue rows of a list as plain text, by the unit that answers for them."""

from apps.ledger.filters import by_clock

NOBODY = "未明确责任单位"


def text(ledger, user, params):
    """Return the text for the overdue rows `user` sees under the list's `params`; empty when nothing is overdue.

    Units stand in the order of their names, rows without one last; within a unit the oldest deadline comes first.
    """
    rows = by_clock(ledger, ledger.rows(user, params).live(), "overdue").order_by(ledger.clock.due, "pk")
    return by_unit((ledger.unit_of(row), _words(ledger, row)) for row in rows)


def by_unit(items):
    """Return the text of `items`, pairs (unit or None, what it is behind with): a paragraph per unit, in the order of their names."""
    units = {}
    for unit, words in items:
        units.setdefault(unit, []).append(words)
    named = sorted(units, key=lambda unit: (unit is None, str(unit)))
    return "\n\n".join("\n".join([f"【催办】{unit or NOBODY}：", *_numbered(units[unit])]) for unit in named)


def _numbered(lines):
    return (f"{number}. {words}" for number, words in enumerate(lines, start=1))


def _words(ledger, row):
    state = f"（{row.state_label}）" if ledger.workflow else ""
    return f"{ledger.label} {row}{state}，时限{getattr(row, ledger.clock.due):%Y-%m-%d}，{row.light.words}。"
