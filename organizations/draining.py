"""Whether this process is about to end: a number that a server shares with the processes it forked.

The server that is told to stop notes it here, and its processes look: a web process calls itself not ready and closes
connections after their answers, a worker hands back what it cannot finish.
"""

import mmap
import struct
import time

_MOMENT = struct.Struct("d")
_deadline = mmap.mmap(-1, _MOMENT.size)  # all zero: nobody said anything


def begin(seconds: float) -> None:
    """Say that the process ends; so many seconds are left for what it is at."""
    _MOMENT.pack_into(_deadline, 0, time.monotonic() + seconds)


def begun() -> bool:
    """Whether nothing new should be begun."""
    return _MOMENT.unpack_from(_deadline)[0] > 0


def is_over() -> bool:
    """Whether the time is up for what is still being done."""
    return 0 < _MOMENT.unpack_from(_deadline)[0] < time.monotonic()


def forget() -> None:
    """Go on as if nothing had been said."""
    _MOMENT.pack_into(_deadline, 0, 0)
