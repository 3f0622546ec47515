import asyncio

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


def echo(request):
    return request.Response(body=request.body or b"", mime_type=payload.ECHO_TYPE)


# The body is in memory before the handler is called.
def upload(request):
    upload = payload.Upload()
    upload.add(request.body or b"")
    return request.Response(text=upload.text(), mime_type=payload.UPLOAD_TYPE)


def add(request):
    fields = (request.form if request.method == "POST" else request.query) or {}
    total = payload.total(fields.get("a"), fields.get("b"))
    if total is None:
        return request.Response(code=400, text="Bad Request")
    return request.Response(text=total, mime_type=payload.SUM_TYPE)


async def wait(request):
    seconds = payload.seconds(request.match_dict["milliseconds"])
    if seconds is None:
        return request.Response(code=404, text="Not Found")
    await asyncio.sleep(seconds)
    return request.Response(text=payload.WAIT, mime_type=payload.WAIT_TYPE)


def items(request):
    document = payload.first_items(payload.ITEMS, request.match_dict["count"])
    if document is None:
        return request.Response(code=404, text="Not Found")
    return request.Response(text=payload.dumps(document), mime_type=payload.ITEMS_TYPE)


app = Application()
app.router.add_route("/text", text, method="GET")
app.router.add_route("/json", json, method="GET")
app.router.add_route("/file", file, method="GET")
app.router.add_route("/about", about, method="GET")
app.router.add_route("/echo", echo, method="POST")
app.router.add_route("/upload", upload, method="POST")
app.router.add_route("/sum", add, methods=["GET", "POST"])
app.router.add_route("/wait/{milliseconds}", wait, method="GET")
app.router.add_route("/items/{count}", items, method="GET")

if __name__ == "__main__":
    listener = payload.inherited_socket()
    if listener:
        app.serve(sock=listener, host=payload.HOST, port=payload.PORT, reloader_pid=None)
    else:
        app.run(host=payload.HOST, port=payload.PORT, worker_num=payload.WORKERS)
