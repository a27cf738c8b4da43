"""What can go wrong, split by who must act."""

from __future__ import annotations


class Error(Exception):
    """Base of all errors that are about audio. The operating system's are ``OSError``.

    Attributes
    ----------
    path : str or None
        The file that the error is about, where known.
    offset : int or None
        The byte of the file that is wrong, counted from its start.
    field : str or None
        The header field or the argument that is wrong.

    Examples
    --------
    >>> import ndaudio
    >>> try:
    ...     ndaudio.open(b"RIFX and nothing more")
    ... except ndaudio.Error as error:
    ...     print(type(error).__name__, error.offset, error.path)
    FormatError 0 None
    """

    path: str | None = None
    offset: int | None = None
    field: str | None = None


class FormatError(Error, ValueError):
    """The bytes are not a file that can be read; ``offset`` and ``field`` say where.

    Examples
    --------
    >>> import ndaudio
    >>> try:
    ...     ndaudio.open(b"RIFX and nothing more")
    ... except ndaudio.FormatError as error:
    ...     print(error.offset)
    0
    """


class UnsupportedError(Error, ValueError):
    """The file may be intact, but holds something that is not read or written.

    Examples
    --------
    >>> import ndaudio
    >>> issubclass(ndaudio.UnsupportedError, ndaudio.Error)
    True
    """


class DecoderError(Error, ValueError):
    """The decoder of a compressed format failed, or refused the file.

    Examples
    --------
    >>> import ndaudio
    >>> issubclass(ndaudio.DecoderError, ndaudio.Error)
    True
    """


class ViewError(Error, ValueError):
    """A view without a copy cannot exist: of 24-bit samples, or of part of a frame.

    Examples
    --------
    >>> import ndaudio
    >>> try:
    ...     ndaudio.frombuffer(b"12345", 1, dtype="int16")
    ... except ndaudio.ViewError as error:
    ...     print(error)
    5 bytes are not a whole number of frames of 2 bytes
    """


class ChannelMismatchError(Error, ValueError):
    """The audio has another number of channels than what it is to go with.

    Examples
    --------
    >>> import numpy as np, ndaudio
    >>> try:
    ...     ndaudio.Levels(2).add(np.zeros((10, 3)))
    ... except ndaudio.ChannelMismatchError as error:
    ...     print(error)
    the audio has 3 channels, but 2 are expected
    """


class SpecMismatchError(Error, ValueError):
    """A file is not like the one it is to be joined to; ``field`` says in what.

    Examples
    --------
    >>> import ndaudio
    >>> issubclass(ndaudio.SpecMismatchError, ndaudio.Error)
    True
    """


class SeekError(Error, ValueError):
    """A frame past the end of the audio was asked for.

    Examples
    --------
    >>> import numpy as np, ndaudio
    >>> try:
    ...     ndaudio.read("data/music.wav", start=500_000)
    ... except ndaudio.SeekError as error:
    ...     print(str(error).partition(": ")[2])
    frame 500000 is past the end of the audio, which has 441000 frames
    """


class TooLargeError(Error, ValueError):
    """More bytes than the file format can count, or than a limit allows.

    Examples
    --------
    >>> import ndaudio
    >>> issubclass(ndaudio.TooLargeError, ndaudio.Error)
    True
    """


class ArgumentError(Error, ValueError):
    """An argument is outside its range; ``field`` names it.

    Examples
    --------
    >>> import ndaudio
    >>> issubclass(ndaudio.ArgumentError, ValueError)
    True
    """


class WriteError(Error, OSError):
    """Writing failed part of the way, because the disk is full for example.

    Attributes
    ----------
    frames_safe : int
        Frames that the header on disk covers: those before the last checkpoint.
    frames_written : int
        Whole frames that reached the file.

    Examples
    --------
    >>> import ndaudio
    >>> issubclass(ndaudio.WriteError, OSError)
    True
    """

    frames_safe: int = 0
    frames_written: int = 0
