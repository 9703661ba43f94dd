from django.core.exceptions import ValidationError

from apps.core import clock
from apps.enterprises.rules import credit_code_fault


def check_credit_code(value):
    """Refuse a credit code that breaks GB 32100, saying why."""
    fault = credit_code_fault(value)
    if fault:
        raise ValidationError(fault)


def check_not_in_future(value):
    """Refuse a day after the office's today: what is recorded has happened."""
    if value > clock.today():
        raise ValidationError(f"不能晚于今天（{clock.today().isoformat()}）。")
