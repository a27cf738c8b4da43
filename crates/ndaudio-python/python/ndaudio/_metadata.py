"""What files say about their audio."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Anomaly:
    """Something that a file got wrong and was read all the same.

    Attributes
    ----------
    message : str
        What the file says, what is there, and how it was read; also ``str(anomaly)``.
    kind : str
        Its name in Rust, such as ``"DataSizeZero"``.
    severity : {"note", "defect"}
        A note is common and harmless. A defect means that the file is damaged or unfinished, or says something that is not so.
    offset : int
        The byte where it is, counted from the start of the file.
    path : str or None
        The file, in a `sequence`.

    Examples
    --------
    >>> import ndaudio
    >>> [anomaly] = ndaudio.info("data/bytes_crashed_zero_sizes.wav").anomalies[-1:]
    >>> anomaly.kind, anomaly.severity, anomaly.offset
    ('DataSizeZero', 'defect', 40)
    """

    message: str
    kind: str
    severity: str
    offset: int
    path: str | None = None

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True)
class RecordingTime:
    """When a recording began, by the recorder's clock.

    Attributes
    ----------
    time : datetime.datetime
        Aware if the recording says how far its clock was from UTC, naive if it does not. To the microsecond.
    source : str
        Where it was found: ``"GUANO"``, ``"AudioMoth comment"``, ``"bext"``, ``"iXML"`` or ``"file name"``.

    Examples
    --------
    >>> import io, ndaudio
    >>> from datetime import datetime
    >>> ndaudio.RecordingTime(datetime(2026, 5, 1, 12, 0), "file name").offset_known
    False
    """

    time: datetime
    source: str

    @property
    def offset_known(self) -> bool:
        """bool : Whether the recording says how far its clock was from UTC."""
        return self.time.tzinfo is not None

    def __str__(self) -> str:
        return self.time.isoformat()


@dataclass(frozen=True)
class Info:
    """What a file is, without its audio; made by `info`.

    Attributes
    ----------
    sample_rate : int
        Frames per second, in Hz.
    channels : int
        Samples per frame.
    frames : int or None
        Frames in all; None where nobody knows, as on a pipe.
    duration : float or None
        How long the audio is, in seconds.
    encoding : str
        How a sample is stored: ``"i16"``, ``"i24"``, ``"f32"`` …
    dtype : str
        The dtype that holds the stored samples without loss.
    format : str
        The kind of file: ``"riff"``, ``"rf64"``, ``"wave64"``, ``"flac"`` …
    anomalies : list of Anomaly
        What the file got wrong, and how it is read. Empty for an intact file.
    start_time : RecordingTime or None
        When the recording began, if its metadata or its name says so.

    Examples
    --------
    >>> import ndaudio
    >>> info = ndaudio.info("data/music.wav")
    >>> info.sample_rate, info.channels, info.frames, info.duration, info.anomalies
    (44100, 2, 441000, 10.0, [])
    """

    sample_rate: int
    channels: int
    frames: int | None
    duration: float | None
    encoding: str
    dtype: str
    format: str
    anomalies: list[Anomaly] = field(default_factory=list[Anomaly])
    start_time: RecordingTime | None = None


@dataclass(frozen=True)
class Chunk:
    """A chunk of a WAVE file; `Reader.chunk` reads its content.

    Attributes
    ----------
    id : str
        Its four characters.
    offset, content_offset : int
        The byte where its header, and where its content begins, counted from the start of the file.
    size : int
        Bytes of its content, as far as the file has them.

    Examples
    --------
    >>> import ndaudio
    >>> [chunk.id for chunk in ndaudio.open("data/music.wav").chunks]
    ['fmt ', 'data']
    """

    id: str
    offset: int
    content_offset: int
    size: int


@dataclass(frozen=True)
class Cue:
    """A marked point or region.

    Attributes
    ----------
    id : int
        Its number in the file.
    frame : int
        Where it is, in frames from the start of the audio.
    length : int or None
        Its length in frames, if it is a region.
    label, note : str or None
        Its name, and a comment on it.

    Examples
    --------
    >>> import ndaudio
    >>> ndaudio.Cue(1, 48_000, label="call").label
    'call'
    """

    id: int
    frame: int
    length: int | None = None
    label: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class BextLoudness:
    """Loudness as a broadcast extension states it; None where it does not.

    Attributes
    ----------
    integrated, max_momentary, max_short_term : float or None
        In LUFS.
    range : float or None
        In LU.
    max_true_peak : float or None
        In dBTP.

    Examples
    --------
    >>> import ndaudio
    >>> ndaudio.BextLoudness(integrated=-23.0).range is None
    True
    """

    integrated: float | None = None
    range: float | None = None
    max_true_peak: float | None = None
    max_momentary: float | None = None
    max_short_term: float | None = None


@dataclass(frozen=True)
class Bext:
    """The broadcast extension of a Broadcast Wave file (EBU Tech 3285).

    Attributes
    ----------
    description, originator, originator_reference, origination_date, origination_time, coding_history : str
        As the file has them.
    time_reference : int or None
        Frames from midnight to the start of the audio.
    version : int or None
        Of the extension.
    umid : bytes or None
        64 bytes.
    loudness : BextLoudness or None
        If the version has it.

    Examples
    --------
    >>> import ndaudio
    >>> bext = ndaudio.open("data/libsndfile_bext_pcm16_stereo.wav").metadata.bext
    >>> bext.origination_date, bext.time_reference
    ('2026-01-02', 96000)
    """

    description: str
    originator: str
    originator_reference: str
    origination_date: str
    origination_time: str
    time_reference: int | None
    version: int | None
    umid: bytes | None
    loudness: BextLoudness | None
    coding_history: str


@dataclass(frozen=True)
class Metadata:
    """Everything that the known chunks and tags of a file say about its audio; from `Reader.metadata`.

    Attributes
    ----------
    bext : Bext or None
        The broadcast extension.
    info : dict of str to str
        The texts of the ``INFO`` list by their ids, such as ``"ICMT"`` for the comment; of other formats the tags that have such an id.
    cues : list of Cue
        Marked points and regions, in the order of the file.
    ixml : str or None
        The text of the ``iXML`` chunk.
    guano : dict of str to str
        The GUANO fields of bat detectors and recorders.
    position : (float, float) or None
        Latitude and longitude in degrees, if GUANO states them.
    fact_frames : int or None
        The number of frames in the ``fact`` chunk. Rely on `Reader.frames` instead.

    Examples
    --------
    >>> import ndaudio
    >>> metadata = ndaudio.open("data/music.wav").metadata
    >>> metadata.bext, metadata.info, metadata.cues, metadata.guano
    (None, {}, [], {})
    """

    bext: Bext | None = None
    info: dict[str, str] = field(default_factory=dict[str, str])
    cues: list[Cue] = field(default_factory=list[Cue])
    ixml: str | None = None
    guano: dict[str, str] = field(default_factory=dict[str, str])
    position: tuple[float, float] | None = None
    fact_frames: int | None = None


@dataclass(frozen=True)
class SequenceFile:
    """A file of a `sequence`, and where it stands in it.

    Attributes
    ----------
    path : str
        What it was opened by.
    first_frame : int or None
        The frame of the sequence that is its first; None after a file of unknown length.
    frames : int or None
        Its frames, where known.
    start_time : RecordingTime or None
        When it began, if its metadata or its name says so.

    Examples
    --------
    >>> import ndaudio
    >>> reader = ndaudio.sequence(["data/music.wav", "data/music.wav"])
    >>> [file.first_frame for file in reader.files]
    [0, 441000]
    """

    path: str
    first_frame: int | None
    frames: int | None
    start_time: RecordingTime | None = None


@dataclass(frozen=True)
class Gap:
    """A place in a `sequence` where one file does not begin when the file before it ends.

    Attributes
    ----------
    file : int
        The index of the file after the gap.
    frame : int
        The frame of the sequence at which that file begins.
    length : datetime.timedelta
        The time missing between the files; negative where they overlap.

    Examples
    --------
    >>> import ndaudio
    >>> ndaudio.sequence(["data/music.wav", "data/music.wav"]).gaps()  # neither says when it began
    []
    """

    file: int
    frame: int
    length: timedelta
