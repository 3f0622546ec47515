import asyncio
import os
import signal
import sys
from urllib.parse import parse_qsl

from robyn import Headers, Response, Robyn
from robyn.responses import FileResponse

import payload

os.environ.setdefault("ROBYN_MAX_PAYLOAD_SIZE", str(payload.MOST_UPLOAD))
app = Robyn(__file__)


@app.get("/text")
async def text(request):
    return Response(200, Headers({"Content-Type": payload.TEXT_TYPE}), payload.TEXT)


@app.get("/json")
async def json(request):
    body = payload.dumps(payload.JSON)
    return Response(200, Headers({"Content-Type": payload.JSON_TYPE}), body)


@app.get("/file")
async def file(request):
    return FileResponse(payload.FILE, headers=Headers({"Content-Type": payload.FILE_TYPE}))


@app.get("/about")
async def about(request):
    return Response(200, Headers({"Content-Type": payload.ABOUT_TYPE}), payload.ABOUT)


@app.post("/echo")
async def echo(request):
    return Response(200, Headers({"Content-Type": payload.ECHO_TYPE}), request.body)


# The body is in memory before the handler is called; it is text where it can be.
@app.post("/upload")
async def upload(request):
    upload = payload.Upload()
    upload.add(request.body.encode() if isinstance(request.body, str) else request.body)
    return Response(200, Headers({"Content-Type": payload.UPLOAD_TYPE}), upload.text())


def sum_of(fields):
    total = payload.total(fields.get("a", None), fields.get("b", None))
    if total is None:
        return Response(400, Headers({}), "Bad Request")
    return Response(200, Headers({"Content-Type": payload.SUM_TYPE}), total)


@app.get("/sum")
async def add_query(request):
    return sum_of(request.query_params)


# Robyn parses forms of the type multipart/form-data alone.
@app.post("/sum")
async def add_form(request):
    return sum_of(dict(parse_qsl(request.body)))


@app.get("/wait/:milliseconds")
async def wait(request):
    seconds = payload.seconds(request.path_params["milliseconds"])
    if seconds is None:
        return Response(404, Headers({}), "Not Found")
    await asyncio.sleep(seconds)
    return Response(200, Headers({"Content-Type": payload.WAIT_TYPE}), payload.WAIT)


@app.get("/items/:count")
async def items(request):
    document = payload.first_items(payload.ITEMS, request.path_params["count"])
    if document is None:
        return Response(404, Headers({}), "Not Found")
    body = payload.dumps(document)
    return Response(200, Headers({"Content-Type": payload.ITEMS_TYPE}), body)


if __name__ == "__main__":
    # With one process, the library stops its threads at SIGTERM but not its event loop.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    app.start(host=payload.HOST, port=payload.PORT)
