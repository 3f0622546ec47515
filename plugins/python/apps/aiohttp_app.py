import asyncio

from aiohttp import web

import payload


async def text(request):
    return web.Response(text=payload.TEXT, content_type=payload.TEXT_TYPE)


async def json(request):
    return web.json_response(payload.JSON, dumps=payload.dumps, content_type=payload.JSON_TYPE)


async def file(request):
    return web.FileResponse(payload.FILE, headers={"Content-Type": payload.FILE_TYPE})


async def about(request):
    return web.Response(text=payload.ABOUT, content_type=payload.ABOUT_TYPE)


async def echo(request):
    return web.Response(body=await request.read(), content_type=payload.ECHO_TYPE)


async def upload(request):
    upload = payload.Upload()
    async for chunk in request.content.iter_any():
        upload.add(chunk)
    return web.Response(text=upload.text(), content_type=payload.UPLOAD_TYPE)


async def add(request):
    fields = await request.post() if request.method == "POST" else request.query
    total = payload.total(fields.get("a"), fields.get("b"))
    if total is None:
        raise web.HTTPBadRequest()
    return web.Response(text=total, content_type=payload.SUM_TYPE)


async def wait(request):
    seconds = payload.seconds(request.match_info["milliseconds"])
    if seconds is None:
        raise web.HTTPNotFound()
    await asyncio.sleep(seconds)
    return web.Response(text=payload.WAIT, content_type=payload.WAIT_TYPE)


def first_items(array, request, content_type):
    document = payload.first_items(array, request.match_info["count"])
    if document is None:
        raise web.HTTPNotFound()
    return web.json_response(document, dumps=payload.dumps, content_type=content_type)


async def items(request):
    return first_items(payload.ITEMS, request, payload.ITEMS_TYPE)


async def compressed(request):
    response = first_items(payload.COMPRESSED, request, payload.COMPRESSED_TYPE)
    response.enable_compression()
    return response


app = web.Application(client_max_size=payload.MOST_UPLOAD)
app.add_routes(
    [
        web.get("/text", text),
        web.get("/json", json),
        web.get("/file", file),
        web.get("/about", about),
        web.post("/echo", echo),
        web.post("/upload", upload),
        web.get("/sum", add),
        web.post("/sum", add),
        web.get(r"/wait/{milliseconds:\d+}", wait),
        web.get(r"/items/{count:\d+}", items),
        web.get(r"/compressed/{count:\d+}", compressed),
    ]
)

if __name__ == "__main__":
    if payload.ACCESS_LOG:
        import logging

        logging.basicConfig(level=logging.INFO)
    listener = payload.inherited_socket()
    where = {"sock": listener} if listener else {"host": payload.HOST, "port": payload.PORT}
    log = {} if payload.ACCESS_LOG else {"access_log": None}
    web.run_app(app, print=None, **where, **log)
