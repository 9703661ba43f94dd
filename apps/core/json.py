"""JSON for commands and charts: numbers as numbers, dates as ISO text, Chinese as it is."""

import json
from decimal import Decimal

from django.core.serializers.json import DjangoJSONEncoder


class NumberEncoder(DjangoJSONEncoder):
    """Write Decimals as numbers: a double keeps the 15 digits a quantity may have, so nothing printed is lost."""

    def default(self, value):
        if isinstance(value, Decimal):
            return int(value) if value == value.to_integral_value() else float(value)
        return super().default(value)


def dumps(value):
    """Return one JSON document as text."""
    return json.dumps(value, cls=NumberEncoder, ensure_ascii=False)
