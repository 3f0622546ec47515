import asyncio
from typing import Annotated

from fastapi import FastAPI, Form, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import FileResponse, PlainTextResponse, Response

import payload

app = FastAPI()
compressing = FastAPI()  # a middleware is one of a whole application
compressing.add_middleware(GZipMiddleware)


@app.exception_handler(RequestValidationError)
async def invalid(request: Request, error: RequestValidationError):
    return PlainTextResponse(str(error), status_code=400)


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


@app.post("/echo")
async def echo(request: Request):
    return Response(await request.body(), media_type=payload.ECHO_TYPE)


@app.post("/upload", response_class=PlainTextResponse)
async def upload(request: Request):
    upload = payload.Upload()
    async for chunk in request.stream():
        upload.add(chunk)
    return PlainTextResponse(upload.text(), media_type=payload.UPLOAD_TYPE)


def sum_of(a, b):
    total = payload.total(a, b)
    if total is None:
        raise HTTPException(400)
    return PlainTextResponse(total, media_type=payload.SUM_TYPE)


@app.get("/sum", response_class=PlainTextResponse)
async def add_query(a: int, b: int):
    return sum_of(a, b)


@app.post("/sum", response_class=PlainTextResponse)
async def add_form(a: Annotated[int, Form()], b: Annotated[int, Form()]):
    return sum_of(a, b)


@app.get("/wait/{milliseconds:int}", response_class=PlainTextResponse)
async def wait(milliseconds: int):
    seconds = payload.seconds(milliseconds)
    if seconds is None:
        raise HTTPException(404)
    await asyncio.sleep(seconds)
    return PlainTextResponse(payload.WAIT, media_type=payload.WAIT_TYPE)


def first_items(array, count, media_type):
    document = payload.first_items(array, count)
    if document is None:
        raise HTTPException(404)
    return Response(payload.dumps(document), media_type=media_type)


@app.get("/items/{count:int}")
async def items(count: int):
    return first_items(payload.ITEMS, count, payload.ITEMS_TYPE)


@compressing.get("/{count:int}")
async def compressed(count: int):
    return first_items(payload.COMPRESSED, count, payload.COMPRESSED_TYPE)


app.mount("/compressed", compressing)
