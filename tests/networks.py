"""Networks that fail: a wire through which nothing comes for a while, and namespaces with a switch between them."""

import contextlib
import os
import select
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Wire:
    """Forwards TCP from a port of its own to another. While it is held, nothing comes through and nothing is closed."""

    target: int
    port: int = 0
    _held: threading.Event = field(default_factory=threading.Event)
    _ended: threading.Event = field(default_factory=threading.Event)
    _pairs: list[tuple[socket.socket, socket.socket]] = field(default_factory=list)
    _thread: threading.Thread | None = None

    def start(self) -> "Wire":
        listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port = listener.getsockname()[1]
        self._thread = threading.Thread(target=self._carry, args=(listener,))
        self._thread.start()
        return self

    def hold(self) -> None:
        self._held.set()

    def go_on(self) -> None:
        self._held.clear()

    def tear(self) -> None:
        """Break every connection, and go on."""
        for pair in list(self._pairs):
            for end in pair:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
        self.go_on()

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()

    def _carry(self, listener: socket.socket) -> None:
        with listener:
            while not self._ended.wait(0.01 if self._held.is_set() else 0):
                if not self._held.is_set():
                    self._step(listener)
        for near, far in self._pairs:
            near.close()
            far.close()

    def _step(self, listener: socket.socket) -> None:
        others = {end: pair for pair in self._pairs for end in pair}
        for ready in select.select([listener, *others], [], [], 0.02)[0]:
            if ready is listener:
                near = listener.accept()[0]
                self._pairs.append((near, socket.create_connection(("127.0.0.1", self.target))))
                continue
            pair = others[ready]
            if pair not in self._pairs:
                continue
            try:
                said = ready.recv(65536)
                pair[pair[0] is ready].sendall(said)
            except OSError:
                said = b""
            if not said:
                self._pairs.remove(pair)
                for end in pair:
                    end.close()


#: The addresses of the data's side, of the clients' way to the web server, and of what stands behind the switch.
DATA, CLIENTS, WEB, NETWORK = "10.77.1.1", "10.77.3.1", "10.77.3.2", "10.77.0.0/16"


def why_not() -> str | None:
    """Why this machine cannot make namespaces, if it cannot."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        return "it needs root and iproute2"
    name = f"crane-try-{os.getpid()}"
    if subprocess.run(["ip", "netns", "add", name], capture_output=True).returncode != 0:
        return "no namespaces may be made here"
    subprocess.run(["ip", "netns", "del", name], check=True)
    return None


@dataclass(frozen=True, slots=True)
class Switch:
    """Three namespaces: ``web`` and ``worker`` reach the servers of this one through a switch; clients reach ``web``.

    A switch that is off drops what comes, without a word to anyone.
    """

    suffix: str

    def inside(self, name: str) -> tuple[str, ...]:
        """The words that put a command into a namespace."""
        return ("ip", "netns", "exec", f"crane-{name}-{self.suffix}")

    def turn(self, on: bool) -> None:
        _run(*self.inside("switch"), "sh", "-c", f"echo {int(on)} > /proc/sys/net/ipv4/ip_forward")

    def make(self) -> None:
        for name in ("web", "worker", "switch"):
            _run("ip", "netns", "add", f"crane-{name}-{self.suffix}")
            _run(*self.inside(name), "ip", "link", "set", "lo", "up")
        self._join("", f"{DATA}/24", "switch", "10.77.1.2/24", "d")
        self._join("switch", "10.77.4.1/24", "web", "10.77.4.2/24", "w")
        self._join("switch", "10.77.5.1/24", "worker", "10.77.5.2/24", "k")
        self._join("", f"{CLIENTS}/24", "web", f"{WEB}/24", "c")
        for network in ("10.77.4.0/24", "10.77.5.0/24"):
            _run("ip", "route", "add", network, "via", "10.77.1.2")
        for name, way in (("web", "10.77.4.1"), ("worker", "10.77.5.1")):
            _run(*self.inside(name), "ip", "route", "add", "10.77.1.0/24", "via", way)
        self.turn(True)

    def _join(self, one: str, address: str, other: str, other_address: str, letter: str) -> None:
        near, far = f"cr{letter}{self.suffix}", f"cx{letter}{self.suffix}"
        _run("ip", "link", "add", near, "type", "veth", "peer", "name", far)
        for name, link, own in ((one, near, address), (other, far, other_address)):
            if name:
                _run("ip", "link", "set", link, "netns", f"crane-{name}-{self.suffix}")
            within = self.inside(name) if name else ()
            _run(*within, "ip", "address", "add", own, "dev", link)
            _run(*within, "ip", "link", "set", link, "up")

    def remove(self) -> None:
        """With the namespaces their links go, and with the links the routes."""
        for name in ("web", "worker", "switch"):
            subprocess.run(["ip", "netns", "del", f"crane-{name}-{self.suffix}"], capture_output=True)


@contextlib.contextmanager
def switched() -> Iterator[Switch]:
    """A switch, and the namespaces on it, for a while."""
    switch = Switch(f"{os.getpid() % 100_000}")
    try:
        switch.make()
        yield switch
    finally:
        switch.remove()


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
