"""What a firm of the sample county is."""

import datetime as dt
from dataclasses import dataclass

from apps.enterprises.choices import EnterpriseState
from apps.sample.margins import PARK, ZONE
from apps.sample.names import credit_code, title


@dataclass(frozen=True)
class Firm:
    """One invented firm. output: 万元 of 2020, area: 亩 in use, both in hundredths; area None where it is not known."""

    number: int
    credit_code: str
    name: str
    scale: str
    town: str
    platform: str | None
    industry: str
    gb_code: str
    founded_on: dt.date
    output: int
    area: int | None
    tax_known: bool = True
    state: str = EnterpriseState.ACTIVE

    @property
    def place(self):
        """The row of Table 2."""
        return self.platform if self.platform in (PARK, ZONE) else self.town


def found(number, rng, **values):
    """Return firm `number` with its code, name, class and day of foundation drawn, the other fields from `values`."""
    name, gb_code = title(number, values["industry"], rng)
    founded_on = dt.date(rng.randint(1996, 2016), rng.randint(1, 12), rng.randint(1, 28))
    return Firm(number=number, credit_code=credit_code(number), name=name, gb_code=gb_code, founded_on=founded_on, **values)


def spread(rng, least=45):
    """Return a weight around 1,000 (integer) with a long tail upwards: a product of independent shares in percent."""
    return rng.randint(least, 200 - least) * rng.randint(least, 200 - least) * rng.randint(least, 200 - least) // 1_000
