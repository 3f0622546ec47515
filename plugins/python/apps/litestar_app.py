import asyncio

from litestar import Litestar, Request, Response, get, post
from litestar.config.compression import CompressionConfig
from litestar.exceptions import ClientException, NotFoundException
from litestar.middleware import DefineMiddleware
from litestar.middleware.compression import CompressionMiddleware
from litestar.response import File

import payload


@get("/text")
async def text() -> Response[str]:
    return Response(payload.TEXT, media_type=payload.TEXT_TYPE)


@get("/json")
async def json() -> Response[bytes]:
    return Response(payload.dumps(payload.JSON).encode(), media_type=payload.JSON_TYPE)


@get("/file")
async def file() -> File:
    return File(payload.FILE, media_type=payload.FILE_TYPE)


@get("/about")
async def about() -> Response[str]:
    return Response(payload.ABOUT, media_type=payload.ABOUT_TYPE)


@post("/echo", status_code=200)
async def echo(request: Request) -> Response[bytes]:
    return Response(await request.body(), media_type=payload.ECHO_TYPE)


@post("/upload", status_code=200)
async def upload(request: Request) -> Response[str]:
    upload = payload.Upload()
    async for chunk in request.stream():
        upload.add(chunk)
    return Response(upload.text(), media_type=payload.UPLOAD_TYPE)


def sum_of(a, b):
    total = payload.total(a, b)
    if total is None:
        raise ClientException()
    return Response(total, media_type=payload.SUM_TYPE)


@get("/sum")
async def add_query(a: int, b: int) -> Response[str]:
    return sum_of(a, b)


@post("/sum", status_code=200)
async def add_form(request: Request) -> Response[str]:
    form = await request.form()
    return sum_of(form.get("a"), form.get("b"))


@get("/wait/{milliseconds:int}")
async def wait(milliseconds: int) -> Response[str]:
    seconds = payload.seconds(milliseconds)
    if seconds is None:
        raise NotFoundException()
    await asyncio.sleep(seconds)
    return Response(payload.WAIT, media_type=payload.WAIT_TYPE)


def first_items(array, count, media_type):
    document = payload.first_items(array, count)
    if document is None:
        raise NotFoundException()
    return Response(payload.dumps(document).encode(), media_type=media_type)


@get("/items/{count:int}")
async def items(count: int) -> Response[bytes]:
    return first_items(payload.ITEMS, count, payload.ITEMS_TYPE)


# As an argument of Litestar it would be a middleware of every route.
gzip = DefineMiddleware(CompressionMiddleware, config=CompressionConfig(backend="gzip"))


@get("/compressed/{count:int}", middleware=[gzip])
async def compressed(count: int) -> Response[bytes]:
    return first_items(payload.COMPRESSED, count, payload.COMPRESSED_TYPE)


app = Litestar(
    [
        text,
        json,
        file,
        about,
        echo,
        upload,
        add_query,
        add_form,
        wait,
        items,
        compressed,
    ],
    openapi_config=None,
    request_max_body_size=payload.MOST_UPLOAD,
)
