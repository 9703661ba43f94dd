"""Back up, check a backup, restore one. A backup counts only after it was loaded into a database of its own and compared."""

import datetime as dt
import platform
from contextlib import contextmanager
from pathlib import Path

import django
from django.conf import settings
from django.db import DatabaseError, connections, transaction

from apps.backup import contents, files, manifest
from apps.backup.databases import snapshot
from apps.backup.engines import engine
from apps.backup.rules import too_old
from apps.core import clock
from apps.core.errors import Refused
from apps.journal import services as journal

FILES = "files"


class Damaged(Refused):
    """A backup that does not hold what its manifest says; `faults` are Chinese sentences."""

    def __init__(self, faults):
        super().__init__("备份不可用：" + "".join(faults[:20]))
        self.faults = faults


def back_up(*, folder, actor):
    """Write a backup into `folder` (new or empty), verify it and return its manifest.

    Other people may go on working: database and hashes are of one moment, the files are copied after it. Raises
    Refused, and Damaged where the backup does not stand the comparison; then it stays, marked as not verified.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused(f"{folder} 已存在且不是空目录，请另选一个目录。")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = _write(folder)
    try:
        verify(folder)
    except Refused as refusal:
        with transaction.atomic():
            journal.record(act="备份", actor=actor, target=str(folder), detail={"reason": str(refusal)}, result="失败")
        refusal.journalled = True
        raise
    made = {**made, "verified_at": clock.now().isoformat()}
    manifest.write(folder, made)
    with transaction.atomic():
        detail = {"sha256": made["database"]["sha256"], "files": len(made["files"]), "journal": made["journal"]}
        journal.record(act="备份", actor=actor, target=str(folder), detail=detail)
    return made


def _write(folder):
    """Write database, files and the manifest of a backup that nobody has verified yet; return the manifest."""
    kind = engine()
    path = folder / kind.file
    with snapshot() as alias:
        kind.dump(alias, path)
        described = contents.describe(alias)
    media = Path(settings.MEDIA_ROOT)
    (folder / FILES).mkdir()
    made = {
        "format": manifest.FORMAT,
        "made_at": clock.now().isoformat(),
        "verified_at": None,
        "versions": {"python": platform.python_version(), "django": django.get_version(), "database": _database_version()},
        "database": {"vendor": kind.vendor, "size": path.stat().st_size, "sha256": files.sha256_of(path)},
        "files": files.copy_tree(media, folder / FILES) if media.is_dir() else {},
        **described,
    }
    manifest.write(folder, made)
    return made


def _database_version():
    return ".".join(map(str, connections["default"].get_database_version()))


def verify(folder):
    """Load the backup in `folder` into a database of its own, compare everything and return its manifest. Raises Refused, Damaged."""
    with _loaded(folder) as (_, made):
        return made


@contextmanager
def _loaded(folder):
    """Yield (alias of a database beside the office's with the backup in it, manifest) once everything was compared."""
    made = manifest.read(folder)
    kind = engine(made["database"]["vendor"])
    if kind.vendor != connections["default"].vendor:
        raise Refused(f"这是 {kind.vendor} 的备份，当前数据库是 {connections['default'].vendor}，不能恢复。")
    told = _file_faults(folder, made)
    if told:
        raise Damaged(told)
    with kind.beside(folder / kind.file) as alias:
        try:
            told = contents.differences(made, contents.describe(alias)) + contents.faults(alias)
        except DatabaseError as error:
            raise Damaged(["数据库文件不能读取。"]) from error
        if told:
            raise Damaged(told)
        yield alias, made


def _file_faults(folder, made):
    """Return which files of a backup are not those its manifest names, as Chinese sentences. Reads every byte of it once."""
    name, known = engine(made["database"]["vendor"]).file, made["database"]
    path = folder / name
    if not path.is_file():
        return [f"数据库文件 {name} 缺失。"]
    whole = (path.stat().st_size, files.sha256_of(path)) == (known["size"], known["sha256"])
    told = [] if whole else [f"数据库文件 {name} 的内容与清单不符（残缺、被改动，或不是用备份命令做成的）。"]
    return told + files.differences(made["files"], folder / FILES)


def restore(*, folder, actor, replace=False):
    """Put the office back to the backup in `folder`; return {"manifest", "aside"} with where what was there before lies now.

    Loaded beside, compared, then exchanged: until then nothing of the office changes. Raises Refused where the backup
    is of another release, where the office is not empty and `replace` is not set, or while programs are connected.
    """
    made = manifest.read(folder)
    if made["migrations"] != contents.of_this_release():
        raise Refused("备份的数据库结构与当前程序的版本不一致，请用做备份时的程序版本恢复，再升级。")
    empty = not files.has_files() and contents.is_empty("default")
    if not replace and not empty:
        raise Refused("当前数据库或文件目录不是空的，没有恢复。确要替换现有数据，请加 --replace；原有数据会留在旁边。")
    stamp = f"{clock.now():%Y%m%d%H%M%S}"
    aside = engine().aside(stamp)
    with _loaded(folder) as (alias, made):
        swap = files.Swap(folder / FILES, stamp)
        if swap.copied != made["files"]:
            raise Damaged(["文件在核对以后有变化。"])
        with transaction.atomic(using=alias):  # before the exchange: no moment has the old data back and no entry of it
            detail = {"made_at": made["made_at"], "sha256": made["database"]["sha256"], "aside": "" if empty else str(aside)}
            journal.record(act="恢复备份", actor=actor, target=str(folder), detail=detail, using=alias)
        swap.do()
        try:
            engine().take_place(alias, aside, keep=not empty)
        except BaseException:
            swap.undo()
            raise
    kept = [aside] * (not empty) + [swap.aside] * swap.aside.exists()
    return {"manifest": made, "aside": [str(place) for place in kept]}


def last_verified(shelf):
    """Return (folder, moment) of the newest verified backup among the folders of `shelf`, (None, None) without one."""
    found = []
    for folder in shelf.iterdir() if shelf.is_dir() else ():
        try:
            verified_at = manifest.read(folder)["verified_at"]
        except (Refused, OSError):
            continue
        if verified_at:
            found.append((dt.datetime.fromisoformat(verified_at), folder))
    moment, folder = max(found, default=(None, None))
    return folder, moment


def check(shelf):
    """Return what `last_verified` returns. Raises Refused, the alarm: it is more than 26 hours ago, or damaged since.

    Of the newest verified backup every byte is read once and compared with the manifest's SHA-256, as long as its disk and one
    core take: a minute for some ten gigabytes. Nothing is loaded; `verify` does that. Older backups are not looked at.
    """
    folder, moment = last_verified(shelf)
    if too_old(moment, clock.now()):
        last = f"最近一次是 {moment.astimezone():%Y-%m-%d %H:%M}（{folder.name}）" if moment else "一份也没有"
        raise Refused(f"{shelf} 里 26 小时以内没有经过核对的备份，{last}。请检查备份任务。")
    told = _file_faults(folder, manifest.read(folder))
    if told:
        named = "".join(told[:20])
        raise Refused(f"{shelf} 里最近一份核对过的备份 {folder.name} 已损坏：{named}请立即重新备份，并检查存放备份的磁盘。")
    return folder, moment
