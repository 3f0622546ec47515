from blacksheep import Application, Content, Response
from blacksheep.server.responses import ContentDispositionType
from blacksheep.server.responses import file as file_response

import payload

app = Application()


@app.router.get("/text")
async def text():
    return Response(200, content=Content(payload.TEXT_TYPE.encode(), payload.TEXT.encode()))


@app.router.get("/json")
async def json():
    body = payload.dumps(payload.JSON).encode()
    return Response(200, content=Content(payload.JSON_TYPE.encode(), body))


@app.router.get("/file")
async def file():
    return file_response(
        payload.FILE, payload.FILE_TYPE, content_disposition=ContentDispositionType.INLINE
    )


@app.router.get("/about")
async def about():
    return Response(200, content=Content(payload.ABOUT_TYPE.encode(), payload.ABOUT.encode()))
