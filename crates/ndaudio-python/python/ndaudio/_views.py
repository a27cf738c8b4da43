"""Arrays over bytes that are there already, without a copy."""

from __future__ import annotations

import builtins
import mmap
import os
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ._errors import ViewError
from ._ndaudio import layout

if TYPE_CHECKING:

    from numpy.typing import DTypeLike, NDArray

    _Buffer = bytes | bytearray | memoryview | mmap.mmap | NDArray[Any]


def memmap(path: str | os.PathLike[str], mode: Literal["r", "c", "r+"] = "r") -> NDArray[Any]:
    """View the samples of a file without reading it: the system fetches what is used.

    Parameters
    ----------
    path : path
        A file of the WAVE family whose samples are numbers of NumPy's: 16 or 32 bits, or floats.
    mode : {"r", "c", "r+"}
        Read only; copy on write, where changes stay in memory; or changes go to the file. As in `numpy.memmap`.

    Returns
    -------
    numpy.ndarray
        Frames × channels, of the type and byte order that the file stores. It keeps the map alive.

    Raises
    ------
    ViewError
        If the samples have no type to be viewed as: 8 and 24 bits, A-law and µ-law. `read` converts them.

    Examples
    --------
    >>> import ndaudio
    >>> samples = ndaudio.memmap("data/music.wav")
    >>> samples.shape, samples.dtype, samples.flags.owndata
    ((441000, 2), dtype('int16'), False)
    """
    access = {"r": mmap.ACCESS_READ, "c": mmap.ACCESS_COPY, "r+": mmap.ACCESS_WRITE}.get(mode)
    if access is None:
        raise ValueError(f'mode must be "r", "c" or "r+", not {mode!r}')
    offset, frames, channels, dtype = layout(path)
    with builtins.open(path, "r+b" if mode == "r+" else "rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=access)
    return np.ndarray((frames, channels), dtype, mapped, offset)


def frombuffer(buffer: _Buffer, channels: int, dtype: DTypeLike = "int16") -> NDArray[Any]:
    """View raw samples, without a header, as frames × channels.

    Parameters
    ----------
    buffer : bytes-like
        Interleaved samples, in the byte order of `dtype`.
    channels : int
        Samples per frame.
    dtype : dtype
        What a sample is.

    Returns
    -------
    numpy.ndarray
        Frames × channels over the memory of `buffer`; read-only where that is.

    Raises
    ------
    ViewError
        If the bytes are not a whole number of frames.

    Examples
    --------
    >>> import ndaudio
    >>> ndaudio.frombuffer(bytes([1, 0, 2, 0, 3, 0, 4, 0]), channels=2)
    array([[1, 2],
           [3, 4]], dtype=int16)
    """
    if channels < 1:
        raise ValueError(f"channels must be at least 1, not {channels}")
    dtype = np.dtype(dtype)
    anything: Any = buffer  # the protocol's type is not in Python 3.11
    count = memoryview(anything).nbytes
    frame_bytes = channels * dtype.itemsize
    if count % frame_bytes:
        raise ViewError(f"{count} bytes are not a whole number of frames of {frame_bytes} bytes")
    return np.ndarray((count // frame_bytes, channels), dtype, buffer)
