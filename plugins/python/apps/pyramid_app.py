from pyramid.config import Configurator
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


with Configurator() as config:
    for view in (text, json, file, about):
        config.add_route(view.__name__, "/" + view.__name__)
        config.add_view(view, route_name=view.__name__, request_method="GET")
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
