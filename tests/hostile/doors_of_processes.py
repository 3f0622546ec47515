"""What comes from other processes: a server's answers, and the control channel of a plugin."""
import re
import socket
import struct
import threading

import bench as benches
import mutation
from tries import Try

BODY = b"Hello World!"
RIGHT = b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n" + BODY
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
PROTOCOL_WORDS = mutation.dictionary(benches.ROOT / "tests" / "fuzz" / "protocol.dict")


class Script:
    """What is done with each request: bytes are sent, perhaps in pieces, then perhaps the end."""

    def __init__(self, answer, ends="", pieces=0, repeats=1):
        self.answer, self.ends, self.pieces, self.repeats = answer, ends, pieces, repeats

    def play(self, connection):
        for _ in range(self.repeats):
            step = self.pieces or max(1, len(self.answer))
            for at in range(0, len(self.answer), step):
                connection.sendall(self.answer[at:at + step])
        if self.ends == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return not self.ends


# By name: what is answered, and the class under which it has to be counted; "" when it is right.
ANSWERS = {
    "right": (Script(RIGHT), ""),
    "right, a byte at a time": (Script(RIGHT, pieces=1), ""),
    "100 first": (Script(b"HTTP/1.1 100 Continue\r\n\r\n" + RIGHT), ""),
    "chunked": (Script(CHUNKED + b"c;x=y\r\n" + BODY + b"\r\n0\r\nX: y\r\n\r\n"), ""),
    "until the end": (Script(b"HTTP/1.1 200 OK\r\n\r\n" + BODY, ends="close"), ""),
    "no HTTP": (Script(b"HELLO 200 OK\r\n\r\n"), "malformed-answer"),
    "TLS": (Script(b"\x15\x03\x01\x00\x02\x02\x46"), "malformed-answer"),
    "HTTP/2": (Script(b"HTTP/2 200 OK\r\n\r\n"), "malformed-answer"),
    "status of two digits": (Script(b"HTTP/1.1 20 OK\r\n\r\n"), "malformed-answer"),
    "two lengths": (Script(b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\nContent-Length: 13\r\n\r\n" + BODY),
                    "malformed-answer"),
    "length beyond any": (Script(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n"),
                          "malformed-answer"),
    "negative length": (Script(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"), "malformed-answer"),
    "NUL in a field": (Script(b"HTTP/1.1 200 OK\r\nX\0: y\r\nContent-Length: 0\r\n\r\n"),
                       "malformed-answer"),
    "no size of a chunk": (Script(CHUNKED + b"x\r\n"), "malformed-answer"),
    "size beyond any": (Script(CHUNKED + b"fffffffffffffffff\r\n"), "malformed-answer"),
    "long head": (Script(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000), "malformed-answer"),
    "interim without end": (Script(b"HTTP/1.1 100 Continue\r\n\r\n", repeats=4000), "malformed-answer"),
    "more than asked for": (Script(RIGHT + b"x"), "malformed-answer"),
    "500": (Script(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"), "bad-status"),
    "999": (Script(b"HTTP/1.1 999 No\r\nContent-Length: 0\r\n\r\n"), "bad-status"),
    "404 of control characters": (Script(b"HTTP/1.1 404 \x1b[31m\xc2\x9b\xe2\x80\xae\r\nContent-Length: 0"
                                         b"\r\n\r\n"), ("bad-status", "malformed-answer")),
    # Where a request was not read, the kernel makes a reset of the end; and it may come before the
    # bytes that were sent have been read.
    "half of it": (Script(HEAD + BODY[:5], ends="close"), ("closed-early", "reset-in-answer",
                                                           "reset-before-answer")),
    "half of it, reset": (Script(HEAD + BODY[:5], ends="reset"), ("reset-in-answer",
                                                                  "reset-before-answer")),
    "nothing, closed": (Script(b"", ends="close"), "reset-before-answer"),
    "nothing, reset": (Script(b"", ends="reset"), "reset-before-answer"),
    "nothing": (Script(b""), "timeout"),
    "a body without end": (Script(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + b"x" * 50_000),
                           "timeout"),
}


class AnswerServer:
    """Listens on loopback; each connection has a thread, which ends when the client has gone."""

    def __init__(self, script):
        self.script = script
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]

    def open(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        pending = b""
        with connection:
            connection.settimeout(60)
            try:
                while True:
                    while b"\r\n\r\n" not in pending:
                        got = connection.recv(65536)
                        if not got:
                            return
                        pending += got
                    pending = pending.split(b"\r\n\r\n", 1)[1]
                    if not self.script.play(connection):
                        return
            except OSError:
                pass

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


def answers(random, place, bench):
    """Counted under the right class, and never more than a short load takes."""
    if random.random() < 0.6:
        name = random.choice(sorted(ANSWERS))
        script, expected = ANSWERS[name]
    else:
        name, expected = "a mutant", None
        seeds = sorted((benches.CORPUS / "response_parser").iterdir())
        script = Script(mutation.bytes_of(random, random.choice(seeds).read_bytes()),
                        ends=random.choice(("", "close", "reset")), pieces=random.choice((0, 0, 1, 7)))
    place.give("answer", script.answer)
    body = place.give("body", BODY)
    server = AnswerServer(script)
    how = random.choice((["-c", "2"], ["-c", "1", "--pipeline", "4"], ["--rate", "200", "-c", "4"],
                         ["-c", "2", "--no-keep-alive"], ["--users", "2", "--spawn-rate", "1000"]))
    if expected == "malformed-answer" and "--pipeline" in how:
        expected = None  # what belongs to which of several requests is then for nobody to say
    classes = (expected,) if isinstance(expected, str) else expected or ()

    def check(result):
        said = (result.out + result.err).decode()
        if expected and (result.code != 1 or not any(one in said for one in classes)):
            return [f"{name}: exit code {result.code}, and none of {classes} in {said[:600]!r}"]
        if expected == "" and any(kind in said for kind in ("malformed", "bad-", "closed-early")):
            return [f"{name} is right, and was not taken so: {said[:600]!r}"]
        return []

    return Try([bench.program, "load", f"http://127.0.0.1:{server.port}/text", "-d", "80ms", "--warmup", "0",
                "--timeout", "400ms", "--no-progress", "--expect-body-file", body, *how],
               codes={0, 1}, check=check, opens=server.open)


def _message(random):
    """Of a plugin that says what it likes. No process is named but one that cannot be."""
    seeds = sorted((benches.CORPUS / "protocol").iterdir())
    kind = random.randrange(8)
    if kind <= 3:
        text = random.choice(seeds).read_bytes()
        mutate = random.choice((mutation.json_of, mutation.bytes_of, lambda _, same: same))
        text = mutate(random, text)
    elif kind == 4:
        text = bytes(random.randrange(256) for _ in range(random.choice((0, 1, 100, 5000))))
    elif kind == 5:
        text = random.choice((b'{"a":', b"[")) * random.choice((65, 50_000))
    elif kind == 6:
        text = b'{"kind":"failed","stage":"ready","reason":"' + mutation.word_bytes(random) * 20 + b'"}'
    else:
        text = random.choice((b'{"kind":"ready","place":{"port":1}}', b'{"kind":"exited"}', b"{}", b"null",
                              b'{"kind":"spawned"}', b'{"kind":"ready","place":{"unix_socket":"/x"}}'))
    return re.sub(rb'"pid"\s*:\s*[^,}]*', b'"pid":4194303', text)


def channel(random, place, bench):
    """It costs the plugin's own row at most."""
    said = ".".join(_message(random)[:100_000].hex() for _ in range(random.randint(1, 4)))
    suite = benches.SUITE.replace("servers = good", "servers = talker, good").replace(
        "repeats = 2", "repeats = 1")
    path = place.give("suite.ini", f"{suite}[server.talker]\nplugin = says-anything\nsaid = {said}\n"
                                   f"times = {random.choice((1, 1, 2, 500))}\n"
                                   f"in_serve = {random.choice(('yes', 'no'))}\n"
                                   f"descriptors = {random.choice((0, 0, 0, 1, 60))}\n")

    def check(result):
        written = result.place.cwd / "out" / "results.json"
        if not written.is_file():
            return ["there are no results"]
        return [] if b'"server":"good"' in written.read_bytes() else ["the other server has no row"]

    return Try([bench.program, "--config", path, "--out", "out", "--plugin-dir", bench.plugins,
                "--no-progress"], codes={0, 1}, outs=("out",), check=check)
