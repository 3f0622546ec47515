import time

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPBadRequest, HTTPNotFound
from pyramid.response import FileResponse, Response

import payload


def text(request):
    return Response(text=payload.TEXT, content_type=payload.TEXT_TYPE)


def json(request):
    return Response(
        text=payload.dumps(payload.JSON), content_type=payload.JSON_TYPE, charset="UTF-8"
    )


def file(request):
    return FileResponse(payload.FILE, request=request, content_type=payload.FILE_TYPE)


def about(request):
    return Response(text=payload.ABOUT, content_type=payload.ABOUT_TYPE)


def echo(request):
    return Response(body=request.body, content_type=payload.ECHO_TYPE)


def upload(request):
    text = payload.read_upload(request.body_file)
    return Response(text=text, content_type=payload.UPLOAD_TYPE)


def add(request):
    total = payload.total(request.params.get("a"), request.params.get("b"))
    if total is None:
        raise HTTPBadRequest()
    return Response(text=total, content_type=payload.SUM_TYPE)


def wait(request):
    seconds = payload.seconds(request.matchdict["milliseconds"])
    if seconds is None:
        raise HTTPNotFound()
    time.sleep(seconds)
    return Response(text=payload.WAIT, content_type=payload.WAIT_TYPE)


def first_items(array, request, content_type):
    document = payload.first_items(array, request.matchdict["count"])
    if document is None:
        raise HTTPNotFound()
    return Response(text=payload.dumps(document), content_type=content_type, charset="UTF-8")


def items(request):
    return first_items(payload.ITEMS, request, payload.ITEMS_TYPE)


def compressed(request):
    response = first_items(payload.COMPRESSED, request, payload.COMPRESSED_TYPE)
    response.vary = ["Accept-Encoding"]
    if request.accept_encoding and request.accept_encoding.acceptable_offers(["gzip"]):
        response.encode_content("gzip")
    return response


with Configurator() as config:
    for view, pattern, methods in (
        (text, "/text", "GET"),
        (json, "/json", "GET"),
        (file, "/file", "GET"),
        (about, "/about", "GET"),
        (echo, "/echo", "POST"),
        (upload, "/upload", "POST"),
        (add, "/sum", ("GET", "POST")),
        (wait, "/wait/{milliseconds}", "GET"),
        (items, "/items/{count}", "GET"),
        (compressed, "/compressed/{count}", "GET"),
    ):
        config.add_route(view.__name__, pattern)
        config.add_view(view, route_name=view.__name__, request_method=methods)
    app = config.make_wsgi_app()

if __name__ == "__main__":
    import wsgiref_server

    listener = payload.inherited_socket()
    if listener:
        wsgiref_server.serve(app, listener, payload.ACCESS_LOG)
    else:
        from wsgiref.simple_server import WSGIRequestHandler, make_server

        handler = WSGIRequestHandler if payload.ACCESS_LOG else wsgiref_server.QuietHandler
        make_server(payload.HOST, payload.PORT, app, handler_class=handler).serve_forever()
