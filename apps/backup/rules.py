import datetime as dt

MAX_AGE = dt.timedelta(hours=26)  # reliability 2.5: a nightly backup and two hours


def too_old(verified_at, now):
    """Say whether the last verified backup (moment or None) is too long ago."""
    return verified_at is None or now - verified_at > MAX_AGE
