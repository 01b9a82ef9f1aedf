"""The settings of a camera: where its pictures arrive and how they are read."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from sensors_data.section import Section


class Camera(Section):
    """A source of same-sized images."""

    inbox: str
    """The folder of the images, or a path with `{day}`; relative to settings.toml."""
    size: int = Field(28, ge=16, le=256, description="side of the square images, pixels")
    tiles: tuple[int, int] = Field((1, 1), description="columns and rows of such squares per picture")
    channels: Literal[1, 3] = 1
    """1 for grey, 3 for colour."""
    bits: Literal[8, 10, 12, 14, 16] | None = Field(None, description="bits of deep pixels; by default each day's own")
    background: str = Field("black", description="colour behind transparent pixels: a name or #rrggbb")
    fit: Literal["stretch", "pad", "crop"] = Field("stretch", description="how an oblong picture becomes square")
    any_size: bool = Field(False, description="whether pictures of a day may differ in size")
    region: tuple[int, int, int, int] | None = Field(None, description="left, top, width, height of the part to use")
    zone: str = Field("UTC", description="zone of times without an offset")
    day_pattern: str | None = Field(None, description="format of days in paths, like %d-%m-%Y")
    day_from: Literal["path", "exif", "file"] = Field("path", description="where a picture's time is taken from")
    undated_day: date | None = Field(None, description="day of pictures whose day is unknown")
    folders: tuple[Literal["asset", "label", "skip"], ...] = Field((), description="meaning of folders below the inbox")
    labels: dict[str, str] = Field({}, description="labels by a pattern of the path, like '*_test.jpg' = 'defect'")
    normal_labels: tuple[str, ...] = Field((), description="labels of normal pictures, beside the usual words")
    leave_out: tuple[str, ...] = Field((), description="patterns of paths to skip, like '*/thumbs/*'")
    masks: tuple[str, ...] = Field((), description="patterns of paths of masks, like '*/masken/*' or '*_bw.*'")
    mask_background: Literal["black", "white"] = Field("black", description="what masks are outside the defect")
    defects: str = Field("", description="folder of pictures of real defects with masks, to learn from")
    backbone: str = Field("", description="ONNX file of your own frozen network, whose patches are modelled")
    painted: int = Field(0, ge=0, le=20_000, description="defects that the schedule paints a week")
    detector: dict[str, Any] = {}
    """The image detector's configuration."""
    generator: dict[str, Any] = {}
    """The generator of synthetic images; without this section none are made."""
    max_synthetic_share: float = Field(0.0, ge=0, le=0.5, description="largest share of synthetic training images")

    @property
    def shape(self) -> tuple[int, int, int]:
        """C, H, W of a picture as it is kept."""
        columns, rows = self.tiles
        return self.channels, rows * self.size, columns * self.size

    @property
    def tile(self) -> int:
        """Pixels a side of a tile; 0 where pictures are kept as one square."""
        return self.size if self.is_tiled else 0

    @property
    def is_tiled(self) -> bool:
        """Whether pictures are kept as more than one square, and scored tile by tile."""
        return self.tiles != (1, 1)

    @model_validator(mode="after")
    def _tiles_fit(self) -> Camera:
        if min(self.tiles) < 1 or max(self.tiles) > 64:
            raise ValueError(f"tiles {list(self.tiles)} must be columns and rows, each from 1 to 64")
        if self.is_tiled and (self.size % 8 or self.size < 64):
            raise ValueError(f"the size of tiles is a multiple of 8 from 64 on, found {self.size}")
        if self.is_tiled and self.generator:
            raise ValueError("images are drawn of square cameras only; leave out tiles or the generator")
        if self.is_tiled and self.defects:
            raise ValueError(
                "known defects are learned from in pictures kept as one square; leave out tiles or defects"
            )
        return self

    @model_validator(mode="after")
    def _words_known(self) -> Camera:
        if re.fullmatch(r"#[0-9A-Fa-f]{6}|black|white|grey|gray", self.background) is None:
            raise ValueError(f"background '{self.background}' is no colour; write black, white, grey or like #rrggbb")
        if self.region is not None and (min(self.region[:2]) < 0 or min(self.region[2:]) < 8):
            raise ValueError(f"region {self.region} must be left, top, width, height, at least 8 x 8 pixels")
        if self.day_pattern is not None and not ({"%d", "%m"} <= set(re.findall("%.", self.day_pattern))):
            raise ValueError(f"day_pattern '{self.day_pattern}' must hold %d and %m, and %Y or %y")
        try:
            ZoneInfo(self.zone)
        except (LookupError, ValueError, OSError) as error:
            raise ValueError(f"unknown time zone '{self.zone}'; write it like UTC or Europe/Berlin") from error
        return self
