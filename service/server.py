"""The server: one process that listens on an address, prints it, and answers until it is stopped."""

from __future__ import annotations

import logging
import socket
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import uvicorn

from sensors_data.errors import StorageError
from sensors_data.settings import Settings
from service.api.access import Proxy
from service.api.app import access_for, create_app
from service.api.connections import HEAD_BYTES, HeadLimits
from service.pages.app import mount_pages
from service.views.lane import read_ahead
from service.views.settings_file import SettingsFile


@dataclass(frozen=True)
class Address:
    """Where a service listens, under which further names it is called, and who may come in."""

    host: str
    port: int
    names: tuple[str, ...]
    token_file: Path
    users_file: Path
    proxy: Proxy | None = None


def serve(settings: Settings, file: Path, address: Address, say: Callable[[str], None], is_logged: bool) -> None:
    """Answer on an address until Ctrl-C, each request a line of log if asked; `file` is where the settings stand.

    OSError when it cannot be listened on.
    """
    access = access_for(address.host, address.token_file, address.names, address.users_file, address.proxy)
    listening = listen(address.host, address.port)
    if is_logged:
        log_requests()
    with tempfile.TemporaryDirectory(prefix="nightscore-") as private:  # its owner's alone
        app = mount_pages(create_app(settings, access, file=SettingsFile(file)), Path(private))
        shown = f"[{address.host}]" if ":" in address.host else address.host
        url = f"http://{shown}:{listening.getsockname()[1]}"
        say(f"serving {settings.store} at {url}; stop with Ctrl-C")
        say(f"open {url}/login?code={access.code()} once, in the next minutes; later sign in at {url}/login")
        say(f"the service's token stands in {address.token_file}")
        Thread(target=read_ahead, args=(app.state.service,), daemon=True).start()
        run(app, listening)


def run(app: object, listening: socket.socket) -> None:
    """Answer on a listening socket until stopped."""
    server_of(app).run(sockets=[listening])


def server_of(app: object) -> uvicorn.Server:
    """A server with limits on heads, connections and waiting."""
    config = uvicorn.Config(
        app,  # type: ignore[arg-type]
        log_level="warning",
        http=HeadLimits,
        ws="none",
        h11_max_incomplete_event_size=HEAD_BYTES,
        timeout_keep_alive=10,
        limit_concurrency=500,
        server_header=False,
        proxy_headers=False,  # else any process of this machine could state the address that it asks from
    )
    return uvicorn.Server(config)


def log_requests() -> None:
    """Write every request to standard error: time, address, user, method, path, status, milliseconds."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    logger = logging.getLogger("nightscore.access")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on an address. OSError says what to do when it is taken."""
    kind = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(kind, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise StorageError(f"cannot listen on {host} port {port}: {error.strerror}", "take another --port") from error
    return listening
