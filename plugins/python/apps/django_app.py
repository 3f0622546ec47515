import time

from django.conf import settings

import payload

settings.configure(
    DEBUG=False,
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="not used: no sessions",
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    DATA_UPLOAD_MAX_MEMORY_SIZE=payload.MOST_UPLOAD,
)

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import (  # noqa: E402
    FileResponse,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseNotFound,
)
from django.urls import path  # noqa: E402
from django.views.decorators.gzip import gzip_page  # noqa: E402
from django.views.decorators.http import (  # noqa: E402
    require_http_methods,
    require_POST,
    require_safe,
)


def text(request):
    return HttpResponse(payload.TEXT, content_type=payload.TEXT_TYPE)


def json(request):
    return HttpResponse(payload.dumps(payload.JSON), content_type=payload.JSON_TYPE)


def file(request):
    return FileResponse(open(payload.FILE, "rb"), content_type=payload.FILE_TYPE)


def about(request):
    return HttpResponse(payload.ABOUT, content_type=payload.ABOUT_TYPE)


@require_POST
def echo(request):
    return HttpResponse(request.body, content_type=payload.ECHO_TYPE)


@require_POST
def upload(request):
    return HttpResponse(payload.read_upload(request), content_type=payload.UPLOAD_TYPE)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request):
    fields = request.POST if request.method == "POST" else request.GET
    total = payload.total(fields.get("a"), fields.get("b"))
    if total is None:
        return HttpResponseBadRequest()
    return HttpResponse(total, content_type=payload.SUM_TYPE)


@require_safe
def wait(request, milliseconds):
    seconds = payload.seconds(milliseconds)
    if seconds is None:
        return HttpResponseNotFound()
    time.sleep(seconds)
    return HttpResponse(payload.WAIT, content_type=payload.WAIT_TYPE)


def first_items(array, count, content_type):
    document = payload.first_items(array, count)
    if document is None:
        return HttpResponseNotFound()
    return HttpResponse(payload.dumps(document), content_type=content_type)


@require_safe
def items(request, count):
    return first_items(payload.ITEMS, count, payload.ITEMS_TYPE)


@gzip_page
@require_safe
def compressed(request, count):
    return first_items(payload.COMPRESSED, count, payload.COMPRESSED_TYPE)


urlpatterns = [
    path("text", text),
    path("json", json),
    path("file", file),
    path("about", about),
    path("echo", echo),
    path("upload", upload),
    path("sum", add),
    path("wait/<int:milliseconds>", wait),
    path("items/<int:count>", items),
    path("compressed/<int:count>", compressed),
]

app = get_wsgi_application()
