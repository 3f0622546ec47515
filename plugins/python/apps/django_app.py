from django.conf import settings

import payload

settings.configure(
    DEBUG=False,
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="not used: no sessions",
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
)

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import FileResponse, HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402


def text(request):
    return HttpResponse(payload.TEXT, content_type=payload.TEXT_TYPE)


def json(request):
    return HttpResponse(payload.dumps(payload.JSON), content_type=payload.JSON_TYPE)


def file(request):
    return FileResponse(open(payload.FILE, "rb"), content_type=payload.FILE_TYPE)


def about(request):
    return HttpResponse(payload.ABOUT, content_type=payload.ABOUT_TYPE)


urlpatterns = [path("text", text), path("json", json), path("file", file), path("about", about)]

app = get_wsgi_application()
