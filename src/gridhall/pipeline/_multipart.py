"""Multipart bodies (RFC 7578), read while they arrive. Imported only once such a body comes."""

import logging
import re
from collections.abc import Set

from python_multipart import MultipartParser
from python_multipart.multipart import parse_options_header

from gridhall.contract.errors import InvalidFormData
from gridhall.pipeline.request import Upload

# The parser logs each malformed body as a warning. The refusal says it already, and strangers shall not fill the log.
logging.getLogger("python_multipart").setLevel(logging.ERROR)

_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]")  # RFC 2046, 5.1.1
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")  # RFC 9110, 5.5: no field value holds one


MAX_HEADER = 8192
"""Bytes of one part's header line."""


class MultipartReader:
    """Takes a body piece by piece, and gives its fields and files when it is closed.

    A file under a name that is not expected is read and dropped, and counts as an ordinary field. Of parts with the same name
    the last one wins.

    Arguments:
        boundary: as the Content-Type gives it.
        charset: Python's name of the charset of names and texts.
        body: the most bytes that are no file.
        file: the most bytes of one file.
        expected: the names of fields that may be files.
        max_parts: the most parts.

    Raises:
        InvalidFormData: by any of its functions, where the body is malformed or too large.
    """

    def __init__(self, boundary: str, charset: str, *, body: int, file: int, expected: Set[str], max_parts: int) -> None:
        if not _BOUNDARY.fullmatch(boundary):
            raise InvalidFormData
        # The parts do not know the parser: a cycle would keep a refused file in memory until the collector comes by.
        self._parts = _Parts(charset, file, expected, max_parts)
        self._parser = MultipartParser(boundary, {
            "on_part_begin": self._parts.begin,
            "on_header_begin": self._parts.begin_header,
            "on_header_field": self._parts.take_header_name,
            "on_header_value": self._parts.take_header_value,
            "on_header_end": self._parts.end_header,
            "on_headers_finished": self._parts.end_headers,
            "on_part_data": self._parts.take_data,
            "on_part_end": self._parts.end,
            "on_end": self._parts.end_all,
        })  # fmt: skip
        self._body = body
        self._received = 0
        self._started = False

    def feed(self, piece: bytes) -> None:
        """Takes the next piece of the body."""
        self._received += len(piece)
        if not self._started:
            # The parser skips leading line ends itself, but not in the same way wherever a piece ends.
            piece = piece.lstrip(b"\r\n")
            self._started = bool(piece)
        try:
            self._parser.write(piece)
        except ValueError:
            raise InvalidFormData from None
        # The parser keeps back what may become a boundary, and that may yet prove part of a file: no sound body is refused for
        # it, since the boundary that must still follow is as long.
        if self._received - self._parts.filed > self._body:
            raise InvalidFormData

    def close(self) -> tuple[dict[str, str], dict[str, Upload]]:
        """Says that the body is complete. A body without a byte is fine: SDKs send that where they have no argument."""
        if self._received and not self._parts.ended:
            raise InvalidFormData
        return self._parts.texts, self._parts.files


class _Parts:
    """What the parser calls: the part that is arriving, and those that have arrived. `filed` counts the bytes of files."""

    def __init__(self, charset: str, file: int, expected: Set[str], max_parts: int) -> None:
        self.texts: dict[str, str] = {}
        self.files: dict[str, Upload] = {}
        self.filed = 0
        self.ended = False
        self._charset = charset
        self._file = file
        self._expected = expected
        self._left = max_parts

    def begin(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise InvalidFormData
        self._headers: dict[bytes, bytes] = {}
        self._data = bytearray()

    def begin_header(self) -> None:
        self._header_name = self._header_value = b""

    def take_header_name(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]
        self._bound_header()

    def take_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]
        self._bound_header()

    def _bound_header(self) -> None:
        if len(self._header_name) + len(self._header_value) > MAX_HEADER:
            raise InvalidFormData

    def end_header(self) -> None:
        if _CONTROL.search(self._header_value):
            raise InvalidFormData
        self._headers[self._header_name.lower()] = self._header_value

    def end_headers(self) -> None:
        disposition, parameters = parse_options_header(self._headers.get(b"content-disposition"))
        if disposition != b"form-data" or b"name" not in parameters:
            raise InvalidFormData
        self._name = parameters[b"name"].decode(self._charset)
        filename = parameters.get(b"filename")
        self._filename = None if filename is None else filename.decode(self._charset)
        self._is_expected = self._name in self._expected

    def take_data(self, data: bytes, start: int, end: int) -> None:
        if self._filename is not None:
            if not self._is_expected:
                return
            self.filed += end - start
            if len(self._data) + end - start > self._file:
                raise InvalidFormData
        self._data += data[start:end]

    def end(self) -> None:
        if self._filename is None:
            self.texts[self._name] = self._data.decode(self._charset)
        elif self._is_expected:
            content_type = self._headers.get(b"content-type", b"application/octet-stream").decode("latin-1")
            self.files[self._name] = Upload(self._filename, content_type, bytes(self._data))

    def end_all(self) -> None:
        self.ended = True
