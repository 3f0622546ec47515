import signal
import sys

from robyn import Headers, Response, Robyn
from robyn.responses import FileResponse

import payload

app = Robyn(__file__)


@app.get("/text")
async def text(request):
    return Response(200, Headers({"Content-Type": payload.TEXT_TYPE}), payload.TEXT)


@app.get("/json")
async def json(request):
    body = payload.dumps(payload.JSON)
    return Response(200, Headers({"Content-Type": payload.JSON_TYPE}), body)


@app.get("/file")
async def file(request):
    return FileResponse(payload.FILE, headers=Headers({"Content-Type": payload.FILE_TYPE}))


@app.get("/about")
async def about(request):
    return Response(200, Headers({"Content-Type": payload.ABOUT_TYPE}), payload.ABOUT)


if __name__ == "__main__":
    # With one process, the library stops its threads at SIGTERM but not its event loop.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    app.start(host=payload.HOST, port=payload.PORT)
