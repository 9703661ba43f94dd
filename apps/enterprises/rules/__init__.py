"""Rules of the enterprise ledgers: credit codes, land on a parcel, figures that should agree."""

from apps.enterprises.rules.codes import check_character, credit_code_fault
from apps.enterprises.rules.land import net_area, parcel_fault

__all__ = ["check_character", "credit_code_fault", "net_area", "parcel_fault"]
