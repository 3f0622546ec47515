import os
import time

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


# gunicorn and waitress end request.stream where the body ends, chunked or not.
class Echo:
    def on_post(self, request, response):
        response.content_type = payload.ECHO_TYPE
        response.data = request.stream.read()


class Upload:
    def on_post(self, request, response):
        response.content_type = payload.UPLOAD_TYPE
        response.text = payload.read_upload(request.stream)


class Sum:
    def on_get(self, request, response):
        self.add(request.params, response)

    def on_post(self, request, response):
        self.add(request.get_media(), response)

    def add(self, fields, response):
        total = payload.total(fields.get("a"), fields.get("b"))
        if total is None:
            raise falcon.HTTPBadRequest()
        response.content_type = payload.SUM_TYPE
        response.text = total


class Wait:
    def on_get(self, request, response, milliseconds):
        seconds = payload.seconds(milliseconds)
        if seconds is None:
            raise falcon.HTTPNotFound()
        time.sleep(seconds)
        response.content_type = payload.WAIT_TYPE
        response.text = payload.WAIT


class Items:
    def on_get(self, request, response, count):
        document = payload.first_items(payload.ITEMS, count)
        if document is None:
            raise falcon.HTTPNotFound()
        response.content_type = payload.ITEMS_TYPE
        response.text = payload.dumps(document)


app = falcon.App()
app.add_route("/text", Text())
app.add_route("/json", Json())
app.add_route("/file", File())
app.add_route("/about", About())
app.add_route("/echo", Echo())
app.add_route("/upload", Upload())
app.add_route("/sum", Sum())
app.add_route("/wait/{milliseconds:int}", Wait())
app.add_route("/items/{count:int}", Items())
