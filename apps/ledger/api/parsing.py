"""Request bodies: JSON of a bounded size, of text every database and every answer can hold; files as multipart/form-data."""

import json

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, MultiPartParser

LIMIT = 1024 * 1024  # bytes; a row is a few hundred


class JSONBody(BaseParser):
    media_type = "application/json"

    def parse(self, stream, media_type=None, parser_context=None):
        body = stream.read(LIMIT + 1)
        if len(body) > LIMIT:
            raise ParseError("请求内容超过 1 MB。")
        try:
            data = json.loads(body.decode(), parse_constant=_no_constant)
            json.dumps(data, ensure_ascii=False).encode()  # half a surrogate pair is no text
        except (ValueError, RecursionError) as error:
            raise ParseError("请求内容不是合法的 JSON（UTF-8）。") from error
        return data


class FileBody(MultiPartParser):
    """A file with what is said of it."""

    def parse(self, stream, media_type=None, parser_context=None):
        try:
            return super().parse(stream, media_type, parser_context)
        except ParseError as error:
            raise ParseError("请求内容不是合法的 multipart/form-data。") from error


def _no_constant(name):
    raise ValueError(f"{name} is no JSON")
