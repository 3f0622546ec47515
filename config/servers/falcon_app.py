"""A Falcon application for gunicorn. What it answers comes by environment."""
import json
import os

import falcon


def read(name):
    with open(os.environ[name]) as file:
        return file.read()


TEXT = read("TEXT_FILE")
ABOUT = read("ABOUT_FILE")
JSON = json.loads(read("JSON_FILE"))
FILE = os.environ["FILE"]


class Text:
    def on_get(self, request, response):
        response.content_type = "text/plain"
        response.text = TEXT


class Json:
    def on_get(self, request, response):
        response.content_type = "application/json"
        response.text = json.dumps(JSON, separators=(",", ":"), ensure_ascii=False)


class File:
    def on_get(self, request, response):
        response.content_type = "application/octet-stream"
        file = open(FILE, "rb")
        response.set_stream(file, os.fstat(file.fileno()).st_size)


class About:
    def on_get(self, request, response):
        response.content_type = "text/plain"
        response.text = ABOUT


app = falcon.App()
app.add_route("/text", Text())
app.add_route("/json", Json())
app.add_route("/file", File())
app.add_route("/about", About())
