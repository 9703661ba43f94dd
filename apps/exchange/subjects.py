"""What a sheet says around its figures: that they are others than its columns say, last year's, estimates, growth, of one tax.

Whoever has chosen the columns of this very file has been asked and answered; what was found is then told as a note.
"""

import re

from apps.core.errors import Refused
from apps.core.text import normalise
from apps.exchange.periods import in_digits, other_period
from apps.exchange.times import places_above

LONGEST = 40  # characters of a caption: what is longer, or has sentences, explains something
SENTENCES = re.compile(r"[。;:!]")
OF_FIRMS = r"(?!.{0,6}(?:企业|单位|局|办|项目|名单|对象|管理|管控)|.{0,3}完成|计算|基础|用数据|[内外])"  # 增长较快企业, 计划完成情况
OTHERS = (  # what figures may be that are none of this year's; a title that says the like explains it
    re.compile(r"预计|预测|预期|预估"),
    re.compile(rf"(?:(?<!公共)(?<!财政)预算|目标(?!责任|考核)|(?<!行动)(?<!按)计划){OF_FIRMS}"),
    re.compile(r"平均(?!职工|用工|从业|人数|工资)|均值"),
)
COMPARISONS = (  # the same, but any title that compares explains it
    re.compile(r"(?:上年|去年|上期|同期)(?!\D{0,4}(?:19|20)\d\d)"),  # but not 上年同期为2019年
    re.compile(rf"同比|环比|(?:(?<![稳促高快])增长(?!极|型)|增速|增幅|增量|下降){OF_FIRMS}"),
    re.compile(rf"(?:占比|比重|得分){OF_FIRMS}"),
)
COMPARED = re.compile(r"比|%|上年|去年|同期|(?:19|20)\d\d")
ONE_TAX = re.compile(
    r"((?:土地)?增值税|所得税|城建税|城市维护建设税|房产税|土地使用税|消费税|印花税|契税|资源税|车船税|车辆购置税|环保税|环境保护税|耕地占用税)"
    r"(?!一般纳税人|小规模|纳税|汇算|清算|减免|差别)"
)
SEVERAL_YEARS = re.compile(r"(?:19|20)\d\d年?[-—–~至到](?:19|20)\d\d年?.*(?:[合总累]计|总[额数和])")
MORE_TAXES = re.compile(r"[、和与及等+,]|(?:合计|含|扣除|除)")
OF_ALL = re.compile(  # 以上为1-9月数据, 本表数据为上年同期, 数据截至2020年9月; but not 以上企业为…
    r"(?:本表|全表|以上|上述|表中|表内|所列|^[^,。;]{0,3}数据)(?:(?!企业|单位|名单|用户|对象|地块)[^,。;为是系截]){0,8}"
    r"(?:为|是|系|截[至止]到?)[^,。;]{1,30}"
)
NO_FIGURES = re.compile(r"评价|考核|(?:企业|对象|名单|纳税人)$")


def check(sheet, layout, resource, told):
    """Refuse a sheet whose name or caption says that its figures are others, and no column of its own bears that word."""
    if not told.surely and (doubt := next(doubts(sheet, layout, resource), None)):
        raise Refused(_asked(doubt))


def noted(sheet, layout, resource, told):
    """Return notes of what `check` lets pass because somebody chose the columns."""
    return [_answered(doubt) for doubt in doubts(sheet, layout, resource)] if told.surely else []


def doubts(sheet, layout, resource):
    """Yield what the name of a sheet and the texts over its header say against its columns."""
    for place, text in places_above(sheet, layout) if resource.against_last_year else ():
        claims = _of_all(text)
        if len(text) <= LONGEST and not SENTENCES.search(normalise(text)):
            claims.append(text)
        yield from _against(place, claims, layout, resource)


def check_foot(number, cells, layout, resource, year, told):
    """Refuse a note below the rows that says that the figures above it are of another time, or others; return notes as `noted` does."""
    if not resource.against_last_year:
        return []
    yearly = "month" not in {column.name for column in resource.keys}
    found = []
    for text in cells:
        claims = _of_all(text) if isinstance(text, str) else []
        place = f"第 {number} 行“{text[:40]}”" if claims else ""
        for claim in claims:
            if other := other_period(claim, year, yearly):
                raise Refused(f"{place}写的是 {other}，与要导入的不一致。请核对文件和所选的年份；文件无误的，请改正这处文字后重新上传。")
        found += _against(place, claims, layout, resource)
    if found and not told.surely:
        raise Refused(_asked(found[0]))
    return list(map(_answered, found))


def _of_all(text):
    claims = [claim[0] for claim in OF_ALL.finditer(normalise(text))]
    return [claim for claim in claims if not NO_FIGURES.search(claim)]


def _against(place, claims, layout, resource):
    titles = "/".join(part for titles in layout.titles.values() for part in titles)
    taxes = any("税" in resource.fields[name].title for name in layout.columns)
    for claim in claims:
        text = in_digits(claim)
        if "year" not in layout.columns and not COMPARED.search(titles) and (several := SEVERAL_YEARS.search(text)):
            yield _others(place, several[0], "是几年之和")
        for kind in OTHERS if COMPARED.search(titles) else OTHERS + COMPARISONS:
            if (said := kind.search(text)) and not kind.search(titles):
                yield _others(place, said[0], "不是本年的实际数")
        kinds = set(ONE_TAX.findall(text)) - set(ONE_TAX.findall(titles)) if taxes else set()
        if len(kinds) == 1 and not MORE_TAXES.search(text):
            yield _others(place, kinds.pop(), "是一个税种的数，不是各税种的合计")


def _others(place, word, what):
    return f"{place}写有“{word}”，像是表中的数{what}"


def _asked(doubt):
    return f"{doubt}。请核对是不是要导入的表；数据无误的，请在“指定各列”中确认各列，或改正这处文字后重新上传。"


def _answered(doubt):
    return f"{doubt}；已按您指定的各列读取，请核对。"
