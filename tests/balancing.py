"""A balancer as it stands before several web servers: asks each whether it is ready, and never sends a request twice.

HTTP/1.1 with kept connections on both sides, and nothing else. What it cannot bring to an end it tells by closing the
client's connection, so that whatever a server loses is seen by a client.
"""

import asyncio
import threading
import time
from dataclasses import dataclass, field

PROBE = b"GET /health/ready HTTP/1.1\r\nHost: 10.0.0.1\r\nConnection: close\r\n\r\n"
EVERY = 0.1  # seconds between two looks
PATIENCE = 5.0  # of a look


@dataclass(slots=True)
class Upstream:
    """One web server, with the connections to it that are free."""

    port: int
    ready: bool = False
    free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = field(default_factory=list)
    served: int = 0

    def let_go(self) -> None:
        while self.free:
            self.free.pop()[1].close()


class Balancer:
    """Listens on a port of its own, in a thread of its own."""

    def __init__(self, ports: list[int]):
        self.upstreams = [Upstream(port) for port in ports]
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> "Balancer":
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        return self

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def wait_for(self, *ready: bool, seconds: float = 60) -> None:
        """Wait until just these servers, in the order of their ports, are ready."""
        deadline = time.monotonic() + seconds
        while tuple(one.ready for one in self.upstreams) != ready:
            assert time.monotonic() < deadline, f"{self.upstreams} instead of {ready}"
            time.sleep(0.02)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        self._looks = [asyncio.create_task(self._watch(one)) for one in self.upstreams]

    async def _end(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        for one in self.upstreams:
            one.let_go()

    async def _watch(self, upstream: Upstream) -> None:
        while True:
            try:
                upstream.ready = await asyncio.wait_for(_is_ready(upstream.port), PATIENCE)
            except (OSError, TimeoutError, asyncio.IncompleteReadError):
                upstream.ready = False
            if not upstream.ready:
                upstream.let_go()
            await asyncio.sleep(EVERY)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                request = await _message(reader)
                answer, last = await self._forward(request)
                writer.write(answer)
                await writer.drain()
                if last:
                    return
        except (OSError, asyncio.IncompleteReadError, LookupError):
            return
        finally:
            writer.close()

    async def _forward(self, request: bytes) -> tuple[bytes, bool]:
        """The answer of the ready server that has served least, and whether it closes its connection. Never twice."""
        upstream = min((one for one in self.upstreams if one.ready), key=lambda one: one.served, default=None)
        if upstream is None:
            raise LookupError("No server is ready.")
        upstream.served += 1
        reader, writer = upstream.free.pop() if upstream.free else await _connect(upstream.port)
        try:
            writer.write(request)
            answer = await _message(reader)
        except BaseException:
            writer.close()
            raise
        last = b"\r\nconnection: close" in answer.partition(b"\r\n\r\n")[0].lower()
        if last or not upstream.ready:
            writer.close()
        else:
            upstream.free.append((reader, writer))
        return answer, last


async def _connect(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", port)


async def _is_ready(port: int) -> bool:
    reader, writer = await _connect(port)
    try:
        writer.write(PROBE)
        return (await reader.readuntil(b"\r\n")).split()[1] == b"200"
    finally:
        writer.close()


async def _message(reader: asyncio.StreamReader) -> bytes:
    """A request or an answer with its body, which has a length."""
    head = await reader.readuntil(b"\r\n\r\n")
    lengths = [line.partition(b":")[2] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return head + await reader.readexactly(int(lengths[0]) if lengths else 0)
