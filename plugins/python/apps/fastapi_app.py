from fastapi import FastAPI
from fastapi.responses import FileResponse, PlainTextResponse, Response

import payload

app = FastAPI()


@app.get("/text", response_class=PlainTextResponse)
async def text():
    return PlainTextResponse(payload.TEXT, media_type=payload.TEXT_TYPE)


@app.get("/json")
async def json():
    return Response(payload.dumps(payload.JSON), media_type=payload.JSON_TYPE)


@app.get("/file")
async def file():
    return FileResponse(payload.FILE, media_type=payload.FILE_TYPE)


@app.get("/about", response_class=PlainTextResponse)
async def about():
    return PlainTextResponse(payload.ABOUT, media_type=payload.ABOUT_TYPE)
