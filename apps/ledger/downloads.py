"""Files given out: always as a download, so that nothing that was uploaded is shown in the office's own name."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

BYTES = "application/octet-stream"


def attachment(name, content):
    """Return bytes as an attachment called `name`."""
    headers = {"Content-Disposition": content_disposition_header(True, name), "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=BYTES, headers=headers)
