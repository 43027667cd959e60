"""What the web server cannot read as HTTP is refused in the one shape of errors, by a real gunicorn."""

import json
import socket
from http.client import HTTPResponse
from io import BytesIO
from types import SimpleNamespace

import pytest
from gunicorn.http import errors as parsing
from gunicorn.workers.gthread import ThreadWorker

from config.web_workers import WebLogger, WebWorker, refusal_of
from organizations.wire.sizing import LONGEST_ADDRESS

HOST = b"Host: localhost\r\n"
GET = b"GET /health HTTP/1.1\r\n"
MALFORMED = (400, "malformed_request")
LONG = (414, "address_too_long")
LARGE = (431, "headers_too_large")


def ask(port: int, request: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the answer to these bytes."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as sent:
        sent.sendall(request)
        answer = HTTPResponse(sent)
        answer.begin()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


def test_what_cannot_be_read_is_refused_in_the_one_shape(web_process):
    cases = {
        b"GET /health?q=" + b"x" * LONGEST_ADDRESS + b" HTTP/1.1\r\nConnection: close\r\n" + HOST: LONG,
        b"GET /health?q=" + b"x" * 8_200 + b" HTTP/1.1\r\n" + HOST: LONG,
        GET + HOST + b"X-Long: " + b"a" * 8_190 + b"\r\n": LARGE,
        GET + HOST + b"".join(b"X-%d: 1\r\n" % number for number in range(98)) + b"Connection: close\r\n": LARGE,
        GET + HOST + b"".join(b"X-%d: 1\r\n" % number for number in range(300)): LARGE,
        GET + HOST + b"Idempotency-Key: k\x7f\r\n": MALFORMED,
        GET + HOST + b"Content-Length: abc\r\n": MALFORMED,
        GET + HOST + HOST: MALFORMED,
        b"hello there\r\n": MALFORMED,
        b"GET /health HTTP/9.9\r\n" + HOST: MALFORMED,
        GET + HOST + b"Transfer-Encoding: mumble\r\n": (411, "length_required"),
    }
    for request, (status, code) in cases.items():
        found, headers, body = ask(web_process.port, request + b"\r\n")
        assert headers["content-type"] == "application/json", (request[:80], body)
        error = json.loads(body)["error"]
        assert (found, error["status"], error["code"]) == (status, status, code), request[:80]
        assert headers["connection"] == "close" and error["request_id"] == headers["x-request-id"]
    assert web_process.answers()


@pytest.mark.parametrize(
    "problem", [parsing.InvalidResponseHeader("X"), parsing.ConfigurationProblem("x"), KeyError("x")]
)
def test_what_is_not_the_clients_fault_is_a_server_error(problem):
    assert (refusal_of(problem).status, refusal_of(problem).code) == (500, "internal_error")


@pytest.mark.parametrize(
    ("connections", "alive", "kept", "ahead", "answered"),
    [
        (4, True, True, b"", 3),
        (4, True, True, b"read ahead", 4),
        (5, True, True, b"", 1),  # one more than there are threads: another may wait for this one
        (4, False, True, b"", 1),
        (4, True, False, b"", 1),
        (4, True, object(), b"", 1),  # gunicorn's word for a connection over which nothing came yet
    ],
)
def test_a_thread_stays_with_its_connection_while_requests_follow(
    monkeypatch, connections, alive, kept, ahead, answered
):
    worker = WebWorker.__new__(WebWorker)
    worker.alive, worker.nr_conns, worker.cfg, worker.patience = alive, connections, SimpleNamespace(threads=4), 0
    server, client = socket.socketpair()
    reader = SimpleNamespace(buf=BytesIO(ahead))
    taken = []

    def answer(self, conn):
        taken.append(conn.sock.recv(1, socket.MSG_DONTWAIT) if not reader.buf.getvalue() else reader.buf)
        reader.buf = BytesIO()
        return kept

    monkeypatch.setattr(ThreadWorker, "handle", answer)
    with server, client:
        client.sendall(b"123")
        found = worker.handle(SimpleNamespace(sock=server, parser=SimpleNamespace(unreader=reader)))
    assert (found, len(taken)) == (kept, answered)


def test_a_request_that_does_not_go_on_coming_lets_go_of_its_thread(monkeypatch):
    worker = WebWorker.__new__(WebWorker)
    worker.silence = 0.01
    monkeypatch.setattr(ThreadWorker, "handle", lambda self, conn: conn.sock.recv(100) and conn.sock.recv(100))
    server, client = socket.socketpair()
    with server, client:
        client.sendall(b"GET /hea")
        with pytest.raises(BlockingIOError):
            worker.handle(SimpleNamespace(sock=server))


@pytest.mark.parametrize(
    ("problem", "told"),
    [(BlockingIOError(), ("info", "A request broke off.")), (KeyError(), ("exception", "It fails."))],
)
def test_of_a_request_that_broke_off_the_log_says_no_more(problem, told):
    logger, said = WebLogger.__new__(WebLogger), []
    logger.error_log = SimpleNamespace(
        **{level: lambda text, level=level: said.append((level, text)) for level in ("info", "exception")}
    )
    try:
        raise problem
    except (BlockingIOError, KeyError):
        logger.exception("It fails.")
    assert said == [told]


def test_more_connections_than_threads_are_all_answered(web_process):
    """Each keeps its connection; those without a thread take their turn."""
    connections = [socket.create_connection(("127.0.0.1", web_process.port), timeout=30) for _ in range(40)]
    try:
        for connection in connections * 2 + connections[::-1]:
            connection.sendall(GET + HOST + b"\r\n")
            answer = HTTPResponse(connection)
            answer.begin()
            answer.read()
            assert answer.status == 200
    finally:
        for connection in connections:
            connection.close()
