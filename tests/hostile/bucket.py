"""A bucket on an S3 server of this machine, filled from a folder, and requests to it that are counted."""

from __future__ import annotations

import hashlib
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

NAME = "plant"


@dataclass(frozen=True)
class Bucket:
    """An empty bucket at first; its files are known by the MD5 that S3 tells of them."""

    client: Any

    def files(self, folder: str = "") -> dict[str, str]:
        """The MD5 of each file below a folder."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=NAME, Prefix=folder)
        found = [about for page in pages for about in page.get("Contents", [])]
        return {about["Key"].removeprefix(folder): about["ETag"].strip('"') for about in found}

    def become(self, site: Path) -> None:
        """Hold what a folder holds, and nothing else."""
        wanted, there = md5s(site), self.files()
        for path in {*there} - {*wanted}:
            self.client.delete_object(Bucket=NAME, Key=path)
        for path, digest in wanted.items():
            if there.get(path) != digest:
                self.client.put_object(Bucket=NAME, Key=path, Body=(site / path).read_bytes())


@cache
def md5s(folder: Path) -> dict[str, str]:
    """The MD5 of each file below a folder that nothing changes any more."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): hashlib.md5(path.read_bytes()).hexdigest() for path in paths}  # noqa: S324


@contextmanager
def s3_server() -> Iterator[str]:
    """The address of moto's server in a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url, deadline = f"http://127.0.0.1:{port}", time.monotonic() + 120
    try:
        while not _answers(f"{url}/moto-api/"):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.2)
        yield url
    finally:
        process.kill()
        process.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):  # noqa: S310
            return True
    except OSError:
        return False


def on_each_request(then: Callable[[], None]) -> None:
    """Call something before and after each request that this process makes of S3 from now on."""
    import s3fs

    ask = s3fs.S3FileSystem._call_s3

    async def counted(self: Any, *words: Any, **more: Any) -> Any:
        then()
        answer = await ask(self, *words, **more)
        then()
        return answer

    s3fs.S3FileSystem._call_s3 = counted
