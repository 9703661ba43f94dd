"""The uploaded files of a backup: copied and hashed in one reading, put back beside and renamed."""

import hashlib
import os
import shutil
from pathlib import Path

from django.conf import settings

BLOCK = 1024 * 1024


def copy_tree(source, target):
    """Copy every file below `source` to `target` and return relative path -> {"size", "sha256"}.

    One that vanishes meanwhile is left out.
    """
    copied = {}
    for path in _files(source):
        name = path.relative_to(source).as_posix()
        try:
            copied[name] = _copy(path, target / name)
        except FileNotFoundError:
            continue
    return copied


def _files(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(".part"))


def _copy(source, target):
    total, size = hashlib.sha256(), 0
    with source.open("rb") as reader:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as writer:
            os.fchmod(writer.fileno(), settings.FILE_UPLOAD_PERMISSIONS)  # as the office's own storage keeps them, whatever the umask
            while block := reader.read(BLOCK):
                total.update(block)
                size += writer.write(block)
            writer.flush()
            os.fsync(writer.fileno())
    return {"size": size, "sha256": total.hexdigest()}


def sha256_of(path):
    """Return the SHA-256 (hex) of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def differences(expected, folder):
    """Return what a folder's files differ in from `expected` (path -> {"size", "sha256"}), as Chinese sentences."""
    told = []
    for name, known in expected.items():
        path = folder / name
        if not path.is_file():
            told.append(f"文件 {name} 缺失。")
        elif path.stat().st_size != known["size"] or sha256_of(path) != known["sha256"]:
            told.append(f"文件 {name} 的内容与清单不符。")
    found = {path.relative_to(folder).as_posix() for path in _files(folder)} if folder.is_dir() else set()
    return told + [f"文件 {name} 不在清单里。" for name in sorted(found - set(expected))]


def has_files():
    """Say whether the office has any uploaded file."""
    return Path(settings.MEDIA_ROOT).is_dir() and bool(_files(Path(settings.MEDIA_ROOT)))


class Swap:
    """Exchange the office's files for those of a backup; `undo` puts the old ones back."""

    def __init__(self, source, stamp):
        self.own = Path(settings.MEDIA_ROOT)
        self.beside = self.own.with_name(f"{self.own.name}.restoring")
        self.aside = self.own.with_name(f"{self.own.name}.replaced-{stamp}")
        shutil.rmtree(self.beside, ignore_errors=True)
        self.beside.mkdir(parents=True)
        self.copied = copy_tree(source, self.beside)

    def do(self):
        if self.own.exists():
            self.own.rename(self.aside)
        self.beside.rename(self.own)

    def undo(self):
        self.own.rename(self.beside)
        if self.aside.exists():
            self.aside.rename(self.own)
        shutil.rmtree(self.beside)
