"""An ASGI application without a framework: what the server itself costs."""
import payload


def _body(kind, make):
    async def answer(send, scope):
        body = make().encode()
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [
                    (b"content-type", kind.encode()),
                    (b"content-length", str(len(body)).encode()),
                ],
            }
        )
        await send({"type": "http.response.body", "body": body})

    return answer


async def _file(send, scope):
    import os

    head = {
        "type": "http.response.start",
        "status": 200,
        "headers": [
            (b"content-type", payload.FILE_TYPE.encode()),
            (b"content-length", str(os.stat(payload.FILE).st_size).encode()),
        ],
    }
    await send(head)
    if "http.response.pathsend" in scope.get("extensions", {}):
        await send({"type": "http.response.pathsend", "path": payload.FILE})
    else:
        with open(payload.FILE, "rb") as file:
            await send({"type": "http.response.body", "body": file.read()})


async def _not_found(send, scope):
    await send({"type": "http.response.start", "status": 404, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


ROUTES = {
    "/text": _body(payload.TEXT_TYPE, lambda: payload.TEXT),
    "/json": _body(payload.JSON_TYPE, lambda: payload.dumps(payload.JSON)),
    "/file": _file,
    "/about": _body(payload.ABOUT_TYPE, lambda: payload.ABOUT),
}


async def app(scope, receive, send):
    if scope["type"] == "http":
        await ROUTES.get(scope["path"], _not_found)(send, scope)
