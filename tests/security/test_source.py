"""What the code must not contain (reliability.md D2, D3, D9, D11) and what its settings must say."""

import re

import pytest
from django.conf import settings as project

FORBIDDEN = {
    "mark_safe": r"\bmark_safe\b",
    "the safe filter": r"\|\s*safe(seq)?\b|autoescape\s+off",
    "raw SQL": r"\.raw\(|\.extra\(|\bRawSQL\b",
    "innerHTML": r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write)\b",
    "eval": r"(?<![\w.])(eval|exec)\(|new Function\(",
    "pickle": r"\b(pickle|marshal|shelve)\b",
    "YAML": r"\byaml\b",
    "every field of a model": r"""(fields|exclude)\s*=\s*["']__all__["']""",
    "filters of the client's choice": r"(filter|exclude|get|order_by|values)\(\s*\*\*?\s*(self\.)?request\.(GET|POST|query_params|data)",
    "a shell": r"shell\s*=\s*True|os\.system\(|os\.popen\(",
    "templates of the user": r"\bfrom_string\(|\bTemplate\(",
    "calls to elsewhere": r"\b(urllib\.request|requests\.(get|post)|httpx|http\.client)\b",
}
OURS_ALONE = {"pickle": ["apps/exchange/reads.py"]}  # rows in a nameless temporary file, read back by the process that wrote them
CURSORS = {  # SQL of our own with no value of anybody in it: triggers, dump and restore, locks, bulk insert
    "apps/journal/guards.py",
    "apps/backup/move.py",
    "apps/core/locks.py",
    "apps/core/bulk.py",
    "apps/ledger/history.py",
    "apps/backup/engines.py",
    "apps/backup/databases.py",
    "apps/backup/contents.py",
}


def sources(*endings):
    """Yield (path, text) of the files we wrote with one of the endings."""
    for folder in ("apps", "jinyun", "templates", "static"):
        for path in sorted((project.BASE_DIR / folder).rglob("*")):
            if path.suffix in endings and "migrations" not in path.parts:
                yield str(path.relative_to(project.BASE_DIR)), path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FORBIDDEN)
def test_the_code_does_without(name):
    found = [path for path, text in sources(".py", ".html", ".js") if re.search(FORBIDDEN[name], text)]
    assert found == OURS_ALONE.get(name, [])


@pytest.mark.parametrize("line", ["x = mark_safe(y)", "{{ a|safe }}", "Firm.objects.raw(sql)", "box.innerHTML = text", "eval(text)"])
def test_the_patterns_find_what_they_are_for(line):
    assert any(re.search(pattern, line) for pattern in FORBIDDEN.values())


def test_the_patterns_find_the_clients_filters():
    assert re.search(FORBIDDEN["filters of the client's choice"], "rows.filter(**request.GET.dict())")
    assert re.search(FORBIDDEN["every field of a model"], 'fields = "__all__"')


def test_sql_of_our_own_stands_in_known_places_and_carries_no_value():
    found = {path: text for path, text in sources(".py") if ".execute(" in text and "cursor" in text}
    assert set(found) == CURSORS
    with_names = [path for path, text in found.items() if re.search(r"execute\(\s*f[\"']", text)]
    assert set(with_names) == {"apps/backup/move.py", "apps/core/bulk.py", "apps/ledger/history.py"}  # the names of our own tables


def test_pages_have_no_script_or_style_of_their_own():
    inline = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style|\sstyle=|\son[a-z]+=[\"']|javascript:", re.IGNORECASE)
    assert [path for path, text in sources(".html") if inline.search(text)] == []


def test_tasks_speak_json_only():
    assert (project.CELERY_TASK_SERIALIZER, project.CELERY_ACCEPT_CONTENT) == ("json", ["json"])
    assert project.SESSION_SERIALIZER == "django.contrib.sessions.serializers.JSONSerializer"


def test_the_repository_keeps_no_secret():
    words = re.compile(r"""(SECRET_KEY|PASSWORD|TOKEN|JOURNAL_KEY)\s*=\s*["'][^"']{8,}["']""")
    assert [path for path, text in sources(".py") if words.search(text)] == []
