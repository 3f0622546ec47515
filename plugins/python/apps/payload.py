"""What benchhost asks a server to answer, and where to listen: from the environment.

Every app here imports this and is otherwise written as its framework's users write theirs.
Works with CPython 3.6 and later, for japronto.
"""
import os
import socket

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


def dumps(value):
    """The same compact bytes from every server: ujson without escapes that JSON does not ask for."""
    return ujson.dumps(value, ensure_ascii=False, escape_forward_slashes=False)


def inherited_socket():
    """The listening socket that the plugin made (option bind = fd), or None (bind = native)."""
    descriptor = os.environ.get("BENCHHOST_FD")
    return socket.socket(fileno=int(descriptor)) if descriptor else None
