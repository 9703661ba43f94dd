"""What a password must be, which posts go together, what scope a post needs."""

from dataclasses import dataclass

from apps.accounts.choices import ADMINISTRATORS, DataItem, Role


@dataclass(frozen=True)
class PasswordProfile:
    """Rules for passwords; a zero switches a rule off. `max_age` in days."""

    min_length: int
    classes: int = 0
    history: int = 0
    max_age: int = 0


# GB/T 22239-2019 8.1.4.1 a wants complexity and regular change; ASVS 5.0 6.2.5 and 6.2.10 forbid both. The office decides.
PROFILES = {
    "dengbao": PasswordProfile(min_length=10, classes=3, history=5, max_age=90),
    "asvs": PasswordProfile(min_length=15),
}


def classes_used(password):
    """Count the character classes in `password`: capitals, small letters, digits, everything else."""
    return len({"upper" if c.isupper() else "lower" if c.islower() else "digit" if c.isdigit() else "other" for c in password})


def repeats_itself(password):
    """Say whether `password` is one shorter piece written several times: abcabcabc."""
    return bool(password) and (password + password).find(password, 1) < len(password)


def password_problems(password, username, profile):
    """Return what is wrong with `password` as Chinese sentences; an empty list means it is good. Nothing is cut off."""
    problems = []
    if len(password) < profile.min_length:
        problems.append(f"密码至少 {profile.min_length} 个字符。")
    if classes_used(password) < profile.classes:
        problems.append(f"密码应含大写字母、小写字母、数字、其他字符中的至少 {profile.classes} 类。")
    if username and username.lower() in password.lower():
        problems.append("密码不能包含用户名。")
    if repeats_itself(password):
        problems.append("密码不能由同一段内容重复组成。")
    return problems


SCOPE_LABELS = {"platform": "平台", "town": "乡镇街道", "industry": "产业", "data_items": "数据项"}
SCOPE_FIELDS = {
    Role.PARK: "platform",
    Role.TOWN: "town",
    Role.CHAIN_CHIEF: "industry",
    Role.CHAIN_OFFICE: "industry",
    Role.REPORTER: "data_items",
}


def scope_problem(role, scope):
    """Return why `scope` (field name -> value) does not fit `role` as a Chinese sentence, or None.

    A role with a scope needs exactly that one; every other role must have none.
    """
    if not set(scope.get("data_items", ())) <= set(DataItem):
        return "没有这样的数据项。"
    needed = SCOPE_FIELDS.get(role)
    if needed and not scope.get(needed):
        return f"{Role(role).label}岗位必须指定{SCOPE_LABELS[needed]}。"
    if any(value for name, value in scope.items() if name != needed):
        return f"{Role(role).label}岗位只能指定{SCOPE_LABELS[needed]}。" if needed else f"{Role(role).label}岗位不指定范围。"
    return None


def why_unused(idle, postless, limit):
    """Return why an account is to be closed as a Chinese sentence, or None (GB/T 22239-2019 8.1.4.2 c).

    idle: time since it was last signed in to, opened or made.  postless: time since the last of its posts ended; None
    while one is held or to come, or there never was one.  limit: the time allowed. All are timedeltas.
    """
    if idle >= limit:
        return f"连续 {limit.days} 日未登录。"
    if postless is not None and postless >= limit:
        return f"岗位结束已满 {limit.days} 日。"
    return None


def burst(moments, most, window):
    """Return the largest number of `moments` (sorted datetimes) within any `window` (timedelta), None where it is below `most`."""
    first, found = 0, 0
    for last, moment in enumerate(moments):
        while moment - moments[first] > window:
            first += 1
        found = max(found, last - first + 1)
    return found if found >= most else None


def is_odd_hour(moment, hours):
    """Say whether a moment (office time) lies outside `hours` (first, end): (7, 21) is from 7:00 up to, not including, 21:00."""
    return not hours[0] <= moment.hour < hours[1]


def exclude_each_other(role, other):
    """三员分立: an administrator holds no other role, neither an administrator's nor a business one."""
    return role != other and (role in ADMINISTRATORS or other in ADMINISTRATORS)


def terms_overlap(start, end, other_start, other_end):
    """Say whether two terms share a day. A term runs from `start` up to, not including, `end`; None is open."""
    return (other_end is None or start < other_end) and (end is None or other_start < end) and start != end and other_start != other_end
