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


app = web.Application()
app.add_routes(
    [
        web.get("/text", text),
        web.get("/json", json),
        web.get("/file", file),
        web.get("/about", about),
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
