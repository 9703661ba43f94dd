"""The model's own rules asked in Python: CheckConstraints (without a query, the database has the last word) and `clean()`."""

import operator
from functools import cache
from operator import attrgetter

from django.core.exceptions import ValidationError
from django.db.models import CheckConstraint, F, Q

from apps.core.wording import sentences

LOOKUPS = {
    "exact": operator.eq,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "in": lambda value, given: value in given,
    "range": lambda value, given: given[0] <= value <= given[1],
}


def broken(record):
    """Return (names of the fields, sentence) for the CheckConstraints `record` breaks and for what its `clean()` refuses."""
    found = [(names, str(check.get_violation_error_message())) for check, names, holds in _checks(type(record)) if holds(record) is False]
    return found + _uncleaned(record)


@cache
def _checks(model):
    """Return (constraint, names of the fields, question) of a model's constraints; taken apart once, not for every row."""
    checks = [constraint for constraint in model._meta.constraints if isinstance(constraint, CheckConstraint)]
    return [(check, _fields(check.condition), _question(model, check.condition)) for check in checks]


def _uncleaned(record):
    try:
        record.clean()
    except ValidationError as error:
        return [([name], "".join(sentences(faults))) for name, faults in error.update_error_dict({}).items()]
    return []


def _fields(condition):
    """Return the names of the fields a condition speaks of, in its order."""
    if isinstance(condition, Q):
        return list(dict.fromkeys(name for child in condition.children for name in _fields(child)))
    path, given = condition
    return [path.partition("__")[0], *([given.name] if isinstance(given, F) else [])]


def _question(model, condition):
    """Return a function that says of a record True, False, or None for unknown, as SQL would: unknown is not broken."""
    if not isinstance(condition, Q):
        return _comparison(model, *condition)
    parts = [_question(model, child) for child in condition.children]
    if len(parts) == 1 and not condition.negated:
        return parts[0]
    decisive = condition.connector == Q.OR

    def holds(record):
        found = [part(record) for part in parts]
        result = decisive if decisive in found else None if None in found else not decisive
        return result if result is None else result != condition.negated

    return holds


def _comparison(model, path, given):
    value_of, lookup = _reader(model, path)
    if lookup == "isnull":
        return lambda record: (value_of(record) is None) == given
    compare = LOOKUPS[lookup]
    given_of = _reader(model, given.name)[0] if isinstance(given, F) else lambda record: given

    def holds(record):
        value, other = value_of(record), given_of(record)
        return None if value is None or other is None else compare(value, other)

    return holds


def _reader(model, path):
    """Return (getter of the column's value, lookup) of a path."""
    name, _, lookup = path.partition("__")
    return attrgetter(model._meta.get_field(name).attname), lookup or "exact"
