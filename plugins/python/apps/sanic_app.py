import asyncio

from sanic import Sanic
from sanic.exceptions import BadRequest, NotFound
from sanic.response import file, raw, text

import payload

app = Sanic("benchhost")
app.config.ACCESS_LOG = payload.ACCESS_LOG
app.config.RESPONSE_TIMEOUT = 2 * payload.LONGEST_WAIT // 1000  # seconds


@app.get("/text")
async def get_text(request):
    return text(payload.TEXT, content_type=payload.TEXT_TYPE)


@app.get("/json")
async def get_json(request):
    return text(payload.dumps(payload.JSON), content_type=payload.JSON_TYPE)


@app.get("/file")
async def get_file(request):
    return await file(payload.FILE, mime_type=payload.FILE_TYPE)


@app.get("/about")
async def get_about(request):
    return text(payload.ABOUT, content_type=payload.ABOUT_TYPE)


@app.post("/echo")
async def post_echo(request):
    return raw(request.body, content_type=payload.ECHO_TYPE)


@app.post("/upload", stream=True)
async def post_upload(request):
    upload = payload.Upload()
    async for chunk in request.stream:
        upload.add(chunk)
    return text(upload.text(), content_type=payload.UPLOAD_TYPE)


def sum_of(fields):
    total = payload.total(fields.get("a"), fields.get("b"))
    if total is None:
        raise BadRequest()
    return text(total, content_type=payload.SUM_TYPE)


@app.get("/sum")
async def get_sum(request):
    return sum_of(request.args)


@app.post("/sum")
async def post_sum(request):
    return sum_of(request.form)


@app.get("/wait/<milliseconds:int>")
async def get_wait(request, milliseconds):
    seconds = payload.seconds(milliseconds)
    if seconds is None:
        raise NotFound()
    await asyncio.sleep(seconds)
    return text(payload.WAIT, content_type=payload.WAIT_TYPE)


@app.get("/items/<count:int>")
async def get_items(request, count):
    document = payload.first_items(payload.ITEMS, count)
    if document is None:
        raise NotFound()
    return text(payload.dumps(document), content_type=payload.ITEMS_TYPE)


if __name__ == "__main__":
    listener = payload.inherited_socket()
    where = {"sock": listener} if listener else {"host": payload.HOST, "port": payload.PORT}
    many = {"workers": payload.WORKERS} if payload.WORKERS > 1 else {"single_process": True}
    app.run(debug=False, access_log=payload.ACCESS_LOG, motd=False, **where, **many)
