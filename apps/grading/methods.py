"""The methods this release knows: files in data/, never changed once used; a change is a new version.

A run keeps the whole description it was computed with, so an old run stays readable when its file is gone.
"""

import hashlib
import tomllib
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from apps.core.errors import Refused
from apps.grading.rules.method import parse

FOLDER = Path(__file__).parent / "data"
DEFAULT = "jinyun-sample"


@lru_cache(maxsize=1)
def catalogue():
    """Return code -> Method, the default first. Raises MethodFault when a file contradicts itself."""
    methods = [parse(tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)) for path in sorted(FOLDER.glob("*.toml"))]
    methods.sort(key=lambda method: (method.code != DEFAULT, method.code))
    return {method.code: method for method in methods}


def marks():
    """Return file -> the beginning of its SHA-256: a method that was exchanged shows in the journal."""
    return {path.stem: hashlib.sha256(path.read_bytes()).hexdigest()[:12] for path in sorted(FOLDER.glob("*.toml"))}


def get(code):
    """Return the method called `code`; raise Refused where there is none."""
    method = catalogue().get(code)
    if method is None:
        raise Refused(f"没有名为“{code}”的评价办法，可用：{'、'.join(catalogue())}。")
    return method
