"""Files given out: always as a download, so that nothing that was uploaded is shown in the office's own name."""

from io import BytesIO

from django.http import FileResponse

BYTES = "application/octet-stream"


def attachment(name, content, content_type=BYTES):
    """Return bytes, or an open binary file, as an attachment called `name` that no browser opens by itself."""
    file = BytesIO(content) if isinstance(content, bytes) else content
    return FileResponse(file, as_attachment=True, filename=name, content_type=content_type)
