"""Large uploads go to the volume of the uploads as they come in: no process holds a whole file in memory."""

import os
import tempfile

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from apps.core.disk import is_full


class ToTheVolume(FileUploadHandler):
    """Writes a file to an unnamed one beside MEDIA_ROOT, which is gone with the request. After Django's handler for small ones.

    A volume without space stops the upload and is said on the request (`no_space`); ledger.middleware answers.
    """

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        os.makedirs(settings.MEDIA_ROOT, exist_ok=True)
        self._try(self._open)

    def receive_data_chunk(self, raw_data, start):
        self._try(self.file.write, raw_data)

    def file_complete(self, file_size):
        self._try(self.file.flush)
        self.file.seek(0)
        return UploadedFile(self.file, self.file_name, self.content_type, file_size, self.charset, self.content_type_extra)

    def _open(self):
        self.file = tempfile.TemporaryFile(dir=settings.MEDIA_ROOT)  # noqa: SIM115  (closed with the request)

    def _try(self, act, *args):
        try:
            act(*args)
        except OSError as error:
            if not is_full(error):
                raise
            self.request.no_space = True
            raise StopUpload(connection_reset=False) from error
