"""Firms as the rules take them, without a database."""

from decimal import Decimal

from apps.grading.rules.figures import FIGURES, Firm, scaled


def figures(**values):
    """Return a firm's figures: what is not named was not reported. Numbers as text or integers, exactly."""
    return {name: scaled(None if values.get(name) is None else Decimal(values[name])) for name in FIGURES}


def firm(number=1, group="below", **values):
    return Firm(number, f"91331122MA{number:08d}", group, figures(**values))
