"""The chains as a ledger, kept by the economy bureau's office; their nine ones and instructions, kept by the chain offices."""

import pytest
from django.urls import reverse

from apps.accounts.choices import Role
from apps.accounts.models import Post
from apps.chains.models import Chain
from apps.core import clock
from tests import factories
from tests.commands import run
from tests.ledger.contract import LedgerContract, signed_in


class TestChains(LedgerContract):
    code = "industry-chains"
    change = ("branches", "特色机床")
    bad = ("name", "长" * 31)
    list_queries = 7

    def make(self, number=1):
        return factories.chain(f"示例产业{number}")


def created(user, **values):
    """Post the form of a new chain and return the answer."""
    return signed_in(user).post(reverse("ledger:create", args=["industry-chains"]), {"name": "示例链", "branches": "", **values})


@pytest.mark.django_db
class TestSpecialist:
    @pytest.fixture(autouse=True)
    def people(self):
        self.clerk = factories.person("clerk", Role.PER_MU)
        self.own, self.other = factories.industry("现代装备"), factories.industry("健康医疗")
        self.post = factories.person("office", Role.CHAIN_OFFICE, industry=self.own).posts.get()

    def test_a_chain_with_its_specialist_is_made_on_the_form(self):
        assert created(self.clerk, industry=self.own.pk, specialist=self.post.pk).status_code == 302
        assert Chain.objects.values_list("industry__name", "name", "specialist").get() == ("现代装备", "示例链", self.post.pk)

    def test_posts_of_the_chain_offices_are_offered_with_their_people(self):
        form = created(self.clerk).context["form"]
        assert [label for _, label in form.fields["specialist"].choices] == ["---------", "office · 链办（现代装备）"]

    def test_the_office_of_another_chain_is_refused(self):
        answer = created(self.clerk, industry=self.other.pk, specialist=self.post.pk)
        assert answer.context["form"].errors == {"specialist": ["指导专员应是本产业链办的岗位。"]}
        assert Chain.objects.count() == 0

    def test_one_whose_post_is_over_stays_until_another_is_chosen(self):
        """Neither an untouched form nor a command about something else empties the field; nobody new is offered him."""
        chain = factories.chain(specialist=self.post)
        Post.objects.filter(pk=self.post.pk).update(end=clock.today())
        client, page = signed_in(self.clerk), reverse("ledger:change", args=["industry-chains", chain.pk])
        form = client.get(page).context["form"]
        assert [label for _, label in form.fields["specialist"].choices] == ["---------", "office · 链办（现代装备）（已离任）"]
        sent = {name: "" if (value := form[name].value()) is None else value for name in form.fields}
        assert client.post(page, sent | {"branches": "特色机床"}).status_code == 302
        code, _ = run(
            *("change_record", "industry-chains", f"id:{chain.pk}", "--set", "branches=泵阀", "--if-version", "2"), *("--as", "clerk")
        )
        assert (code, Chain.objects.values_list("branches", "specialist").get()) == (0, ("泵阀", self.post.pk))
        assert [label for _, label in created(self.clerk).context["form"].fields["specialist"].choices] == ["---------"]


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.PER_MU, Role.CHAIN_OFFICE, Role.LEADER])
def test_only_who_keeps_the_chains_finds_them_in_the_menu(role):
    scope = {"industry": factories.industry()} if role == Role.CHAIN_OFFICE else {}
    page = signed_in(factories.person("somebody", role, **scope)).get(reverse("exchange:list")).content.decode()
    assert ("产业链台账" in page) == (role == Role.PER_MU)


class TestNineOnes(LedgerContract):
    code = "nine-ones"
    editor = Role.CHAIN_OFFICE
    change = ("evidence", "已印发")
    bad = ("document_number", "11号文")
    list_queries = 8

    def scope(self):
        return {"industry": factories.industry()}

    def make(self, number=1):
        return factories.nine_ones_item()


class TestInstructions(LedgerContract):
    code = "instructions"
    editor = Role.CHAIN_OFFICE
    change = ("helpers", "县税务局")
    bad = ("deadline", "2001-01-01")
    list_queries = 7

    def scope(self):
        return {"industry": factories.industry()}

    def make(self, number=1):
        return factories.instruction()
