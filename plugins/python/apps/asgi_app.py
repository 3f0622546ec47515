"""An ASGI application without a framework: what the server itself costs."""
import asyncio
from urllib.parse import parse_qsl

import payload


async def _answer(send, kind, body):
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


async def _refuse(send, status, *headers):
    head = [(b"content-length", b"0"), *headers]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": b""})


async def _chunks(receive):
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionError("the client is gone")
        yield message.get("body", b"")
        more = message.get("more_body", False)


def _body(kind, make):
    async def answer(scope, receive, send):
        await _answer(send, kind, make().encode())

    return answer


async def _file(scope, receive, send):
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


def _post(make):
    async def answer(scope, receive, send):
        if scope["method"] == "POST":
            await make(scope, receive, send)
        else:
            await _refuse(send, 405, (b"allow", b"POST"))

    return answer


async def _echo(scope, receive, send):
    body = b"".join([chunk async for chunk in _chunks(receive)])
    await _answer(send, payload.ECHO_TYPE, body)


async def _upload(scope, receive, send):
    upload = payload.Upload()
    async for chunk in _chunks(receive):
        upload.add(chunk)
    await _answer(send, payload.UPLOAD_TYPE, upload.text().encode())


async def _sum(scope, receive, send):
    encoded = scope["query_string"]
    if scope["method"] == "POST":
        encoded = b"".join([chunk async for chunk in _chunks(receive)])
    fields = dict(parse_qsl(encoded.decode("latin-1")))
    total = payload.total(fields.get("a"), fields.get("b"))
    if total is None:
        await _refuse(send, 400)
    else:
        await _answer(send, payload.SUM_TYPE, total.encode())


async def _wait(scope, receive, send, milliseconds):
    seconds = payload.seconds(milliseconds)
    if seconds is None:
        await _refuse(send, 404)
        return
    await asyncio.sleep(seconds)
    await _answer(send, payload.WAIT_TYPE, payload.WAIT.encode())


async def _items(scope, receive, send, count):
    document = payload.first_items(payload.ITEMS, count)
    if document is None:
        await _refuse(send, 404)
    else:
        await _answer(send, payload.ITEMS_TYPE, payload.dumps(document).encode())


async def _not_found(scope, receive, send, *argument):
    await _refuse(send, 404)


ROUTES = {
    "/text": _body(payload.TEXT_TYPE, lambda: payload.TEXT),
    "/json": _body(payload.JSON_TYPE, lambda: payload.dumps(payload.JSON)),
    "/file": _file,
    "/about": _body(payload.ABOUT_TYPE, lambda: payload.ABOUT),
    "/echo": _post(_echo),
    "/upload": _post(_upload),
    "/sum": _sum,
}
ROUTES_BEFORE_A_NUMBER = {"/wait": _wait, "/items": _items}


async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    path = scope["path"]
    if path in ROUTES:
        await ROUTES[path](scope, receive, send)
    else:
        before, _, number = path.rpartition("/")
        await ROUTES_BEFORE_A_NUMBER.get(before, _not_found)(scope, receive, send, number)
