"""Text as offices type it, brought to one form."""

import unicodedata
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

HALF, FULL = str.maketrans("（）", "()"), str.maketrans("()", "（）")
INVISIBLE = dict.fromkeys(map(ord, "\0\u200b\u200c\u200d\u2060\ufeff\u00ad"))


def visible(text):
    """Return a text without invisible characters. Nearly every text has none, which `isprintable` tells at once."""
    return text if text.isprintable() else text.translate(INVISIBLE)


def normalise(value):
    """Return `value` as NFKC text without invisible characters, outer blanks and doubled inner blanks."""
    return " ".join(visible(unicodedata.normalize("NFKC", str(value))).split())


def same_brackets(value):
    """Return a name with half-width brackets, under which 示例（甲） and 示例(甲) are one; any other value as it is."""
    return value.translate(HALF) if isinstance(value, str) else value


def spellings(value):
    """Return the ways a name may be stored: as it is, with half-width and with full-width brackets."""
    return {value, value.translate(HALF), value.translate(FULL)} if isinstance(value, str) else {value}


def normalise_code(value):
    """Return a code in upper case with every blank removed, full-width characters made half-width."""
    if isinstance(value, str) and value.isascii() and value.isalnum():
        return value.upper()
    return normalise(value).replace(" ", "").upper()


@lru_cache(maxsize=50_000)
def pinyin_initials(text):
    """Return the pinyin initials of a Chinese name in lower case: 缙云 -> jy."""
    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).lower()
