//! Everything about one channel.

use pyo3::prelude::*;

/// The levels of one channel, or of all channels pooled; from `Levels.channel` and `Levels.overall`.
///
/// Full scale is 1.0. Where there is no sample to measure, results are NaN.
///
/// Examples
/// --------
/// >>> import ndaudio
/// >>> level = ndaudio.levels("data/music.wav").overall()
/// >>> round(level.peak(), 3), level.clipped()
/// (0.708, 0)
#[pyclass(module = "ndaudio", frozen)]
pub(crate) struct Level(pub(crate) ndaudio::levels::Level);

#[pymethods]
impl Level {
    fn __repr__(&self) -> String {
        format!("<ndaudio.Level of {} samples, rms {}, peak {}>", self.0.samples(), self.0.rms(), self.0.peak())
    }

    /// Samples that were measured: all but NaN and infinities.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> levels = ndaudio.levels(np.array([[0.5], [-0.5], [0.5]]))
    /// >>> levels.channel(0).samples()
    /// 3
    fn samples(&self) -> u64 {
        self.0.samples()
    }

    /// Samples that are not a number, which are left out of everything else.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> levels = ndaudio.levels(np.array([[0.5], [-0.5], [0.5]]))
    /// >>> levels.channel(0).nan()
    /// 0
    fn nan(&self) -> u64 {
        self.0.nan()
    }

    /// Samples that are infinite, which are left out of everything else.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> levels = ndaudio.levels(np.array([[0.5], [-0.5], [0.5]]))
    /// >>> levels.channel(0).infinite()
    /// 0
    fn infinite(&self) -> u64 {
        self.0.infinite()
    }

    /// Mean square, the power: 1.0 is that of a full-scale square wave.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> levels = ndaudio.levels(np.array([[0.5], [-0.5], [0.5]]))
    /// >>> levels.channel(0).mean_square()
    /// 0.25
    fn mean_square(&self) -> f64 {
        self.0.mean_square()
    }

    /// Root mean square; full scale is 1.0.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> levels = ndaudio.levels(np.array([[0.5], [-0.5], [0.5]]))
    /// >>> levels.channel(0).rms()
    /// 0.5
    fn rms(&self) -> f64 {
        self.0.rms()
    }

    /// Mean, the offset from zero (DC).
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> levels = ndaudio.levels(np.array([[0.5], [-0.5], [0.5]]))
    /// >>> round(levels.channel(0).mean(), 6)
    /// 0.166667
    fn mean(&self) -> f64 {
        self.0.mean()
    }

    /// Variance over n, as NumPy's default.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> levels = ndaudio.levels(np.array([[0.5], [-0.5], [0.5]]))
    /// >>> round(levels.channel(0).variance(), 6)
    /// 0.222222
    fn variance(&self) -> f64 {
        self.0.variance()
    }

    /// Standard deviation: the RMS without the offset.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> levels = ndaudio.levels(np.array([[0.5], [-0.5], [0.5]]))
    /// >>> round(levels.channel(0).standard_deviation(), 6)
    /// 0.471405
    fn standard_deviation(&self) -> f64 {
        self.0.standard_deviation()
    }

    /// Smallest sample.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> levels = ndaudio.levels(np.array([[0.5], [-0.5], [0.5]]))
    /// >>> levels.channel(0).min()
    /// -0.5
    fn min(&self) -> f64 {
        self.0.min()
    }

    /// Largest sample.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> levels = ndaudio.levels(np.array([[0.5], [-0.5], [0.5]]))
    /// >>> levels.channel(0).max()
    /// 0.5
    fn max(&self) -> f64 {
        self.0.max()
    }

    /// Largest magnitude; that of int16's -32768 is 1.0.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> levels = ndaudio.levels(np.array([[0.5], [-0.5], [0.5]]))
    /// >>> levels.channel(0).peak()
    /// 0.5
    fn peak(&self) -> f64 {
        self.0.peak()
    }

    /// Peak ÷ RMS: 1 of a square wave, NaN of silence.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> levels = ndaudio.levels(np.array([[0.5], [-0.5], [0.5]]))
    /// >>> levels.channel(0).crest_factor()
    /// 1.0
    fn crest_factor(&self) -> f64 {
        self.0.crest_factor()
    }

    /// Clipped samples: integers at either end of their range, floats at or beyond full scale.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> levels = ndaudio.levels(np.array([[0.5], [-0.5], [0.5]]))
    /// >>> levels.channel(0).clipped()
    /// 0
    fn clipped(&self) -> u64 {
        self.0.clipped()
    }

    /// Samples of the longest run of clipped ones.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> levels = ndaudio.levels(np.array([[0.5], [-0.5], [0.5]]))
    /// >>> levels.channel(0).longest_clipped_run()
    /// 0
    fn longest_clipped_run(&self) -> u64 {
        self.0.longest_clipped_run()
    }

    /// Zero crossings: neighbours of which one is below zero and the other is not.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> levels = ndaudio.levels(np.array([[0.5], [-0.5], [0.5]]))
    /// >>> levels.channel(0).zero_crossings()
    /// 2
    fn zero_crossings(&self) -> u64 {
        self.0.zero_crossings()
    }

    /// Zero crossings per pair of neighbours.
    ///
    /// Examples
    /// --------
    /// >>> import ndaudio, numpy as np
    /// >>> levels = ndaudio.levels(np.array([[0.5], [-0.5], [0.5]]))
    /// >>> levels.channel(0).zero_crossing_rate()
    /// 1.0
    fn zero_crossing_rate(&self) -> f64 {
        self.0.zero_crossing_rate()
    }
}
