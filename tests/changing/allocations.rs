//! Stages, filters and meters allocate nothing once they run.

use allocation_counter::measure;
use ndarray::Array2;
use ndaudio::filter::{self, Band};
use ndaudio::{ArraySource, DynSource, Source};

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
