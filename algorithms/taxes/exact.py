"""Decimals of whole columns as Python's integers in arrays of NumPy: exact whatever their digits, a step of all rows at a time."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

# Python integers; an array of them adds, multiplies and divides in one call.
Exact = npt.NDArray[np.object_]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
_WORD = 64


class Column(NamedTuple):
    """A column of decimals.

    Attributes:
        values: Its numbers in units of its last decimal place, 0 where unknown.
        known: bool [n].
    """

    values: Exact
    known: Bools


def integers(column: pa.ChunkedArray) -> Column:
    """A column of 128-bit decimals as integers."""
    array = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    known = np.asarray(array.is_valid(), dtype=bool)
    if not known.any():
        return Column(np.zeros(len(array), dtype=np.int64).astype(object), known)
    words = np.frombuffer(array.buffers()[1], dtype=np.int64).reshape(-1, 2)[array.offset : array.offset + len(array)]
    low, high = np.where(known, words[:, 0], 0), np.where(known, words[:, 1], 0)
    if (high == low >> (_WORD - 1)).all():
        return Column(low.astype(object), known)
    return Column(low.view(np.uint64).astype(object) + (high.astype(object) << _WORD), known)


def decimals(column: Column, kind: pa.Decimal128Type) -> pa.Array:
    """Integers in units of the last decimal place of a type as a column of it; null where unknown.

    Raises:
        OverflowError: A known number has more than 127 bits.
    """
    values = np.where(column.known, column.values, 0)
    words = np.empty((len(values), 2), dtype=np.int64)
    words[:, 0] = (values & ((1 << _WORD) - 1)).astype(np.uint64).view(np.int64)
    words[:, 1] = (values >> _WORD).astype(np.int64)
    mask = pa.py_buffer(np.packbits(column.known, bitorder="little").tobytes())
    return pa.Array.from_buffers(kind, len(values), [mask, pa.py_buffer(words.tobytes())])


def rounded(numerator: Exact, denominator: Exact | int) -> Exact:
    """Quotients of numbers from 0 on rounded half up; denominators are positive."""
    found: Exact = (2 * numerator + denominator) // (2 * denominator)
    return found


def sums(values: Exact, starts: Ints) -> Exact:
    """Sums of runs of rows: row k is that of `values[starts[k]:starts[k + 1]]`, 0 of none."""
    upto = np.concatenate([np.zeros(1, dtype=np.int64).astype(object), np.cumsum(values)])
    found: Exact = upto[starts[1:]] - upto[starts[:-1]]
    return found
