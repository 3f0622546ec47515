import os
import sys

from japronto import Application

import payload


def text(request):
    return request.Response(text=payload.TEXT, mime_type=payload.TEXT_TYPE)


def json(request):
    return request.Response(text=payload.dumps(payload.JSON), mime_type=payload.JSON_TYPE)


def file(request):
    with open(payload.FILE, "rb") as opened:
        return request.Response(body=opened.read(), mime_type=payload.FILE_TYPE)


def about(request):
    return request.Response(text=payload.ABOUT, mime_type=payload.ABOUT_TYPE)


app = Application()
app.router.add_route("/text", text, method="GET")
app.router.add_route("/json", json, method="GET")
app.router.add_route("/file", file, method="GET")
app.router.add_route("/about", about, method="GET")

if __name__ == "__main__":
    listener = payload.inherited_socket()
    if listener:
        app.serve(sock=listener, host=payload.HOST, port=payload.PORT, reloader_pid=None)
    else:
        app.run(host=payload.HOST, port=payload.PORT, worker_num=payload.WORKERS)
