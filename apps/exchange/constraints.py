"""The model's own rules asked in Python: CheckConstraints (without a query, the database has the last word) and `clean()`."""

import operator
from functools import cache

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
    found = [(_fields(check.condition), sentence) for check in _checks(type(record)) if (sentence := _fault(check, record))]
    return found + _uncleaned(record)


@cache
def _checks(model):
    return [constraint for constraint in model._meta.constraints if isinstance(constraint, CheckConstraint)]


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


def _fault(check, record):
    broken_now = _holds(check.condition, record) is False  # as in SQL, an unknown condition is not broken
    return str(check.get_violation_error_message()) if broken_now else None


def _holds(condition, record):
    """Return True, False, or None for unknown, as SQL would."""
    if not isinstance(condition, Q):
        return _compare(*condition, record)
    parts = [_holds(child, record) for child in condition.children]
    if condition.connector == Q.AND:
        result = False if False in parts else None if None in parts else True
    else:
        result = True if True in parts else None if None in parts else False
    return result if not condition.negated or result is None else not result


def _compare(path, given, record):
    attname, lookup = _looked_at(type(record), path)
    value = getattr(record, attname)
    if lookup == "isnull":
        return (value is None) == given
    given = getattr(record, given.name) if isinstance(given, F) else given
    if value is None or given is None:
        return None
    return LOOKUPS[lookup](value, given)


@cache
def _looked_at(model, path):
    """Return (attname, lookup) of a path; taken apart once, not for every row."""
    name, _, lookup = path.partition("__")
    return model._meta.get_field(name).attname, lookup or "exact"
