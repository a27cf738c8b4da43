//! Where there is sound.

use ndarray::Array2;
use ndaudio::levels::Measure;
use ndaudio::segments::{Detector, Meter, Rule, Segment, Threshold, detect};
use ndaudio::{Sample, Source};
use numpy::{IntoPyArray, PyArray2};
use pyo3::prelude::*;

use crate::dtype::{Dtype, with_type};
use crate::error::{exception, invalid};
use crate::levels::is_array;
use crate::reader::{Reader, positive};
use crate::samples::{Samples, with_samples};
use crate::source::{Shared, Watched};

/// Samples read at a time.
const BLOCK_SAMPLES: usize = 64 << 10;

/// Find the parts of a recording with sound.
///
/// The recording is measured in consecutive windows; the loudest channel counts. Sound begins with a window above the threshold, and
/// lasts until one is not above the threshold less the hysteresis. Then, in this order: shorter silences than `min_silence` become
/// sound, shorter sounds than `min_sound` silence, and each sound grows by `margin` on both sides. Files are read in constant memory.
///
/// Parameters
/// ----------
/// audio : path, bytes, file-like object, Reader or array_like
///     What `open` opens; a reader, from where it is; or frames × channels.
/// threshold : float
///     In dBFS; with `relative` in dB below the loudest window of the recording, which takes a second pass.
/// relative : bool
///     What `threshold` is relative to.
/// hysteresis : float
///     How far below the threshold the level has to fall for sound to end, in dB.
/// measure : {"rms", "peak"}
///     What the level of a window is.
/// window : int
///     Frames per window: the precision of the result.
/// min_silence, min_sound, margin : int
///     In frames.
/// channels_first : bool
///     Whether an array is channels × frames.
///
/// Returns
/// -------
/// numpy.ndarray
///     int64, sounds × 2: the first frame of each, and the frame after its last.
///
/// Examples
/// --------
/// >>> import ndaudio, numpy as np
/// >>> samples = np.zeros((10_000, 1))
/// >>> samples[2_000:3_000] = 0.1
/// >>> ndaudio.segments(samples, -30.0, window=100)
/// array([[2000, 3000]])
#[pyfunction]
#[pyo3(signature = (audio, threshold=-60.0, *, relative=false, hysteresis=0.0, measure="rms", window=480, min_silence=0, min_sound=0, margin=0, channels_first=false))]
#[expect(clippy::too_many_arguments, reason = "keyword arguments in Python")]
pub(crate) fn segments<'py>(
    py: Python<'py>,
    audio: &Bound<'py, PyAny>,
    threshold: f64,
    relative: bool,
    hysteresis: f64,
    measure: &str,
    window: i64,
    min_silence: u64,
    min_sound: u64,
    margin: u64,
    channels_first: bool,
) -> PyResult<Bound<'py, PyArray2<i64>>> {
    let measure = match measure {
        "rms" => Measure::Rms,
        "peak" => Measure::Peak,
        other => return Err(invalid(format!("measure must be \"rms\" or \"peak\", not {other:?}"))),
    };
    let rule = Rule {
        threshold: if relative { Threshold::Relative(threshold) } else { Threshold::Absolute(threshold) },
        hysteresis_db: hysteresis,
        measure,
        window: positive("window", window)?,
        min_silence,
        min_sound,
        margin,
    };
    let found = if let Ok(reader) = audio.cast::<Reader>() {
        of_source(py, reader.get().shared(), &rule)?
    } else if is_array(audio)? {
        let samples = Samples::from_python(audio, channels_first)?;
        with_samples!(samples, view => py.detach(|| detect(&view, &rule))).map_err(exception)?
    } else {
        let shared = Shared::open(audio)?;
        let found = of_source(py, &shared, &rule);
        shared.close(py)?;
        found?
    };
    let frames: Vec<i64> = found
        .iter()
        .flat_map(|segment| [segment.start_frame, segment.end_frame])
        .map(i64::try_from)
        .collect::<Result<_, _>>()?;
    let table = Array2::from_shape_vec((found.len(), 2), frames).map_err(|error| invalid(error.to_string()))?;
    Ok(table.into_pyarray(py))
}

fn of_source(py: Python<'_>, shared: &Shared, rule: &Rule) -> PyResult<Vec<Segment>> {
    let dtype = Dtype::natural(shared.spec().encoding());
    shared.with(py, |source| with_type!(dtype, T => detect_in::<T>(source, rule)))
}

fn detect_in<T: Sample>(source: &mut Watched, rule: &Rule) -> ndaudio::Result<Vec<Segment>> {
    let channels = source.spec().channels();
    let (len, first) = ((BLOCK_SAMPLES / channels).max(1), source.position());
    let mut loudest = None;
    if matches!(rule.threshold, Threshold::Relative(_)) {
        // A rule that cannot be applied is refused before the first pass.
        Detector::<T>::new(rule, channels, Some(0.0))?;
        let mut largest = 0.0_f64;
        let mut meter = Meter::<T>::new(rule.measure, rule.window, channels);
        let mut blocks = source.blocks::<T>(len);
        while let Some(block) = blocks.next()? {
            meter.add(&block, |level| largest = largest.max(level));
        }
        meter.finish(|level| largest = largest.max(level));
        loudest = Some(largest);
        source.seek(first)?;
    }
    let mut detector = Detector::<T>::new(rule, channels, loudest)?;
    let mut found = Vec::new();
    let mut blocks = source.blocks::<T>(len);
    while let Some(block) = blocks.next()? {
        detector.add(&block, |segment| found.push(segment));
    }
    detector.finish(|segment| found.push(segment));
    for segment in &mut found {
        segment.start_frame += first;
        segment.end_frame += first;
    }
    Ok(found)
}
