"""gunicorn's settings: a few processes of a few threads, each process with its pool of database connections.

Nothing touches the database before the fork (no preloading): a pool opened there would be shared by all processes.

On SIGTERM it first says that it is not ready, while it still takes requests and closes each connection after its
answer, for DRAIN_SECONDS: until every balancer knows. Then it takes nothing new, and ends what it has begun.
"""

import os
import signal
from pathlib import Path

from config import env
from config.logs import logging_settings
from config.web_workers import WebLogger, WebWorker
from organizations import draining

wsgi_app = "config.wsgi"
bind = f"{env.text('HOST', default='127.0.0.1')}:{env.integer('PORT', default=8000)}"
worker_class = WebWorker
workers = env.integer("WEB_CONCURRENCY", default=max(2, min(os.cpu_count() or 2, 8)), least=1)
threads = env.integer("WEB_THREADS", default=8, least=1)
# What is asked over HTTP has less time than what works in the background; reports take theirs (HEAVY_SECONDS).
raw_env = [] if os.environ.get("DATABASE_STATEMENT_TIMEOUT") else ["DATABASE_STATEMENT_TIMEOUT=15"]
timeout = 60
graceful_timeout = env.stop_seconds()
keepalive = 75  # longer than balancers keep theirs (most: 60), whose next request would meet a closing socket
limit_request_line = 8190  # a filter of 500 characters beyond ASCII is longer than the default allows
accesslog = None
logger_class = WebLogger
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 (a heartbeat in memory)
control_socket_disable = True
logconfig_dict = logging_settings()

_drain_seconds = env.integer("DRAIN_SECONDS", default=0 if env.is_local() else 5, most=600)


def when_ready(server) -> None:
    """Put the draining before gunicorn's own way to stop."""

    def drain(number, frame) -> None:
        # A second signal ends the draining. Who has a successor on the same socket (USR2) needs none.
        if draining.begun() or server.reexec_pid or not _drain_seconds:
            server.signal(number, frame)
        else:
            draining.begin(_drain_seconds)
            signal.alarm(_drain_seconds)

    signal.signal(signal.SIGTERM, drain)
    signal.signal(signal.SIGALRM, lambda number, frame: server.signal(signal.SIGTERM, frame))


def pre_request(worker, request) -> None:
    """Before each request: while draining, its connection is closed after the answer."""
    if draining.begun():
        request.force_close()
