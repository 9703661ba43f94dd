"""Credit codes (GB 32100-2015, domain 7.1)."""

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
