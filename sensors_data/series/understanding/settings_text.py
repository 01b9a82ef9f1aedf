"""Settings for what was found in files, as TOML with a comment on each guess; what stands in the file stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import tomlkit
from tomlkit.items import Item, Table

from sensors_data.layout import Layout, Sensor
from sensors_data.series.understanding.discover import Discovery

UNSURE = "UNSURE"
UNZONED = "the file states no zone; correct it if these are local times"


def with_family(text: str, discovery: Discovery, name: str) -> str:
    """A settings file's text with `[families.NAME]` for what was found added to it."""
    document = tomlkit.parse(text)
    families = document.setdefault("families", tomlkit.table(is_super_table=True))
    families.append(name, _family(discovery))
    return tomlkit.dumps(document)


def settings_toml(discovery: Discovery, name: str) -> str:
    """The [families.NAME] part of a settings.toml for what was found."""
    return with_family("", discovery, name)


def _family(discovery: Discovery) -> Table:
    family = discovery.family
    table = tomlkit.table()
    for doubt in discovery.unsure:
        table.add(tomlkit.comment(f"{UNSURE}: {' '.join(doubt.split())[:300]}"))
    table.add("inbox", family.inbox)
    table.add("step", duration_words(family.step))
    if family.nearest:
        nearest = tomlkit.item(True)
        nearest.comment("readings come a little before or after each step")
        table.add("nearest", nearest)
    table.add("linear_gap", duration_words(family.linear_gap))
    table.add("layout", _layout(discovery))
    table.add("training", _training(discovery))
    if family.detector:
        table.add("detector", _plain(dict(family.detector)))
    sensors = tomlkit.table()
    counters = [sensor for sensor in family.sensors.values() if sensor.kind == "counter"]
    sensors.value.parsing(True)  # the next key goes to the end, without a search through all that stand there
    for sensor, spec in family.sensors.items():
        sensors.add(key_of(sensor), _sensor(spec))
    sensors.value.parsing(False)
    if counters:
        sensors.comment("counter: it counts up, and is learned as what it grows by in a step")
    table.add("sensors", sensors)
    return table


def key_of(name: str) -> tomlkit.items.Key:
    """A name as a TOML key, in quotes where it needs them."""
    return tomlkit.key(name) if name.isidentifier() else _quoted(name)


def _quoted(name: str) -> tomlkit.items.Key:
    return tomlkit.items.SingleKey(name, t=tomlkit.items.KeyType.Basic)


def _layout(discovery: Discovery) -> Table:
    """The layout's keys that differ from the defaults, each guess with its reason."""
    layout, understood = discovery.family.layout, discovery.understood
    why = {role.role: role.evidence for role in understood.roles.roles}
    ignored = [f"{r.column}: {r.evidence}" for r in understood.roles.roles if r.column in layout.ignore]
    comments = {
        "time": why.get("time", ""),
        "asset": why.get("asset", ""),
        "sensor": why.get("sensor names", ""),
        "quality": why.get("quality", ""),
        "end": why.get("end", ""),
        "timezone": "" if understood.zoned else UNZONED,
        "start": "the file has no date; state the day on which the count began",
        "ignore": "; ".join(ignored),
        "asset_from_folder": "the folders hold files of the same times: each is a machine",
        "asset_from_sensor": "the sensors' names repeat the same quantities for several machines",
        "sensor_from_file": "the files are called as quantities or tags: each holds one sensor",
        "asset_from_file": "the files' times lie over one another: each is a machine",
    }
    keys = layout.model_dump(exclude_defaults=True)
    if not understood.zoned:
        keys.setdefault("timezone", layout.timezone)
    return layout_table(layout, comments, keys)


def layout_table(layout: Layout, comments: dict[str, str], keys: dict[str, object] | None = None) -> Table:
    """A layout's keys, those that differ from the defaults if none are stated, with the comments on them."""
    keys = dict(layout.model_dump(exclude_defaults=True) if keys is None else keys)
    keys.setdefault("time", layout.time)
    table = tomlkit.table()
    order = ["kind", "time", "time_format", "time_unit", "timezone"]
    for key in sorted(keys, key=lambda key: order.index(key) if key in order else len(order)):
        item = _item(keys[key] if key in ("ignore", "good") else _alone(keys[key]))
        if comment := comments.get(key, ""):
            item.comment(" ".join(comment.split())[:300])
        table.add(key, item)
    return table


def _training(discovery: Discovery) -> Table:
    training = discovery.family.training
    table = tomlkit.table()
    if training.days != 28:
        days = tomlkit.item(training.days)
        days.comment(f"a reading every {duration_words(discovery.family.step)} wants more days than the usual 28")
        table.add("days", days)
    table.add("first_after", training.first_after)
    if training.commissioning:
        first = tomlkit.item(duration_words(training.commissioning))
        first.comment("this first part of each asset is taken to be normal and learned from")
        table.add("commissioning", first)
    return table


def _sensor(spec: Sensor) -> Item:
    """A sensor's settings in one line."""
    inline = tomlkit.inline_table()
    for key, value in spec.model_dump(exclude_defaults=True).items():
        inline.append(key, _item(value))
    if len(spec.states) > 2:
        inline.comment(
            "words are numbered by how often they come; with an order, number them anew and take out the kind"
        )
    elif spec.kind == "context":
        inline.comment("it rests on a few levels and jumps: a setpoint or command, kept and shown, never blamed")
    return inline


def _item(value: Any) -> Item:
    """A value as TOML writes it: one name of a tuple stands alone, whole numbers of codes without a fraction."""
    if isinstance(value, timedelta):
        return tomlkit.item(duration_words(value))
    if isinstance(value, tuple):
        array: Item = tomlkit.item([_number(part) for part in value])
        return array
    if isinstance(value, dict):
        inline = tomlkit.inline_table()
        for key, part in value.items():
            inline.append(_quoted(str(key)), _number(part))
        return inline
    item: Item = tomlkit.item(value)
    return item


def _alone(value: object) -> object:
    """The one name of a tuple of one, other values as they are."""
    return value[0] if isinstance(value, tuple) and len(value) == 1 and isinstance(value[0], str) else value


def _plain(keys: dict[str, Any]) -> Table:
    table = tomlkit.table()
    for key, value in keys.items():
        table.add(key, tomlkit.item(value))
    return table


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value


def duration_words(duration: timedelta) -> str:
    """A duration as settings write it: 5min, 1h, 7D."""
    seconds = round(duration.total_seconds())
    for size, unit in ((86_400, "D"), (3_600, "h"), (60, "min")):
        if seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
