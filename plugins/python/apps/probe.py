"""usage: probe.py FRAMEWORK SERVER    Imports what this server needs and prints what it found.

One JSON object on success; the reason on stderr and exit code 1 otherwise. Works with CPython 3.6
and later. Loop and parser are asked of the libraries, not assumed, where they choose themselves.
"""
import importlib
import json
import platform
import sys

# framework -> (distribution whose version is the row's version, modules to import)
FRAMEWORKS = {
    "aiohttp": ("aiohttp", ["aiohttp"]),
    "blacksheep": ("blacksheep", ["blacksheep"]),
    "bottle": ("bottle", ["bottle"]),
    "django": ("Django", ["django"]),
    "falcon": ("falcon", ["falcon"]),
    "fastapi": ("fastapi", ["fastapi", "starlette", "python_multipart"]),
    "flask": ("Flask", ["flask", "werkzeug"]),
    "granian": ("granian", ["granian"]),
    "japronto": ("japronto", ["japronto", "uvloop"]),
    "litestar": ("litestar", ["litestar"]),
    "pyramid": ("pyramid", ["pyramid.config"]),
    "robyn": ("robyn", ["robyn"]),
    "sanic": ("sanic", ["sanic"]),
    "starlette": ("starlette", ["starlette", "python_multipart"]),
    "tornado": ("tornado", ["tornado.web"]),
}
SERVERS = {
    "builtin": [],
    "waitress": ["waitress"],
    "gunicorn": ["gunicorn"],
    "uvicorn": ["uvicorn"],
    "gunicorn+uvicorn": ["gunicorn", "uvicorn", "uvicorn_worker"],
    "granian": ["granian"],
}
# Their own documentation tells not to deploy these: they declare no class.
DEVELOPMENT = {("bottle", "builtin"), ("flask", "builtin"), ("pyramid", "builtin")}
PACKAGES = {
    "uvicorn_worker": "uvicorn-worker",
    "pyramid.config": "pyramid",
    "python_multipart": "python-multipart",
    "tornado.web": "tornado",
}


def version_of(distribution):
    try:
        from importlib.metadata import version
    except ImportError:  # before CPython 3.8
        from pkg_resources import get_distribution

        return get_distribution(distribution).version
    return version(distribution)


def has(module):
    try:
        importlib.import_module(module)
    except ImportError:
        return False
    return True


def uvicorn_parts():
    loop = "uvloop" if has("uvloop") else "asyncio"
    from uvicorn.protocols.http.auto import AutoHTTPProtocol

    return loop, "httptools" if "httptools" in AutoHTTPProtocol.__module__ else "h11"


def aiohttp_parts():
    from aiohttp import http_parser

    return "asyncio", "Python" if http_parser.HttpRequestParser is http_parser.HttpRequestParserPy else "llhttp"


def gunicorn_parser():
    return "gunicorn_h1c" if has("gunicorn_h1c") else "Python"


def parts_of(framework, server):
    """(what serves, its loop or None, its HTTP parser)"""
    if server == "uvicorn":
        return ("uvicorn",) + uvicorn_parts()
    if server == "gunicorn+uvicorn":
        return ("gunicorn with uvicorn's worker",) + uvicorn_parts()
    if server == "gunicorn":
        return "gunicorn, sync worker", None, gunicorn_parser()
    if server == "waitress":
        return "waitress", "asyncore, 4 threads", "Python"
    if server == "granian":
        return "granian", "uvloop" if has("uvloop") else "asyncio", "hyper (Rust)"
    return {
        "aiohttp": lambda: ("aiohttp.web",) + aiohttp_parts(),
        "bottle": lambda: ("wsgiref", None, "http.server"),
        "pyramid": lambda: ("wsgiref", None, "http.server"),
        "flask": lambda: ("werkzeug, threaded", None, "http.server"),
        "japronto": lambda: ("japronto", "uvloop", "picohttpparser"),
        "robyn": lambda: ("robyn", "uvloop" if has("uvloop") else "asyncio", "actix (Rust)"),
        "sanic": lambda: ("sanic, single process", "uvloop" if has("uvloop") else "asyncio", "Python"),
        "tornado": lambda: ("tornado.httpserver", "asyncio", "Python"),
    }[framework]()


def main(framework, server):
    distribution, modules = FRAMEWORKS[framework]
    needed = modules + SERVERS[server] + ["ujson"]
    for module in needed:
        try:
            importlib.import_module(module)
        except Exception as error:  # a broken extension module may raise anything
            print(
                "%s cannot be imported by %s: %s: %s; run ./dev servers, or set interpreter to a "
                "Python that has it" % (module, sys.executable, type(error).__name__, error),
                file=sys.stderr,
            )
            return 1
    serving, loop, parser = parts_of(framework, server)
    details = {
        "python": platform.python_version(),
        "interpreter": sys.executable,
        "server": serving,
        "http parser": parser,
    }
    if (framework, server) not in DEVELOPMENT:
        details["class"] = "production"
    if loop:
        details["loop"] = loop
    for module in needed[len(modules[:1]) :]:
        name = PACKAGES.get(module, module)
        details[name] = version_of(name)
    if loop == "uvloop":
        details["uvloop"] = version_of("uvloop")
    if parser == "httptools":
        details["httptools"] = version_of("httptools")
    print(json.dumps({"version": version_of(distribution), "details": details}))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
