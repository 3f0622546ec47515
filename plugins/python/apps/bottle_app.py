import os
import time

from bottle import Bottle, abort, request, response, static_file

import payload

app = Bottle()


@app.get("/text")
def text():
    response.content_type = payload.TEXT_TYPE
    return payload.TEXT


@app.get("/json")
def json():
    response.content_type = payload.JSON_TYPE
    return payload.dumps(payload.JSON)


@app.get("/file")
def file():
    folder, name = os.path.split(payload.FILE)
    return static_file(name, root=folder, mimetype=payload.FILE_TYPE)


@app.get("/about")
def about():
    response.content_type = payload.ABOUT_TYPE
    return payload.ABOUT


@app.post("/echo")
def echo():
    response.content_type = payload.ECHO_TYPE
    return request.body.read()


@app.post("/upload")
def upload():
    response.content_type = payload.UPLOAD_TYPE
    return payload.read_upload(request.body)  # a temporary file, beyond 100 KiB


@app.route("/sum", method=["GET", "POST"])
def add():
    total = payload.total(request.params.get("a"), request.params.get("b"))
    if total is None:
        abort(400)
    response.content_type = payload.SUM_TYPE
    return total


@app.get("/wait/<milliseconds:int>")
def wait(milliseconds):
    seconds = payload.seconds(milliseconds)
    if seconds is None:
        abort(404)
    time.sleep(seconds)
    response.content_type = payload.WAIT_TYPE
    return payload.WAIT


@app.get("/items/<count:int>")
def items(count):
    document = payload.first_items(payload.ITEMS, count)
    if document is None:
        abort(404)
    response.content_type = payload.ITEMS_TYPE
    return payload.dumps(document)


if __name__ == "__main__":
    listener = payload.inherited_socket()
    if listener:
        import wsgiref_server

        wsgiref_server.serve(app, listener, payload.ACCESS_LOG)
    else:
        app.run(host=payload.HOST, port=payload.PORT, quiet=not payload.ACCESS_LOG)
