"""The reference: for programs (``/openapi.json``), for people (``/docs``), for language models (``/llms.txt``).

``/`` says where they are. The reference is made once for each process and served from here
alone: the page for people loads nothing from elsewhere, and its Content-Security-Policy
holds the browser to that.
"""

import functools
import hashlib
import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import condition
from drf_spectacular.settings import spectacular_settings

from organizations import errors
from organizations.wire.answering import answer
from organizations.wire.reference import as_text
from organizations.wire.rendering import dumps

#: Where everything is.
INDEX = {
    "object": "index",
    "name": "Crane Ledger",
    "docs": "/docs",
    "openapi": "/openapi.json",
    "llms": "/llms.txt",
    "back_office": "/admin/",
    "health": "/health",
}


@functools.cache
def document() -> dict:
    """The OpenAPI document of everything that the address table serves."""
    generator = spectacular_settings.DEFAULT_GENERATOR_CLASS()
    return generator.get_schema(request=None, public=True)


@functools.cache
def openapi_json() -> bytes:
    """The document as it is served."""
    return dumps(document())


@functools.cache
def llms_txt() -> bytes:
    """The same as plain text."""
    return as_text(document()).encode()


def read_only(view):
    """Answer GET and HEAD; refuse other methods in the shape of every refusal, whatever cookies come along."""

    @csrf_exempt
    @functools.wraps(view)
    def wrapped(request: HttpRequest) -> HttpResponse:
        if request.method in ("GET", "HEAD"):
            return view(request)
        refused = answer(request, errors.MethodNotAllowed())
        refused.headers["Allow"] = "GET, HEAD"
        return refused

    return wrapped


def _etag(text):
    """A function from request to entity tag, so that a client that has the text need not load it again."""
    return lambda request: f'"{hashlib.sha256(text()).hexdigest()[:32]}"'


@read_only
@condition(etag_func=_etag(openapi_json))
def openapi(request: HttpRequest) -> HttpResponse:
    """``/openapi.json``."""
    return HttpResponse(openapi_json(), content_type="application/json", headers={"Cache-Control": "no-cache"})


@read_only
@condition(etag_func=_etag(llms_txt))
def llms(request: HttpRequest) -> HttpResponse:
    """``/llms.txt``."""
    return HttpResponse(llms_txt(), content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-cache"})


@read_only
def index(request: HttpRequest) -> HttpResponse:
    """``/``: for who has only the host's name, a person or a program."""
    return HttpResponse(dumps(INDEX), content_type="application/json")


@read_only
def docs(request: HttpRequest) -> HttpResponse:
    """``/docs``: Swagger UI on the document above."""
    nonce = secrets.token_urlsafe(16)
    page = render(request, "reference.html", {"nonce": nonce})
    page.headers["Content-Security-Policy"] = (
        "default-src 'none'; connect-src 'self'; img-src 'self' data:; font-src 'self' data:; "
        f"style-src 'self' 'unsafe-inline'; script-src 'self' 'nonce-{nonce}'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )
    return page
