import asyncio

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

import payload


async def text(request):
    return PlainTextResponse(payload.TEXT, media_type=payload.TEXT_TYPE)


async def json(request):
    return Response(payload.dumps(payload.JSON), media_type=payload.JSON_TYPE)


async def file(request):
    return FileResponse(payload.FILE, media_type=payload.FILE_TYPE)


async def about(request):
    return PlainTextResponse(payload.ABOUT, media_type=payload.ABOUT_TYPE)


async def echo(request):
    return Response(await request.body(), media_type=payload.ECHO_TYPE)


async def upload(request):
    upload = payload.Upload()
    async for chunk in request.stream():
        upload.add(chunk)
    return PlainTextResponse(upload.text(), media_type=payload.UPLOAD_TYPE)


async def add(request):
    fields = await request.form() if request.method == "POST" else request.query_params
    total = payload.total(fields.get("a"), fields.get("b"))
    if total is None:
        raise HTTPException(400)
    return PlainTextResponse(total, media_type=payload.SUM_TYPE)


async def wait(request):
    seconds = payload.seconds(request.path_params["milliseconds"])
    if seconds is None:
        raise HTTPException(404)
    await asyncio.sleep(seconds)
    return PlainTextResponse(payload.WAIT, media_type=payload.WAIT_TYPE)


def first_items(array, request, media_type):
    document = payload.first_items(array, request.path_params["count"])
    if document is None:
        raise HTTPException(404)
    return Response(payload.dumps(document), media_type=media_type)


async def items(request):
    return first_items(payload.ITEMS, request, payload.ITEMS_TYPE)


async def compressed(request):
    return first_items(payload.COMPRESSED, request, payload.COMPRESSED_TYPE)


app = Starlette(
    routes=[
        Route("/text", text),
        Route("/json", json),
        Route("/file", file),
        Route("/about", about),
        Route("/echo", echo, methods=["POST"]),
        Route("/upload", upload, methods=["POST"]),
        Route("/sum", add, methods=["GET", "POST"]),
        Route("/wait/{milliseconds:int}", wait),
        Route("/items/{count:int}", items),
        Route("/compressed/{count:int}", compressed, middleware=[Middleware(GZipMiddleware)]),
    ]
)
