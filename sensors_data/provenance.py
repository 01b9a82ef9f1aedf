"""Where a file of the store came from: the job, its inputs, its settings, and how much it holds."""

from __future__ import annotations

import hashlib
from importlib.metadata import version

import pyarrow as pa
from pydantic import Field

from sensors_data.documents import json_in
from sensors_data.errors import UnusableError
from sensors_data.settings import Section, parse
from sensors_data.tables import TABLES, Table
from sensors_data.tables.table import FLAG

CODE = version("nightscore")
"""The version that writes; looked up once, for that takes a millisecond."""
FORMAT = 2
"""The newest revision of a table's layout; files of a newer one are refused."""


class Provenance(Section):
    """Where a partition came from; stands in the file's own metadata under `nightscore`."""

    job: str
    model: str = ""
    settings: str = ""
    inputs: str = ""
    code: str = ""
    rows: int = 0
    values: int | None = Field(None, exclude_if=lambda values: values is None)
    """How many values there are, where a row holds those of all sensors."""
    revision: int = 1
    made_from: tuple[str, ...] = ()
    """The files of the store that it was made from, of which `inputs` is the hash."""
    edition: int = Field(1, exclude_if=lambda edition: edition == 1)
    """How often the partition's day was taken in with other values, from 1."""

    @property
    def many(self) -> int:
        """How many values the file holds: in files of revision 1 of a table of values, its rows."""
        return self.rows if self.values is None else self.values


_ARRIVAL = {"inbox", "source", "bridge", "watermark", "settle", "done", "grace", "may_use"}


def settings_hash(*sections: Section) -> str:
    """A short hash of the settings that a partition was made under.

    Whence and when its rows came does not matter, nor who may use them.
    """
    text = "\n".join(s.model_dump_json(exclude=_ARRIVAL) for s in sections)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def stamped(table: str, rows: pa.Table, source: Provenance) -> Provenance:
    """Where a partition came from, with how much it holds and the revision of its form."""
    spec = TABLES[table]
    held = {"rows": rows.num_rows, "values": _values_in(spec, rows), "revision": spec.revision}
    return source.model_copy(update=held)


def _values_in(spec: Table, rows: pa.Table) -> int | None:
    """How many values there are in rows with a column a sensor; None for another table."""
    if not spec.a_sensor:
        return None
    columns = spec.schema_of(spec.sensors_in(rows.column_names)).names[len(spec.columns) :]
    count: int = sum(rows.num_rows - rows[name].null_count for name in columns if rows[name].type != FLAG)
    return count


def stamp_in(schema: pa.Schema, where: str) -> Provenance:
    """What a file's schema says of where it came from. UnusableError when a newer nightscore wrote it."""
    about = schema.metadata or {}
    try:
        stamp = dict(json_in(about.get(b"nightscore", b'{"job": "unknown"}')))
        is_newer = stamp.get("revision", FORMAT) > FORMAT
        if b"made_from" in about:
            stamp["made_from"] = json_in(about[b"made_from"])
    except (ValueError, TypeError) as error:
        remedy = "run the job that writes it again"
        raise UnusableError(f"{where} does not say where it came from: {error}", remedy) from error
    if is_newer:  # its other keys may be unknown here
        raise UnusableError(f"{where} was written by a newer nightscore", "upgrade this one")
    return parse(Provenance, stamp, where)
