"""Settings by which the pictures of a folder have a day: how paths write it, or where else it is taken from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sensors_data.camera import Camera
from sensors_data.images.inbox import CameraFile, camera_files
from sensors_data.images.paths.day_patterns import SetPattern, pattern_of_set

_LIVE = timedelta(days=31)
"""Age of the newest file up to which more pictures are expected."""


@dataclass(frozen=True)
class DaySettings:
    """A camera whose pictures have a day, as far as that could be found."""

    camera: Camera
    reasons: dict[str, str]
    unclear: str = ""
    """Why a person must decide on the camera's `day_pattern`, which is then one of several; nothing where it is clear.
    """


def day_settings(camera: Camera, files: list[CameraFile], today: date) -> DaySettings:
    """The camera with settings by which most of its pictures have a day."""
    dated = sum(file.day is not None for file in files)
    pattern = pattern_of_set((file.name for file in files), today)
    by_pattern = camera.model_copy(update={"day_pattern": pattern.pattern}) if pattern else camera
    if pattern and pattern.is_decided and _is_better(by_pattern, pattern, dated, len(files)):
        return DaySettings(by_pattern, {"day_pattern": pattern.why})
    if 2 * dated >= len(files):
        return DaySettings(camera, {})
    by_exif = camera.model_copy(update={"day_from": "exif"})
    if 2 * _dated(by_exif) >= len(files):
        return DaySettings(by_exif, {"day_from": "the paths name no day; the photographs hold when they were taken"})
    if pattern and not pattern.is_decided:
        return DaySettings(by_pattern, {}, pattern.why)
    if may_be_two := next((file.stamp.note for file in files if "may be two days" in file.stamp.note), ""):
        return DaySettings(camera, {}, "" if dated else may_be_two)  # those that are dated contradict each other
    return _by_file_times(camera, files, today)


def _is_better(by_pattern: Camera, pattern: SetPattern, dated: int, files: int) -> bool:
    """Whether a pattern dates most pictures, and as many as there are without it."""
    by_it = _dated(by_pattern)
    is_read_anyway = pattern.pattern == "%d.%m.%Y" and by_it == dated
    return not is_read_anyway and by_it >= dated and 2 * by_it >= files


def _dated(camera: Camera) -> int:
    return sum(file.day is not None for file in camera_files(camera) if not file.refusal)


def _by_file_times(camera: Camera, files: list[CameraFile], today: date) -> DaySettings:
    """The camera with each file's time, where pictures still arrive, or else with one day for all.

    A set that was copied has its masks and parts, and the times of its files say little.
    """
    days = {datetime.fromtimestamp(file.path.stat().st_mtime, UTC).date() for file in files}
    why = "neither paths nor photographs name a day"
    is_set = any(file.role.mask_of or file.role.split or file.annotation for file in files)
    if len(days) > 1 and not is_set and max(days) >= today - _LIVE:
        why += f"; the files were written on {len(days)} days ({min(days)} to {max(days)})"
        return DaySettings(camera.model_copy(update={"day_from": "file"}), {"day_from": why})
    why += '; this is the newest file\'s, also for later pictures, unless their path names one or day_from is "file"'
    return DaySettings(camera.model_copy(update={"undated_day": max(days)}), {"undated_day": why})
