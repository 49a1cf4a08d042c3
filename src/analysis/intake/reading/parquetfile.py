"""Reading a Parquet file: its own columns as text, whatever its folder is called and whatever pandas wrote beside them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from analysis.faults import Fault, InputFaults
from analysis.intake.reading.child import parsed
from analysis.intake.reading.header import column_names
from analysis.intake.reading.letters import giant_cells, tidy_cells
from analysis.intake.reading.rawtable import RawTable
from analysis.intake.reading.shape import wanted_columns


def parquet_cells(path: Path, file: str, head: int = 0) -> pa.Table:
    """Read the columns as text, in a process of its own; only the first ``head`` rows where it is not 0.

    Raises
    ------
    InputFaults
        C02, C04, C07, C08, C09, C17, C18.
    """
    return pa.ipc.open_stream(parsed("parquet", path, file, head=head)).read_all()


def read_parquet(path: Path, file: str, expected: Sequence[str]) -> RawTable:
    """Read a Parquet file.

    Raises
    ------
    InputFaults
        As ``parquet_cells``, and S02, S03, S05.
    """
    table = parquet_cells(path, file)
    names, notes = column_names(table.column_names, file, expected)
    if table.num_rows == 0:
        raise InputFaults([Fault("S02", file)])
    kept, extra = wanted_columns(names, expected, file)
    frame = table.rename_columns(list(names)).select(kept).to_pandas()
    lines = np.arange(len(frame)) + 2
    raw = tidy_cells(RawTable(file, frame, lines, notes=(Fault("C19", file), *notes, *extra)))
    return RawTable(file, raw.frame, lines, notes=(*raw.notes, *giant_cells(raw)))
