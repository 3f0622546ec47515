import asyncio
import logging
import os

from tornado.httpserver import HTTPServer
from tornado.web import (
    Application,
    HTTPError,
    RequestHandler,
    StaticFileHandler,
    stream_request_body,
)

import payload


class Text(RequestHandler):
    def get(self):
        self.set_header("Content-Type", payload.TEXT_TYPE)
        self.write(payload.TEXT)


class Json(RequestHandler):
    def get(self):
        self.set_header("Content-Type", payload.JSON_TYPE)
        self.write(payload.dumps(payload.JSON))


folder, name = os.path.split(payload.FILE)


class File(StaticFileHandler):
    def get(self):
        return super().get(name)

    def get_content_type(self):
        return payload.FILE_TYPE


class About(RequestHandler):
    def get(self):
        self.set_header("Content-Type", payload.ABOUT_TYPE)
        self.write(payload.ABOUT)


class Echo(RequestHandler):
    def post(self):
        self.set_header("Content-Type", payload.ECHO_TYPE)
        self.write(self.request.body)


@stream_request_body
class Upload(RequestHandler):
    def initialize(self):
        self.upload = payload.Upload()

    def data_received(self, chunk):
        self.upload.add(chunk)

    def post(self):
        self.set_header("Content-Type", payload.UPLOAD_TYPE)
        self.write(self.upload.text())


class Sum(RequestHandler):
    def get(self):
        total = payload.total(self.get_argument("a", None), self.get_argument("b", None))
        if total is None:
            raise HTTPError(400)
        self.set_header("Content-Type", payload.SUM_TYPE)
        self.write(total)

    post = get


class Wait(RequestHandler):
    async def get(self, milliseconds):
        seconds = payload.seconds(milliseconds)
        if seconds is None:
            raise HTTPError(404)
        await asyncio.sleep(seconds)
        self.set_header("Content-Type", payload.WAIT_TYPE)
        self.write(payload.WAIT)


class Items(RequestHandler):
    def initialize(self, array, content_type):
        self.array = array
        self.content_type = content_type

    def get(self, count):
        document = payload.first_items(self.array, count)
        if document is None:
            raise HTTPError(404)
        self.set_header("Content-Type", self.content_type)
        self.write(payload.dumps(document))


items = {"array": payload.ITEMS, "content_type": payload.ITEMS_TYPE}
compressed = {"array": payload.COMPRESSED, "content_type": payload.COMPRESSED_TYPE}
# The setting is one of a whole application.
compressing = Application([("/compressed/([0-9]+)", Items, compressed)], compress_response=True)

app = Application(
    [
        ("/text", Text),
        ("/json", Json),
        ("/file", File, {"path": folder}),
        ("/about", About),
        ("/echo", Echo),
        ("/upload", Upload),
        ("/sum", Sum),
        ("/wait/([0-9]+)", Wait),
        ("/items/([0-9]+)", Items, items),
        ("/compressed/.*", compressing),
    ]
)


async def main():
    logging.basicConfig()
    logging.getLogger("tornado.access").setLevel("INFO" if payload.ACCESS_LOG else "ERROR")
    server = HTTPServer(app)
    listener = payload.inherited_socket()
    if listener:
        listener.setblocking(False)
        server.add_socket(listener)
    else:
        server.listen(payload.PORT, payload.HOST)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
