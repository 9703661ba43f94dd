import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from apps.accounts.choices import Role
from apps.accounts.models import Organisation
from apps.land.models import LandCase
from tests import factories

PDF = b"%PDF-1.4 sample"


class Officer:
    """A person at the browser, working on one land case."""

    def __init__(self, user):
        self.user, self.client = user, Client()
        self.client.force_login(user)

    def url(self, name, case, *more):
        return reverse(f"ledger:{name}", args=["land-cases", case.pk, *more])

    def move(self, case, code, comment="", **values):
        """Press the button of a move and send its form; return the answer, with the case as it is now."""
        version = LandCase.objects.get(pk=case.pk).version
        answer = self.client.post(self.url("move", case, code), {"version": version, "comment": comment, **values})
        case.refresh_from_db()
        return answer

    def put(self, case, slot, name="批复.pdf", content=PDF):
        return self.client.post(self.url("paper-add", case, slot), {"file": SimpleUploadedFile(name, content)})

    def buttons(self, case):
        """Return the codes of the moves that are open on the reading page."""
        return [choice.move.code for choice in self.client.get(self.url("detail", case)).context["flow"]["choices"] if choice.open]


@pytest.fixture
def today(settings):
    settings.OFFICE_TODAY = dt.date(2021, 10, 15)
    return settings.OFFICE_TODAY


@pytest.fixture
def park(db, today):
    return Officer(factories.person("park_one", Role.PARK, platform=factories.platform()))


@pytest.fixture
def bureau(db, today):
    return Officer(factories.person("bureau_one", Role.NATURAL))


@pytest.fixture
def second(db, today):
    return Officer(factories.person("bureau_two", Role.NATURAL))


@pytest.fixture
def plan(db):
    """What the move 定处置方案 asks for."""
    unit = Organisation.objects.create(name="丽缙园管委会")
    return {"disposal": "supply", "plan_text": "年底前挂牌出让", "responsible": unit.pk, "leader": "", "deadline": "2021-12-31"}


@pytest.fixture
def case(park):
    from apps.core.actor import Actor

    return factories.land_case(actor=Actor.of(park.user))


@pytest.fixture
def at(park, bureau, plan, case):
    """Bring the case to a state along the main way and return it."""

    def go(state):
        path = [
            ("verified", lambda: bureau.move(case, "verify")),
            ("planned", lambda: park.move(case, "plan", **plan)),
            ("approved", lambda: (bureau.put(case, "plan"), bureau.move(case, "approve", plan_number="缙政函〔2021〕7号"))),
            ("in_progress", lambda: park.move(case, "start")),
            ("to_accept", lambda: (park.put(case, "evidence"), park.move(case, "report", **RESULT))),
        ]
        states = ["draft", *(reached for reached, _ in path)]
        for reached, step in path[states.index(case.state) : states.index(state)]:
            step()
            assert case.state == reached
        return case

    return go


RESULT = {"disposed_area": "30", "disposed_on": "2021-10-14", "result": "已挂牌出让"}
