"""The state of one service: settings, store, cached models, and the queue for heavy work."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

import anyio
from anyio import to_thread

from anomaly.images import files as image_detector_files
from anomaly.images.detector import ImageDetector
from anomaly.series import files as detector_files
from anomaly.series.detector import Detector
from sensors_data.errors import NightscoreError
from sensors_data.files import open_url
from sensors_data.folder import stamp_of as replaced_when
from sensors_data.model_files import ModelFile
from sensors_data.partition_paths import JOINED
from sensors_data.settings import Settings
from sensors_data.store import Store
from service.views.settings_file import SettingsFile
from synthesis import generator_files
from synthesis.generator_files import TrainedGenerator

T = TypeVar("T")


class BusyError(NightscoreError):
    """Too much heavy work is waiting already; the request can be repeated later."""


@dataclass
class FileCache:
    """A cache of values read from files; an entry is valid until its file is replaced."""

    most: int
    _items: OrderedDict[str, tuple[str, Any]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, key: str, stamp: str, read: Callable[[], T]) -> T:
        """What `read` gave for a key when its file had this stamp; read now where that is not known."""
        with self._lock:
            known = self._items.get(key)
            if known is not None and known[0] == stamp:
                self._items.move_to_end(key)
                value: T = known[1]
                return value
        made = read()
        with self._lock:
            self._items[key] = (stamp, made)
            self._items.move_to_end(key)
            while len(self._items) > self.most:
                self._items.popitem(last=False)
        return made


@dataclass(frozen=True)
class Service:
    """Everything that an answer is made from."""

    started: Settings
    """The settings as they were when the service started."""
    store: Store
    models: FileCache
    days: FileCache
    """Of single assets' past readings and grids."""
    nights: FileCache
    """Of small files and of what was counted in large ones: the matter of the swim lane."""
    line: anyio.CapacityLimiter
    """Heavy work goes through it one by one: more at once would only be slower and take more memory."""
    file: SettingsFile | None = None
    """Where the settings stand, read again when they change."""
    waiting: int = 64

    @property
    def settings(self) -> Settings:
        """The settings as they are now; the store is that of the start."""
        return self.started if self.file is None else self.file.current(self.started)

    async def heavy(self, work: Callable[[], T]) -> T:
        """Do heavy work in a thread when its turn has come. BusyError when too many wait."""
        if self.line.statistics().tasks_waiting >= self.waiting:
            raise BusyError(f"{self.waiting} requests wait already", "try again in a second")
        return await to_thread.run_sync(work, limiter=self.line)

    def detector(self, family: str, day: date) -> Detector:
        """The detector that serves a day. LookupError when none was trained before it."""
        model = detector_files.serving(self.store, family, day)
        if model is None:
            return detector_files.load_for(self.store, family, day)  # says what to do
        return self._model(model, lambda: detector_files.read_detector(self.store, model))

    def image_detector(self, camera: str, day: date) -> ImageDetector:
        """The detector of images that serves a day. LookupError when none was trained before it."""
        model = image_detector_files.serving(self.store, camera, day)
        if model is None:
            return image_detector_files.load_for(self.store, camera, day)
        return self._model(model, lambda: image_detector_files.read_detector(self.store, model))

    def generator(self, camera: str, day: date) -> TrainedGenerator:
        """The generator that serves a day. LookupError when none was trained before it."""
        model = generator_files.serving(self.store, camera, day)
        if model is None:
            return generator_files.load_for(self.store, camera, day)
        return self._model(model, lambda: generator_files.read_generator(self.store, model))

    def _model(self, model: ModelFile, read: Callable[[], T]) -> T:
        return self.models.get(model.path, stamp_of(self.store, model.path), read)


def new_service(settings: Settings, file: SettingsFile | None = None) -> Service:
    """A service over a store, nothing read yet."""
    return Service(
        settings, Store(settings.store), FileCache(6), FileCache(64), FileCache(4000), anyio.CapacityLimiter(1), file
    )


def stamp_of(store: Store, path: str) -> str:
    """What changes whenever the file at `path` is replaced: its etag, or its size, place and time of change.

    Of a file that lies joined, that of the joined one.
    """
    fs, full = open_url(f"{store.root}/{path}")
    try:
        return replaced_when(fs.info(full))
    except FileNotFoundError:
        if not store.exists(path):
            raise
        return replaced_when(fs.info(f"{full.rpartition('/')[0]}/{JOINED}"))
