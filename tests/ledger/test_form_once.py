"""A form sent twice is saved once: by the mark its page carries, on the stored answers of the API. The race is at the end."""

import datetime as dt
import re

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from apps.accounts.choices import Role
from apps.accounts.models import Organisation, User
from apps.assessments.models import AssessmentRound
from apps.chains.models import Instruction
from apps.journal.models import JournalEntry
from apps.ledger import papers
from apps.ledger.models import Answer
from apps.platforms.models import Town
from tests import factories
from tests.ledger.contract import signed_in
from tests.racing import at_once

pytestmark = pytest.mark.django_db
NEW = reverse("ledger:create", args=["instructions"])


@pytest.fixture
def chain(settings):
    settings.OFFICE_TODAY = dt.date(2021, 10, 15)
    settings.SESSION_PLACES = 8
    return factories.chain()


@pytest.fixture
def chief(chain):
    return factories.person("chief", Role.CHAIN_CHIEF, industry=chain.industry)


@pytest.fixture
def sent(chain):
    """What the chief types; on the chain's page the chain is known."""
    clerk = factories.person("bureau", Role.NATURAL, organisation=factories.organisation())
    unit = clerk.posts.get().organisation_id
    return {"text": "落实用地", "unit": unit, "deadline": "2021-10-22", "urgency": "urgent", "source": "visit"}


def mark_on(user, page):
    """Return the marks of the forms on a page, as the browser would send them."""
    return re.findall(r'name="once" value="([0-9a-f]{32})"', signed_in(user).get(page).content.decode())


def said(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_the_chiefs_form_sent_twice_is_one_instruction(chief, chain, sent):
    page = reverse("chains:page", args=[chain.pk])
    [mark] = mark_on(chief, page)
    first, again = (signed_in(chief).post(reverse("chains:instruct", args=[chain.pk]), sent | {"once": mark}) for _ in range(2))
    assert [(answer.status_code, answer.url) for answer in (first, again)] == [(302, page)] * 2
    row = Instruction.objects.get()
    assert (row.number, row.state, row.version) == ("JB2021-0001", "issued", 2)
    assert said(again) == [f"这张表单已经提交过，没有重复登记：{row}。"]
    assert JournalEntry.objects.filter(act="新增", target__startswith="链长交办").count() == 1


def test_the_form_of_a_ledger_that_numbers_itself_leads_to_the_record_it_made(chief, chain, sent):
    [mark], sent = mark_on(chief, NEW), sent | {"chain": chain.pk}
    first, again = (signed_in(chief).post(NEW, sent | {"once": mark}) for _ in range(2))
    row = Instruction.objects.get()
    assert [answer.url for answer in (first, again)] == [reverse("ledger:detail", args=["instructions", row.pk])] * 2


def test_the_form_of_a_ledger_with_a_key_of_its_own_too():
    office, sent = factories.person("office", Role.PER_MU), {"code": "331199007", "name": "新设镇", "kind": "town"}
    page = reverse("ledger:create", args=["towns"])
    [mark] = mark_on(office, page)
    answers = [signed_in(office).post(page, sent | {"once": mark}) for _ in range(2)]
    assert [answer.url for answer in answers] == [reverse("ledger:detail", args=["towns", Town.objects.get().pk])] * 2


def test_every_page_is_a_form_of_its_own(chief, chain, sent):
    """The control: two forms with the same words are two instructions, and so is one that carries no mark."""
    sent = sent | {"chain": chain.pk}
    marks = mark_on(chief, NEW) + mark_on(chief, NEW)
    for mark in (*marks, "", "", "kein Zeichen"):
        signed_in(chief).post(NEW, sent | {"once": mark})
    assert (len(set(marks)), Instruction.objects.count(), Answer.objects.count()) == (2, 5, 2)


def test_other_words_on_a_form_that_was_saved_are_asked_about(chief, chain, sent):
    """Who goes back and types another instruction loses nothing: he is told, and the form he gets is a new one."""
    [mark], sent = mark_on(chief, NEW), sent | {"chain": chain.pk}
    signed_in(chief).post(NEW, sent | {"once": mark})
    answer = signed_in(chief).post(NEW, sent | {"once": mark, "text": "协调用工"})
    assert answer.context["form"].errors == {"__all__": ["这张表单刚才已保存为“JB2021-0001 落实用地”；如要再登记一条，请核对后再次保存。"]}
    [fresh] = re.findall(r'name="once" value="([0-9a-f]{32})"', answer.content.decode())
    assert (fresh != mark, Instruction.objects.count()) == (True, 1)
    signed_in(chief).post(NEW, sent | {"once": fresh, "text": "协调用工"})
    assert sorted(Instruction.objects.values_list("text", flat=True)) == ["协调用工", "落实用地"]


def test_a_form_that_was_not_saved_leaves_its_mark_unused(chief, chain, sent):
    [mark], sent = mark_on(chief, NEW), sent | {"chain": chain.pk}
    for wrong in ({"text": ""}, {"number": "JB2021-补一"}):
        assert signed_in(chief).post(NEW, sent | wrong | {"once": mark}).status_code == 200
    assert Answer.objects.count() == 0
    assert signed_in(chief).post(NEW, sent | {"once": mark}).status_code == 302
    assert Instruction.objects.count() == 1


def test_a_mark_is_one_persons_for_24_hours(chief, chain, sent):
    second, sent = factories.person("second", Role.CHIEF_OF_CHIEFS), sent | {"chain": chain.pk}
    [mark] = mark_on(chief, NEW)
    for user in (chief, second, chief, second):
        signed_in(user).post(NEW, sent | {"once": mark})
    assert Instruction.objects.count() == 2
    Answer.objects.update(at=timezone.now() - dt.timedelta(hours=24, seconds=1))
    signed_in(chief).post(NEW, sent | {"once": mark})
    assert Instruction.objects.count() == 3


def test_a_change_needs_no_mark(chief, chain):
    """It names the version it was opened at."""
    row = factories.instruction(chain=chain)
    assert mark_on(chief, reverse("ledger:change", args=["instructions", row.pk])) == []


def test_a_round_is_opened_once():
    factories.target()
    evaluator, page = factories.person("evaluator", Role.EVALUATOR), reverse("assessments:open")
    [mark] = mark_on(evaluator, page)
    sent = {"scheme": factories.scheme().pk, "quarter": 3, "once": mark}
    first, again = (signed_in(evaluator).post(page, sent) for _ in range(2))
    opened = AssessmentRound.objects.get()
    assert [answer.url for answer in (first, again)] == [reverse("assessments:fill", args=[opened.pk])] * 2
    assert said(again) == [f"这张表单已经提交过，没有重复登记：{opened}。"]


def test_a_person_a_body_and_a_post_are_registered_once():
    admin, grantor = factories.person("sysadmin", Role.SYSTEM_ADMIN), factories.person("secadmin", Role.SECURITY_ADMIN)
    made = User.objects.count()

    def twice(user, page, **sent):
        client = signed_in(user)
        [mark] = re.findall(r'name="once" value="([0-9a-f]{32})"', client.get(page).content.decode())
        first, again = (client.post(page, sent | {"once": mark}) for _ in range(2))
        assert (first.status_code, again.status_code, again.url) == (302, 302, first.url)
        assert said(again)[-1] == "这张表单已经提交过，没有重复登记。"
        other = client.post(page, {**sent, "name": "另一名称", "username": "other", "once": mark})
        return other.status_code

    assert twice(admin, reverse("accounts:organisations"), name="县考核办") == 302
    assert twice(admin, reverse("accounts:propose"), username="new", name="新人") == 302
    assert sorted(Organisation.objects.values_list("name", flat=True)) == ["县考核办", "另一名称"]
    assert User.objects.count() == made + 2
    person = User.objects.get(username="new")
    assert twice(grantor, reverse("accounts:grant", args=[person.pk]), role=Role.EVALUATOR, start="2021-10-01") == 200
    assert person.posts.count() == 1


def test_a_file_put_in_twice_is_one_paper_and_another_file_is_another():
    row, evaluator = factories.assessment_round(), factories.person("evaluator", Role.EVALUATOR)
    page = reverse("ledger:paper-add", args=["assessment-rounds", row.pk, "evidence"])
    [mark] = mark_on(evaluator, page)

    def put(name, content):
        return signed_in(evaluator).post(page, {"file": SimpleUploadedFile(name, content), "once": mark})

    sent = [("通知.pdf", b"%PDF-1.4"), ("通知.pdf", b"%PDF-1.4"), ("通知.pdf", b"%PDF-1.5"), ("表.pdf", b"%PDF-1.4")]
    answers = [put(*file) for file in sent]
    assert {answer.url for answer in answers} == {reverse("ledger:detail", args=["assessment-rounds", row.pk])}
    assert said(answers[1]) == ["这张表单已经提交过，没有重复登记。"]
    assert [(paper.title, papers.read(paper)[-1:]) for paper in papers.of(row)] == [
        ("通知.pdf", b"4"),
        ("通知.pdf", b"5"),
        ("表.pdf", b"4"),
    ]


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_sent_at_the_same_moment_it_is_saved_once_and_the_others_wait(chief, chain, sent):
    """The control stands above: each mark of its own is an instruction of its own."""
    [mark], clients = mark_on(chief, NEW), [signed_in(chief) for _ in range(4)]
    answers = at_once(*[lambda client=client: client.post(NEW, sent | {"chain": chain.pk, "once": mark}) for client in clients])
    row = Instruction.objects.get()
    assert {(answer.status_code, answer.url) for answer in answers} == {(302, reverse("ledger:detail", args=["instructions", row.pk]))}
