"""Every ledger of the house by its code; declarations in apps/*/ledgers.py register themselves."""

from apps.ledger.choices import Sensitivity

_ledgers = {}


def register(cls):
    """Class decorator: make one Ledger of the declaration and keep it under its code."""
    if cls.code in _ledgers:
        raise ValueError(f"two ledgers called {cls.code}")
    _ledgers[cls.code] = cls()
    return cls


def get(code):
    """Return the ledger called `code`, None when there is none."""
    return _ledgers.get(code)


def all():
    """Return every ledger in the order of registration."""
    return list(_ledgers.values())


def of_model(model):
    """Return the ledger of `model`, None when there is none."""
    return next((ledger for ledger in _ledgers.values() if ledger.model is model), None)


def level_of(*models):
    """Return the Sensitivity of what is drawn from rows of these ledgers, without their sensitive fields: the strictest level."""
    return max((of_model(model).sensitivity for model in models), key=list(Sensitivity).index)
