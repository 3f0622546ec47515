from litestar import Litestar, Response, get
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


app = Litestar([text, json, file, about], openapi_config=None)
