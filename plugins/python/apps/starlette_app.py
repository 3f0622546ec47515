from starlette.applications import Starlette
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


app = Starlette(
    routes=[
        Route("/text", text),
        Route("/json", json),
        Route("/file", file),
        Route("/about", about),
    ]
)
