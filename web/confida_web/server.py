"""The server process: uvicorn with the limits we measured, one process by default."""

from __future__ import annotations

import socket
from collections.abc import Callable

import uvicorn
from uvicorn.supervisors import Multiprocess

from confida_core.settings import Settings
from confida_web.app import create_app_from_settings
from confida_web.logs import CONFIGURATION

START_FAILED = 3
MOST_AT_ONCE = 200
KEEP_ALIVE_SECONDS = 5
GRACE_SECONDS = 15


def configuration(settings: Settings, ask: Callable[[], str] | None = None) -> uvicorn.Config:
    """Only a configured proxy is believed about addresses; nothing about requests is logged by the server itself."""
    return uvicorn.Config(
        create_app_from_settings(settings, ask),
        host=settings.host,
        port=settings.port,
        loop="auto",
        http="httptools",
        ws="none",
        lifespan="on",
        workers=settings.workers,
        log_config=CONFIGURATION,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or "",
        limit_concurrency=MOST_AT_ONCE,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def serve(settings: Settings, listening: socket.socket | None = None, ask: Callable[[], str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; running requests and jobs may finish. Returns the exit code of the process.

    The installation must exist and its schema be up to date. listening: an open socket instead of host and port.
    With several workers each is a process of its own that opens the installation itself, so `ask` must survive pickling.
    """
    config = configuration(settings, ask)
    server = uvicorn.Server(config)
    if settings.workers == 1:
        server.run(sockets=[listening] if listening else None)
        return 0 if server.started else START_FAILED
    Multiprocess(config, sockets=[listening or config.bind_socket()]).run()
    return 0
