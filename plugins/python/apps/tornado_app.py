import asyncio
import logging
import os

from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler, StaticFileHandler

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


app = Application(
    [
        ("/text", Text),
        ("/json", Json),
        ("/file", File, {"path": folder}),
        ("/about", About),
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
