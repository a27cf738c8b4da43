//! What is written is read back as the conversion rules have it, without an anomaly: any encoding, container, number of channels and
//! sample type, in blocks of any length and layout, to files and to streams; and what a checkpoint counts is there.
#![no_main]

use std::io::{Cursor, Write};

use libfuzzer_sys::fuzz_target;
use ndaudio::ndarray::{Array2, s};
use ndaudio::{Anomaly, Container, Encoding, Error, ReadOptions, Sample, Spec, WavWriter, WriteOptions};
use ndaudio_fuzz::rules::Level;
use ndaudio_fuzz::{Choices, Shared};

const CONTAINERS: [Container; 5] =
    [Container::Riff, Container::Rf64, Container::Bw64, Container::Wave64, Container::Rifx];

// A header of six bytes, then samples.
fuzz_target!(|bytes: &[u8]| {
    let Some((header, samples)) = bytes.split_first_chunk::<6>() else { return };
    match header[3] % 4 {
        0 => written_as::<i16>(*header, samples),
        1 => written_as::<i32>(*header, samples),
        2 => written_as::<f32>(*header, samples),
        _ => written_as::<f64>(*header, samples),
    }
});

fn written_as<T: Sample>(header: [u8; 6], bytes: &[u8]) {
    let encoding = Encoding::ALL[usize::from(header[0]) % Encoding::ALL.len()];
    let container = CONTAINERS[usize::from(header[1]) % CONTAINERS.len()];
    let stream = header[1] >= 128;
    // Mostly few, sometimes more than the scratch of the strided path holds.
    let channels = if header[2] == 255 { 2500 } else { 1 + usize::from(header[2] % 12) };
    // At 0 Hz there would be an anomaly in everything.
    let rate = u32::from_le_bytes([header[4], header[5], header[2], 0]).max(1);
    let mut spec = Spec::new(rate, channels, encoding);
    if header[3] & 0x40 != 0 {
        spec = spec.with_channel_mask(Some(u32::from(header[4])));
    }
    let width = size_of::<T>();
    let samples: Vec<T> = bytes.chunks_exact(width).map(bytemuck::pod_read_unaligned).collect();
    let frames = samples.len() / channels;
    let samples =
        Array2::from_shape_vec((frames, channels), samples[..frames * channels].to_vec()).expect("whole frames");

    let mut choices = Choices::from_end_of(bytes);
    let file = Shared::default();
    let options = WriteOptions::new(&spec).container(container);
    let written = if stream {
        write(options.stream(file.clone()), &samples, None, &mut choices)
    } else {
        write(options.writer(file.clone()), &samples, Some(&file), &mut choices)
    };
    if let Err(error) = written {
        // What the container cannot hold is said at once; nothing here is too large, and memory does not fail.
        assert!(matches!(error.kind(), ndaudio::ErrorKind::Unsupported { .. }), "{error:?}");
        let no_mask = encoding == Encoding::I24In32Lsb && spec.channel_mask().is_some();
        assert!(no_mask || container == Container::Rifx, "{container} holds {spec}: {error}");
        return;
    }
    let bytes = file.bytes();
    match header[3] >> 4 & 3 {
        0 => read_as::<T, i16>(&bytes, &spec, &samples, stream),
        1 => read_as::<T, i32>(&bytes, &spec, &samples, stream),
        2 => read_as::<T, f32>(&bytes, &spec, &samples, stream),
        _ => read_as::<T, f64>(&bytes, &spec, &samples, stream),
    }
}

/// Writes in blocks of any length, of which some are column by column, with a checkpoint now and then.
fn write<T: Sample, W: Write>(
    writer: Result<WavWriter<W>, Error>,
    samples: &Array2<T>,
    file: Option<&Shared>,
    choices: &mut Choices,
) -> Result<(), Error> {
    let mut writer = writer?;
    let mut begin = 0;
    while begin < samples.nrows() {
        let end = (begin + choices.up_to(50)).min(samples.nrows());
        let block = samples.slice(s![begin..end, ..]);
        match choices.up_to(3) {
            1 => writer.write(&block).expect("memory takes everything"),
            2 => {
                let columns = block.t().as_standard_layout().into_owned();
                writer.write(&columns.t()).expect("memory takes everything");
            }
            _ => {
                let interleaved: Vec<T> = block.iter().copied().collect();
                writer.write_interleaved(&interleaved).expect("memory takes everything");
            }
        }
        begin = end;
        assert_eq!(writer.frames_written() as usize, begin, "frames written");
        if choices.up_to(8) == 1 {
            writer.checkpoint().expect("memory takes everything");
            if let Some(file) = file {
                // As if the process were killed here.
                let reader = ReadOptions::new().seekable(Cursor::new(file.bytes())).expect("valid up to here");
                assert_eq!((reader.frames(), reader.anomalies()), (Some(begin as u64), &[][..]), "at a checkpoint");
            }
        }
    }
    writer.finalize().map(drop)
}

fn read_as<T: Sample, U: Sample>(bytes: &[u8], spec: &Spec, samples: &Array2<T>, stream: bool) {
    let mut reader = ReadOptions::new().seekable(Cursor::new(bytes)).expect("what was written is read");
    for anomaly in reader.anomalies() {
        let expected = match anomaly {
            // Nobody goes back to fill it in.
            Anomaly::DataSizeUnknown { .. } => stream,
            // RF64 and BW64 say it with a ds64 of zeros, as ffmpeg does.
            Anomaly::DataSizeZero { offset: 28 } | Anomaly::RiffSize { offset: 20, declared: 0, .. } => {
                stream && bytes.get(12..16) == Some(b"ds64")
            }
            _ => false,
        };
        assert!(expected, "{anomaly} in what was just written");
    }
    let (found, read) = (reader.spec().clone(), reader.read_all::<U>().expect("what was written is read"));
    assert_eq!(found.encoding(), spec.encoding());
    assert_eq!((found.sample_rate(), found.channels()), (spec.sample_rate(), spec.channels()));
    assert_eq!(found.channel_mask(), spec.channel_mask());
    assert_eq!(read.dim(), samples.dim(), "shape");
    for (&read, &written) in read.iter().zip(samples) {
        let expected = Level::of(written).stored(spec.encoding()).read_as::<U>();
        let read = read.to_f64().expect("a number");
        let equal = read.to_bits() == expected.to_bits() || read.is_nan() && expected.is_nan();
        assert!(
            equal,
            "{written} as {} in {} bytes: {read}, should be {expected}",
            spec.encoding(),
            spec.encoding().bytes()
        );
    }
}
