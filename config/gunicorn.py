"""gunicorn's settings: a few processes of a few threads, each process with its pool of database connections.

Nothing touches the database before the fork (no preloading): a pool opened there would be shared by all processes.
"""

import os
from pathlib import Path

from config import env
from config.logs import logging_settings

wsgi_app = "config.wsgi"
bind = f"{env.text('HOST', default='127.0.0.1')}:{env.integer('PORT', default=8000)}"
worker_class = "gthread"
workers = env.integer("WEB_CONCURRENCY", default=max(2, min(os.cpu_count() or 2, 8)), least=1)
threads = env.integer("WEB_THREADS", default=8, least=1)
timeout = 60
graceful_timeout = 20
keepalive = 5
limit_request_line = 8190  # a filter of 500 characters beyond ASCII is longer than the default allows
accesslog = None  # one line for each request is written by our own middleware, with the request's id
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 (a heartbeat in memory)
control_socket_disable = True
logconfig_dict = logging_settings()
