"""Run a command that ends when its parent ends: `python tethered.py <parent's process id> <command> ...`.

A supervisor that is killed cannot stop its children. Linux can send them a signal then; the wish has to be uttered in
the child before the command replaces it, which is all this program does. Elsewhere the next start ends what was left.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Ask for SIGTERM at the parent's death, then become the command."""
    parent, command = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before we asked
            sys.exit(1)
    os.execvp(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main()
