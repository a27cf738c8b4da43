//! Damaged FLAC files: reading, seeking and pipes give the same samples, in their place, in linear time.

use std::io::{self, Cursor, Read};

use ndaudio::ndarray::{Array2, s};
use ndaudio::{Anomaly, MediaReader, ReadOptions, Source};

use crate::damage::{Random, SMALL, blocks, fixture, read, rounds};
use crate::flac_blocks::{coded, crc, plain_block, smallest_block, smallest_blocks};

/// Reads from every such frame what reading through gives.
#[track_caller]
fn assert_sought(bytes: &[u8], whole: &Array2<i32>, step: usize) {
    let mut reader = MediaReader::new(Cursor::new(bytes.to_vec())).unwrap();
    for at in (0..=whole.nrows()).rev().step_by(step) {
        reader.seek(at as u64).unwrap();
        let mut out = vec![0; 100 * whole.ncols()];
        let count = reader.read_interleaved(&mut out).unwrap();
        assert_eq!(count, (whole.nrows() - at).min(100), "from {at}");
        assert!(whole.slice(s![at..at + count, ..]).iter().eq(&out[..count * whole.ncols()]), "from {at}");
    }
}

/// Found by attack: 70 bytes were an hour of silence, and 113 bytes had two thousand million frames.
#[test]
fn a_number_that_no_bytes_explain_makes_no_silence() {
    for (rate, channels, total, numbers) in [
        (8_000, 1, 0, &[0, 28_000_000 >> 8][..]),
        (8_000, 1, 28_000_256, &[0, 28_000_000 >> 8]),
        (655_350, 8, 0, &[0, 2_000_000_000 >> 8]),
        (655_350, 8, (1 << 36) - 1, &[0, 2_000_000_000 >> 8, 4_000_000_000 >> 8]),
        // One block is missing, and no byte that could have been it.
        (8_000, 1, 0, &[0, 2]),
    ] {
        let bytes = smallest_blocks(rate, channels, total, 0x80, numbers);
        let mut reader = MediaReader::new(Cursor::new(bytes.clone())).unwrap();
        assert_eq!(reader.frames(), Some(256), "{numbers:?}");
        assert_eq!(reader.read_all::<i32>().unwrap(), Array2::<i32>::zeros((256, usize::from(channels))));
        let block = smallest_block(channels, 0x80, 0).len();
        let after = |anomaly: &Anomaly| matches!(anomaly, Anomaly::TrailingBytes { offset, .. } if *offset as usize == 42 + block);
        let count = |anomaly: &Anomaly| matches!(anomaly, Anomaly::FrameCount { found: 256, .. });
        assert!(reader.anomalies().iter().all(|anomaly| after(anomaly) || count(anomaly)), "{:?}", reader.anomalies());
        assert!(!reader.anomalies().is_empty());
        let mut piped = MediaReader::stream(Cursor::new(bytes.clone())).unwrap();
        assert_eq!(piped.read_all::<i32>().unwrap().nrows(), 256);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("forged.flac");
        std::fs::write(&path, bytes).unwrap();
        assert!(ReadOptions::new().strict().read_any::<i32>(&path).is_err());
    }
}

/// The bound is what blocks can hold: one byte less would lose real ones.
#[test]
fn the_smallest_of_blocks_are_missed_in_their_place() {
    let numbers: Vec<u64> = (0..9).collect();
    let bytes = smallest_blocks(48_000, 1, 0, 0xF0, &numbers);
    assert_eq!(smallest_block(1, 0xF0, 0).len(), 11);
    let mut damaged = bytes.clone();
    damaged[42 + 11..][..12].fill(0);
    let (reader, samples) = read(damaged, usize::MAX / 4).unwrap();
    assert_eq!(samples, Array2::<i32>::zeros((9 << 15, 1)));
    // Two blocks: of one only the first byte is gone.
    assert!(
        matches!(reader.anomalies(), [Anomaly::LostFrames { offset: 53, frame: 0x8000, frames: 0x1_0000 }]),
        "{:?}",
        reader.anomalies()
    );
}

/// A block whose bytes are gone altogether.
#[test]
fn blocks_that_were_cut_out_do_not_move_the_rest() {
    let bytes = fixture(SMALL);
    let (_, whole) = read(bytes.clone(), 10_000).unwrap();
    let starts = blocks(&bytes);
    let cut = [&bytes[..starts[1]], &bytes[starts[2]..]].concat();
    let (reader, samples) = read(cut.clone(), 10_000).unwrap();
    let mut expected = whole;
    expected.slice_mut(s![512..1024, ..]).fill(0);
    assert_eq!(samples, expected);
    let lost = Anomaly::LostFrames { offset: starts[1] as u64, frame: 512, frames: 512 };
    assert_eq!((reader.frames(), reader.anomalies()), (Some(2000), &[lost][..]));
    assert_sought(&cut, &expected, 61);
}

/// The same in a file that is long enough for a seek to guess.
#[test]
fn many_blocks_that_were_cut_out_do_not_move_the_rest() {
    use ndaudio::{Encoding, FlacWriter, Spec};

    let mut random = Random(5);
    let whole = Array2::from_shape_fn((600_000, 2), |_| (random.below(1 << 16) as i32) << 16);
    let mut writer = FlacWriter::new(Cursor::new(Vec::new()), &Spec::new(48_000, 2, Encoding::I16)).unwrap();
    writer.write(&whole).unwrap();
    let bytes = writer.finalize().unwrap().into_inner();
    let begins = |number: u64| {
        let is_it = |&at: &usize| {
            let (sync, number) = (&bytes[at..], coded(number));
            let end = at + 4 + number.len();
            sync.starts_with(&[0xFF, 0xF8])
                && sync[4..].starts_with(&number)
                && crc(&bytes[at..end], 8, 0x07) as u8 == bytes[end]
        };
        (2_000..bytes.len() - 20).find(is_it).unwrap()
    };
    let cut = [&bytes[..begins(50)], &bytes[begins(100)..]].concat();
    let (_, samples) = read(cut.clone(), usize::MAX / 4).unwrap();
    let mut expected = whole;
    expected.slice_mut(s![50 * 4096..100 * 4096, ..]).fill(0);
    assert!(samples == expected);
    let mut reader = MediaReader::new(Cursor::new(cut)).unwrap();
    let mut out = vec![0; 200];
    for at in (99 * 4096..103 * 4096).step_by(512).chain((0..600_000).step_by(20_011)) {
        reader.seek(at as u64).unwrap();
        let count = reader.read_interleaved(&mut out).unwrap();
        assert!(samples.slice(s![at..at + count, ..]).iter().eq(&out[..2 * count]), "from {at}");
    }
}

/// However often it was sought in a file whose blocks are cut short, a seek looks for the next block as closely as reading does.
#[test]
fn many_seeks_in_a_damaged_file_find_what_reading_finds() {
    use ndaudio::{Encoding, FlacWriter, Spec};

    let mut random = Random(5);
    let whole = Array2::from_shape_fn((17 * 4096, 2), |_| (random.below(1 << 24) as i32) << 8);
    let mut writer = FlacWriter::new(Cursor::new(Vec::new()), &Spec::new(48_000, 2, Encoding::I24)).unwrap();
    writer.write(&whole).unwrap();
    let bytes = writer.finalize().unwrap().into_inner();
    // Noise is stored as it is: all blocks are as long.
    let first = bytes.windows(2).position(|two| two == [0xFF, 0xF8]).unwrap();
    let block = 6 * 4096 + 10;
    let mut cut = bytes[..first].to_vec();
    for number in 0..17 {
        let at = first + number * block;
        assert_eq!(bytes[at..at + 5], [&bytes[first..first + 4], &[number as u8]].concat());
        // Every other ends in the middle, so that trying it goes into the one that follows.
        cut.extend(&bytes[at..at + if number % 2 == 1 { block / 2 } else { block }]);
    }
    let mut expected = whole;
    (1..17).step_by(2).for_each(|lost| expected.slice_mut(s![lost * 4096..(lost + 1) * 4096, ..]).fill(0));
    assert!(read(cut.clone(), usize::MAX / 4).unwrap().1 == expected);

    let mut reader = MediaReader::new(Cursor::new(cut)).unwrap();
    let mut out = vec![0; 2 * 2 * 4096];
    for round in 0..1_050 {
        let at = 9 * 4096 + round;
        reader.seek(at as u64).unwrap();
        // It is about now that 16 MiB and four times the offset were decoded in vain.
        if round >= 1_000 {
            // From a frame that is lost into the block after it.
            let count = reader.read_interleaved(&mut out).unwrap();
            assert!(expected.slice(s![at..at + count, ..]).iter().eq(&out[..2 * count]), "seek {round}");
        }
    }
}

/// A disk that gave back megabytes of zeros.
#[test]
fn megabytes_of_zeros_are_silence_of_their_length() {
    use ndaudio::{Encoding, FlacWriter, Spec};

    let mut random = Random(5);
    let whole = Array2::from_shape_fn((1_200_000, 2), |_| (random.below(1 << 16) as i32) << 16);
    let mut writer = FlacWriter::new(Cursor::new(Vec::new()), &Spec::new(48_000, 2, Encoding::I16)).unwrap();
    writer.write(&whole).unwrap();
    let mut bytes = writer.finalize().unwrap().into_inner();
    bytes[1_000_000..4_000_000].fill(0);
    let (reader, samples) = read(bytes.clone(), usize::MAX / 4).unwrap();
    let &[Anomaly::LostFrames { frame, frames, .. }] = reader.anomalies() else { panic!("{:?}", reader.anomalies()) };
    assert!((730_000..780_000).contains(&frames), "{frames}");
    let (first, last) = (frame as usize, (frame + frames) as usize);
    let mut expected = whole;
    expected.slice_mut(s![first..last, ..]).fill(0);
    assert!(samples == expected);
    assert_sought(&bytes, &expected, 100_003);
}

/// However a FLAC file is damaged, reading from a pipe and from any frame gives the samples of reading through.
#[test]
fn every_way_to_read_a_damaged_flac_file_gives_the_same_samples() {
    for round in 0..rounds() / 3 {
        let mut random = Random(round as u64);
        let fullness = random.below(9);
        // Here and there, hundreds of blocks were cut out: minutes of quiet, or seconds of noise.
        let (mut number, mut numbers) = (0, Vec::new());
        for _ in 0..1 + random.below(600) {
            numbers.push(number);
            number += if random.below(200) == 0 { 1 + random.below(6_000) } else { 1 };
        }
        let mut block = |number| plain_block(number, random.below(8) < fullness, 1 + random.below(30_000) as i16);
        let mut blocks: Vec<Vec<u8>> = numbers.iter().map(|&number| block(number as u64)).collect();
        let total = [0, 256 * number as u64][round % 2];
        let mut in_order = true;
        for _ in 0..random.below(4) {
            let (a, b) = (random.below(blocks.len()), random.below(blocks.len()));
            let (a, b) = (a.min(b), a.max(b));
            match random.below(12) {
                0..=2 => blocks[a..b].iter_mut().for_each(|block| block.fill(0)),
                3..=5 => {
                    let at = random.below(blocks[a].len());
                    blocks[a][at] ^= 1 << random.below(8);
                }
                6..=8 => {
                    let len = random.below(blocks[a].len());
                    blocks[a].truncate(len);
                }
                9 => drop(blocks.drain(a.max(1)..b.max(1))),
                10 => {
                    blocks[a] = plain_block(random.below(2 * number) as u64, false, -7);
                    in_order = false;
                }
                _ => {
                    blocks.swap(a, b);
                    in_order = false;
                }
            }
        }
        let mut bytes = smallest_blocks(8_000, 1, total, 0x80, &[]);
        blocks.iter().for_each(|block| bytes.extend(block));
        let (mut read_through, whole) = read(bytes.clone(), usize::MAX / 4).unwrap();
        if total == 0 && in_order {
            let piped = MediaReader::stream(Cursor::new(bytes.clone())).unwrap().read_all::<i32>().unwrap();
            assert!(piped == whole, "round {round}: a pipe gives {} of {} frames", piped.len(), whole.len());
        }
        let mut again = MediaReader::new(Cursor::new(bytes.clone())).unwrap();
        let mut out = [0; 300];
        for _ in 0..20 {
            // At a block, or somewhere in silence.
            let at = 256 * numbers[random.below(numbers.len())] + random.below(3) * random.below(256);
            let at = if random.below(4) == 0 { random.below(whole.len() + 1) } else { at.min(whole.len()) };
            let mut fresh = MediaReader::new(Cursor::new(bytes.clone())).unwrap();
            // That blocks are out of order shows where they are.
            let readers = [&mut read_through, &mut again, &mut fresh];
            for (how, reader) in readers.into_iter().take(if in_order { 3 } else { 1 }).enumerate() {
                reader.seek(at as u64).unwrap();
                let count = reader.read_interleaved(&mut out).unwrap();
                let there = whole.slice(s![at..whole.len().min(at + 300), 0]);
                assert!(there.iter().eq(&out[..count]), "round {round}, from {at} of {}, {how}", whole.len());
            }
        }
    }
}

/// Found by attack: what was read first was moved to the end of the hour before, and what was sought was not.
#[test]
fn more_than_an_hour_that_is_lost_is_silence_too() {
    // An hour of one frame a second is 15 blocks of 256.
    let mut bytes = smallest_blocks(1, 1, 0, 0x80, &[]);
    bytes.extend(plain_block(0, true, 1));
    bytes.extend([0; 40 * 11]);
    bytes.extend(plain_block(40, true, 1_000));
    bytes.extend(plain_block(41, true, 2_000));
    let (reader, samples) = read(bytes.clone(), usize::MAX / 4).unwrap();
    let mut expected = Array2::zeros((42 * 256, 1));
    for (number, value) in [(0, 1), (40, 1_000), (41, 2_000)] {
        (value..)
            .zip(&mut expected.as_slice_mut().unwrap()[number * 256..][..256])
            .for_each(|(value, to)| *to = value << 16);
    }
    assert_eq!(samples, expected);
    let lost = Anomaly::LostFrames { offset: 42 + plain_block(0, true, 1).len() as u64, frame: 256, frames: 39 * 256 };
    assert_eq!((reader.frames(), reader.anomalies()), (Some(42 * 256), &[lost][..]));
    assert_sought(&bytes, &expected, 101);
}

/// Found by attack: the length was reckoned from blocks as short as the last.
#[test]
fn a_damaged_first_block_does_not_change_the_size_of_the_others() {
    let mut bytes = fixture(SMALL);
    // As some encoders write it, which leaves the size to the blocks.
    bytes[8..10].fill(0);
    let (_, mut expected) = read(bytes.clone(), 10_000).unwrap();
    let first = blocks(&bytes)[0];
    bytes[first + 40] ^= 0x10;
    expected.slice_mut(s![..512, ..]).fill(0);
    let (reader, samples) = read(bytes.clone(), 10_000).unwrap();
    assert_eq!(reader.frames(), Some(2000));
    assert_eq!(samples, expected);
    assert_sought(&bytes, &expected, 61);
    assert_eq!(MediaReader::stream(Cursor::new(bytes)).unwrap().read_all::<i32>().unwrap(), expected);
}

/// A pipe with little in it.
struct Trickle(Cursor<Vec<u8>>);

impl Read for Trickle {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let room = buffer.len().min(500);
        self.0.read(&mut buffer[..room])
    }
}

/// Found by attack: the second of two was audio in a file, and silence in a pipe that had no more bytes than had been asked for.
#[test]
fn whether_a_block_is_too_large_does_not_depend_on_what_was_read_before() {
    // 256 samples that each take nearly three thousand bytes, as no encoder writes them.
    let large = |number: u64, zeros: usize| {
        let mut block = [&[0xFF, 0xF8, 0x80, 8][..], &coded(number)].concat();
        block.push(crc(&block, 8, 0x07) as u8);
        let begin = 8 * block.len();
        block.resize(block.len() + (18 + 256 * (zeros + 1)).div_ceil(8), 0);
        let ones = [3].into_iter().chain((1..=256).map(|sample| 17 + sample * (zeros + 1)));
        ones.for_each(|bit| block[(begin + bit) / 8] |= 0x80 >> ((begin + bit) % 8));
        let checksum = crc(&block, 16, 0x8005) as u16;
        block.extend(checksum.to_be_bytes());
        block
    };
    let mut bytes = smallest_blocks(8_000, 1, 0, 0x80, &[0]);
    bytes.extend([large(1, 21_875), large(2, 22_031), smallest_block(1, 0x80, 3)].concat());
    let (_, samples) = read(bytes.clone(), usize::MAX / 4).unwrap();
    assert_eq!(samples.len(), 1024);
    assert_sought(&bytes, &samples, 256);
    assert_eq!(MediaReader::stream(Trickle(Cursor::new(bytes))).unwrap().read_all::<i32>().unwrap(), samples);
}

/// Found by attack: each of these blocks is whole, so each was decoded, and then the one inside it.
#[test]
fn blocks_inside_blocks_take_no_more_time_than_other_damage() {
    let table: Vec<u16> = (0..=255).map(|byte| crc(&[byte], 16, 0x8005) as u16).collect();
    let checksum =
        |bytes: &[u8]| bytes.iter().fold(0_u16, |crc, &byte| crc << 8 ^ table[usize::from((crc >> 8) as u8 ^ byte)]);
    // Samples of 16 bits in one channel as they are, which are the block inside. The number is far too large.
    let mut nest = vec![0; 2];
    while nest.len() < 65_500 {
        let last_frame = u16::try_from(nest.len() / 2 - 1).unwrap();
        let mut block = [&[0xFF, 0xF8, 0x70, 8][..], &coded(1 << 30), &last_frame.to_be_bytes()].concat();
        block.push(crc(&block, 8, 0x07) as u8);
        block.push(2);
        block.extend(nest);
        block.extend(checksum(&block).to_be_bytes());
        nest = block;
    }
    let mut bytes = smallest_blocks(8_000, 1, 0, 0xF0, &[0]);
    (0..3).for_each(|_| bytes.extend(&nest));
    let started = std::time::Instant::now();
    let (_, samples) = read(bytes, usize::MAX / 4).unwrap();
    assert_eq!(samples.len(), 32_768);
    // Minutes without a bound.
    assert!(started.elapsed().as_secs() < 60, "it takes {:?}", started.elapsed());
}

/// An input that fails after so many reads.
struct Failing {
    inner: Cursor<Vec<u8>>,
    reads_left: std::sync::Arc<std::sync::atomic::AtomicUsize>,
}

impl Read for Failing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.reads_left.load(std::sync::atomic::Ordering::Relaxed);
        let Some(left) = left.checked_sub(1) else { return Err(io::Error::other("the disk is away")) };
        self.reads_left.store(left, std::sync::atomic::Ordering::Relaxed);
        let room = buffer.len().min(600);
        self.inner.read(&mut buffer[..room])
    }
}

impl io::Seek for Failing {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

/// Found by attack: the frames decoded last were still thought to be there when others had been decoded in vain.
#[test]
fn after_an_error_no_frames_are_given_that_were_decoded_in_vain() {
    let mut bytes = smallest_blocks(8_000, 1, 0, 0x80, &[]);
    bytes.extend([plain_block(0, true, 1), plain_block(1, true, 1_000)].concat());
    let (_, whole) = read(bytes.clone(), usize::MAX / 4).unwrap();
    // They go back, and are smaller than those before, or as large.
    for after in [smallest_block(1, 0x10, 0), plain_block(0, true, 2_000)] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("goes back.flac");
        std::fs::write(&path, [&bytes[..], &after].concat()).unwrap();
        let mut reader = ReadOptions::new().strict().open_media(&path).unwrap();
        let mut out = [0; 512];
        assert_eq!(reader.read_interleaved(&mut out).unwrap(), 512);
        reader.read_interleaved(&mut out).unwrap_err();
        for at in [300, 256, 511] {
            reader.seek(at as u64).unwrap();
            let count = reader.read_interleaved(&mut out[..512 - at]).unwrap();
            assert_eq!((count, &out[..count]), (512 - at, &whole.as_slice().unwrap()[at..]), "from {at}");
        }
    }
}

/// The same where the input fails.
#[test]
fn after_an_error_of_the_input_reading_goes_on() {
    let mut bytes = smallest_blocks(8_000, 1, 0, 0x80, &[]);
    (0..400).for_each(|number| bytes.extend(plain_block(number, true, number as i16)));
    // Damage in the fourth block, and a hole that is longer than what is read ahead, into which it is sought.
    bytes[42 + 520 * 3 + 9] ^= 1;
    let end = bytes.len();
    bytes[end - 520 * 55..end - 520 * 5].fill(0);
    let (_, whole) = read(bytes.clone(), usize::MAX / 4).unwrap();
    for round in 0..60_usize {
        let reads_left = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(usize::MAX));
        let inner = Cursor::new(bytes.clone());
        let mut reader = MediaReader::new(Failing { inner, reads_left: reads_left.clone() }).unwrap();
        let mut out = vec![0; 256 * 400];
        let mut at = reader.read_interleaved(&mut out[..round / 2 * 350]).unwrap();
        if round % 2 == 0 {
            reads_left.store(0, std::sync::atomic::Ordering::Relaxed);
            // Once what is held is given.
            while let Ok(count) = reader.read_interleaved(&mut out[..100]) {
                at += count;
                assert!(count > 0);
            }
        }
        assert!(reader.position() >= at as u64);
        // Anywhere on the way.
        reads_left.store(5 * round, std::sync::atomic::Ordering::Relaxed);
        let _ = reader.seek(256 * 380);
        let at = reader.position() as usize;
        reads_left.store(usize::MAX, std::sync::atomic::Ordering::Relaxed);
        let count = reader.read_interleaved(&mut out).unwrap();
        assert_eq!(count, whole.len() - at, "round {round}");
        assert!(whole.as_slice().unwrap()[at..] == out[..count], "round {round}, from {at}");
    }
}

/// Found by attack: it went past the silence and the block after it, and gave what follows in its place.
#[test]
fn a_pipe_is_sought_forward_into_what_is_lost_and_what_is_held() {
    let bytes = fixture(SMALL);
    let mut damaged = bytes.clone();
    damaged[blocks(&bytes)[1] + 40] ^= 0x10;
    let (_, whole) = read(damaged.clone(), 10_000).unwrap();
    for from in [0, 400, 512, 600, 1_023, 1_024, 1_100] {
        for to in [from, 512, 600, 700, 1_023, 1_024, 1_100, 1_535, 1_536, 1_700, 2_000] {
            if to < from {
                continue;
            }
            let mut piped = MediaReader::stream(Cursor::new(damaged.clone())).unwrap();
            assert_eq!(piped.read_interleaved(&mut vec![0; 2 * from]).unwrap(), from);
            piped.seek(to as u64).unwrap();
            assert_eq!(piped.position(), to as u64, "from {from} to {to}");
            let rest = piped.read_all::<i32>().unwrap();
            assert!(whole.slice(s![to.., ..]) == rest, "from {from} to {to}: {} frames", rest.nrows());
        }
    }
}

/// A file that others can cut short.
struct Shared(std::sync::Arc<std::sync::Mutex<Vec<u8>>>, u64);

impl Read for Shared {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.0.lock().unwrap();
        let rest = bytes.get(self.1 as usize..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.1 += count as u64;
        Ok(count)
    }
}

impl io::Seek for Shared {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.1 = match to {
            io::SeekFrom::Start(at) => at,
            io::SeekFrom::End(_) => self.0.lock().unwrap().len() as u64,
            io::SeekFrom::Current(_) => self.1,
        };
        Ok(self.1)
    }
}

/// Found by attack: what is held from before can go on after the new end.
#[test]
fn a_seek_in_a_file_that_was_cut_in_the_meantime_does_not_panic() {
    // As many numbers as they are, of 16 bits in one channel.
    let block = |number: u64, frames: u16| {
        let mut block = [&[0xFF, 0xF8, 0x70, 8][..], &coded(number), &(frames - 1).to_be_bytes()].concat();
        block.push(crc(&block, 8, 0x07) as u8);
        block.push(2);
        block.resize(block.len() + 2 * usize::from(frames), 0);
        let checksum = crc(&block, 16, 0x8005) as u16;
        block.extend(checksum.to_be_bytes());
        block
    };
    let mut bytes = smallest_blocks(8_000, 1, 0, 0x80, &[]);
    bytes[8..12].copy_from_slice(&[0, 16, 0xFF, 0xFF]);
    bytes.extend(block(0, 16_384));
    // The start of one that would be larger: more is read to see.
    bytes.extend(&block(1, 65_535)[..100]);
    (2..12).for_each(|number| bytes.extend(block(number, 16_384)));
    for cut in (80_000..100_000).step_by(4_001) {
        let shared = std::sync::Arc::new(std::sync::Mutex::new(bytes.clone()));
        let mut reader = MediaReader::new(Shared(shared.clone(), 0)).unwrap();
        let mut out = [0; 16_384 + 100];
        assert_eq!(reader.read_interleaved(&mut out).unwrap(), out.len());
        shared.lock().unwrap().truncate(cut);
        // An error or other samples.
        if reader.seek(11 * 16_384).is_ok() {
            let _ = reader.read_interleaved(&mut out);
        }
    }
}

/// A header that says less than there is.
#[test]
fn a_pipe_gives_all_frames_that_its_header_claims() {
    for total in [1, 255, 256, 300, 500, 512, 600] {
        let mut bytes = smallest_blocks(8_000, 1, total, 0x80, &[]);
        bytes.extend([plain_block(0, true, 1), plain_block(1, true, 1_000), plain_block(2, true, 1_000)].concat());
        let (reader, whole) = read(bytes.clone(), usize::MAX / 4).unwrap();
        assert_eq!(reader.frames(), Some(768));
        let piped = MediaReader::stream(Cursor::new(bytes)).unwrap().read_all::<i32>().unwrap();
        assert!(whole.slice(s![..total as usize, ..]) == piped, "{} of {total}", piped.nrows());
    }
}

/// Counts the bytes that are read.
struct Counting(Cursor<Vec<u8>>, std::sync::Arc<std::sync::atomic::AtomicUsize>);

impl Read for Counting {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.0.read(buffer)?;
        self.1.fetch_add(count, std::sync::atomic::Ordering::Relaxed);
        Ok(count)
    }
}

impl io::Seek for Counting {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

/// Found by attack: each of many guesses of each seek looked at the hole up to its end.
#[test]
fn a_hole_is_looked_through_once_for_all_seeks() {
    let (before, hole) = (1_000, 8 << 20);
    let mut bytes = smallest_blocks(8_000, 1, 0, 0x80, &[]);
    (0..before).for_each(|number| bytes.extend(plain_block(number, true, 1)));
    bytes.resize(bytes.len() + hole, 0);
    let lost = hole as u64 / 521;
    (before + lost..2 * before + lost).for_each(|number| bytes.extend(plain_block(number, true, 1)));
    let read = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let mut reader = MediaReader::new(Counting(Cursor::new(bytes.clone()), read.clone())).unwrap();
    // Opening looks at the start and the end.
    read.store(0, std::sync::atomic::Ordering::Relaxed);
    for part in [7, 1, 2, 5, 8, 9] {
        reader.seek(256 * (before + lost * part / 10)).unwrap();
    }
    let read = read.load(std::sync::atomic::Ordering::Relaxed);
    assert!(read < bytes.len() + bytes.len() / 2, "{read} of {} bytes", bytes.len());
}

/// Found by attack: it was said to be no WAVE file.
#[cfg(feature = "rayon")]
#[test]
fn a_flac_file_cut_in_its_header_is_said_to_be_that_by_all_cores_too() {
    use ndaudio::levels::Measure;

    let bytes = fixture(SMALL);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.flac");
    for len in [4, 20, 45, 60] {
        std::fs::write(&path, &bytes[..len]).unwrap();
        let expected = ndaudio::open(&path).expect_err("its header is cut").to_string();
        assert!(expected.contains("a metadata block of a FLAC file"), "{expected}");
        assert_eq!(ndaudio::parallel::levels_of_file(&path).unwrap_err().to_string(), expected);
        let error = ndaudio::parallel::curve_of_file(&path, Measure::Peak, 16, 16).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}

/// A section on another core takes over what the first reader found out about the file.
#[cfg(feature = "rayon")]
#[test]
fn sections_on_all_cores_know_what_opening_found() {
    use ndaudio::{levels, parallel};

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.flac");
    let mut random = Random(9);
    // Three sections of half a million frames, whose positions begin at another number than 0, or whose header claims half of them.
    for (first, claimed) in [(0, 0), (1_000, 0), (0, 256 * 3_000)] {
        let mut bytes = smallest_blocks(8_000, 1, claimed, 0x80, &[]);
        (first..first + 6_000).for_each(|number| bytes.extend(plain_block(number, false, random.below(30_000) as i16)));
        std::fs::write(&path, &bytes).unwrap();
        let whole = levels::of_source(&mut MediaReader::open(&path).unwrap()).unwrap();
        assert_eq!(whole.frames(), 256 * 6_000);
        assert_eq!(parallel::levels_of_file(&path).unwrap(), whole, "from block {first}, {claimed} frames claimed");
    }
}
