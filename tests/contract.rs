//! The names that other code is promised, used as it uses them.

#![cfg(all(feature = "flac", feature = "loudness", feature = "media", feature = "resample", feature = "spectrum"))]
#![allow(clippy::unwrap_used, reason = "a test that unwraps says what it expects")]

use std::io::Cursor;

use ndarray::{Array1, Array2, Array3, Axis};
use ndaudio::filter::{self, Band};
use ndaudio::{
    ArraySource, BlockSource, Blocks, DynSink, DynSource, Encoding, Levels, Loudness, Ltsa, Psd, Sos, Source, Spec,
    Spectrum, Taper, WavReader, WavView, WavWriter, Windows, db, gain, levels, spectrum,
};
use num_complex::Complex;

const MUSIC: &str = "data/music.wav";

#[test]
fn the_library_so_far() -> ndaudio::Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let (samples, spec) = ndaudio::read::<i16>(MUSIC)?;
    ndaudio::write(folder.path().join("out.wav"), &samples, &spec)?;
    assert_eq!(
        (spec.sample_rate(), spec.channels(), spec.encoding(), spec.channel_mask()),
        (44_100, 2, Encoding::I16, None)
    );
    let hound = ndaudio::hound::WavSpec::try_from(&spec)?;
    assert_eq!(Spec::try_from(hound)?, spec);

    let mut reader = WavReader::open(MUSIC)?;
    assert_eq!(reader.frames(), Some(441_000));
    assert!(reader.duration().is_some() && reader.anomalies().is_empty() && reader.chunk(*b"bext")?.is_none());
    let mut rows = Array2::<f32>::zeros((100, 2));
    assert_eq!(reader.read_into(&mut rows)?, 100);
    reader.seek(0)?;
    let mut total = Levels::new(2);
    let mut blocks = reader.blocks::<i16>(4096);
    while let Some(mut block) = blocks.next()? {
        total.add(&block);
        gain::apply(&mut block, 0.5);
        gain::apply_db(&mut block, -6.0);
    }
    let mut sum = Levels::new(2);
    sum.merge(&total);
    reader.seek(0)?;
    assert_eq!(sum, levels::of_source(&mut reader)?);
    reader.seek(0)?;
    let mut windows = reader.windows::<f32>(2048, 512).pad_end(0.0).centered();
    let window = windows.next()?.unwrap();
    let per_channel: [Array1<f64>; 4] =
        [levels::rms(&window), levels::peak(&window), levels::mean(&window), levels::crest_factor(&window)];
    assert!(per_channel.iter().all(|values| values.len() == 2));
    assert_eq!(windows.position(), 0);

    let bytes = std::fs::read(MUSIC).unwrap();
    assert_eq!(WavView::parse(&bytes)?.samples::<i16>()?, samples);
    let mut writer = WavWriter::create(folder.path().join("w.wav"), &spec)?;
    writer.write(&samples)?;
    writer.checkpoint()?;
    writer.finalize()?;
    assert!((db::to_amplitude(db::from_amplitude(0.25)) - 0.25).abs() < 1e-15);
    Ok(())
}

#[test]
fn sources_of_run_time_type_and_stages() -> ndaudio::Result<()> {
    let mut source: Box<dyn DynSource> = ndaudio::open(MUSIC)?;
    assert_eq!(source.windows::<f32>(400, 160).next()?.unwrap().dim(), (400, 2));

    let mut source = ndaudio::open(MUSIC)?.mono().resample(16_000)?;
    let mut windows = source.windows::<f32>(400, 160);
    assert_eq!(windows.next()?.unwrap().dim(), (400, 1));
    assert!(ndaudio::open(MUSIC)?.mono().resample(16_000)?.windows::<f32>(400, 160).next()?.is_some());

    let mut part = WavReader::open(MUSIC)?.section(1000..2000);
    assert_eq!((part.frames(), part.read_all::<i16>()?.nrows()), (Some(1000), 1000));
    let mut swapped = WavReader::open(MUSIC)?.select_channels([1, 0]);
    assert_eq!(swapped.spec().channels(), 2);
    let sos = filter::butterworth(4, Band::Highpass(100.0), 44_100);
    let mut seen = 0;
    let mut filtered = (&mut swapped).filter(&sos).inspect(|block| seen += block.nrows());
    assert_eq!(filtered.read_all::<f64>()?.nrows(), 441_000);
    drop(filtered);
    assert_eq!(seen, 441_000);
    Ok(())
}

/// The name and what tells one from another, but no samples.
#[test]
fn debug_output_says_what_a_thing_is_and_where_it_stands() {
    let source = || ArraySource::new(Array2::<i16>::zeros((9, 2)), 8_000);
    let spec = Spec::new(8_000, 2, Encoding::I16);
    let boxed: Box<dyn DynSource> = Box::new(source());
    let sink: Box<dyn DynSink> = Box::new(WavWriter::new(Cursor::new(Vec::new()), &spec).unwrap());
    let mut reader = WavReader::open(MUSIC).unwrap();
    reader.seek(7).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("appended.wav");
    ndaudio::write(&path, &Array2::<i16>::zeros((3, 2)), &spec).unwrap();
    let appended = WavWriter::append(&path).unwrap();
    let named = format!("path: Some({path:?})");
    let sos = filter::butterworth(2, Band::Lowpass(1000.0), 8_000);
    let decoder = BlockSource::new(&spec, |_: &mut Vec<i16>| Ok(())).with_frames(5);
    for (text, name, part) in [
        (format!("{:?}", source()), "ArraySource", "shape: (9, 2)"),
        (format!("{decoder:?}"), "BlockSource", "frames: Some(5), position: 0"),
        (format!("{:?}", Blocks::<_, i16>::new(source(), 4)), "Blocks", "len: 4"),
        (format!("{:?}", Blocks::<_, i16>::new(source(), 4).owned()), "OwnedBlocks", "len: 4"),
        (format!("{:?}", Windows::<_, i16>::new(source(), 4, 3)), "Windows", "len: 4, hop: 3"),
        (format!("{:?}", Windows::<_, i16>::new(source(), 4, 3).owned()), "OwnedWindows", "len: 4, hop: 3"),
        (format!("{boxed:?}"), "DynSource", "frames: Some(9), position: 0"),
        (format!("{sink:?}"), "DynSink", "sample_rate: 8000"),
        (format!("{reader:?}"), "WavReader", "used: 28"),
        (format!("{appended:?}"), "WavWriter", &named),
        (format!("{appended:?}"), "WavWriter", "can_seek: true"),
        (format!("{:?}", source().concat([source()]).unwrap()), "Concat", "current: 0, position: 0"),
        (format!("{:?}", source().filter(&sos)), "Filtered", "ArraySource"),
        (format!("{:?}", source().gain(0.5)), "Gain", "factor: 0.5, clipped: 0"),
        (format!("{:?}", source().inspect(|_| ())), "Inspect", "ArraySource"),
        (format!("{:?}", source().mono()), "Mono", "ArraySource"),
        (format!("{:?}", source().select_channels([1])), "SelectChannels", "channels: [1]"),
        (format!("{:?}", source().resample(16_000).unwrap()), "Resample", "sample_rate: 16000"),
    ] {
        assert!(text.starts_with(name) && text.contains(part) && text.len() < 2_000, "{text}");
    }
}

#[test]
fn spectra_filters_and_loudness() -> ndaudio::Result<()> {
    let (samples, spec) = ndaudio::read::<f32>(MUSIC)?;
    let window = samples.slice(ndarray::s![..2048, ..]);
    let mut plan = Spectrum::<f32>::new(2048);
    assert_eq!(plan.complex(&window).dim(), (1025, 2));
    assert_eq!(plan.power(&window).dim(), (1025, 2));
    let mut short = Spectrum::<f32>::new(1024).taper(Taper::Hamming).fft_len(2048);
    assert_eq!(short.power(&samples.slice(ndarray::s![..1024, ..])).dim(), (1025, 2));

    let stft: Array3<Complex<f32>> = spectrum::stft(&samples, &mut plan, 512);
    assert_eq!(stft.dim(), ((441_000 - 2048) / 512 + 1, 1025, 2));
    let (doubles, _) = ndaudio::read::<f64>(MUSIC)?;
    let density: Array2<f64> = spectrum::welch(&doubles, spec.sample_rate(), 2048, 1024);
    assert_eq!(density.dim(), (1025, 2));

    let sos = filter::butterworth(2, Band::Lowpass(1000.0), spec.sample_rate());
    assert_eq!(sos.to_array().ncols(), 6);
    let _ = Sos::from_array(&sos.to_array());

    let mut loudness = Loudness::new(&spec)?;
    for block in samples.axis_chunks_iter(Axis(0), 4410) {
        loudness.add(&block);
    }
    assert!((-30.0..-10.0).contains(&loudness.integrated()), "{}", loudness.integrated());
    assert!(loudness.range() > 0.0 && loudness.momentary() < 0.0 && loudness.short_term() < 0.0);
    assert!(loudness.true_peak().iter().all(|peak| *peak > 0.5));
    let _: Option<(Psd<f64>, Ltsa<f32>)> = None;
    Ok(())
}
