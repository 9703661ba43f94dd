"""Files that are zips inside (docx, xlsx, OFD): what may be unpacked at all, answered from their directory before anything is."""

import io
import zipfile
import zlib
from enum import Enum, auto

from apps.core.errors import Refused

MAX_UNPACKED = 128 * 1024**2  # bytes of all entries together
MAX_PART = 64 * 1024**2  # bytes of one entry
MAX_ENTRIES = 2_000
BROKEN = (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, zlib.error)  # what zipfile may raise
IN_DIRECTORY = b"PK\x01\x02"  # how every entry of the directory begins
BLOCK = 1024 * 1024
PARTS = {  # ending -> parts without which it is no such file
    "docx": ("[Content_Types].xml", "word/document.xml"),
    "xlsx": ("[Content_Types].xml", "xl/workbook.xml"),
    "ofd": ("OFD.xml",),
}


class Fault(Enum):
    TOO_MUCH = auto()
    LARGE_PART = auto()
    STRANGE_PATH = auto()
    LOCKED = auto()


TOO_MUCH = f"展开后过大（超过 {MAX_UNPACKED // 1024**2} MB 或 {MAX_ENTRIES} 个部件），没有保存；请压缩图片或分成几个文件后上传。"
SAID = {
    Fault.TOO_MUCH: TOO_MUCH,
    Fault.LARGE_PART: TOO_MUCH,
    Fault.STRANGE_PATH: "内部路径异常，没有保存；请重新另存后上传。",
    Fault.LOCKED: "有密码，请去掉密码后上传。",
}


def fault_of(entries):
    """Return the Fault of a zip's directory (ZipInfos), None where it may be unpacked; a lying size ends in a CRC error later."""
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        return Fault.TOO_MUCH
    if any(entry.file_size > MAX_PART for entry in entries):
        return Fault.LARGE_PART
    ways = [entry.filename.replace("\\", "/") for entry in entries]
    if any(way.startswith("/") or way[1:2] == ":" or ".." in way.split("/") for way in ways):
        return Fault.STRANGE_PATH
    return Fault.LOCKED if any(entry.flag_bits & 1 for entry in entries) else None


def has_macros(entries):
    """Say whether a zip holds a program that an office suite would run."""
    return any(entry.filename.lower().endswith("vbaproject.bin") for entry in entries)


def check(name, content):
    """Raise Refused unless `content` (bytes) is what the ending of `name` says; a name with another ending is passed over.

    The parts that make it such a file are unpacked, nothing else.
    """
    kind = name.rpartition(".")[2].lower()
    if kind not in PARTS:
        return
    if content.count(IN_DIRECTORY) > MAX_ENTRIES:  # before `zipfile` makes an object of each
        raise Refused(f"“{name}”{TOO_MUCH}")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check(name, kind, archive)
    except BROKEN as error:
        raise Refused(f"“{name}”不完整或已损坏，打不开；请在本机打开核对，重新另存后上传。") from error


def _check(name, kind, archive):
    entries = archive.infolist()
    fault = fault_of(entries)
    if fault:
        raise Refused(f"“{name}”{SAID[fault]}")
    if not {entry.filename for entry in entries}.issuperset(PARTS[kind]):
        raise Refused(f"“{name}”的内容不是 {kind} 文件，请核对后重新上传。")
    if has_macros(entries):
        raise Refused(f"“{name}”含有宏，请另存为不含宏的文件后上传。")
    for part in PARTS[kind]:
        with archive.open(part) as unpacked:
            while unpacked.read(BLOCK):
                pass
