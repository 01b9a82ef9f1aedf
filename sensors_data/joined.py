"""A day's files of a table as one Parquet file: the rows of each apart, with its hash and where it came from."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq

from sensors_data.documents import json_in
from sensors_data.errors import UnusableError
from sensors_data.parquet import GROUP, open_parquet, repeating
from sensors_data.provenance import CODE, Provenance, stamp_in
from sensors_data.seal import BLANK
from sensors_data.section import Section
from sensors_data.settings import parse
from sensors_data.tables import Table

_KEY = b"joined"


class Part(Section):
    """A file that lies in a joined one."""

    file: str
    """The name that it had, like `shard-0.parquet`."""
    groups: tuple[int, ...]
    """The row groups that hold its rows."""
    sha256: str
    """Of its bytes as they were."""
    source: Provenance
    """Where it came from."""


@dataclass(frozen=True)
class Piece:
    """A file to be joined: its name, the hash of its bytes, where it came from, and its rows."""

    file: str
    sha256: str
    source: Provenance
    rows: pa.Table


def piece_of(file: str, sha256: str, data: bytes, where: str) -> Piece:
    """A table's file as a piece. ArrowException or OSError where it is none."""
    rows = open_parquet(data).read(use_threads=False)
    return Piece(file, sha256, stamp_in(rows.schema, where), _bare(rows))


def pieces_of(data: bytes, where: str) -> Iterator[Piece]:
    """The files that a joined one holds."""
    file = open_parquet(data)
    for part in parts_in(file, where):
        yield Piece(part.file, part.sha256, part.source, _bare(file.read_row_groups(list(part.groups))))


def _bare(rows: pa.Table) -> pa.Table:
    """The columns without what their file says of them: earlier ones say of each that it may be null."""
    return pa.table(rows.columns, rows.column_names)


def parts_in(file: pq.ParquetFile, where: str) -> list[Part]:
    """What an open joined file says of the files in it. UnusableError where it cannot be read."""
    stamp_in(file.schema_arrow, where)
    try:
        parts = list(json_in((file.schema_arrow.metadata or {}).get(_KEY, b"[]")))
    except (ValueError, TypeError) as error:
        raise UnusableError(f"{where} does not say what is joined in it: {error}", "run: nightscore restore") from error
    return [parse(Part, one, where) for one in parts]


def joined_bytes(spec: Table, pieces: list[Piece]) -> bytes:
    """A joined file of pieces with the same columns, in their order, to be sealed. Equal pieces give equal bytes."""
    parts: list[Part] = []
    begin = 0
    for piece in pieces:
        end = begin - (-piece.rows.num_rows // GROUP)
        groups = tuple(range(begin, end))
        parts.append(Part(file=piece.file, groups=groups, sha256=piece.sha256, source=piece.source))
        begin = end
    rows = pa.concat_tables([piece.rows for piece in pieces])
    stamp = Provenance(job="clean", code=CODE, rows=rows.num_rows, revision=spec.revision)
    about = {"nightscore": stamp.model_dump_json(exclude={"made_from"}), "seal": BLANK}
    about["joined"] = json.dumps([part.model_dump(mode="json") for part in parts], separators=(",", ":"))
    buffer = io.BytesIO()
    schema = rows.schema.with_metadata(about)
    with pq.ParquetWriter(
        buffer, schema, compression="zstd", use_dictionary=repeating(rows), write_page_checksum=True
    ) as writer:
        for piece in pieces:
            if piece.rows.num_rows:
                writer.write_table(piece.rows.replace_schema_metadata(about), row_group_size=GROUP)
    return buffer.getvalue()
