"""The server: one process that listens, tells where, and answers until it is stopped."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import uvicorn

from sensors_data.errors import StorageError
from sensors_data.settings import Settings
from service.api.app import access_for, create_app
from service.pages.app import mount_pages


def serve(
    settings: Settings, host: str, port: int, token_file: Path, names: tuple[str, ...], say: Callable[[str], None]
) -> None:
    """Answer on an address until Ctrl-C. OSError when it cannot be listened on."""
    access = access_for(host, token_file, names)
    listening = listen(host, port)
    app = mount_pages(create_app(settings, access))
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{listening.getsockname()[1]}"
    say(f"serving {settings.store} at {address}; stop with Ctrl-C")
    say(f"open {address}/pages/?token={access.token} (the token stands in {token_file})")
    config = uvicorn.Config(app, log_level="warning", timeout_keep_alive=10, limit_concurrency=500, server_header=False)
    uvicorn.Server(config).run(sockets=[listening])


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
