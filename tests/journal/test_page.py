import pytest
from django.urls import reverse

from apps.core.actor import Actor
from apps.journal import guards
from apps.journal.models import JournalEntry
from apps.journal.services import record
from tests import factories

pytestmark = pytest.mark.django_db
URL = "/journal/"


@pytest.fixture
def auditor(client):
    client.force_login(factories.person("auditor", "audit_admin"))
    return client


@pytest.fixture
def acts():
    permu = Actor.of(factories.person("permu", "per_mu"))
    return [
        record(act="导入", actor=permu, target="年度数据"),
        record(act="修改", actor=permu, target="示例企业1"),
        record(act="登录", actor=Actor.system("sign-in"), target="nobody", result="失败"),
    ]


def shown(client, **query):
    return list(client.get(URL, query).context["object_list"])


def test_newest_first(auditor, acts):
    assert shown(auditor)[:3] == acts[::-1]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"act": "导入"}, [0]),
        ({"q": "permu"}, [1, 0]),
        ({"q": "示例企业1"}, [1]),
        ({"q": "亩均办"}, [1, 0]),
        ({"act": "导入", "q": "nobody"}, []),
        ({"act": "导入", "end": "9999-12-31"}, [0]),
        ({"act": "导入", "end": "2018-01-01"}, []),
    ],
)
def test_filters(auditor, acts, query, found):
    assert shown(auditor, **query) == [acts[index] for index in found]


def test_filter_by_day_counts_the_whole_last_day(auditor, acts):
    day = acts[0].at[:10]
    assert shown(auditor, start=day, end=day)[:3] == acts[::-1]
    assert shown(auditor, end="2021-10-14") == []


def test_fifty_a_page(auditor):
    entries = [record(act="修改", actor=Actor.system("测试"), target=str(number)) for number in range(51)]
    assert shown(auditor, page=2)[0] == entries[0]


def test_the_whole_chain_is_checked_on_request(auditor, acts):
    page = auditor.get(URL, {"verify": 1})
    assert f"日志完整：{acts[-1].seq} 条全部核对一致" in page.content.decode()


def test_a_changed_entry_shows_on_its_page(auditor, acts):
    changed = acts[1].seq
    guards.remove("default")
    JournalEntry.objects.filter(seq=changed).update(target="别的企业")
    guards.install("default")
    assert auditor.get(URL).context["broken"] == [changed]
    assert f"从第 {changed} 条起不能核对" in auditor.get(URL, {"verify": 1}).content.decode()


@pytest.mark.parametrize("role", ["per_mu", "system_admin", "security_admin", "leader"])
def test_nobody_else_reads_it(client, role):
    client.force_login(factories.person("other", role))
    assert client.get(URL).status_code == 403


def test_a_stranger_signs_in_first(client):
    assert client.get(URL).url.startswith(reverse("accounts:sign-in"))
