"""The web server's process: gunicorn's with threads, which refuses in the contract's words what cannot be read as HTTP.

A thread that has answered stays with its connection for a moment: who calls again at once is spared the way through
the process's loop, which costs more than to read the request.

What its parser does not read never reaches Django: a request line or header that is malformed or too long, two hosts, a
length that is no number. gunicorn by itself answers these with a page of HTML, which no client of an API reads.
"""

import secrets
import select
import socket
import struct
import sys
from http import HTTPStatus

import structlog
from gunicorn import glogging, util
from gunicorn.http import errors as http
from gunicorn.workers.gthread import ThreadWorker

from organizations import errors, ids

log = structlog.get_logger(__name__)


class WebLogger(glogging.Logger):
    """gunicorn's, without its line for each request: the product writes its own. gunicorn would put one together even
    where nobody reads it."""

    def access(self, *args, **kwargs) -> None:
        """Nothing."""

    def exception(self, msg, *args, **kwargs) -> None:
        """As ever; but of a request that did not go on coming (``WebWorker.silence``), only that."""
        if isinstance(sys.exc_info()[1], BlockingIOError):
            self.info("A request broke off.")
        else:
            super().exception(msg, *args, **kwargs)


class WebWorker(ThreadWorker):
    """Worker threads behind one loop."""

    patience = 10  # milliseconds
    silence = 15.0  # seconds in which more of a request must come, once it has begun: it holds a thread

    def handle(self, conn):
        """Answer a request, and those that follow it closely over the same connection.

        So long as there is a thread for each connection: nobody else waits for this one.
        """
        # The kernel's own limit: gunicorn takes away what Python would set.
        longest = struct.pack("ll", int(self.silence), int(self.silence % 1 * 1_000_000))
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, longest)
        kept = super().handle(conn)
        while kept is True and self.alive and self.nr_conns <= self.cfg.threads and self._follows(conn):
            kept = super().handle(conn)
        return kept

    def _follows(self, conn) -> bool:
        """Whether another request is here, read with the last one or come within moments."""
        waiting = select.poll()
        waiting.register(conn.sock, select.POLLIN)
        return bool(conn.parser.unreader.buf.getvalue() or waiting.poll(self.patience))

    def handle_error(self, req, client, addr, exc) -> None:
        """Answer what could not be read, or what failed outside of Django; the connection is closed then.

        The log says which rule was broken, and nothing of the request: a broken header may be the one with the key.
        """
        refusal = refusal_of(exc)
        request_id = ids.encode(ids.PREFIXES["request"], secrets.randbits(63))
        told = {"request_id": request_id, "error_code": refusal.code, "problem": type(exc).__name__}
        if refusal.status >= 500:
            log.error("request failed in the web server", exc_info=exc, **told)
        else:
            log.warning("request unreadable", status=refusal.status, **told)
        try:
            util.write_nonblock(client, _response(refusal, request_id))
        except OSError as problem:
            log.debug("answer not sent", problem=str(problem), request_id=request_id)


def refusal_of(exc: BaseException) -> errors.Refusal:
    """What the contract calls a problem of gunicorn's: its parser's are the client's fault, others are ours."""
    match exc:
        case http.LimitRequestLine():
            return errors.AddressTooLong()
        case http.LimitRequestHeaders():
            return errors.HeadersTooLarge()
        case http.UnsupportedTransferCoding():
            return errors.LengthRequired()
        case http.InvalidResponseHeader() | http.InvalidResponseHeaderName() | http.ConfigurationProblem():
            return errors.ServerError()
        case http.ParseException():
            return errors.MalformedRequest()
    return errors.ServerError()


def _response(refusal: errors.Refusal, request_id: str) -> bytes:
    # Imported here: it needs Django's settings, which are loaded after the fork.
    from organizations.wire.answering import describe
    from organizations.wire.rendering import dumps

    body = dumps(describe(refusal, request_id))
    head = (
        f"HTTP/1.1 {refusal.status} {HTTPStatus(refusal.status).phrase}",
        "Connection: close",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        f"X-Request-Id: {request_id}",
    )
    return "\r\n".join((*head, "", "")).encode() + body
