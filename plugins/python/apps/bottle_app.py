import os

from bottle import Bottle, response, static_file

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


if __name__ == "__main__":
    listener = payload.inherited_socket()
    if listener:
        import wsgiref_server

        wsgiref_server.serve(app, listener, payload.ACCESS_LOG)
    else:
        app.run(host=payload.HOST, port=payload.PORT, quiet=not payload.ACCESS_LOG)
