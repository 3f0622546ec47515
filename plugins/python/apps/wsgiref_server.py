"""wsgiref.simple_server on a socket it inherits, for bottle and pyramid with bind = fd."""
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *arguments):
        pass


def serve(app, listener, access_log):
    server = WSGIServer(
        listener.getsockname()[:2],
        WSGIRequestHandler if access_log else QuietHandler,
        bind_and_activate=False,
    )
    server.socket.close()
    server.socket = listener
    server.server_address = listener.getsockname()
    server.server_name, server.server_port = server.server_address[:2]
    server.setup_environ()
    server.set_app(app)
    server.serve_forever()
