from django.core.exceptions import ValidationError

from apps.enterprises.rules import credit_code_fault


def check_credit_code(value):
    """Refuse a credit code that breaks GB 32100, saying why."""
    fault = credit_code_fault(value)
    if fault:
        raise ValidationError(fault)
