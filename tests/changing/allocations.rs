//! Stages, filters and meters allocate nothing once they run.

use allocation_counter::measure;
use ndarray::Array2;
use ndaudio::filter::{self, Band};
use ndaudio::{ArraySource, DynSource, Source};
#[cfg(feature = "resample")]
use ndaudio::{Encoding, Sample, Spec};

/// What a stage allocates for all but its first blocks.
fn assert_allocates_nothing(name: &str, mut source: impl Source) {
    let mut block = vec![0.0_f32; 1_000 * source.spec().channels()];
    for _ in 0..20 {
        assert_eq!(source.read_interleaved(&mut block).unwrap(), 1_000, "{name}");
    }
    let info = measure(|| {
        for _ in 0..20 {
            assert_eq!(source.read_interleaved(&mut block).unwrap(), 1_000, "{name}");
        }
    });
    assert_eq!(info.count_total, 0, "{name}");
}

#[test]
fn stages_allocate_nothing_once_they_run() {
    let audio =
        Array2::from_shape_fn((200_000, 3), |(frame, channel)| ((frame * (channel + 7)) % 1_000) as f32 / 1_000.0);
    let source = || ArraySource::new(audio.view(), 48_000);
    let sos = filter::butterworth(4, Band::Highpass(100.0), 48_000);
    assert_allocates_nothing("section", source().section(10..150_000));
    assert_allocates_nothing("select_channels", source().select_channels([2, 0]));
    assert_allocates_nothing("mono", source().mono());
    assert_allocates_nothing("gain", source().gain(0.5));
    assert_allocates_nothing("filter", source().filter(&sos));
    assert_allocates_nothing("inspect", source().inspect(|block| assert!(block.nrows() > 0)));
    assert_allocates_nothing("limit", source().limit(150_000));
    assert_allocates_nothing("pad_to", source().limit(5_000).pad_to(150_000));
    assert_allocates_nothing("concat", source().concat([source()]).unwrap());
    #[cfg(feature = "resample")]
    {
        use ndaudio::resample::Quality;
        assert_allocates_nothing("resample", source().resample(44_100).unwrap());
        assert_allocates_nothing("resample", source().resample_with(16_000, Quality::High).unwrap());
    }
    let chain: Box<dyn DynSource> = Box::new(ArraySource::new(audio.clone(), 48_000).mono().filter(&sos).gain(0.5));
    assert_allocates_nothing("a boxed chain", chain);
}

/// Noise of two channels, `left` frames of it.
#[cfg(feature = "resample")]
struct Hours {
    spec: Spec,
    left: usize,
    state: u32,
}

#[cfg(feature = "resample")]
impl Source for Hours {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn read_interleaved<T: Sample>(&mut self, out: &mut [T]) -> ndaudio::Result<usize> {
        let frames = (out.len() / 2).min(self.left);
        for sample in &mut out[..2 * frames] {
            self.state = self.state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *sample = ((self.state >> 16) as u16).cast_signed().convert();
        }
        self.left -= frames;
        Ok(frames)
    }
}

/// The most bytes that are in use at a time while windows of so many seconds pass four stages, and the windows.
#[cfg(feature = "resample")]
fn through_four_stages(seconds: usize) -> (u64, usize) {
    let mut count = 0;
    let info = measure(|| {
        let source = Hours { spec: Spec::new(1_000, 2, Encoding::I16), left: 1_000 * seconds, state: 1 };
        let sos = filter::butterworth(4, Band::Highpass(20.0), 1_000);
        let mut chain = source.mono().filter(&sos).resample(500).unwrap().gain(0.5);
        let mut windows = chain.windows::<f32>(400, 160);
        while windows.next().unwrap().is_some() {
            count += 1;
        }
    });
    (info.bytes_max, count)
}

#[cfg(feature = "resample")]
#[test]
fn memory_is_the_same_for_a_minute_and_for_ten_hours() {
    let (minute, windows) = through_four_stages(60);
    assert_eq!(windows, (30_000 - 400) / 160 + 1);
    let (hours, windows) = through_four_stages(36_000);
    assert_eq!(windows, (18_000_000 - 400) / 160 + 1);
    assert_eq!(minute, hours);
}

#[cfg(feature = "loudness")]
#[test]
fn a_loudness_meter_allocates_nothing_but_its_history() {
    let block = Array2::from_shape_fn((4_800, 2), |(frame, _)| (frame % 100) as f32 / 200.0);
    let mut loudness = ndaudio::Loudness::new(&ndaudio::Spec::new(48_000, 2, ndaudio::Encoding::F32)).unwrap();
    for _ in 0..100 {
        loudness.add(&block);
    }
    let info = measure(|| (0..100).for_each(|_| loudness.add(&block)));
    // One energy for every 100 ms, in a buffer that doubles.
    assert!(info.count_total <= 4, "{info:?}");
}
