"""Rules of the enterprise ledger: credit codes (GB 32100-2015, domain 7.1)."""

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I, O, S, V, Z
VALUE = {character: number for number, character in enumerate(ALPHABET)}
WEIGHTS = [pow(3, position, 31) for position in range(17)]


def check_character(first_17):
    """Return the 18th character for the first 17; the outer mod 31 makes a sum divisible by 31 a 0."""
    total = sum(VALUE[character] * weight for character, weight in zip(first_17, WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def credit_code_fault(code):
    """Return what is wrong with a normalised credit code as a Chinese sentence, None when it is valid.

    The region (positions 3-8) is not forced: local bodies may carry old codes.
    """
    if len(code) != 18:
        return f"统一社会信用代码应为 18 位，现为 {len(code)} 位{_before_2015(code)}。"
    strange = sorted(set(code) - set(ALPHABET))
    if strange:
        return f"统一社会信用代码含有不允许的字符 {'、'.join(strange)}（不使用 I、O、S、V、Z）。"
    if not code.strip("0"):
        return "统一社会信用代码不能全为 0。"
    if check_character(code[:17]) != code[17]:
        return "统一社会信用代码校验位不符，请核对营业执照。"
    return None


def _before_2015(code):
    """Return a hint on a number from before the credit code, as part of a sentence; it cannot be turned into one."""
    if code.isdigit() and len(code) in (13, 15):
        return "，像是旧的营业执照注册号，请填写换照后的统一社会信用代码"
    return "，像是组织机构代码，请填写换照后的统一社会信用代码" if len(code) in (9, 10) and code[:8].isalnum() else ""


def net_area(kind, area):
    """Return what an occupation adds to the land in use: owned and leased count, let out is taken away (domain 1.7)."""
    return -area if kind == "let_out" else area


def parcel_fault(area, occupations):
    """Return what is wrong with the land held on one parcel, None when it adds up to no more than its `area` (亩).

    occupations: [(enterprise, "owned" | "leased" | "let_out", area, start, end or None)]. On every day from which one
    starts, owned + leased - let out over all enterprises must not exceed the parcel, and nobody lets out more than
    he has (domain 1.7: no gap and no double count; a gap is shown, not refused, while a parcel is being entered).
    """
    for day in sorted({start for _, _, _, start, _ in occupations}):
        net = {}
        for enterprise, kind, part, start, end in occupations:
            if start <= day and (end is None or end >= day):
                net[enterprise] = net.get(enterprise, 0) + net_area(kind, part)
        if any(part < 0 for part in net.values()):
            return f"{day} 起有企业出租面积多于其自有和承租面积"
        if sum(net.values()) > area:
            return f"{day} 起占用合计 {sum(net.values()).normalize():f} 亩"
    return None
