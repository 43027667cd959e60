"""What a browser may do with an answer: the headers that every answer carries, pages and data alike.

The API serves data and no pages, so nothing in it may run, be framed or be kept. The back office runs its own files
only: no script stands in a page. Its theme (unfold) works expressions out with Alpine.js, which needs ``unsafe-eval``,
and writes styles into elements. The reference (``/docs``) and files that are shown have policies of their own.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
BACK_OFFICE = (
    "default-src 'none'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
#: A file that a page of ours shows in a frame.
SHOWN = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"

LOGOUT = "/admin/logout/"
HEADERS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",  # what is the same for everybody says otherwise
}


class HeadersMiddleware:
    """Adds what a view has not said itself. The outermost layer, so that every answer passes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        policy = BACK_OFFICE if request.path.startswith("/admin/") else NOTHING
        response.headers.setdefault("Content-Security-Policy", policy)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.path == LOGOUT and request.method == "POST":
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response
