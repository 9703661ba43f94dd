"""What makes people's day of land cases: to-dos, bell, reminders, copied reminders, search. Generic, proved on this ledger."""

import datetime as dt

import pytest
from django.urls import reverse

from apps.accounts.choices import Role
from apps.accounts.models import Organisation
from apps.core.actor import Actor
from apps.journal.models import JournalEntry
from apps.ledger import reminders, services
from apps.ledger.models import Reminder
from tests import factories
from tests.factories import SYSTEM
from tests.land.conftest import Officer


def shown(officer):
    """Return {move: [numbers]} of the to-do page."""
    groups = officer.client.get(reverse("workbench:todo")).context["groups"]
    return {move.code: [todo.record.number for todo in todos] for group in groups for move, todos in group.moves}


def bell(officer):
    return officer.client.get(reverse("workbench:bell")).json()


def dated(day, settings, **values):
    """Return a verified case whose deadline was set long ago."""
    settings.OFFICE_TODAY = dt.date(2021, 1, 1)
    case = factories.land_case(deadline=day, **values)
    settings.OFFICE_TODAY = dt.date(2021, 10, 15)
    return case


class TestTodos:
    def test_a_case_waits_for_one_office_after_the_other(self, at, park, bureau, case):
        number = [case.number]
        assert (shown(park), shown(bureau)) == ({}, {"verify": number})
        for state, of_park, of_bureau in [
            ("verified", {"plan": number}, {}),
            ("planned", {}, {"approve": number}),
            ("approved", {"start": number}, {}),
            ("in_progress", {"report": number}, {}),
            ("to_accept", {}, {"accept": number}),
        ]:
            at(state)
            assert (shown(park), shown(bureau)) == (of_park, of_bureau), state
        bureau.move(case, "accept")
        assert (shown(park), shown(bureau)) == ({}, {})

    def test_side_moves_make_no_to_do(self, at, bureau, case):
        at("verified")  # the bureau may send back, freeze and reclassify
        assert (shown(bureau), bell(bureau)) == ({}, {"todos": 0, "reminders": 0})

    def test_four_eyes_take_it_off_my_list_only(self, bureau, second, today):
        case = factories.land_case(actor=Actor.of(bureau.user))
        assert (shown(bureau), shown(second)) == ({}, {"verify": [case.number]})
        second.move(case, "return", comment="缺材料")
        assert shown(bureau) == shown(second) == {"resubmit": [case.number]}
        second.move(case, "resubmit")  # the last of the earlier steps counts: now it is the other one's
        assert (shown(bureau), shown(second)) == ({"verify": [case.number]}, {})

    def test_what_nobody_in_particular_entered_is_everybodys(self, bureau, today):
        case = factories.land_case()
        assert shown(bureau) == {"verify": [case.number]}

    def test_out_of_scope_and_archived_cases_are_nobodys_to_do(self, at, bureau, park, case):
        other = Officer(factories.person("park_two", Role.PARK, platform=factories.platform("乙园")))
        at("verified")
        assert (shown(park), shown(other), bell(other)) == ({"plan": [case.number]}, {}, {"todos": 0, "reminders": 0})
        lonely = factories.land_case()
        services.archive(record=lonely, version=1, reason="重复登记", actor=SYSTEM)
        assert shown(bureau) == {}

    def test_the_nearest_deadline_comes_first_and_none_last(self, park, settings, today):
        late, soon, never = dated("2021-12-31", settings), dated("2021-11-01", settings), dated(None, settings)
        assert shown(park) == {"plan": [soon.number, late.number, never.number]}

    def test_a_line_leads_straight_to_the_move(self, bureau, case, today):
        page = bureau.client.get(reverse("workbench:todo")).content.decode()
        assert f'href="{bureau.url("move", case, "verify")}"' in page

    def test_every_to_do_is_a_move_the_record_page_offers(self, at, park, bureau, second, case):
        """The list and the page ask the same question in two ways; they must agree in every state for everybody."""
        for state in ("draft", "verified", "planned", "approved", "in_progress", "to_accept"):
            at(state)
            for officer in (park, bureau, second):
                flow = officer.client.get(officer.url("detail", case)).context["flow"]
                offered = [choice.move.code for choice in flow["choices"] if not choice.move.side and not choice.barred]
                assert list(shown(officer)) == offered, (state, officer.user)

    def test_one_query_per_ledger_whatever_the_number(self, bureau, today, django_assert_num_queries):
        from apps.ledger import todo

        factories.land_case()
        flows = sum(1 for ledger in todo.registry.all() if todo._moves(ledger, bureau.user))
        with django_assert_num_queries(flows):
            assert sum(group.total for group in todo.groups(bureau.user)) == 1
        for _ in range(4):
            factories.land_case()
        with django_assert_num_queries(flows):
            found = todo.groups(bureau.user, limit=2)
        assert [(group.total, len(group.todos), group.left_out) for group in found] == [(5, 2, 3)]

    def test_the_first_page_shows_how_much_and_the_most_urgent(self, park, settings, today):
        for day in range(1, 11):
            dated(f"2021-11-{day:02d}", settings)
        home = park.client.get(reverse("workbench:home"))
        waiting = home.context["waiting"]
        assert (waiting["total"], [todo.due.day for todo in waiting["urgent"]]) == (10, list(range(1, 9)))
        assert [(ledger.code, overdue, near) for ledger, overdue, near in home.context["deadlines"]] == [("land-cases", 0, 10)]

    def test_the_bell_is_a_plain_link_and_costs_the_page_nothing(self, bureau, case, today):
        page = bureau.client.get(reverse("ledger:list", args=["parcels"])).content.decode()
        assert f'href="{reverse("workbench:todo")}" data-bell="{reverse("workbench:bell")}"' in page
        assert bell(bureau) == {"todos": 1, "reminders": 0}

    @pytest.mark.parametrize("page", ["todo", "bell"])
    def test_administrators_have_none(self, page, db):
        admin = Officer(factories.person("admin", Role.SECURITY_ADMIN))
        assert admin.client.get(reverse(f"workbench:{page}")).status_code == 403
        assert "data-bell" not in admin.client.get(reverse("accounts:people")).content.decode()


class TestReminders:
    @pytest.fixture
    def run(self, today):
        """Let the job run on a day; return (record, mark) of what it wrote."""

        def on(settings, day):
            settings.OFFICE_TODAY = day
            before = set(Reminder.objects.values_list("pk", flat=True))
            written = reminders.remind()
            rows = list(Reminder.objects.exclude(pk__in=before).values_list("record_id", "mark"))
            assert len(rows) == written
            return rows

        return on

    def test_each_mark_once_and_none_before(self, run, settings, bureau):
        case = dated("2021-12-31", settings)
        days = {dt.date(2021, 10, 1): [], dt.date(2021, 10, 2): [90], dt.date(2021, 11, 30): [], dt.date(2021, 12, 1): [30]}
        days |= {dt.date(2021, 12, 24): [7], dt.date(2021, 12, 31): [], dt.date(2022, 1, 1): [-1], dt.date(2022, 1, 2): []}
        for day, marks in days.items():
            assert run(settings, day) == [(case.pk, mark) for mark in marks], day
            assert run(settings, day) == [], day

    def test_only_the_closest_of_marks_jumped_over(self, run, settings, bureau):
        case = dated("2021-10-18", settings)
        assert run(settings, dt.date(2021, 10, 15)) == [(case.pk, 7)]

    def test_none_for_archived_closed_and_paused(self, run, settings, today, at, bureau, case):
        settings.OFFICE_TODAY = dt.date(2021, 1, 1)
        gone = factories.instruction(deadline=dt.date(2021, 10, 18))
        settings.OFFICE_TODAY = today
        services.archive(record=gone, version=1, reason="重复", actor=SYSTEM)
        at("in_progress")
        bureau.put(case, "order")
        bureau.move(case, "freeze", comment="法院查封")
        assert run(settings, dt.date(2021, 12, 31)) == []

    def test_shown_until_seen_by_each_for_himself(self, run, settings, park):
        case, second = dated("2021-10-18", settings), Officer(factories.person("park_second", Role.PARK, platform=factories.platform()))
        run(settings, dt.date(2021, 10, 15))
        assert bell(park)["reminders"] == bell(second)["reminders"] == 1
        home = park.client.get(reverse("workbench:home")).context["reminders"]
        assert [(ledger.code, row) for ledger, row in home] == [("land-cases", case)]
        url = reverse("workbench:seen", args=[home[0][1].reminder])
        assert park.client.post(url).status_code == 302
        assert (bell(park)["reminders"], bell(second)["reminders"]) == (0, 1)
        assert JournalEntry.objects.filter(act="知悉提醒").values_list("actor", flat=True).get() is not None
        park.client.post(url)
        assert JournalEntry.objects.filter(act="知悉提醒").count() == 1
        assert run(settings, dt.date(2021, 10, 19)) == [(case.pk, -1)]
        assert bell(park)["reminders"] == 1  # a later mark is a new reminder; the old one does not stay beside it
        assert bell(second)["reminders"] == 1

    def test_a_moved_deadline_takes_old_reminders_from_view(self, run, settings, park):
        case = dated("2021-10-18", settings)
        run(settings, dt.date(2021, 10, 15))
        assert bell(park)["reminders"] == 1
        services.change(record=case, values={"deadline": dt.date(2022, 6, 30)}, version=case.version, actor=SYSTEM)
        assert (bell(park)["reminders"], Reminder.objects.count()) == (0, 1)

    def test_who_answers_for_it_and_nobody_else(self, run, settings, bureau, park):
        dated("2021-10-18", settings, parcel=factories.parcel(platform=factories.platform()))
        run(settings, dt.date(2021, 10, 15))
        other = Officer(factories.person("park_two", Role.PARK, platform=factories.platform("乙园")))
        leader = Officer(factories.person("leader", Role.LEADER))
        # the bureau may send it back, but it waits for the park
        assert [bell(officer)["reminders"] for officer in (bureau, park, other, leader)] == [0, 1, 0, 0]
        pk = Reminder.objects.get().pk
        for officer in (other, leader):
            officer.client.post(reverse("workbench:seen", args=[pk]))
        assert Reminder.objects.get().seen_by.count() == 0


class TestCopiedReminder:
    def text(self, officer, **params):
        return officer.client.get(reverse("ledger:urge", args=["land-cases"]), params).context["text"]

    def test_by_unit_with_the_unnamed_last(self, bureau, settings, today):
        park, town = Organisation.objects.create(name="丽缙园管委会"), Organisation.objects.create(name="壶镇镇政府")
        cases = [
            dated(day, settings, responsible=unit)
            for day, unit in [("2021-10-14", None), ("2021-10-01", park), ("2021-09-30", park), ("2021-10-10", town), ("2021-12-31", town)]
        ]
        assert self.text(bureau).split("\n") == [
            "【催办】丽缙园管委会：",
            f"1. 土地处置 {cases[2]}（核实），时限2021-09-30，逾期15天。",
            f"2. 土地处置 {cases[1]}（核实），时限2021-10-01，逾期14天。",
            "",
            "【催办】壶镇镇政府：",
            f"1. 土地处置 {cases[3]}（核实），时限2021-10-10，逾期5天。",
            "",
            "【催办】未明确责任单位：",
            f"1. 土地处置 {cases[0]}（核实），时限2021-10-14，逾期1天。",
        ]

    def test_filter_and_scope_are_those_of_the_list(self, bureau, park, settings, today):
        dated("2021-10-01", settings)
        other = factories.parcel(platform=factories.platform("乙园"))
        mine, _ = dated("2021-10-01", settings, land_class="unused"), dated("2021-10-01", settings, parcel=other)
        assert self.text(bureau).count("逾期14天") == 3
        assert [line for line in self.text(bureau, land_class="unused").splitlines() if line[0] == "1"] == [
            f"1. 土地处置 {mine}（核实），时限2021-10-01，逾期14天。"
        ]
        assert self.text(park).count("逾期14天") == 2

    def test_nothing_overdue_is_said(self, bureau, case, today):
        page = bureau.client.get(reverse("ledger:urge", args=["land-cases"]))
        assert (page.context["text"], "没有逾期的记录，不需要催办" in page.content.decode()) == ("", True)

    def test_a_filter_that_is_not_understood_gives_no_text(self, bureau, settings, today):
        dated("2021-10-01", settings)
        answer = bureau.client.get(reverse("ledger:urge", args=["land-cases"]), {"land_class": "gossip"})
        assert (answer.status_code, "没有生成催办文字" in answer.content.decode()) == (409, True)

    def test_only_ledgers_with_a_clock_have_the_button(self, bureau, today):
        pages = {code: bureau.client.get(reverse("ledger:list", args=[code])).content.decode() for code in ("land-cases", "parcels")}
        assert {code: "复制催办" in page for code, page in pages.items()} == {"land-cases": True, "parcels": False}
        assert bureau.client.get(reverse("ledger:urge", args=["parcels"])).status_code == 404


class TestSearch:
    def found(self, officer, words):
        page = officer.client.get(reverse("workbench:search"), {"q": words})
        return {group["ledger"].code: [str(row) for row in group["rows"]] for group in page.context["found"]}

    def test_a_case_is_found_by_its_numbers_and_the_title_of_a_paper(self, at, park, bureau, case):
        at("in_progress")
        other = Officer(factories.person("park_two", Role.PARK, platform=factories.platform("乙园")))
        for words in (case.number, "〔2021〕7号", "批复.pdf"):
            assert self.found(bureau, words) == {"land-cases": [str(case)]}, words
            assert self.found(other, words) == {}, words

    def test_a_withdrawn_paper_is_not_found(self, at, bureau, case):
        at("planned")
        bureau.put(case, "plan", name="误传的文件.pdf")
        assert list(self.found(bureau, "误传的")) == ["land-cases"]
        paper = bureau.client.get(bureau.url("detail", case)).context["flow"]["slots"][0][1][0]
        bureau.client.post(bureau.url("paper-withdraw", case, paper.pk), {"reason": "误传"})
        assert self.found(bureau, "误传的") == {}


def test_the_chief_is_told_of_his_to_dos_on_his_own_page(db, today):
    chief = Officer(factories.person("chief", Role.CHAIN_CHIEF, industry=factories.industry()))
    factories.chain()
    page = chief.client.get(reverse("workbench:home"), follow=True)
    assert (page.status_code, page.context["user"]) == (200, chief.user)
    assert page.context["total"] == 0


GONE = "宗地所在平台、乡镇街道和责任单位都已无人能办理：请自然资源和规划局改派责任单位，或请安全管理员授予岗位。"


class TestNobodyIsLeft:
    """A case whose place and unit have no people left waits for the bureau, which gives it to another unit."""

    @staticmethod
    def read(officer, case):
        """Return whether the record's page says that nobody is left, and the moves open on it."""
        page = officer.client.get(officer.url("detail", case))
        return GONE in page.content.decode(), [choice.move.code for choice in page.context["flow"]["choices"] if choice.open]

    @pytest.mark.parametrize(("state", "move"), [("verified", "plan"), ("approved", "start"), ("in_progress", "report")])
    def test_it_is_said_and_waits_for_the_bureau(self, at, bureau, second, park, case, state, move):
        at(state)
        assert (shown(park), shown(bureau), self.read(bureau, case)[0]) == ({move: [case.number]}, {}, False)
        park.user.posts.update(end=dt.date(2021, 10, 15))
        back = ["return"] if state == "verified" else []
        assert self.read(bureau, case) == (True, [*back, "reassign", "reclassify"])
        assert shown(bureau) == shown(second) == {"reassign": [case.number]}
        assert GONE in bureau.client.get(reverse("workbench:todo")).content.decode()
        town = factories.organisation("仙都街道")
        taker = Officer(factories.person("taker", Role.TOWN, town=factories.town("仙都"), organisation=town))
        assert bureau.move(case, "reassign", comment="园区已无人", responsible=town.pk).status_code == 302
        assert (case.state, case.responsible, shown(bureau), shown(taker)) == ("verified", town, {}, {"plan": [case.number]})
        assert self.read(bureau, case)[0] is False

    @pytest.mark.parametrize("left", ["town", "unit", "nobody of the place", "another office"])
    def test_who_counts(self, at, bureau, park, case, left):
        at("approved")
        park.user.is_active = False
        park.user.save()
        elsewhere = factories.town("别处镇")
        posts = {
            "town": {"role": Role.TOWN, "town": case.parcel.town},
            "unit": {"role": Role.TOWN, "town": elsewhere, "organisation": case.responsible},
            "nobody of the place": {"role": Role.TOWN, "town": elsewhere},
            "another office": {"role": Role.REPORTER, "organisation": case.responsible},
        }
        factories.person("other", **posts[left])
        stays = left in ("town", "unit")
        assert (self.read(bureau, case)[0], shown(bureau)) == ((False, {}) if stays else (True, {"reassign": [case.number]}))

    def test_while_somebody_is_left_it_is_nobodys_to_reassign(self, at, bureau, park, case):
        at("approved")
        given = {"comment": "早了", "responsible": factories.organisation("别的单位").pk}
        assert [officer.move(case, "reassign", **given).status_code for officer in (bureau, park)] == [403, 403]
        assert case.state == "approved"

    def test_what_waits_for_the_bureau_itself_is_not_stranded(self, at, bureau, park, case):
        at("planned")
        park.user.posts.update(end=dt.date(2021, 10, 15))
        assert (self.read(bureau, case)[0], shown(bureau)) == (False, {"approve": [case.number]})
