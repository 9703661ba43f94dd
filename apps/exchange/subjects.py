"""Refuse a sheet that says around its figures that they are others than its columns: last year's, estimates, growth, of one tax."""

import re

from apps.core.errors import Refused
from apps.core.text import normalise
from apps.exchange.periods import in_digits, other_period
from apps.exchange.times import places_above
from apps.exchange.titles import YEAR

LONGEST = 40  # characters of a caption: what is longer, or has sentences, explains something
SENTENCES = re.compile(r"[。;:!]")
LAST_YEAR = re.compile(r"上年|去年|上期|同期")
OTHERS = (  # what figures may be that are none of this year's; a title that says the like explains it
    LAST_YEAR,
    re.compile(r"预计|预测|预期|预估|(?<!公共)预算"),
    re.compile(r"目标(?!责任|考核)|(?<!行动)(?<!按)计划"),
    re.compile(r"同比|环比|(?<![稳促高快])增长(?!极|企业|型)|增速|增幅|增量|下降"),
    re.compile(r"占比|比重"),
    re.compile(r"得分"),
    re.compile(r"平均(?!职工|用工|从业|人数|工资)|均值"),
)
ONE_TAX = re.compile(
    r"(?:土地)?增值税|(?:企业|个人)?所得税|城建税|城市维护建设税|房产税|(?:城镇)?土地使用税|消费税|印花税|契税|资源税|车船税|车辆购置税|环保税|环境保护税|耕地占用税"
)
SEVERAL_YEARS = re.compile(r"(?:19|20)\d\d年?[-—–~至到](?:19|20)\d\d年?.*(?:[合总累]计|总[额数和])")
MORE_TAXES = re.compile(r"[、和与及等+,]|(?:合计|含|扣除|除)")
OF_ALL = re.compile(  # 以上为1-9月数据, 本表数据为上年同期, 数据截至2020年9月
    r"(?:本表|全表|以上|上述|表中|表内|所列|^[^,。;]{0,3}数据)(?:(?:[^,。;为是系截]){0,8})(?:为|是|系|截[至止]到?)([^,。;]{1,30})"
)


def check(sheet, layout, resource):
    """Refuse a sheet whose name or caption says that its figures are others, and no column of its own bears that word."""
    if not resource.against_last_year:
        return
    for place, text in places_above(sheet, layout):
        claims = [claim[1] for claim in OF_ALL.finditer(normalise(text))]
        if len(text) <= LONGEST and not SENTENCES.search(normalise(text)):
            claims.append(text)
        _check_claims(place, claims, layout, resource)


def check_foot(number, cells, layout, resource, year):
    """Refuse a note below the rows that says that the figures above it are of another time, or others."""
    if not resource.against_last_year:
        return
    yearly = "month" not in {column.name for column in resource.keys}
    for text in cells:
        claims = [claim[0] for claim in OF_ALL.finditer(normalise(text))] if isinstance(text, str) else []
        place = f"第 {number} 行“{text[:40]}”" if claims else ""
        for claim in claims:
            if other := other_period(claim, year, yearly):
                raise Refused(f"{place}写的是 {other}，与要导入的不一致。请核对文件和所选的年份；文件无误的，请改正这处文字后重新上传。")
        _check_claims(place, claims, layout, resource)


def _check_claims(place, claims, layout, resource):
    titles = "".join(title for _, title in layout.titles.values()) + "".join(key for key, _ in layout.titles.values())
    taxes = any("税" in resource.fields[name].title for name in layout.columns)
    for claim in claims:
        text = in_digits(claim)
        if "year" not in layout.columns and not YEAR.search(titles) and (several := SEVERAL_YEARS.search(text)):
            raise _others(place, several[0], "是几年之和")
        for kind in OTHERS:
            said = kind.search(text)
            if said and not kind.search(titles) and not (kind is LAST_YEAR and YEAR.search(text)):
                raise _others(place, said[0], "不是本年的实际数")
        kinds = set(ONE_TAX.findall(text)) if taxes else set()
        if len(kinds) == 1 and not MORE_TAXES.search(text) and not any(word in titles for word in kinds):
            raise _others(place, kinds.pop(), "是一个税种的数，不是各税种的合计")


def _others(place, word, what):
    return Refused(f"{place}写有“{word}”，像是表中的数{what}。请核对是不是要导入的表；数据无误的，请改正这处文字后重新上传。")
