"""What benchhost asks a server to answer, and where to listen: from the environment.

Every app here imports this and is otherwise written as its framework's users write theirs.
Works with CPython 3.6 and later, for japronto.
"""
import os
import re
import socket
import zlib

import ujson


def _read(name):
    with open(os.environ[name], "rb") as file:
        return file.read().decode()


HOST = os.environ["BENCHHOST_HOST"]
PORT = int(os.environ["BENCHHOST_PORT"])
WORKERS = int(os.environ["BENCHHOST_WORKERS"])
ACCESS_LOG = os.environ["BENCHHOST_ACCESS_LOG"] == "on"

TEXT = _read("BENCHHOST_TEXT_FILE")
TEXT_TYPE = os.environ["BENCHHOST_TEXT_TYPE"]
ABOUT = _read("BENCHHOST_ABOUT_FILE")
ABOUT_TYPE = os.environ["BENCHHOST_ABOUT_TYPE"]
JSON = ujson.loads(_read("BENCHHOST_JSON_FILE"))
JSON_TYPE = os.environ["BENCHHOST_JSON_TYPE"]
FILE = os.environ["BENCHHOST_FILE"]
FILE_TYPE = os.environ["BENCHHOST_FILE_TYPE"]


# A route that the server does not offer is not given to it.
def _given_type(route):
    return os.environ.get("BENCHHOST_%s_TYPE" % route, "text/plain")


def _given_body(route):
    name = "BENCHHOST_%s_FILE" % route
    return _read(name) if name in os.environ else ""


ECHO_TYPE = _given_type("ECHO")
UPLOAD_TYPE = _given_type("UPLOAD")
SUM_TYPE = _given_type("SUM")
WAIT = _given_body("WAIT")
WAIT_TYPE = _given_type("WAIT")
ITEMS = ujson.loads(_given_body("ITEMS") or "[]")
ITEMS_TYPE = _given_type("ITEMS")
COMPRESSED = ujson.loads(_given_body("COMPRESSED") or "[]")
COMPRESSED_TYPE = _given_type("COMPRESSED")

LONGEST_WAIT = 60000  # milliseconds
MOST_UPLOAD = 20 * 1024 * 1024


def dumps(value):
    """The same compact bytes from every server: ujson without escapes that JSON does not ask for."""
    return ujson.dumps(value, ensure_ascii=False, escape_forward_slashes=False)


def _whole_number(text, most):
    """None unless it is one from 0 to `most`."""
    if not re.fullmatch("[0-9]{1,16}", str(text)):
        return None
    number = int(text)
    return number if number <= most else None


def total(a, b):
    """a + b in decimal; None when one is missing or no whole number from 0 to 2^52."""
    numbers = [_whole_number(text, 2**52) for text in (a, b)]
    return None if None in numbers else str(sum(numbers))


def seconds(milliseconds):
    """How long to sleep; None for what is no whole number or too long."""
    number = _whole_number(milliseconds, LONGEST_WAIT)
    return None if number is None else number / 1000


def first_items(array, count):
    """The document with the first of the array's elements; None when there are not so many."""
    number = _whole_number(count, len(array))
    return None if number is None else {"count": number, "items": array[:number]}


class Upload:
    """What is answered to an upload, made while it comes."""

    def __init__(self):
        self.size = 0
        self.crc = 0

    def add(self, chunk):
        self.size += len(chunk)
        self.crc = zlib.crc32(chunk, self.crc)

    def text(self):
        return "%d %08x" % (self.size, self.crc)


def read_upload(stream):
    """Of a file-like object that ends where the request's body ends."""
    upload = Upload()
    for chunk in iter(lambda: stream.read(65536), b""):
        upload.add(chunk)
    return upload.text()


def inherited_socket():
    """The listening socket that the plugin made (option bind = fd), or None (bind = native)."""
    descriptor = os.environ.get("BENCHHOST_FD")
    return socket.socket(fileno=int(descriptor)) if descriptor else None
