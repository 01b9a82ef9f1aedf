"""The files of tables in a folder, whether each lies by itself or joined with others of its day."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace

import pyarrow as pa
import pyarrow.parquet as pq

from sensors_data.errors import DamagedError, NotThereError, UnusableError
from sensors_data.folder import Folder, digest_of, stamp_of
from sensors_data.joined import Part, Piece, joined_bytes, parts_in, pieces_of
from sensors_data.parquet import Opened, open_parquet
from sensors_data.partition_paths import JOINED, joined_beside
from sensors_data.provenance import Provenance, stamp_in
from sensors_data.tables import TABLES

log = logging.getLogger("nightscore")


@dataclass(frozen=True)
class TableFiles(Folder):
    """A folder of tables at any URL. A file that lies joined is read, listed and asked by the path that it had.

    A file that stands at its path counts, and not what a joined one holds of it: so a day is written again.
    """

    _newest: list[tuple[str, str, dict[str, Part]]] = field(default_factory=list, repr=False, compare=False)
    """The joined file that was asked last, what changes when it is replaced, and what it holds."""

    def exists(self, path: str) -> bool:
        """Whether a file stands at `path` or lies joined."""
        return super().exists(path) or self._part(path) is not None

    def remove(self, path: str) -> None:
        """Take away the file at `path`, joined or not, and what killed writers left beside it."""
        if (where := self._beside(path)) is not None and (part := self._part(path)) is not None:
            self._leave_out(where, part.file)
        super().remove(path)

    def let_go(self, path: str, sha256: str) -> None:
        """Take away a file that lies joined too, unless another was written at its path meanwhile."""
        with suppress(NotThereError):
            if hashlib.sha256(self.unchecked_bytes(path)).hexdigest() == sha256:
                super().remove(path)

    def restamp(self, path: str, inputs: str) -> None:
        """Write another hash of its inputs to a file that lies joined."""
        where, name = str(self._beside(path)), path.rpartition("/")[2]
        pieces = list(pieces_of(self.read_bytes(where), where))
        sources = [piece.source.model_copy(update={"inputs": inputs}) for piece in pieces]
        pairs = zip(pieces, sources, strict=True)
        self._write_joined(where, [replace(p, source=source) if p.file == name else p for p, source in pairs])

    def digest(self, paths: Iterable[str]) -> str:
        """SHA-256 over the bytes of some files as they were written: the `inputs` of what is made from them."""
        return digest_of(map(self.sha256, paths))

    def provenance(self, path: str) -> Provenance:
        """Where the file at `path` came from. ValueError when it cannot be read or a newer nightscore wrote it."""
        try:
            data = self.read_bytes(path)
        except NotThereError:
            if (part := self._part(path)) is None:
                raise
            return part.source
        return self.provenance_in(path, data)

    def provenance_in(self, path: str, data: bytes) -> Provenance:
        """The same of a file whose bytes are known."""
        return stamp_in(self.open_parquet(path, data).schema_arrow, f"{self.root}/{path}")

    def listed(self, folder: str) -> list[str]:
        """Paths of all Parquet files of a table under a folder, those that lie joined among them, sorted."""
        files = self.files(folder, suffix=".parquet")
        joined = [path for path in files if path.endswith(f"/{JOINED}")]
        return sorted({*files, *(part for path in joined for part in self.parts_of_joined(path))} - {*joined})

    def opened(self, paths: Iterable[str], texts: list[str] | None = None) -> Iterator[Opened]:
        """The files at some paths, one after another, their columns `texts` as codes of their distinct values.

        A joined file is read, and its folder listed, once for those that follow one another in it. A damaged record is
        passed over and told.
        NotThereError when there is none, UnusableError when another cannot be read.
        """
        beside: dict[str, dict[str, Opened]] = {}
        standing: set[str] = set()
        for path in paths:
            where, file = self._beside(path), None
            try:
                if where not in beside or path in standing:
                    file = self._by_itself(path, texts)
                    if file is None and where is not None:
                        standing = {*self.files(where.rpartition("/")[0])}  # before the joined file, which stands first
                        beside = {where: self._all_in(where, texts)}
                if file is None and where is not None:
                    file = beside[where].get(path)
            except DamagedError as error:
                self._pass_over(path, error)
                continue
            if file is None:
                raise NotThereError(f"there is no {path} in {self.root}")
            yield file

    def open_parquet(self, path: str, data: bytes, texts: list[str] | None = None) -> pq.ParquetFile:
        """A file's bytes, opened, its columns `texts` as codes. UnusableError when it is none that this one reads."""
        try:
            file = open_parquet(data, texts)
        except (pa.ArrowException, OSError) as error:
            raise self.unreadable(path, error) from error
        stamp_in(file.schema_arrow, f"{self.root}/{path}")
        return file

    def unreadable(self, path: str, error: Exception) -> UnusableError:
        """The refusal of a file that is no Parquet."""
        reason = f"{self.root}/{path} is not a readable Parquet file ({error})"
        return UnusableError(reason, "run the job that writes it again")

    def parts_of_joined(self, path: str) -> dict[str, Part]:
        """What lies in the joined file at `path`, by the path that each had; none where there is no such file."""
        fs, root = self._open()
        try:
            now = stamp_of(fs.info(f"{root}/{path}"))
            for known, then, parts in tuple(self._newest):
                if (known, then) == (path, now):
                    return parts
            parts = self.parts_told(path, self.open_parquet(path, self.read_bytes(path)))
        except (FileNotFoundError, NotThereError):
            return {}
        except DamagedError as error:
            self._pass_over(path, error)
            return {}
        self._newest[:] = [(path, now, parts)]
        return parts

    def _pass_over(self, path: str, error: DamagedError) -> None:
        """Tell of a damaged record; the error itself where it is none."""
        if not TABLES[path.split("/", 1)[0]].is_record:
            raise error
        log.warning("passed over: %s", error)

    def parts_told(self, path: str, file: pq.ParquetFile) -> dict[str, Part]:
        """The same of one that is open."""
        folder = path.rpartition("/")[0]
        return {f"{folder}/{part.file}": part for part in parts_in(file, f"{self.root}/{path}")}

    def _beside(self, path: str) -> str | None:
        """The joined file in which the file at `path` may lie."""
        spec = TABLES.get(path.split("/", 1)[0])
        return None if spec is None else joined_beside(spec, path)

    def _part(self, path: str) -> Part | None:
        """What a joined file holds of the file at `path`."""
        where = self._beside(path)
        return None if where is None else self.parts_of_joined(where).get(path)

    def _by_itself(self, path: str, texts: list[str] | None) -> Opened | None:
        """The file that stands at `path`, None where there is none."""
        try:
            file = self.open_parquet(path, self.read_bytes(path), texts)
        except NotThereError:
            return None
        return Opened(path, file, tuple(range(file.num_row_groups)))

    def _all_in(self, where: str, texts: list[str] | None) -> dict[str, Opened]:
        """The files in a joined one, by path; none where there is none."""
        try:
            file = self.open_parquet(where, self.read_bytes(where), texts)
        except NotThereError:
            return {}
        return {path: Opened(path, file, part.groups) for path, part in self.parts_told(where, file).items()}

    def sha256(self, path: str) -> bytes:
        """The hash of a file's bytes as they were written."""
        try:
            return self.sum_of(path)
        except NotThereError:
            if (part := self._part(path)) is None:
                raise
            return bytes.fromhex(part.sha256)

    def _leave_out(self, where: str, name: str) -> None:
        """Write a joined file without one of its files, or take it away where that was the last."""
        pieces = [piece for piece in pieces_of(self.read_bytes(where), where) if piece.file != name]
        if pieces:
            self._write_joined(where, pieces)
        else:
            super().remove(where)

    def _write_joined(self, where: str, pieces: list[Piece]) -> None:
        self.write_bytes(where, joined_bytes(TABLES[where.split("/", 1)[0]], pieces))
