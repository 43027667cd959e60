"""An address with a slash at its end answers the same as without."""


class TrailingSlashMiddleware:
    """Drops the slash before the address is looked up; the back office keeps its own."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        path = request.path_info
        if len(path) > 1 and path.endswith("/") and not path.startswith(("/admin/", "/static/")):
            request.path_info = path.rstrip("/") or "/"
        elif path == "/admin":
            request.path_info = "/admin/"
        return self.get_response(request)
