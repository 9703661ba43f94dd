"""An office file among the papers is opened as the zip it is: by page, API and command alike, before anything is stored."""

import io
import zipfile
from pathlib import Path

import pytest
from django.conf import settings as office_settings
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook

from apps.accounts.choices import Role
from apps.core import packed
from apps.ledger.models import Paper
from tests.commands import run
from tests.ledger.api_contract import Script
from tests.ledger.contract import signed_in
from tests.ways import DAY, WAYS

pytestmark = pytest.mark.django_db
TYPES = ("[Content_Types].xml", b"<Types/>")
DOCX = [TYPES, ("word/document.xml", b"<document/>")]
WHOLE = {"docx": DOCX, "ofd": [("OFD.xml", b"<OFD/>"), ("Doc_0/Document.xml", b"<Document/>")]}


def packing(entries, way=zipfile.ZIP_DEFLATED):
    """Return a zip of (name, content)."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", way) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return file.getvalue()


def workbook():
    file = io.BytesIO()
    Workbook().save(file)
    return file.getvalue()


def locked(content):
    """Set the flag of a password at every entry of a zip, in its directory as at the entry."""
    found = bytearray(content)
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := found.find(sign, at + 1)) >= 0:
            found[at + place] |= 1
    return bytes(found)


def spoilt(content):
    """Change the stored bytes of a part, not its checksum."""
    assert content.count(b"<document/>") == 1
    return content.replace(b"<document/>", b"<documenT/>")


BROKEN = "“{name}”不完整或已损坏，打不开；请在本机打开核对，重新另存后上传。"
OTHER = "“{name}”的内容不是 {kind} 文件，请核对后重新上传。"
MUCH = "“{name}”展开后过大（超过 128 MB 或 2000 个部件），没有保存；请压缩图片或分成几个文件后上传。"
WRONG = {
    "no zip": ("docx", lambda: b"PK\x03\x04junk", BROKEN),
    "half of a zip": ("docx", lambda: packing(DOCX)[:-30], BROKEN),
    "a part that is not what was packed": ("docx", lambda: spoilt(packing(DOCX, zipfile.ZIP_STORED)), BROKEN),
    "some zip": ("docx", lambda: packing([("a.txt", b"a")]), OTHER),
    "a workbook called a document": ("docx", workbook, OTHER),
    "a document called a workbook": ("xlsx", lambda: packing(DOCX), OTHER),
    "a document called OFD": ("ofd", lambda: packing(DOCX), OTHER),
    "no content types": ("docx", lambda: packing(DOCX[1:]), OTHER),
    "too many entries": ("docx", lambda: packing([*DOCX, *((f"{number}", b"") for number in range(packed.MAX_ENTRIES))]), MUCH),
    "a bomb": ("ofd", lambda: packing([*WHOLE["ofd"], ("bomb", bytes(packed.MAX_PART + 1))]), MUCH),
    "a way out": ("docx", lambda: packing([*DOCX, ("../../etc/passwd", b"a")]), "“{name}”内部路径异常，没有保存；请重新另存后上传。"),
    "a password": ("docx", lambda: locked(packing(DOCX)), "“{name}”有密码，请去掉密码后上传。"),
    "macros": ("docx", lambda: packing([*DOCX, ("word/vbaProject.bin", b"a")]), "“{name}”含有宏，请另存为不含宏的文件后上传。"),
}


@pytest.fixture
def round(settings):
    settings.OFFICE_TODAY = DAY
    return WAYS["assessment-rounds"].record_in("filling")


@pytest.fixture
def person(round):
    return WAYS["assessment-rounds"].person("evaluator", Role.EVALUATOR)


def by_page(person, round, file):
    page = reverse("ledger:paper-add", args=["assessment-rounds", round.pk, "evidence"])
    answer = signed_in(person).post(page, {"file": SimpleUploadedFile(file.name, file.read_bytes())})
    return str(list(get_messages(answer.wsgi_request))[-1])


def by_api(person, round, file):
    script = Script(person, f"/api/ledgers/assessment-rounds/{round.pk}/papers/")
    answer = script.put("", file.name, file.read_bytes(), slot="evidence")
    return answer.json().get("message", answer.status_code)


def by_command(person, round, file):
    code, document = run("papers", "assessment-rounds", round.pk, "--add", file, "--slot", "evidence", "--as", person.username)
    return document.get("message", code)


DOORS = {by_page: "已上传：通报.{kind}。", by_api: 201, by_command: 0}


def stored():
    return [path for path in Path(office_settings.MEDIA_ROOT).rglob("*") if path.is_file()]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_such_file_is_refused_and_leaves_nothing(name, door, person, round, tmp_path):
    kind, content, sentence = WRONG[name]
    file = tmp_path / f"通报.{kind}"
    file.write_bytes(content())
    assert door(person, round, file) == sentence.format(name=file.name, kind=kind)
    assert (Paper.objects.count(), stored()) == (0, [])


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("kind", ["docx", "xlsx", "ofd"])
def test_a_whole_file_is_kept(kind, door, person, round, tmp_path):
    file = tmp_path / f"通报.{kind}"
    file.write_bytes(workbook() if kind == "xlsx" else packing(WHOLE[kind]))
    done = DOORS[door]
    assert door(person, round, file) == (done.format(kind=kind) if isinstance(done, str) else done)
    (paper,) = Paper.objects.all()
    assert (paper.title, Path(paper.file.path).read_bytes()) == (file.name, file.read_bytes())
