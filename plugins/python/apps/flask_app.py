import time

from flask import Flask, Response, abort, request, send_file

import payload

app = Flask(__name__)


@app.get("/text")
def text():
    return Response(payload.TEXT, mimetype=payload.TEXT_TYPE)


@app.get("/json")
def json():
    return Response(payload.dumps(payload.JSON), mimetype=payload.JSON_TYPE)


@app.get("/file")
def file():
    return send_file(payload.FILE, mimetype=payload.FILE_TYPE)


@app.get("/about")
def about():
    return Response(payload.ABOUT, mimetype=payload.ABOUT_TYPE)


@app.post("/echo")
def echo():
    return Response(request.get_data(), mimetype=payload.ECHO_TYPE)


@app.post("/upload")
def upload():
    return Response(payload.read_upload(request.stream), mimetype=payload.UPLOAD_TYPE)


@app.route("/sum", methods=["GET", "POST"])
def add():
    total = payload.total(request.values.get("a"), request.values.get("b"))
    if total is None:
        abort(400)
    return Response(total, mimetype=payload.SUM_TYPE)


@app.get("/wait/<int:milliseconds>")
def wait(milliseconds):
    seconds = payload.seconds(milliseconds)
    if seconds is None:
        abort(404)
    time.sleep(seconds)
    return Response(payload.WAIT, mimetype=payload.WAIT_TYPE)


@app.get("/items/<int:count>")
def items(count):
    document = payload.first_items(payload.ITEMS, count)
    if document is None:
        abort(404)
    return Response(payload.dumps(document), mimetype=payload.ITEMS_TYPE)


if __name__ == "__main__":
    if not payload.ACCESS_LOG:
        import logging

        logging.getLogger("werkzeug").setLevel(logging.ERROR)
    listener = payload.inherited_socket()
    if listener:
        from werkzeug.serving import make_server

        make_server(
            payload.HOST, payload.PORT, app, threaded=True, fd=listener.fileno()
        ).serve_forever()
    else:
        app.run(host=payload.HOST, port=payload.PORT, debug=False)
