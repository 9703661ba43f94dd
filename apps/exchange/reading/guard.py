"""What is this file really, and may it be opened? Answered from the content, never from the name."""

import re
import zipfile
from xml.parsers import expat

from apps.core.packed import BROKEN, Fault, fault_of, has_macros
from apps.exchange.reading import MAX_BYTES, Unreadable

PROLOG = 4_096
BOOK = "xl/workbook.xml"
STRICT = "purl.oclc.org/ooxml"  # in the namespaces of the ISO form that few programs write and openpyxl does not read
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
WORKBOOK = "Workbook".encode("utf-16-le")
HTML = re.compile(rb"^\s*(?:<!--.*?-->\s*)?<(?:!doctype|html|head|meta|table|body|\?xml|script)", re.I | re.S)

SAID = {
    Fault.TOO_MUCH: "文件展开后过大，已拒绝读取。请删除多余的格式和工作表后另存。",
    Fault.LARGE_PART: "工作表展开后过大（可能有上百万个带格式的空行），请删除空行后另存。",
    Fault.STRANGE_PATH: "文件内部路径异常，已拒绝读取。",
    Fault.LOCKED: "文件有密码，请去掉密码后上传。",
}


def kind_of(path):
    """Return "xlsx", "xls" or "text"; raise Unreadable for anything else, saying what it is."""
    with open(path, "rb") as file:
        head = file.read(PROLOG)
        size = file.seek(0, 2)
    if size == 0:
        raise Unreadable("文件是空的（0 字节），请重新导出后上传。")
    if size > MAX_BYTES:
        raise Unreadable(f"文件超过 {MAX_BYTES // 1024**2} MB，请分成几个文件上传。")
    if head.startswith(b"PK"):
        _check_zip(path)
        return "xlsx"
    if head.startswith(OLE):
        return _ole(path)
    if HTML.match(head.removeprefix(b"\xef\xbb\xbf")):
        raise Unreadable("这是网页文件，不是工作簿。请用表格软件打开后另存为 .xlsx 再上传。")
    return "text"


def _check_zip(path):
    """Look at the directory of a zip before anything is unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _check_entries(entries)
            for entry in entries:
                with archive.open(entry) as part:
                    _check_prolog(part)
    except BROKEN as error:
        raise Unreadable("文件不完整或已损坏，打不开。请重新另存为 .xlsx 再上传。") from error


def _check_entries(entries):
    fault = fault_of(entries)
    if fault:
        raise Unreadable(SAID[fault])
    if BOOK not in [entry.filename for entry in entries]:
        raise Unreadable("这不是 Excel 工作簿，请上传 .xlsx、.xls 或 .csv 文件。")
    if has_macros(entries):
        raise Unreadable("文件含有宏，请另存为不含宏的 .xlsx 再上传。")


def _check_prolog(part):
    """Refuse a document type in a part, whatever its name: it stands in front of the root element, so no further is read.

    The root of the workbook tells whether it is of the strict form, in which openpyxl would find no sheet.
    """
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = _at_root_of_book if part.name == BOOK else _stop
    try:
        parser.ParseFile(part)
    except (StopIteration, expat.ExpatError):  # what is no XML is found out by whoever reads the part
        return


def _refuse_doctype(*declaration):
    raise Unreadable("文件内部含有不允许的定义（DTD），已拒绝读取。")


def _at_root_of_book(name, attributes):
    if any(STRICT in value for key, value in attributes.items() if key.startswith("xmlns")):
        raise Unreadable("这是“Strict Open XML”格式的工作簿，读不出来。请用表格软件打开后另存为普通的“Excel 工作簿（*.xlsx）”再上传。")
    raise StopIteration


def _stop(*element):
    raise StopIteration


def _ole(path):
    with open(path, "rb") as file:
        content = file.read()
    if ENCRYPTED in content:
        raise Unreadable("文件有密码，请去掉密码后上传。")
    if WORKBOOK not in content and "Book".encode("utf-16-le") not in content:
        raise Unreadable("这不是 Excel 工作簿，请上传 .xlsx、.xls 或 .csv 文件。")
    return "xls"
