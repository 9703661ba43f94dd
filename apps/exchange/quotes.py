"""The quote that keeps a text of a .csv from being a formula: our export puts one on, our import takes one off. Pure."""

DANGEROUS = tuple("=+-@\t\r\n＝＋－＠")


def quoted(text):
    """Return a text as a .csv holds it: with one more quote where, quotes apart, it begins like a formula."""
    return f"'{text}" if text.lstrip("'").startswith(DANGEROUS) else text


def unquoted(text):
    """Return what `quoted` was given."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(DANGEROUS) else text
