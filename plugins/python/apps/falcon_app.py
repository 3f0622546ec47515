import os

import falcon

import payload


class Text:
    def on_get(self, request, response):
        response.content_type = payload.TEXT_TYPE
        response.text = payload.TEXT


class Json:
    def on_get(self, request, response):
        response.content_type = payload.JSON_TYPE
        response.text = payload.dumps(payload.JSON)


class File:
    def on_get(self, request, response):
        response.content_type = payload.FILE_TYPE
        file = open(payload.FILE, "rb")  # the WSGI server closes it
        response.set_stream(file, os.fstat(file.fileno()).st_size)


class About:
    def on_get(self, request, response):
        response.content_type = payload.ABOUT_TYPE
        response.text = payload.ABOUT


app = falcon.App()
app.add_route("/text", Text())
app.add_route("/json", Json())
app.add_route("/file", File())
app.add_route("/about", About())
