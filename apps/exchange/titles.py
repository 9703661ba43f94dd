"""What the title of a column says: which figure it is and in which unit. Pure.

A title is a base (税收), a unit (万元) and remarks (本年), in brackets, in rows of their own or in cells above several columns. Nothing
is guessed: a remark is harmless by the tables here, or it says that the column holds another figure (上年同期, 亩均: such a column is not
read), or it is doubtful, and the person who sent the sheet is asked.
"""

import re
from dataclasses import dataclass
from enum import Enum

from apps.core.text import normalise
from apps.exchange.units import factor, unit_named

BRACKETS = re.compile(r"^(.*?)[(\[【〔]([^()\[\]【】〔〕]*)[)\]】〕]$")
SLASH = re.compile(r"^(.+?)[/,、:]([^/,、:]+)$")
PARTS = re.compile(r"[,;、\s]")
YEAR = re.compile(r"((?:19|20)\d\d)(?:年度|年末|年|度)?")
SHORT_YEAR = re.compile(r"^([012]\d)(?=年(?:度|末)?(?![以内前后来间多期度末计老左]))")  # 19年税收, but not 10年以上
LEADING = re.compile(r"((?:19|20)\d\d(?:年度|年)?|本年度?|全年度?|当年)(.+)")  # 2020年税收, 本年税收
UNIT_LIKE = re.compile(r"(?:[元吨时亩顷米里煤克斤人名%‰]|(?<!年)度|[^a-z](?:kwh|wh|kg|t|tce))$|单位|人民币|^(?:kwh|wh|mw|kw|kg|g|t)$")
PLACES = r"(?:国家|国网|浙江|丽水|缙云|[省市县区本各]){0,6}"
ENDS = r"(?:[总分支]?局|委|办|办公室|中心|公司|所|部门|单位|管委会|人员)"
OFFICES = (  # who may have filled in a figure; any other word before it may narrow the figure down (增值税税务局提供)
    rf"(?:由|请)?(?:{PLACES}"
    r"(?:税务|统计|财政|经商|经信|经济商务|经济和信息化|发改|发展和改革|发展改革|科技|科学技术|人社|人力社保|人力资源(?:和社会保障)?|商务|建设|住建|农业农村"
    r"|自然资源(?:和规划)?|资规|生态环境|环保|市场监管|市场监督管理|应急管理?|水利|林业|审计|金融|大数据|供电|电力|供水|水务|燃气|亩均|园区|(?:经济)?开发区|平台|镇街|企业"
    rf"|乡镇街道|街道|乡镇|乡|镇|村|部门|单位|有关|相关|主管|职能|各|和|与|、){{0,4}}{ENDS}?){{1,3}}"
)
HARMLESS = re.compile(  # says nothing that the title does not say without it
    r"^(?:(?:本|当|全)年度?(?:数|合计|实际)?|年度|年报数?|(?:至|1[-—–~至])12月份?|[合总]计|总额|(?:必|选)填项?|数[字值]|保留.{1,2}位小数"
    r"|当年价格?|现行?价格?|等价值|人民币|规模以上(?:工业|企业)*|规上(?:工业|企业)*"
    rf"|{OFFICES}(?:如实|据实|照实|按实|自动|自行|统一|负责)?(?:填写?|填报|提供))$"
)
CURRENT = re.compile(r"本期数?")  # harmless where every row is of a whole year
CUMULATIVE = re.compile(r"(?:全年|本年|年初至今)?累计数?")  # harmless where every row names its month
GROUP = re.compile(  # what stands over several columns only to gather them; an office is one, too
    r"^(?!.*(?:其他|生产|经营|研发|科技|环保)(?:税收|用电|用能|能源|能耗|用地|土地|人员|用工|职工))"  # these narrow down what is below
    r"(?:(?:企业|单位|公司|工业|规上|规模以上|主要|基本|相关|有关|其他|经济|财务|税务|税收|用地|土地|生产|经营|产值|能源|能耗|用能|用电|环保|环境|排放"
    r"|人员|用工|职工|研发|科技|创新|效益|统计|财政|部门|数据|指标|情况|信息|项目|内容|资料|概况|状况|填报|报送|采集|核算|评价|实际|完成|原始|基础"
    r"|(?:本|当|全)年度?|年度|[一二三四五六七八九十和与及类数:、.])+"
    rf"|{OFFICES}(?<=[局委办室心会司]))$"
)
ANOTHER = re.compile(  # says that the column holds another figure than its title
    r"上年|去年|前年|上期|同期|同比|环比|增长|增幅|增速|增减|增量|增加额|下降|比重|占比|占[^用地]|亩均|人均|月均|平均|每亩|户均|地均|得分|评分|分值|加分|扣分|权重|排名|位次"
    r"|名次|排序|完成率|目标|计划|预计|预测|预期|任务|基准|标杆|其中|不变价|当量值|国税|地税|曾用|变更前|原名|调整前|差额"
    r"|(?:[元吨时度亩人]|煤|wh|tce)/"
)


class Says(Enum):
    """What a remark does to a title."""

    UNIT = "unit"
    NOTHING = "nothing"
    ANOTHER = "another figure"
    OBSCURE = "cannot be understood"


def key_of(title):
    """Return a title as it is compared: half-width, without blanks, line breaks and marks of requirement."""
    return normalise(title).replace(" ", "").strip("*:★").lower()


def bare(title):
    """Return a title without what is written behind it in brackets or after a stroke."""
    key = key_of(title)
    parts = BRACKETS.match(key) or SLASH.match(key)
    return parts[1] if parts and parts[1] else key


def take_apart(text, titles):
    """Return (base, remarks) of one text: 税收（2021年，元） -> 税收, [2021年, 元]; a text that is only a unit has no base.

    titles: compared titles -> Wanted; of one that stands there whole only its unit is taken off as well.
    """
    base, remarks = key_of(text), []
    if base in titles:
        parts = BRACKETS.match(base) or SLASH.match(base)
        return base, [parts[2]] if parts and titles[base].unit and unit_named(parts[2]) else []
    while base not in titles:
        if unit_named(base):
            return "", [base, *remarks]
        if parts := BRACKETS.match(base):
            new = [parts[2]] if unit_named(parts[2]) else [part for part in PARTS.split(parts[2]) if part]
        elif (parts := SLASH.match(base)) and unit_named(parts[2]):
            new = [parts[2]]
        else:
            break
        base, remarks = parts[1], new + remarks
    return base, remarks


def names_a_year(part, alone=False):
    """Say whether a part of a title names a year, 2019年 or 19年.  alone: and nothing else."""
    return bool((YEAR.fullmatch if alone else YEAR.search)(SHORT_YEAR.sub(r"20\1", part)))


def one_unit(units, wanted):
    """Return (unit, doubt) of the units written for a column: none, one, or several that are not the same."""
    sizes = {factor(unit, wanted.unit) or unit: unit for unit in units}
    if len(sizes) > 1:
        return "", f"写了不同的单位：{'、'.join(f'“{unit}”' for unit in sizes.values())}"
    return (units[0] if units else ""), ""


def obscure(remark):
    """Return what is said of a remark that is not understood."""
    return f"看不懂单位“{remark}”" if UNIT_LIKE.search(remark) else f"不明白“{remark}”指的是什么"


@dataclass(frozen=True)
class Meaning:
    """What a column was found to be: the wanted column, and its unit as written.

    doubt: why it cannot be relied on, "" where it can.  another: it is some other figure of that name.
    """

    wanted: object
    unit: str = ""
    doubt: str = ""
    another: bool = False


@dataclass(frozen=True)
class Index:
    """Compared titles -> Wanted; what people told: key of a whole title -> (Wanted or None, unit); the year of the sheet, if known."""

    titles: dict
    told: dict
    year: int | None = None

    def understand(self, key, texts):
        """Return the Meaning of the texts over one column, top to bottom; None where it is none that is wanted.

        What people told goes before what the titles say; a unit they did not tell is the one that is written.
        """
        if key in self.told:
            wanted, unit = self.told[key]
            return wanted and self._as_told(wanted, unit, texts)
        meaning = self._by_titles(texts)
        return None if meaning and meaning.wanted in {wanted for wanted, _ in self.told.values()} else meaning

    def divided(self, texts):
        """Return the Wanted whose title stands over one that is not wanted (税收 over 增值税), None where there is none."""
        bases = [self._apart(text)[0] for text in texts[:-1]]
        return next((self.titles[base] for base in reversed(bases) if base in self.titles), None)

    def says(self, remark, wanted=None, gathering=False):
        """Return what a remark says of a wanted column.  gathering: it stands over several columns and may only gather them."""
        if unit_named(remark):
            return Says.UNIT
        remark = SHORT_YEAR.sub(r"20\1", remark)
        years, rest = {int(year) for year in YEAR.findall(remark)}, YEAR.sub("", remark)
        if years and years != {self.year}:
            return Says.ANOTHER if self.year else Says.OBSCURE
        own = "".join(map(key_of, (wanted.title, *wanted.aliases))) if wanted else ""
        if any(word not in own for word in ANOTHER.findall(rest)):
            return Says.ANOTHER
        harmless = (
            HARMLESS.fullmatch(rest) or (gathering and GROUP.fullmatch(rest)) or (CUMULATIVE if self._monthly else CURRENT).fullmatch(rest)
        )
        return Says.NOTHING if not rest or harmless else Says.OBSCURE

    def _apart(self, text):
        """Take a text apart; the year before a wanted title is a remark like one behind it, where the year of the sheet is known.

        Where the rows say it, nobody knows which of them such a column is of.
        """
        base, remarks = take_apart(text, self.titles)
        led = None if base in self.titles else LEADING.fullmatch(SHORT_YEAR.sub(r"20\1", base))
        if led and led[2] in self.titles and (self.year or not led[1][0].isascii()):
            return led[2], [led[1], *remarks]
        return base, remarks

    @property
    def _monthly(self):
        return any(wanted.name == "month" for wanted in self.titles.values())

    def _as_told(self, wanted, unit, texts):
        if unit or not wanted.unit:
            return Meaning(wanted, unit)
        remarks = [remark for text in texts for remark in self._apart(text)[1]]
        unit, doubt = one_unit([name for remark in remarks if (name := unit_named(remark))], wanted)
        unreadable = [obscure(remark) for remark in remarks if not unit_named(remark) and UNIT_LIKE.search(remark)]
        return Meaning(wanted, unit, doubt or (unreadable[0] if unreadable and not unit else ""))

    def _by_titles(self, texts):
        """Look for a wanted title from the bottom up; below it may stand remarks only, above it what gathers columns."""
        apart = [self._apart(text) for text in texts]
        below = []
        for place in reversed(range(len(texts))):
            base, remarks = apart[place]
            if base in self.titles:
                return self._weigh(self.titles[base], remarks + below, apart[:place])
            if not below and (whole := self._apart("".join(texts)))[0] in self.titles:
                return self._weigh(self.titles[whole[0]], whole[1], ())
            if base and self.says(base) is Says.OBSCURE:
                return None
            below = [*([base] if base else []), *remarks, *below]
        return None

    def _weigh(self, wanted, own, above):
        """Return the Meaning of a wanted title with its own remarks, and (base, remarks) of what stands above."""
        bases = [base for base, _ in above if base and self.titles.get(base) is not wanted]
        inherited = [remark for _, remarks in above for remark in remarks]
        said = [(remark, self.says(remark, wanted)) for remark in own + inherited]
        said += [(base, self.says(base, wanted, gathering=True)) for base in bases]
        if any(meaning is Says.ANOTHER for _, meaning in said):
            return Meaning(wanted, another=True)
        stated = [unit for remark in own if (unit := unit_named(remark))]
        if not wanted.unit:  # what is written behind the title of a text explains how to fill it in
            return Meaning(wanted, stated[0] if stated else "")
        written = [unit for remark in inherited if (unit := unit_named(remark))]
        fitting = [unit for unit in written if factor(unit, wanted.unit)]
        unit, doubt = one_unit(stated + fitting, wanted)
        if written and not unit and not doubt:
            doubt = f"上方的单位“{written[0]}”不是“{wanted.unit}”一类的单位"
        dark = [obscure(remark) for remark, meaning in said if meaning is Says.OBSCURE]
        return Meaning(wanted, unit, dark[0] if dark else doubt)
