"""When two names are the same enterprise: pure functions.

A name is compared as domain 7.5 and 7.6 say offices type it: half-width, without blanks and brackets. That 有限责任公司 and
有限公司 are one legal form is the Company Law's (公司法 art. 8). That 浙江省, 丽水市 or 缙云县 in front may be left out is the house's
default (`REGIONS`, configurable); without 省, 市, 县 the word is part of the registered name, and only brings it close. So does
another region that is written out: 丽水市甲厂 is not 缙云县甲厂, though 甲厂 may be either.
"""

import re
from collections import defaultdict

from rapidfuzz import fuzz, process

from apps.core.text import normalise

REGIONS = ("浙江省", "丽水市", "缙云县")  # each lies in the one before it
FORMS = (("有限责任公司", "有限公司"),)
CLOSE = 60  # of 100: names less alike than this are not offered (default, configurable)
OFFERED = 5
LEAST = 3  # characters of a name that another one begins with: fewer are no name
MARKS = re.compile(r"[\s()\[\]【】〔〕《》“”\"'·.。,,、\-—_]")
ENDING = re.compile(r"(股份有限公司|集团有限公司|有限公司|股份公司|集团公司|总公司|公司|集团|总厂)$")
TRAILING = re.compile(
    r"(?<=.)(?:股份有限公司|集团有限公司|有限公司|股份公司|集团公司|总公司).+$", re.DOTALL
)  # and a note behind it: 停产, 原新力厂
REMARK = re.compile(r"(特殊普通合伙|普通合伙|有限合伙|个人独资|自然人独资|示例)$")  # what licences, and the sample county, add in brackets
PLACE = re.compile(r"^(浙江省?|丽水市?|缙云县?)+")


def key_of_name(name):
    """Return a name as it is compared (`alike`): of the regions in front of it (浙江省丽水市缙云县) the smallest is kept."""
    key = MARKS.sub("", normalise(name)).upper()
    for written, short in FORMS:
        key = key.replace(written, short)
    for place, outer in enumerate(REGIONS, start=1):
        if key.startswith(tuple(outer + inner for inner in REGIONS[place:])):
            key = key.removeprefix(outer)
    return key


def alike(key):
    """Return the keys that are the same name as `key`, itself first: one of them leaves out the region the other is written with.

    Regions in another order (缙云县丽水市) are no address that could be left out.
    """
    region = _region(key)
    if not region:
        return [key, *(region + key for region in REGIONS)]
    rest = key.removeprefix(region)
    return [key, rest] if rest and not _region(rest) else [key]


def _region(key):
    return next((region for region in REGIONS if key.startswith(region)), "")


def called(key, known):
    """Return primary key -> whether it is the present one, of every row with this name.  known: what `by_key` returns."""
    found = {}
    for same in alike(key):
        for pk, present in known.get(same, {}).items():
            found[pk] = found.get(pk, False) or present
    return found


def by_key(records, fields):
    """Return key of a name -> {primary key: whether it is the present one}.

    records: primary key -> row.  fields: the names of a row, the present one first.
    """
    known = defaultdict(dict)
    for pk, record in records.items():
        for field in reversed(fields):
            if name := getattr(record, field):
                known[key_of_name(name)][pk] = field == fields[0]
    return known


def core(key):
    """Return what tells a name apart: its key without the words before and behind that many names share.

    What stands behind the legal form is a note (停产, 已注销, 原新力厂), unless the name ends in one, too (甲有限公司缙云分公司).
    """
    bare = REMARK.sub("", key)
    whole = ENDING.sub("", bare)
    return PLACE.sub("", TRAILING.sub("", bare) if whole == bare else whole) or key


def closest(key, keys):
    """Return [(one of `keys`, likeness in percent)] of those like `key`, the likest first.

    keys: key -> core.  The likeness is the share of characters two cores have in common in their order. A name with a note behind
    it (甲厂停产) is like the longest one it begins with, however long the note.
    """
    found = process.extract(core(key), keys, scorer=fuzz.ratio, limit=OFFERED, score_cutoff=CLOSE)
    near = {known: round(score) for _, score, known in found}
    if begins := _beginning(key, keys):
        near[begins] = max(near.get(begins, 0), CLOSE)
    return sorted(near.items(), key=lambda match: (-match[1], match[0]))[:OFFERED]


def _beginning(key, keys):
    """Return the longest of `keys` that `key` begins with, the region in front of either left out; None where there is none."""
    parts = (same for end in range(len(key) - 1, LEAST - 1, -1) for same in alike(key[:end]))
    return next((same for same in parts if same in keys), None)


def closest_word(word, words):
    """Return the one of `words` that `word` was probably meant to be, None where nothing is near or two are as near."""
    found = process.extract(normalise(word), list(words), scorer=fuzz.ratio, limit=2, score_cutoff=CLOSE)
    return found[0][0] if len(found) == 1 or (found and found[0][1] > found[1][1]) else None
