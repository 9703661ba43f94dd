"""manifest.json: what a backup holds, sealed under JOURNAL_KEY, and whether it was ever restored and compared."""

import hmac
import json
import os

from django.conf import settings
from django.utils.crypto import salted_hmac

from apps.core.errors import Refused

NAME = "manifest.json"
FORMAT = 1


def write(folder, manifest):
    """Write the sealed manifest of a backup, whole or not at all."""
    manifest = {**manifest, "seal": _seal(manifest)}
    part = folder / f"{NAME}.part"
    with part.open("w") as file:
        json.dump(manifest, file, ensure_ascii=False, indent=1, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    part.replace(folder / NAME)


def read(folder):
    """Return the manifest of the backup in `folder`. Raises Refused where it is none, is damaged, or is of another key or format."""
    try:
        manifest = json.loads((folder / NAME).read_text())
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Refused(f"{folder} 里没有清单 {NAME}：不是 manage.py backup 做成的备份，或没有做完。") from error
    except ValueError as error:
        raise Refused("备份清单已损坏，不能读取。") from error
    if not isinstance(manifest, dict) or not hmac.compare_digest(str(manifest.pop("seal", "")), _seal(manifest)):
        raise Refused("备份清单被改动过，或不是用现在的 JOURNAL_KEY 做成的。")
    if manifest["format"] != FORMAT:
        raise Refused(f"备份的格式是第 {manifest['format']} 版，本程序只认第 {FORMAT} 版。")
    return manifest


def _seal(manifest):
    text = json.dumps(manifest, ensure_ascii=False, sort_keys=True)
    return salted_hmac("apps.backup", text, secret=settings.JOURNAL_KEY, algorithm="sha256").hexdigest()
