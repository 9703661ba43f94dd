"""The journal's one form: what is hashed is exactly what both databases give back."""

import json

REFUSALS_A_MINUTE = 60  # of one person or address; default, nobody clicks so often
GENESIS = ""  # `prev` of the first entry


def clean_text(value):
    """Return text without control characters: an act's words can neither break a line of a log nor a database."""
    return "".join(character if character.isprintable() else " " for character in str(value))


def clean(value):
    """Return `value` as JSON that SQLite and PostgreSQL keep alike.

    Numbers with a fraction become text: PostgreSQL rewrites 1e20 and -0.0, and then the digest would not hold.
    """
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, dict):
        return {clean_text(key): clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [clean(item) for item in value]
    return value.isoformat() if hasattr(value, "isoformat") else clean_text(value)


def canonical(values):
    """Return the text that stands for a dict of cleaned values: sorted keys, no blanks, Chinese as it is."""
    return json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
