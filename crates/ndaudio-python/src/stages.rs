//! Readers made from readers.

use ndaudio::Source;
use pyo3::prelude::*;

use crate::error::{exception, invalid};
use crate::filters::sos_of;
use crate::reader::Reader;
use crate::resampling::quality;
use crate::source::Shared;

/// As methods of `Reader`. What they give reads from the reader they were called on, which should not be read itself meanwhile.
pub(crate) fn mono(shared: &Shared, py: Python<'_>) -> Reader {
    Reader::over(shared, py.detach(|| Box::new(shared.clone().mono())))
}

pub(crate) fn resample(shared: &Shared, py: Python<'_>, sample_rate: u32, name: &str) -> PyResult<Reader> {
    let quality = quality(name)?;
    let stage = py.detach(|| shared.clone().resample_with(sample_rate, quality)).map_err(exception)?;
    Ok(Reader::over(shared, Box::new(stage)))
}

pub(crate) fn filter(shared: &Shared, py: Python<'_>, sos: &Bound<'_, PyAny>) -> PyResult<Reader> {
    let sos = sos_of(sos)?;
    Ok(Reader::over(shared, py.detach(|| Box::new(shared.clone().filter(&sos)))))
}

pub(crate) fn section(shared: &Shared, py: Python<'_>, start: u64, stop: Option<u64>) -> PyResult<Reader> {
    let stop = stop.unwrap_or(u64::MAX);
    if start > stop {
        return Err(invalid(format!("a section from {start} to {stop} would end before it starts")));
    }
    Ok(Reader::over(shared, py.detach(|| Box::new(shared.clone().section(start..stop)))))
}

pub(crate) fn select_channels(shared: &Shared, py: Python<'_>, channels: Vec<usize>) -> PyResult<Reader> {
    let there = shared.spec().channels();
    if let Some(channel) = channels.iter().find(|channel| **channel >= there) {
        let message = format!("channel {channel} does not exist: the audio has {there}, numbered from 0");
        return Err(pyo3::exceptions::PyIndexError::new_err(message));
    }
    if channels.is_empty() || channels.len() > ndaudio::MAX_CHANNELS {
        return Err(invalid("at least one channel must be selected"));
    }
    Ok(Reader::over(shared, py.detach(|| Box::new(shared.clone().select_channels(channels)))))
}

pub(crate) fn gain(shared: &Shared, py: Python<'_>, factor: f64) -> PyResult<Reader> {
    if !factor.is_finite() {
        return Err(invalid(format!("a factor must be finite, not {factor}")));
    }
    Ok(Reader::over(shared, py.detach(|| Box::new(shared.clone().gain(factor)))))
}
