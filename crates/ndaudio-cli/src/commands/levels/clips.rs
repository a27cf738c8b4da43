//! Clipped samples of encodings whose range is smaller than that of the type that they are read as.

use ndaudio::ndarray::ArrayView2;
use ndaudio::normalize::ceiling;
use ndaudio::{Encoding, Levels, Sample};

/// Counts samples at either end of an encoding's range, and the longest run of them.
#[derive(Debug)]
pub(crate) struct Clips {
    /// The smallest and the largest sample that the encoding has, full scale being 1.0.
    ends: (f64, f64),
    channels: Vec<Clipped>,
}

/// Of one channel.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Clipped {
    pub(crate) samples: u64,
    pub(crate) longest: u64,
    run: u64,
}

impl Clips {
    /// `None` where `Levels` itself counts them.
    pub(crate) fn new(encoding: Encoding, channels: usize) -> Option<Self> {
        let top = ceiling(encoding);
        let bottom = match encoding {
            Encoding::I16 | Encoding::I32 | Encoding::F32 | Encoding::F64 => return None,
            Encoding::ALaw | Encoding::MuLaw => -top,
            _ => -1.0,
        };
        Some(Clips { ends: (bottom, top), channels: vec![Clipped::default(); channels] })
    }

    pub(crate) fn add<T: Sample>(&mut self, block: &ArrayView2<'_, T>) {
        let (bottom, top) = (T::from_f64_scale(self.ends.0), T::from_f64_scale(self.ends.1));
        for (samples, clipped) in block.columns().into_iter().zip(&mut self.channels) {
            for &sample in samples {
                if sample >= top || sample <= bottom {
                    clipped.samples += 1;
                    clipped.run += 1;
                    clipped.longest = clipped.longest.max(clipped.run);
                } else {
                    clipped.run = 0;
                }
            }
        }
    }

    pub(crate) fn channels(self) -> Vec<Clipped> {
        self.channels
    }
}

/// As `Levels` counts them.
pub(crate) fn of_levels(levels: &Levels) -> Vec<Clipped> {
    let clipped = |level: &ndaudio::levels::Level| Clipped {
        samples: level.clipped(),
        longest: level.longest_clipped_run(),
        run: 0,
    };
    levels.each(clipped).to_vec()
}
