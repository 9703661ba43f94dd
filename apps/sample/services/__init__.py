"""Load the sample county, and read out its sign-ins."""

from django.conf import settings
from django.db import transaction

from apps.assessments import sample as assessments
from apps.chains import sample as chains
from apps.core.errors import Refused
from apps.land import sample as land
from apps.plan.services import load_plan
from apps.sample.services.county import load_county
from apps.sample.services.people import load_people, sign_ins

__all__ = ["load_sample", "sign_ins"]


def load_sample(*, actor):
    """Bring the plan and the sample county into the database and return ledger -> number of rows added.

    Adds only what is missing by its natural key and changes nothing, so it may run at every start.
    Raises Refused with production settings.
    """
    if settings.PRODUCTION:
        raise Refused("正式环境不载入示例数据。")
    with transaction.atomic():
        load_plan(actor=actor)
        added = load_county(actor=actor)
        added["people"] = load_people(actor=actor)
        added["land-cases"] = land.load()
        added["chains"] = chains.load(actor)
        added["instructions"] = chains.load_instructions()
        added["assessments"] = assessments.load(actor)
    return added
