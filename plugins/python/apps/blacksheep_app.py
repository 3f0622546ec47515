import asyncio

from blacksheep import Application, Content, Request, Response
from blacksheep.exceptions import BadRequest, NotFound
from blacksheep.server.compression import GzipMiddleware
from blacksheep.server.responses import ContentDispositionType
from blacksheep.server.responses import file as file_response

import payload

app = Application()
gzip = GzipMiddleware()


@app.router.get("/text")
async def text():
    return Response(200, content=Content(payload.TEXT_TYPE.encode(), payload.TEXT.encode()))


@app.router.get("/json")
async def json():
    body = payload.dumps(payload.JSON).encode()
    return Response(200, content=Content(payload.JSON_TYPE.encode(), body))


@app.router.get("/file")
async def file():
    return file_response(
        payload.FILE, payload.FILE_TYPE, content_disposition=ContentDispositionType.INLINE
    )


@app.router.get("/about")
async def about():
    return Response(200, content=Content(payload.ABOUT_TYPE.encode(), payload.ABOUT.encode()))


@app.router.post("/echo")
async def echo(request: Request):
    body = await request.read() or b""
    return Response(200, content=Content(payload.ECHO_TYPE.encode(), body))


@app.router.post("/upload")
async def upload(request: Request):
    upload = payload.Upload()
    async for chunk in request.stream():
        upload.add(chunk)
    return Response(200, content=Content(payload.UPLOAD_TYPE.encode(), upload.text().encode()))


def sum_of(a, b):
    total = payload.total(a, b)
    if total is None:
        raise BadRequest()
    return Response(200, content=Content(payload.SUM_TYPE.encode(), total.encode()))


@app.router.get("/sum")
async def add_query(a: int, b: int):
    return sum_of(a, b)


@app.router.post("/sum")
async def add_form(request: Request):
    form = await request.form() or {}
    return sum_of(form.get("a"), form.get("b"))


@app.router.get("/wait/{int:milliseconds}")
async def wait(milliseconds: int):
    seconds = payload.seconds(milliseconds)
    if seconds is None:
        raise NotFound()
    await asyncio.sleep(seconds)
    return Response(200, content=Content(payload.WAIT_TYPE.encode(), payload.WAIT.encode()))


def first_items(array, count, content_type):
    document = payload.first_items(array, count)
    if document is None:
        raise NotFound()
    return Response(200, content=Content(content_type.encode(), payload.dumps(document).encode()))


@app.router.get("/items/{int:count}")
async def items(count: int):
    return first_items(payload.ITEMS, count, payload.ITEMS_TYPE)


@app.router.get("/compressed/{int:count}")
async def compressed(request: Request, count: int):
    async def answer(_):
        return first_items(payload.COMPRESSED, count, payload.COMPRESSED_TYPE)

    # Among app.middlewares it would be one of every route.
    return await gzip(request, answer)
