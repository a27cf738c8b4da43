//! Stages: sources made from sources.
//!
//! Every [`Source`](crate::Source) has a method for each, and the result is a source again: it has blocks, windows and all stages, can be
//! boxed as a [`DynSource`](crate::DynSource), and needs the memory of a few thousand samples however long the audio is.
//!
//! | method | what comes out | spec |
//! |---|---|---|
//! | [`section`](crate::Source::section) | the frames of a range | as the source |
//! | [`limit`](crate::Source::limit), [`pad_to`](crate::Source::pad_to) | at most, at least so many frames | as the source |
//! | [`select_channels`](crate::Source::select_channels) | some channels, in any order | their number; their loudspeakers where a mask can say so |
//! | [`mono`](crate::Source::mono) | the mean of the channels | one channel |
//! | [`gain`](crate::Source::gain) | every sample times a factor | as the source |
//! | [`filter`](crate::Source::filter) | filtered audio | [`F32`](crate::Encoding::F32), or [`F64`](crate::Encoding::F64) from more than 24 bits |
//! | [`resample`](crate::Source::resample) | another sample rate (feature `resample`) | that rate; encoding as for `filter` |
//! | [`inspect`](crate::Source::inspect) | the same audio, shown to a closure on the way | as the source |
//! | [`concat`](crate::Source::concat) | one source after the other | as the first |
//!
//! Stages that compute do so in `f64` (resampling: see `Quality`), on what the source has, and convert once, to
//! the type that is read: integers are rounded half to even and saturated there. So a chain of stages rounds at its end only. An encoding
//! says what would hold the values without loss to the ear, not what any file stores; any sample type can be read from any stage.
//!
//! Errors that construction could find, such as a channel that does not exist, come with the first read, so that stages can be written one
//! after the other; only [`resample`](crate::Source::resample) has enough to check to return a `Result` itself.
//!
//! # Examples
//! ```
//! use ndaudio::filter::{self, Band};
//! use ndaudio::{Source, WavReader};
//!
//! let reader = WavReader::open("data/music.wav")?;
//! let highpass = filter::butterworth(2, Band::Highpass(100.0), reader.spec().sample_rate());
//! let mut voice = reader.section(44_100..88_200).mono().filter(&highpass).gain(0.5);
//! assert_eq!((voice.frames(), voice.spec().channels()), (Some(44_100), 1));
//!
//! let mut windows = voice.windows::<f32>(1024, 512);
//! let mut count = 0;
//! while let Some(window) = windows.next()? {
//!     assert_eq!(window.dim(), (1024, 1));
//!     count += 1;
//! }
//! assert_eq!(count, 85);
//! # Ok::<(), ndaudio::Error>(())
//! ```

/// The rest of a [`Source`](crate::Source) whose frames come one for one from `self.source`: it is as long, and stands and seeks where
/// that does.
macro_rules! frame_for_frame {
    () => {
        fn frames(&self) -> Option<u64> {
            self.source.frames()
        }

        fn position(&self) -> u64 {
            self.source.position()
        }

        fn seek(&mut self, frame: u64) -> crate::error::Result<()> {
            self.source.seek(frame)
        }

        fn skip_frames(&mut self, frames: u64) -> crate::error::Result<u64> {
            self.source.skip_frames(frames)
        }

        fn anomalies(&self) -> &[crate::error::Anomaly] {
            self.source.anomalies()
        }

        fn metadata(&mut self) -> crate::error::Result<crate::metadata::Metadata> {
            self.source.metadata()
        }

        fn fits_either_end(&self) -> bool {
            self.source.fits_either_end()
        }
    };
}

mod concat;
mod filter;
mod filtered;
mod gain;
mod inspect;
mod limit;
mod mono;
mod pad_to;
#[cfg(feature = "resample")]
pub(crate) mod resample;
mod scratch;
mod section;
mod select_channels;

pub use concat::Concat;
pub use filter::{Filter, RunningFilter};
pub use filtered::Filtered;
pub use gain::Gain;
pub use inspect::Inspect;
pub use limit::Limit;
pub use mono::Mono;
pub use pad_to::PadTo;
#[cfg(feature = "resample")]
pub use resample::{Quality, Resample};
pub use section::Section;
pub use select_channels::SelectChannels;

use crate::spec::{Encoding, Spec};

/// The sample type for values that were computed: 32-bit floats have the 24 bits that audio rarely exceeds.
fn computed(spec: &Spec) -> Spec {
    let fits = match spec.encoding() {
        Encoding::F32 => true,
        encoding => encoding.bits() <= 24,
    };
    spec.with_encoding(if fits { Encoding::F32 } else { Encoding::F64 })
}
