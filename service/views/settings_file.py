"""The settings file while the service runs: read again when it changes, and changed only to what can be used."""

from __future__ import annotations

import difflib
import hashlib
import logging
from dataclasses import dataclass, field
from pathlib import Path

import fsspec

from anomaly.images.jobs import image_detector_config
from anomaly.series.night.find_job import rules_of
from anomaly.series.training.train_job import detector_config
from sensors_data.errors import NightscoreError, UnusableError
from sensors_data.files import replace_file
from sensors_data.settings import Settings, load, settings_in

log = logging.getLogger("nightscore")


@dataclass
class SettingsFile:
    """The file at a path, and what it held when it was last read without a fault."""

    path: Path
    _stamp: tuple[int, int] | None = field(default=None, repr=False)
    _settings: Settings | None = field(default=None, repr=False)

    def current(self, otherwise: Settings) -> Settings:
        """What the file holds now, with the store of `otherwise`.

        Where it cannot be read, what it held before, and first of all `otherwise`.
        """
        stamp = self._stamp_now()
        if stamp != self._stamp:
            self._stamp = stamp
            try:
                self._settings = load(self.path).model_copy(update={"store": otherwise.store})
                log.info("read the settings: %s", self.path.name)
            except (NightscoreError, OSError) as error:
                log.error("the settings stay as they were: %s", error)
        return self._settings or otherwise

    def _stamp_now(self) -> tuple[int, int]:
        try:
            about = self.path.stat()
        except OSError:
            return 0, 0
        return about.st_mtime_ns, about.st_size

    def text(self) -> str:
        """The file as it stands."""
        return self.path.read_text(encoding="utf-8")

    def checked(self, text: str) -> Settings:
        """The settings that the file would hold, with detectors and rules. UnusableError says what is wrong."""
        settings = settings_in(text, self.path, self.path.name)
        for family in settings.families:
            detector_config(settings, family)
            rules_of(settings, family)
        for camera in settings.cameras:
            image_detector_config(settings, camera)
        return settings

    def difference(self, text: str) -> list[str]:
        """The lines that would change, as a unified diff; none where nothing would."""
        lines = difflib.unified_diff(self.text().splitlines(), text.splitlines(), "now", "then", n=2, lineterm="")
        return list(lines)

    def replace(self, text: str, version: str) -> None:
        """Put a checked text in place of the `version` that it was made from.

        UnusableError when the text cannot be used, or when somebody else changed the file meanwhile.
        """
        self.checked(text)
        if version_of(self.text()) != version:
            raise UnusableError(f"{self.path.name} was changed in the meantime", "load it again and repeat the change")
        replace_file(fsspec.filesystem("file"), str(self.path.resolve()), text.encode())


def version_of(text: str) -> str:
    """A hash that identifies a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
