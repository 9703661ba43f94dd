"""What entries say about rows kept elsewhere, and who can check it: filled by the apps above from `AppConfig.ready()`."""

_checks = {}


def register(name, check):
    """Let `check(details, using)` test what stands under `name` in entries' details.

    details: seq -> detail.  using: the database.  It returns the seqs whose rows are no longer what they were.
    """
    _checks[name] = check


def broken(details, using):
    """Return the seqs, sorted, of the entries in `details` (seq -> detail) that any check finds broken."""
    found = set()
    for name, check in _checks.items():
        named = {seq: detail for seq, detail in details.items() if name in detail}
        if named:
            found.update(check(named, using))
    return sorted(found)
