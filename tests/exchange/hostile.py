"""Hostile cells and files (reliability.md 3.4): for each form of column, what no clerk may get into the ledger."""

import io
import zipfile
from functools import cache

from apps.exchange.widgets import YesNoWidget

OLE = bytes.fromhex("d0cf11e0a1b11ae1")
NOTHING = ["无", "—", "待补", "同上", "〃", "#N/A", True]
BAD_CELLS = {
    "number": [*NOTHING, "约3400", "≈3", "12%", "−3", "(3400)", "三千四百", "inf", "nan", "1e5", 1e300, 10**16],
    "whole": [*NOTHING, "约3", 30.5, "三十", -1, 10**12],
    "period": [*NOTHING, "去年", 1899, 2021.5, "2021年上半年"],
    "date": [*NOTHING, "2021.13", "26-3-1", "3月1日", "2021-02-30", "二〇二一年六月一日", 46082],
    "code": [*NOTHING, 913311220000000001, "9.13311E+17", "91331122MA2TERT010", "I" * 18, "0" * 18, "9" * 100],
    "own": [*NOTHING, 913311220000000001, 1.5, "9.13311E+17", "9" * 100],
    "yes_no": [*NOTHING[:-1], "也许", 1],
    "choice": [*NOTHING, "不存在的选项", 1, "甲、乙"],
    "text": [*NOTHING, "甲\u202e乙", "\ue000", "长" * 5000],
}


def form_of(column):
    """Return which bad cells fit a column."""
    if type(column.widget) is YesNoWidget:
        return "yes_no"
    if getattr(column.widget, "local", False):
        return "own"
    return "choice" if column.widget.options() else column.widget.form


def archive(parts):
    """Return the bytes of a zip with the given parts (name -> content)."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return output.getvalue()


def office(**more):
    """Return a zip that says it is a workbook, with more parts beside it (name with __ for /, _x for .xml)."""
    names = {name.replace("__", "/").replace("_x", ".xml"): content for name, content in more.items()}
    return archive({"xl/workbook.xml": "<workbook/>", **names})


@cache
def bomb():
    """Return 70 MB of empty rows in a few kilobytes."""
    return office(xl__worksheets__sheet1_x=b"<worksheet><sheetData>" + b"<row/>" * 12_000_000)


DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "a"><!ENTITY b "&a;&a;">]><workbook>&b;</workbook>'
BAD_FILES = {  # name -> (bytes from those of a good workbook, part of the sentence)
    "empty.xlsx": (lambda good: b"", "空的"),
    "text.xlsx": (lambda good: "这只是一段文字。\n没有表格。".encode(), "不是工作簿"),
    "binary.xlsx": (lambda good: bytes(range(256)) * 20, "不是工作簿"),
    "picture.png": (lambda good: b"\x89PNG\r\n\x1a\n" + bytes(500), "不是工作簿"),
    "page.xls": (lambda good: b"<html><body><table><tr><td>1</td></tr></table></body></html>", "网页文件"),
    "truncated.xlsx": (lambda good: good[: len(good) // 2], "不完整"),
    "document.xlsx": (lambda good: archive({"word/document.xml": "<document/>"}), "不是 Excel 工作簿"),
    "password.xlsx": (lambda good: OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "密码"),
    "word.xls": (lambda good: OLE + bytes(600) + "WordDocument".encode("utf-16-le"), "不是 Excel 工作簿"),
    "broken.xls": (lambda good: OLE + bytes(600) + "Workbook".encode("utf-16-le") + bytes(600), "损坏"),
    "hollow.xlsx": (lambda good: office(), "损坏"),
    "entities.xlsx": (lambda good: office(xl__styles_x=DOCTYPE), "DTD"),
    "macro.xlsx": (lambda good: archive({"xl/workbook.xml": "<workbook/>", "xl/vbaProject.bin": b"x"}), "宏"),
    "slip.xlsx": (lambda good: archive({"xl/workbook.xml": "<workbook/>", "../../x.xml": b"x"}), "路径异常"),
    "bomb.xlsx": (lambda good: bomb(), "过大"),
}
