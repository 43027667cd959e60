"""Callers that cost little themselves: threads on raw sockets, kept open, that send ready-made bytes."""

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Request:
    """One kind of request. ``mark`` in the head is replaced by a text that is new for each request."""

    base_url: str
    method: str
    path: str
    body: bytes = b""
    headers: tuple[str, ...] = ()
    status: int = 200
    mark: bytes = b"@mark@"

    def connect(self) -> socket.socket:
        where = urlsplit(self.base_url)
        connection = socket.create_connection((where.hostname, where.port), timeout=30)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def sender(self) -> Callable[[socket.socket, str], bytes]:
        """A function that sends it once, with a mark, and gives the answer's body. Raises AssertionError."""
        head = (
            f"{self.method} {self.path} HTTP/1.1",
            f"Host: {urlsplit(self.base_url).netloc}",
            "Content-Type: application/json",
            f"Content-Length: {len(self.body)}",
            *self.headers,
        )
        template = "\r\n".join(head).encode() + b"\r\n\r\n" + self.body
        growing = self.mark in self.body  # then the length that the head says is that of the body as it is sent
        expected = f"HTTP/1.1 {self.status} ".encode()

        def send(connection: socket.socket, mark: str) -> bytes:
            if growing:
                body = self.body.replace(self.mark, mark.encode())
                head = template[: -len(self.body)].replace(
                    f"Content-Length: {len(self.body)}".encode(), f"Content-Length: {len(body)}".encode()
                )
                connection.sendall(head.replace(self.mark, mark.encode()) + body)
            else:
                connection.sendall(template.replace(self.mark, mark.encode()))
            data = connection.recv(65536)
            while b"\r\n\r\n" not in data:
                data += connection.recv(65536)
            head, _, body = data.partition(b"\r\n\r\n")
            assert head.startswith(expected), data[:2000]
            length = int(next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))[15:])
            if len(body) < length:  # ten thousand answers are 11 MB: received where they stay
                whole = bytearray(length)
                whole[: len(body)] = body
                rest = memoryview(whole)[len(body) :]
                while rest:
                    came = connection.recv_into(rest)
                    assert came, "The answer ends in the middle."
                    rest = rest[came:]
                body = bytes(whole)
            return body

        return send


def requests_per_second(request: Request | list[Request], *, callers: int, seconds: float, name: str) -> float:
    """How many of these requests are answered each second by so many callers, each waiting for its answer.

    A list has a request for each caller.
    """
    each = request if isinstance(request, list) else [request] * callers
    counts = [0] * callers
    problems: list[BaseException] = []
    ready = threading.Barrier(callers + 1)
    stop = threading.Event()

    def call(place: int) -> None:
        try:
            with each[place].connect() as connection:
                send = each[place].sender()
                send(connection, f"{name}-{place}-first")
                ready.wait(60)
                while not stop.is_set():
                    counts[place] += 1
                    send(connection, f"{name}-{place}-{counts[place]}")
        except (OSError, AssertionError, threading.BrokenBarrierError) as problem:
            ready.abort()
            problems.append(problem)

    team = [threading.Thread(target=call, args=(place,)) for place in range(callers)]
    for thread in team:
        thread.start()
    try:
        ready.wait(60)
        started = time.perf_counter()
        time.sleep(seconds)
    finally:
        stop.set()
        for thread in team:
            thread.join()
        if problems:
            raise problems[0]
    return sum(counts) / (time.perf_counter() - started)


def milliseconds(request: Request, *, times: int) -> list[float]:
    """How long each of some requests takes, one after another on one connection."""
    taken = []
    with request.connect() as connection:
        send = request.sender()
        send(connection, "warm")
        for place in range(times):
            started = time.perf_counter()
            send(connection, f"{place}")
            taken.append((time.perf_counter() - started) * 1000)
    return taken
