from flask import Flask, Response, send_file

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
