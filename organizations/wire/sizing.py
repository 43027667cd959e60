"""How large the head of a request may be, looked at before anybody reads it. What is allowed is far above need.

gunicorn refuses a little beyond these by itself, in the same words (``config.web_workers``). The body has limits of its
own: bytes in the settings, depth, keys and digits in ``parsing``.
"""

from collections.abc import Mapping

from organizations import errors

LONGEST_ADDRESS = 8_000  # bytes of path and query as they are sent; gunicorn: 8,190 with the method
MOST_HEADERS = 80  # gunicorn: 100
LONGEST_HEADER = 8_000  # bytes of one; gunicorn: 8,190 with its name


def refusal_of(meta: Mapping[str, object]) -> errors.Refusal | None:
    """Why a request with these WSGI variables is not read at all; None where it is."""
    # Django reads no body without a length; taking a chunked one for empty would do something not asked for.
    if "HTTP_TRANSFER_ENCODING" in meta and not meta.get("CONTENT_LENGTH"):
        return errors.LengthRequired()
    address = len(str(meta.get("PATH_INFO", ""))) + len(str(meta.get("QUERY_STRING", "")))
    if address > LONGEST_ADDRESS:
        return errors.AddressTooLong()
    headers = [value for name, value in meta.items() if name.startswith("HTTP_")]
    if len(headers) > MOST_HEADERS or any(len(str(value)) > LONGEST_HEADER for value in headers):
        return errors.HeadersTooLarge()
    return None
