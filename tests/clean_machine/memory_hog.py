"""A server that answers rightly and keeps 16 MiB more with each /text: memory_hog.py PORT. What it
answers comes by environment."""
import http.server
import json
import os
import sys


def read(name):
    with open(os.environ[name], "rb") as file:
        return file.read()


ANSWERS = {
    "/text": ("text/plain", read("TEXT_FILE")),
    "/about": ("text/plain", read("ABOUT_FILE")),
    "/json": ("application/json",
              json.dumps(json.loads(read("JSON_FILE")), separators=(",", ":")).encode()),
    "/file": ("application/octet-stream", read("FILE")),
}
KEPT = []


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        kind, body = ANSWERS[self.path]
        if self.path == "/text":
            KEPT.append(b"x" * (16 << 20))
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
