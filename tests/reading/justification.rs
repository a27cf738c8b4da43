//! At which end of their 4 bytes samples of 24 bits are shows in the audio, however late.

#![allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "numbers that are known to be small")]

use std::io::{Cursor, Read};
use std::time::{Duration, Instant};

use ndarray::{Array2, Axis, concatenate};
use ndaudio::stages::Concat;
use ndaudio::{
    Anomaly, DynSource, Encoding, ErrorKind, ReadOptions, Sequence, Severity, Source, Spec, WavReader, WavView,
    WavWriter,
};

use crate::common::{SplitMix, Trickle, riff};

const MOVED: Anomaly = Anomaly::Justification { offset: 34 };

/// Mono with 24 bits in 4 bytes, which the header has at the bottom: silence, and then these words.
fn file(silence: usize, words: &[i32]) -> Vec<u8> {
    let audio = [vec![0; 4 * silence], words.iter().flat_map(|word| word.to_le_bytes()).collect()].concat();
    riff(Encoding::I24In32Lsb, 1, 48_000, &audio)
}

/// Samples of 24 bits from −40 dB of full scale to 0.
fn loud(count: i32) -> Vec<i32> {
    (0..count).map(|index| 100_000 + index * 7_919 % 8_000_000).collect()
}

fn at_the_top(samples: &[i32]) -> Vec<i32> {
    samples.iter().map(|sample| sample << 8).collect()
}

/// What is read as `i32`, which has samples of 24 bits at the top, and what was found.
fn read<R: Read>(reader: &mut WavReader<R>) -> (Vec<i32>, Encoding, Vec<Anomaly>) {
    let samples = reader.read_all::<i32>().unwrap().into_raw_vec_and_offset().0;
    (samples, reader.spec().encoding(), reader.anomalies().to_vec())
}

/// Fewer samples than are looked at when a file is opened, as many, and more; and more than are read at a time.
const SILENCES: [usize; 8] = [0, 1, 16_383, 16_384, 16_385, 32_768, 40_000, 100_001];

#[test]
fn silence_at_the_start_does_not_hide_samples_at_the_top() {
    let words = at_the_top(&loud(50_000));
    for silence in SILENCES {
        let bytes = file(silence, &words);
        let samples = [vec![0; silence], words.clone()].concat();
        let expected = (samples, Encoding::I24In32Msb, vec![MOVED]);
        let mut reader = ReadOptions::new().seekable(Cursor::new(&bytes)).unwrap();
        // When it is opened, with no need to read.
        assert_eq!((reader.spec().encoding(), reader.anomalies()), (Encoding::I24In32Msb, &[MOVED][..]), "{silence}");
        assert!(read(&mut reader) == expected, "{silence} zeros");
        // The spec of a pipe is what its first 64 KiB have shown, for good.
        let encoding = if silence < 16_384 { Encoding::I24In32Msb } else { Encoding::I24In32Lsb };
        let piped = (expected.0, encoding, expected.2);
        assert!(read(&mut WavReader::new(&bytes[..]).unwrap()) == piped, "{silence} zeros on a pipe");
        let mut slow = WavReader::new(Trickle::new(&bytes[..], 5_001)).unwrap();
        assert!(read(&mut slow) == piped, "{silence} zeros on a slow pipe");
        let view = WavView::parse(&bytes).unwrap();
        assert_eq!((view.spec().encoding(), view.anomalies()), (Encoding::I24In32Msb, &[MOVED][..]), "{silence}");
        assert_eq!(MOVED.severity(), Severity::Defect);
        assert!(ReadOptions::new().strict().seekable(Cursor::new(&bytes)).is_err(), "{silence} zeros");
    }
}

#[test]
fn a_pipe_that_breaks_off_after_its_silence_ends_there() {
    let words = at_the_top(&loud(50_000));
    for there in [1, 1_000, 16_383] {
        let whole = file(20_000, &words);
        let cut = &whole[..whole.len() - 4 * (words.len() - there)];
        let mut reader = WavReader::new(cut).unwrap();
        let (samples, _, anomalies) = read(&mut reader);
        assert!(samples == [vec![0; 20_000], words[..there].to_vec()].concat(), "{there}");
        assert!(matches!(anomalies[..], [MOVED, Anomaly::DataPastEnd { .. }]), "{there}: {anomalies:?}");
    }
}

/// Found by fuzzing: a copy, which has whole frames only, was read otherwise than its source.
#[test]
fn what_is_left_of_a_frame_at_the_end_does_not_show_where_samples_are() {
    // A frame that begins with a zero, so that silence does not end where a frame does.
    let (top, rest) = ([vec![0], at_the_top(&loud(199))].concat(), [0x0012_3456_i32, 5]);
    for silence in [0, 16_384, 16_387, 40_000] {
        let words = [&vec![0; 4 * silence], &top[..], &rest].concat();
        let audio: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        let whole = &words[..words.len() - rest.len()];
        for unknown in [false, true] {
            let mut bytes = riff(Encoding::I24In32Lsb, 4, 48_000, &audio);
            if unknown {
                // As programs leave it that write to a pipe.
                bytes[4..8].fill(0xFF);
                bytes[40..44].fill(0xFF);
            }
            let case = format!("{silence} frames of silence, of unknown length: {unknown}");
            let (samples, encoding, _) = read(&mut ReadOptions::new().seekable(Cursor::new(&bytes)).unwrap());
            assert!(samples == whole && encoding == Encoding::I24In32Msb, "{case}: {encoding}");
            let (samples, _, anomalies) = read(&mut WavReader::new(&bytes[..]).unwrap());
            assert!(samples == whole, "{case}, on a pipe");
            assert!(anomalies.contains(&MOVED), "{case}, on a pipe: {anomalies:?}");
            let mut slow = WavReader::new(Trickle::new(&bytes[..], 5_001)).unwrap();
            assert!(read(&mut slow).0 == whole, "{case}, on a slow pipe");
        }
    }
}

#[test]
fn samples_at_the_bottom_stay_there_after_silence() {
    let words = loud(50_000);
    for silence in SILENCES {
        let bytes = file(silence, &words);
        let samples = [vec![0; silence], at_the_top(&words)].concat();
        let expected = (samples, Encoding::I24In32Lsb, vec![]);
        assert!(read(&mut ReadOptions::new().seekable(Cursor::new(&bytes)).unwrap()) == expected, "{silence} zeros");
        assert!(read(&mut WavReader::new(&bytes[..]).unwrap()) == expected, "{silence} zeros on a pipe");
        assert_eq!(WavView::parse(&bytes).unwrap().spec().encoding(), Encoding::I24In32Lsb);
    }
    // Silence to the end, of which the last sample is incomplete.
    let mut bytes = file(20_000, &[1 << 8]);
    bytes.truncate(bytes.len() - 2);
    for mut reader in [Box::new(&bytes[..]) as Box<dyn Read>, Box::new(Trickle::new(&bytes[..], 7))]
        .map(|pipe| WavReader::new(pipe).unwrap())
    {
        assert!(reader.read_all::<i32>().unwrap() == Array2::<i32>::zeros((20_000, 1)));
        assert_eq!(reader.spec().encoding(), Encoding::I24In32Lsb);
    }
}

/// At the top they are as quiet as noise, at the bottom as loud as 16 bits: what is louder shows which.
#[test]
fn a_quiet_start_does_not_hide_what_a_file_shows_later() {
    let quiet: Vec<i32> = (0..50_000).map(|index| (index * 7 % 60_000 - 30_000) << 8).collect();
    let words = [quiet.clone(), at_the_top(&loud(10))].concat();
    let bytes = file(5, &words);
    let expected = ([vec![0; 5], words].concat(), Encoding::I24In32Msb, vec![MOVED]);
    assert!(read(&mut ReadOptions::new().seekable(Cursor::new(&bytes)).unwrap()) == expected);
    assert_eq!(WavView::parse(&bytes).unwrap().anomalies(), [MOVED]);
    // With one that uses the lowest byte, they are of a source of 16 bits.
    let bytes = file(5, &[&quiet[..], &[0x00_12_34_56]].concat());
    let mut reader = ReadOptions::new().seekable(Cursor::new(&bytes)).unwrap();
    assert_eq!((reader.spec().encoding(), reader.anomalies()), (Encoding::I24In32Lsb, &[][..]));
    assert_eq!(reader.read_all::<i32>().unwrap()[[6, 0]], (7 - 30_000) << 16);
    // Never shown, and at the bottom by custom.
    let bytes = file(5, &quiet);
    assert_eq!(WavView::parse(&bytes).unwrap().spec().encoding(), Encoding::I24In32Lsb);
}

#[test]
fn blocks_windows_and_skips_of_a_pipe_find_it_too() {
    let words = at_the_top(&loud(50_000));
    let bytes = file(40_000, &words);
    let expected = Array2::from_shape_vec((90_000, 1), [vec![0; 40_000], words].concat()).unwrap();
    let pipe = || WavReader::new(&bytes[..]).unwrap();
    let blocks: Vec<_> = pipe().blocks::<i32>(999).owned().map(Result::unwrap).collect();
    let views: Vec<_> = blocks.iter().map(|block| block.view()).collect();
    assert!(concatenate(Axis(0), &views).unwrap() == expected);
    let mut reader = pipe();
    let mut windows = reader.windows::<i32>(100, 30_000);
    for start in [0, 30_000, 60_000] {
        assert_eq!(windows.next().unwrap().unwrap(), expected.slice(ndarray::s![start..start + 100, ..]));
    }
    let mut reader = pipe();
    assert_eq!(reader.skip_frames(70_000).unwrap(), 70_000);
    assert!(reader.read_all::<i32>().unwrap() == expected.slice(ndarray::s![70_000.., ..]));
    assert_eq!(reader.anomalies(), [MOVED]);
}

#[test]
fn strict_reading_of_a_pipe_refuses_before_the_first_sound() {
    let bytes = file(20_000, &at_the_top(&loud(100)));
    let mut reader = ReadOptions::new().strict().read(&bytes[..]).unwrap();
    let mut blocks = reader.blocks::<i32>(1000);
    let mut silent = 0;
    let error = loop {
        match blocks.next() {
            Ok(Some(block)) => silent += block.iter().filter(|sample| **sample == 0).count(),
            Ok(None) => panic!("read to the end"),
            Err(error) => break error,
        }
    };
    assert_eq!(silent, 20_000);
    assert!(matches!(error.kind(), ErrorKind::Format { offset: 34, .. }), "{error}");
}

/// A file of the encoding that a copy of all frames, or of one channel, was given.
fn copied<S: Source>(source: &mut S, copy: impl FnOnce(&mut WavWriter<Cursor<Vec<u8>>>, &mut S) -> u64) -> Vec<u8> {
    let mut writer = WavWriter::new(Cursor::new(Vec::new()), source.spec()).unwrap();
    copy(&mut writer, source);
    writer.finalize().unwrap().into_inner()
}

fn samples_of(file: &[u8]) -> Array2<i32> {
    ReadOptions::new().seekable(Cursor::new(file)).unwrap().read_all().unwrap()
}

#[test]
fn what_is_copied_from_a_pipe_is_what_the_copy_says() {
    for (words, anomalies) in [(at_the_top(&loud(50_000)), &[MOVED][..]), (loud(50_000), &[])] {
        let bytes = file(40_001, &words);
        for most in [3, 7, 100_000] {
            let mut pipe = WavReader::new(Trickle::new(&bytes[..], most)).unwrap();
            let copy = copied(&mut pipe, |writer, pipe| writer.copy_frames(pipe, u64::MAX).unwrap());
            assert_eq!(pipe.anomalies(), anomalies);
            let copy_view = WavView::parse(&copy).unwrap();
            assert_eq!((copy_view.spec().encoding(), copy_view.anomalies()), (Encoding::I24In32Lsb, &[][..]));
            assert!(samples_of(&copy) == samples_of(&bytes));
            // Nothing moves that is where the header says.
            assert_eq!(copy_view.data() == WavView::parse(&bytes).unwrap().data(), anomalies.is_empty());
        }
    }
}

#[test]
fn a_quiet_channel_of_a_pipe_is_copied_as_quiet_as_it_is() {
    let mut words = vec![0; 40_000];
    for (index, loud) in at_the_top(&loud(30_000)).into_iter().enumerate() {
        words.extend([(index as i32 % 100 + 1) << 8, loud]);
    }
    let audio: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    let bytes = riff(Encoding::I24In32Lsb, 2, 48_000, &audio);
    let left = samples_of(&bytes).slice(ndarray::s![.., ..1]).to_owned();
    let mut chosen = WavReader::new(&bytes[..]).unwrap().select_channels([0]);
    let copy = copied(&mut chosen, |writer, chosen| writer.copy_frames(chosen, u64::MAX).unwrap());
    assert!(samples_of(&copy) == left);
    // The frames after those that show it, too.
    let mut pipe = WavReader::new(&bytes[..]).unwrap();
    copied(&mut pipe, |writer, pipe| writer.copy_frames(pipe, 30_000).unwrap());
    let mut chosen = pipe.select_channels([0]);
    let copy = copied(&mut chosen, |writer, chosen| writer.copy_frames(chosen, u64::MAX).unwrap());
    assert!(samples_of(&copy) == left.slice(ndarray::s![30_000.., ..]));
}

/// Not what of it happens to be in the first 64 KiB of all.
#[test]
fn the_first_64_kib_after_the_silence_of_a_pipe_decide() {
    for silence in [1, 9_000, 16_383, 16_384] {
        for (words, anomalies) in
            [(at_the_top(&loud(20_000)), &[MOVED][..]), (vec![0x12_3456; 20_000], &[]), (vec![1 << 8; 20_000], &[])]
        {
            let quiet = vec![1 << 8; 16_384 - silence.clamp(1, 16_383)];
            let bytes = file(silence, &[&quiet[..], &words].concat());
            let mut pipe = WavReader::new(&bytes[..]).unwrap();
            assert!(pipe.read_all::<i32>().unwrap() == samples_of(&bytes), "{silence} zeros");
            assert_eq!(pipe.anomalies(), anomalies, "{silence} zeros");
        }
    }
}

#[test]
fn what_is_skipped_shows_it_too() {
    let quiet: Vec<i32> = (0..40_000).map(|index| (index % 100 + 1) << 8).collect();
    let bytes = file(20_000, &[at_the_top(&loud(20_000)), quiet].concat());
    let expected = samples_of(&bytes);
    for skipped in [39_999_u64, 40_000, 79_999] {
        let rest = expected.slice(ndarray::s![skipped as usize.., ..]);
        let mut pipe = WavReader::new(&bytes[..]).unwrap();
        assert_eq!(pipe.skip_frames(skipped).unwrap(), skipped);
        assert!(pipe.read_all::<i32>().unwrap() == rest, "{skipped} skipped");
        assert_eq!(pipe.anomalies(), [MOVED]);
        // A file that was opened as a pipe, and can seek all the same.
        let mut pipe = WavReader::new(Cursor::new(&bytes)).unwrap();
        pipe.read_interleaved(&mut [0_i32; 10]).unwrap();
        WavReader::seek(&mut pipe, skipped).unwrap();
        assert!(pipe.read_all::<i32>().unwrap() == rest, "sought {skipped}");
        WavReader::seek(&mut pipe, 5).unwrap();
        assert!(pipe.read_all::<i32>().unwrap() == expected.slice(ndarray::s![5.., ..]));
        assert_eq!(pipe.anomalies(), [MOVED]);
    }
    // Past the end there is nothing to skip, and no frame to go to.
    let mut pipe = WavReader::new(Cursor::new(&bytes)).unwrap();
    assert!(WavReader::seek(&mut pipe, 80_001).is_err());
    assert_eq!((pipe.position(), pipe.skip_frames(90_000).unwrap(), pipe.position()), (0, 80_000, 80_000));
}

#[test]
fn silence_is_read_in_linear_time() {
    let bytes = file(400_000, &[]);
    let pipe = || Box::new(WavReader::new(&bytes[..]).unwrap()) as Box<dyn DynSource>;
    let open = || Box::new(ReadOptions::new().seekable(Cursor::new(bytes.clone())).unwrap()) as Box<dyn DynSource>;
    for mut source in [pipe(), open()] {
        let begun = Instant::now();
        for _ in 0..20_000 {
            assert_eq!(source.read_interleaved(&mut [1_i32]).unwrap(), 1);
        }
        // 20 ms; 13 s when each read looked at all of the buffer.
        assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    }
}

/// One of the ways to get some of the next frames as `i32`.
fn next_frames(reader: &mut WavReader<impl Read>, way: usize, frames: usize) -> Option<Vec<i32>> {
    let channels = reader.spec().channels();
    let copied_of = |copy: Vec<u8>| samples_of(&copy).into_iter().collect();
    match way {
        0 => {
            let mut out = vec![0; frames * channels];
            let read = reader.read_interleaved(&mut out).unwrap();
            out.truncate(read * channels);
            Some(out)
        }
        1 => Some(
            reader.blocks(frames).next().unwrap().map_or(Vec::new(), |block| block.iter().copied().collect::<Vec<_>>()),
        ),
        2 => Some(copied_of(copied(reader, |writer, reader| writer.copy_frames(reader, frames as u64).unwrap()))),
        3 => {
            let spec = Spec::new(48_000, channels, Encoding::I24In32Msb);
            let mut writer = WavWriter::new(Cursor::new(Vec::new()), &spec).unwrap();
            writer.copy_frames(reader, frames as u64).unwrap();
            Some(copied_of(writer.finalize().unwrap().into_inner()))
        }
        4 => {
            let mut all = reader.select_channels(0..channels);
            Some(copied_of(copied(&mut all, |writer, all| writer.copy_frames(all, frames as u64).unwrap())))
        }
        _ => {
            reader.skip_frames(frames as u64).unwrap();
            None
        }
    }
}

/// A mix of all ways of reading a pipe gives the samples of the file.
#[test]
fn a_pipe_is_read_as_a_file_is_in_whatever_way() {
    let mut random = SplitMix(24);
    for round in 0..60 {
        let channels = 1 + random.below(3);
        let mut words = vec![0; [0, 1, 5, 9_000, 16_383, 16_384, 16_385, 40_000, 70_001][random.below(9)]];
        words.extend((0..random.below(7_000)).map(|index| (index as i32 % 100 + 1) << 8));
        let loud = loud(1 + random.below(9_000) as i32);
        words.extend(if random.below(3) == 0 { loud } else { at_the_top(&loud) });
        words.extend((0..random.below(30_000)).map(|index| (index as i32 % 100) << 8));
        let audio: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        let bytes = riff(Encoding::I24In32Lsb, channels as u16, 48_000, &audio);
        let expected: Vec<i32> = samples_of(&bytes).into_iter().collect();
        let most = [7, 1_000, 4_096, 1 << 20][random.below(4)];
        let mut pipe = WavReader::new(Trickle::new(&bytes[..], most)).unwrap();
        let encoding = pipe.spec().encoding();
        loop {
            let (way, frames) = (random.below(6), [1, 2, 3, 100, 4_096, 33_000][random.below(6)]);
            let start = pipe.position() as usize * channels;
            let samples = next_frames(&mut pipe, way, frames);
            let end = pipe.position() as usize * channels;
            assert_eq!(end, (start + frames * channels).min(expected.len()), "round {round}, way {way}");
            if let Some(samples) = samples {
                assert!(samples == expected[start..end], "round {round}, way {way}, {frames} from {start}");
            }
            if end == expected.len() {
                break;
            }
        }
        assert_eq!(pipe.spec().encoding(), encoding, "round {round}");
    }
}

/// Silence is at either end; what is not is refused as before.
#[test]
fn silence_joins_samples_at_either_end() {
    let folder = tempfile::tempdir().unwrap();
    let silence = file(40_000, &[]);
    let top = file(0, &at_the_top(&loud(10)));
    let bottom = file(0, &loud(10));
    let quiet = file(0, &[1 << 8; 10]);
    use Encoding::{I24In32Lsb, I24In32Msb};
    let cases: [(&[&[u8]], Option<Encoding>); 8] = [
        (&[&silence, &top, &silence], Some(I24In32Msb)),
        (&[&top, &silence, &top], Some(I24In32Msb)),
        (&[&silence, &silence, &bottom], Some(I24In32Lsb)),
        (&[&silence, &silence], Some(I24In32Lsb)),
        (&[&silence, &top, &bottom], None),
        (&[&bottom, &silence, &top], None),
        (&[&top, &quiet], None),
        (&[&silence, &riff(Encoding::I16, 1, 48_000, &[0; 4])], None),
    ];
    for (files, encoding) in cases {
        let paths: Vec<_> = (0..files.len()).map(|index| folder.path().join(format!("{index}.wav"))).collect();
        paths.iter().zip(files).for_each(|(path, file)| std::fs::write(path, file).unwrap());
        let parts: Vec<_> = files.iter().map(|file| samples_of(file)).collect();
        let all = concatenate(Axis(0), &parts.iter().map(|part| part.view()).collect::<Vec<_>>()).unwrap();
        let pipes = files.iter().map(|file| WavReader::new(*file).unwrap());
        let readers = || files.iter().map(|file| ReadOptions::new().seekable(Cursor::new(*file)).unwrap());
        let mut lent: Vec<_> = readers().collect();
        let joined: [ndaudio::Result<Box<dyn DynSource + '_>>; 6] = [
            Sequence::open(&paths).map(|all| Box::new(all) as _),
            Concat::new(pipes).map(|all| Box::new(all) as _),
            // Boxed, and with stages in between.
            Concat::new(readers().map(|reader| Box::new(reader.gain(1.0).section(..)) as Box<dyn DynSource>))
                .map(|all| Box::new(all) as _),
            // Lent, cut and lengthened by nothing, and joined before.
            Concat::new(lent.iter_mut()).map(|all| Box::new(all) as _),
            Concat::new(readers().map(|reader| reader.limit(u64::MAX).pad_to(0))).map(|all| Box::new(all) as _),
            Concat::new(readers().map(|reader| Concat::new([reader]).unwrap())).map(|all| Box::new(all) as _),
        ];
        for joined in joined {
            match (joined, encoding) {
                (Ok(mut joined), Some(encoding)) => {
                    assert_eq!(joined.spec().encoding(), encoding);
                    assert!(joined.read_all::<i32>().unwrap() == all);
                }
                (joined, expected) => {
                    let error = joined.map(|_| ()).unwrap_err();
                    assert!(matches!(error.kind(), ErrorKind::SpecMismatch { field: "encoding", .. }), "{error}");
                    assert_eq!(expected, None);
                }
            }
        }
    }
}
