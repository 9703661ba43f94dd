"""Classes 36 to 49: what a file really is."""

import io
import zipfile
import zlib
from functools import cache

from msoffcrypto.format.ooxml import OOXMLFile

from tests.exchange.corpus import File, case
from tests.exchange.corpus.workbooks import Table, old_workbook, saved, text

MIB = 1024**2
DOCTYPE = '<?xml version="1.0"?><!DOCTYPE x [{}]><styleSheet>&e9;</styleSheet>'
LAUGHS = '<!ENTITY e0 "哈">' + "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))


def parts(content):
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}


def archive(parts_):
    """Return the bytes of a zip with these parts (name -> content)."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts_.items():
            file.writestr(name, content)
    return output.getvalue()


def with_part(kind, name, content):
    return archive({**parts(Table(kind).content()), name: content})


@case("36")
def web_page(kind, columns):
    page = "<html><head><meta charset='utf-8'></head><body><table>{}</table></body></html>"
    cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in line)}</tr>" for line in Table(kind).lines())
    yield File("R", page.format(cells).encode(), "数据.xls", says=("这是网页文件", "另存为 .xlsx"))


@case("37")
def old_workbook_renamed(kind, columns):
    table = Table(kind)
    yield File("N", old_workbook(table.lines()), says=("旧版 .xls",), stored=tuple(table.rows))


@case("38")
def workbook_renamed(kind, columns):
    table = Table(kind)
    yield File("A", table.content(), "数据.xls", stored=tuple(table.rows))


@case("39")
def comma_separated(kind, columns):
    table = Table(kind)
    yield File("N", text(table.lines(), "gbk", ","), "数据.csv", says=("按 GB18030 编码读取",), stored=tuple(table.rows))


@case("40")
def tab_separated(kind, columns):
    table = Table(kind)
    yield File("N", text(table.lines(), "utf-16", "\t"), "数据.txt", says=("按 UTF-16 编码读取",), stored=tuple(table.rows))


@case("41")
def cut_off(kind, columns):
    content = Table(kind).content()
    yield File("R", content[: len(content) // 2], says=("不完整或已损坏",))


@case("42")
def no_bytes(kind, columns):
    yield File("R", b"", says=("文件是空的",))


@case("43")
def with_a_password(kind, columns):
    output = io.BytesIO()
    OOXMLFile(io.BytesIO(Table(kind).content())).encrypt("Jinyun-2021", output)
    yield File("R", output.getvalue(), says=("文件有密码",))


@cache
def zeros(mib):
    """Return (deflated bytes, checksum) of so many MiB of zeros: one block, which stands alone, again and again."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = 0
    for _ in range(mib):
        checksum = zlib.crc32(bytes(MIB), checksum)
    return block * mib + packer.flush(), checksum


def packed(good, name, deflated, checksum, size):
    """Return the workbook `good` with one more part: packed already, and of whatever size it says."""
    output = io.BytesIO(good)
    with zipfile.ZipFile(output, "a") as file:
        info = zipfile.ZipInfo(name)
        info.compress_type, info.compress_size, info.file_size, info.CRC = zipfile.ZIP_DEFLATED, len(deflated), size, checksum
        info.header_offset = file.start_dir
        output.seek(file.start_dir)
        output.write(info.FileHeader() + deflated)
        file.start_dir, file._didModify = output.tell(), True
        file.filelist.append(info)
    return output.getvalue()


@case("44")
def half_a_gigabyte(kind, columns):
    yield File("R", packed(Table(kind).content(), "xl/media/image1.bin", *zeros(512), 512 * MIB), says=("文件展开后过大",))


@cache
def formatted_rows():
    """Return a million rows without a value, each with a format of its own, as XML."""
    return "".join(f'<row r="{number}"><c r="A{number}" s="1"/></row>' for number in range(4, 2**20 + 1)).encode()


@case("45")
def a_million_formatted_rows(kind, columns):
    table = Table(kind)
    book = parts(table.content())
    sheet = book["xl/worksheets/sheet1.xml"].replace(b"</sheetData>", formatted_rows() + b"</sheetData>")
    content = archive({**book, "xl/worksheets/sheet1.xml": sheet})
    yield File("N", content, says=("第 3 行之后有 200 个以上空行",), stored=tuple(table.rows))


@case("46")
def far_corner(kind, columns):
    table = Table(kind)
    book = table.workbook()
    book.active["XFD1048576"] = "远"
    yield File("N", saved(book), says=("第 3 行之后有 200 个以上空行",), stored=tuple(table.rows))


@case("47")
def a_billion_laughs(kind, columns):
    yield File("R", with_part(kind, "xl/styles.xml", DOCTYPE.format(LAUGHS)), says=("不允许的定义（DTD）",))
    yield File("R", with_part(kind, "xl/styles.xml", DOCTYPE.format(LAUGHS).encode("utf-16")), says=("不允许的定义（DTD）",))


@case("48")
def out_of_the_file(kind, columns):
    outside = DOCTYPE.format('<!ENTITY e9 SYSTEM "file:///etc/passwd">')
    yield File("R", with_part(kind, "xl/sharedStrings.xml", outside), says=("不允许的定义（DTD）",))
    yield File("R", with_part(kind, "xl/vbaProject.bin", b"x"), says=("文件含有宏",))
    for name in ("../../evil.xml", "/etc/evil", "xl\\..\\..\\evil.bin"):
        yield File("R", with_part(kind, name, b"x"), says=("文件内部路径异常",))


@case("49")
def lying_sizes(kind, columns):
    """The sheet says it has a kilobyte and unpacks to 64 MiB: reading stops at the stated size, and the checksum is wrong."""
    others = parts(Table(kind).content())
    del others["xl/worksheets/sheet1.xml"]
    yield File("R", packed(archive(others), "xl/worksheets/sheet1.xml", *zeros(64), 1024), says=("不完整或已损坏",))
