"""Files as clients send them, good and bad."""

import io
import zipfile

from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.cast import Answer, Api
from tests.contract.asking import send

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


class Upload:
    """What `encode_multipart` takes for a file; ``kind`` is what the sender says of it."""

    def __init__(self, name: str, content: bytes, kind: str = "application/octet-stream"):
        self.name, self.content, self.content_type = name, content, kind

    def read(self) -> bytes:
        return self.content


def office(*parts: str) -> bytes:
    """An archive with parts of these names."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for part in parts:
            archive.writestr(part, "<x/>")
    return file.getvalue()


def form(**fields) -> tuple[bytes, str]:
    """A form as bytes, with its media type."""
    return encode_multipart(BOUNDARY, fields), MULTIPART_CONTENT


def attach(api: Api, transaction: str, content: bytes = PDF, name: str = "receipt.pdf", **fields) -> Answer:
    """Put a file on a transaction."""
    query = fields.pop("query", "")
    body = form(file=Upload(name, content), **fields)
    return send(api, "POST", f"{api.base}/transactions/{transaction}/attachments{query}", body)


def load(api: Api, attachment: str, method: str = "GET"):
    """Load a file down: Django's own response."""
    headers = {"authorization": f"Bearer {api.key}"} if api.key else {}
    return api.client.generic(method, f"{api.base}/attachments/{attachment}/content", headers=headers)
