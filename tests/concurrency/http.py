"""A small HTTP client that keeps its connection and can lose it."""

import http.client
import json
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it came, with its body read."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def body(self) -> dict:
        return json.loads(self.text)


@dataclass(slots=True)
class Client:
    """One caller with one key. Raises OSError or HTTPException when no answer comes."""

    base_url: str
    key: str
    timeout: int = 30
    _connection: http.client.HTTPConnection | None = field(default=None, init=False)

    def post(self, path: str, body: dict, *, idempotency_key: str | None = None) -> Answer:
        """POST a JSON body."""
        return self.request("POST", path, json.dumps(body).encode(), idempotency_key)

    def get(self, path: str) -> Answer:
        """GET a resource."""
        return self.request("GET", path)

    def request(self, method: str, path: str, body: bytes | None = None, idempotency_key: str | None = None) -> Answer:
        """One request on the kept connection."""
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        if idempotency_key is not None:
            headers["Idempotency-Key"] = idempotency_key
        if self._connection is None:
            self._connection = http.client.HTTPConnection(urlsplit(self.base_url).netloc, timeout=self.timeout)
        try:
            self._connection.request(method, path, body, headers)
            response = self._connection.getresponse()
            answer = Answer(response.status, dict(response.headers), response.read().decode())
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        if response.will_close:
            self.close()
        return answer

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
