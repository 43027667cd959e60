#!/usr/bin/env python
"""The command line of Crane Ledger.

Without DATABASE_URL it speaks to the checkout's own servers, the ones `make run` starts; such a run is a local one.
"""

import os
import sys


def main() -> None:
    if "DATABASE_URL" not in os.environ:
        os.environ.setdefault("CRANE_ENV", "local")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
