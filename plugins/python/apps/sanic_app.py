from sanic import Sanic
from sanic.response import file, text

import payload

app = Sanic("benchhost")
app.config.ACCESS_LOG = payload.ACCESS_LOG


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


if __name__ == "__main__":
    listener = payload.inherited_socket()
    where = {"sock": listener} if listener else {"host": payload.HOST, "port": payload.PORT}
    many = {"workers": payload.WORKERS} if payload.WORKERS > 1 else {"single_process": True}
    app.run(debug=False, access_log=payload.ACCESS_LOG, motd=False, **where, **many)
