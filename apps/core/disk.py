"""A full disk is a sentence for the person who met it, and leaves no half-written file."""

import errno
import os
import shutil
import uuid
from contextlib import contextmanager, suppress

from django.conf import settings
from django.core.files.storage import FileSystemStorage

from apps.core.errors import Refused

FULL = {errno.ENOSPC, errno.EDQUOT}
NO_SPACE = "服务器存储空间不足，没有保存任何内容。请告知系统管理员清理空间，然后重新操作。"
NOTHING = 1024**2  # bytes; with less a volume is full


def is_full(error):
    """Say whether `error`, or what it was raised from, is a volume without space (a library may wrap it)."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in FULL:
            return True
        error = error.__cause__ or error.__context__
    return False


def volume_is_full(folder):
    return shutil.disk_usage(folder).free < NOTHING


@contextmanager
def whole_file(path):
    """Open a binary file that gets its name `path` only when everything was written; otherwise nothing stays."""
    part = f"{path}.part"
    try:
        with open(part, "wb") as file:
            yield file
        os.replace(part, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(part)
        raise


class OfficeStorage(FileSystemStorage):
    """Uploads: written aside and renamed when whole, and refused while the volume has less than MIN_FREE bytes left."""

    def _save(self, name, content):
        os.makedirs(self.location, exist_ok=True)
        if shutil.disk_usage(self.location).free < settings.MIN_FREE + content.size:
            raise Refused(NO_SPACE)
        part = f"{name}.{uuid.uuid4().hex}.part"
        try:
            super()._save(part, content)
            return self._named(part, name)
        except OSError as error:
            if is_full(error):
                raise Refused(NO_SPACE) from error
            raise
        finally:
            self.delete(part)

    def _named(self, part, name):
        """Give the whole file its name, another one where somebody took it meanwhile, and return it; nothing is overwritten."""
        while True:
            try:
                os.link(self.path(part), self.path(name))
                return name
            except FileExistsError:
                name = self.get_available_name(name)
