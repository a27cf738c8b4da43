//! The compiled half of the Python package `ndaudio`: NumPy arrays in and out of the library. What users see is documented there, in the
//! docstrings, which are the comments of each Python class and function here.

mod bands;
mod blocks;
mod change;
mod dtype;
mod encoding;
mod error;
mod features;
mod file_like;
mod files;
mod fill;
mod filters;
mod histogram;
mod info;
mod layout;
mod level;
mod levels;
mod loudness;
mod ltsa;
mod measures;
mod mel;
mod metadata;
mod opened;
mod plan;
mod pool;
mod psd;
mod reader;
mod resampling;
mod samples;
mod segments;
mod source;
mod spectra;
mod stages;
mod windows;
mod write;

use pyo3::prelude::*;

#[pymodule(gil_used = false)]
mod _ndaudio {
    #[pymodule_export]
    use crate::{
        bands::{FilterBank, filter_bank},
        blocks::Blocks,
        change::apply_gain,
        features::{
            bandwidth, bioacoustic, centroid, complexity, diversity, entropy, flatness, mfcc, rolloff, soundscape,
        },
        files::{open, read, sequence},
        filters::{
            Filter, a_weighting, bessel, butterworth, c_weighting, chebyshev1, chebyshev2, elliptic, filter_all,
            filtfilt,
        },
        histogram::Histogram,
        info::info,
        layout::layout,
        level::Level,
        levels::{Levels, levels},
        loudness::{Loudness, loudness},
        ltsa::Ltsa,
        measures::{crest_factor, mean, peak, rms, zero_crossing_rate},
        mel::mel,
        psd::{Psd, welch},
        reader::Reader,
        resampling::resample,
        segments::segments,
        spectra::{PySpectrum, istft, stft},
        windows::Windows,
        write::{Writer, create, write},
    };
}
