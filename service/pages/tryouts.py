"""What visitors of Try it uploaded and what came of it: a few at a time, each for an hour, under a secret id."""

from __future__ import annotations

import secrets
import shutil
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

from sensors_data.errors import NotThereError, UnusableError
from sensors_data.series.understanding.discover import Discovery
from service.pages.tried import Tried
from service.pages.upload import Corrections

MOST = 8
"""Uploads and scores that are kept at once."""
LASTING_S = 3600.0


@dataclass
class Tryout:
    """One visitor's file, what was understood of it, what was corrected, and the scores."""

    folder: Path
    path: Path | None = None
    discovery: Discovery | None = None
    corrections: Corrections = field(default_factory=Corrections)
    tried: Tried | None = None
    used: float = field(default_factory=time.monotonic)

    @property
    def scored(self) -> Tried:
        """The scores. UnusableError where nothing was scored yet."""
        if self.tried is None:
            raise UnusableError("nothing was scored yet", "score it first")
        return self.tried


class Tryouts:
    """The tryouts of one service; their files lie in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: OrderedDict[str, Tryout] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, name: str = "", data: bytes = b"") -> tuple[str, Tryout]:
        """A new tryout of a file, or of none, and its id. UnusableError for a name that is no file's."""
        key = secrets.token_urlsafe(18)
        tryout = Tryout(self._folder / key)
        tryout.folder.mkdir(parents=True, mode=0o700)
        if name:
            tryout.path = _in_folder(tryout.folder, name)
            tryout.path.write_bytes(data)
        with self._lock:
            self._known[key] = tryout
        self._sweep()
        return key, tryout

    def get(self, key: str) -> Tryout:
        """A tryout that was begun. NotThereError when it is over."""
        self._sweep()
        with self._lock:
            if key not in self._known:
                raise NotThereError("this upload is no longer kept", "upload the file again")
            self._known.move_to_end(key)
            tryout = self._known[key]
            tryout.used = time.monotonic()
        return tryout

    def _sweep(self) -> None:
        """Forget what nobody used for an hour, and the longest unused of too many."""
        with self._lock:
            now = time.monotonic()
            old = [key for key, tryout in self._known.items() if now - tryout.used > LASTING_S]
            over = [key for key in self._known if key not in old][: max(0, len(self._known) - len(old) - MOST)]
            gone = [self._known.pop(key) for key in (*old, *over)]
        for tryout in gone:
            shutil.rmtree(tryout.folder, ignore_errors=True)


def _in_folder(folder: Path, name: str) -> Path:
    """Where an upload called `name` is put: nowhere else than in the folder."""
    plain = Path(name.replace("\\", "/")).name
    if plain in ("", ".", "..") or len(plain.encode()) > 200 or not plain.isprintable():
        raise UnusableError(f"'{name[:80]}' is no name of a file", "give the file a plain name")
    return folder / plain
