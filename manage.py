#!/usr/bin/env python
"""The command line of Crane Ledger.

Without DATABASE_URL a command uses the checkout's own servers: those of `make run` if it runs, else they are started
for the command and stopped after it. Such a command is a local one.
"""

import os
import signal
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
WITHOUT_SERVERS = {"", "--help", "--version", "check", "collectstatic", "diffsettings", "findstatic", "help", "version"}


def main() -> None:
    """Find the servers, then let Django do the rest."""
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    local = not os.environ.get("DATABASE_URL")
    if local:
        os.environ.setdefault("CRANE_ENV", "local")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if local and (command not in WITHOUT_SERVERS or "--database" in sys.argv):
        from config.servers import borrowed

        signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
        with borrowed(ROOT):
            execute()
    else:
        execute()


def execute() -> None:
    """Run the command that was asked for."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
