"""The store's tables, by name: their columns with type, unit and meaning, their partitions and row order."""

from __future__ import annotations

from sensors_data.tables.findings import FINDINGS
from sensors_data.tables.images import IMAGES
from sensors_data.tables.records import RECORDS
from sensors_data.tables.series import SERIES
from sensors_data.tables.table import TIME, Column, Table

__all__ = ["TABLES", "TIME", "Column", "Table"]

TABLES: dict[str, Table] = {table.name: table for table in (*SERIES, *FINDINGS, *IMAGES, *RECORDS)}
