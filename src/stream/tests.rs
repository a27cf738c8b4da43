//! How sources are asked for frames: many at a time, but no more than fit a small buffer, and never again after their end.

use super::buffer::read_growing;
use super::source::Source;
use super::stages::{Filter, Gain, Mono, RunningFilter};
use super::stored::StoredSource;
use crate::error::{Error, Result};
use crate::metadata::Metadata;
use crate::pcm::Sample;
use crate::spec::{Encoding, SampleType, Spec};

/// Silence that notes how it is read.
struct Noting {
    spec: Spec,
    frames: u64,
    position: u64,
    /// The type and the number of frames that each read asked for.
    reads: Vec<(SampleType, usize)>,
    /// Reads that found fewer frames than they asked for.
    ends: usize,
}

impl Noting {
    fn new(channels: usize, frames: u64) -> Self {
        let spec = Spec::new(48_000, channels, Encoding::F32);
        Noting { spec, frames, position: 0, reads: Vec::new(), ends: 0 }
    }

    /// The most samples that a read asked for.
    fn most(&self) -> usize {
        self.reads.iter().map(|(_, frames)| frames * self.spec.channels()).max().unwrap_or(0)
    }

    /// Frames that were asked for in one type.
    fn asked_in(&self, sample_type: SampleType) -> usize {
        self.reads.iter().filter(|(of, _)| *of == sample_type).map(|(_, frames)| frames).sum()
    }
}

impl Source for Noting {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn read_interleaved<T: Sample>(&mut self, out: &mut [T]) -> Result<usize> {
        let wanted = out.len() / self.spec.channels();
        let left = usize::try_from(self.frames.saturating_sub(self.position)).unwrap_or(usize::MAX);
        let count = wanted.min(left);
        out[..count * self.spec.channels()].fill(T::zero());
        self.position += count as u64;
        self.reads.push((T::TYPE, wanted));
        self.ends += usize::from(count < wanted);
        Ok(count)
    }

    fn position(&self) -> u64 {
        self.position
    }

    /// Beyond the end as well, as in a file that became shorter.
    fn seek(&mut self, frame: u64) -> Result<()> {
        self.position = frame;
        Ok(())
    }
}

#[test]
fn frames_are_skipped_many_at_a_time() {
    for channels in [1, 2, 3, 64] {
        let mut source = Noting::new(channels, 100_000);
        assert_eq!(source.skip_frames(100_000).unwrap(), 100_000);
        assert_eq!(source.ends, 0, "exactly those");
        let (most, reads) = (source.most(), source.reads.len());
        assert!(most <= 64 << 10, "{most} samples at a time");
        assert!(reads <= 100_000 * channels / 10_000, "{reads} reads of {channels} channels");
    }
    let mut source = Noting::new(1, 10);
    assert_eq!(source.skip_frames(50_000).unwrap(), 10);
    assert_eq!((source.reads.len(), source.ends), (1, 1));
}

#[test]
fn a_source_of_unknown_length_is_read_into_memory_that_doubles() {
    for channels in [1, 2, 3, 64] {
        let mut short = Noting::new(channels, 10);
        assert_eq!(short.read_all::<f32>().unwrap().dim(), (10, channels));
        assert_eq!(short.ends, 1);
        assert!(short.most() <= 128 << 10, "{} samples for 10 frames", short.most());
        let frames = (4 << 20) / channels;
        let mut long = Noting::new(channels, frames as u64);
        assert_eq!(long.read_all::<f32>().unwrap().nrows(), frames);
        assert_eq!(long.ends, 1);
        assert!(long.reads.len() <= 8, "{} reads for 64 times as much", long.reads.len());
    }
}

#[test]
fn memory_grows_only_when_there_is_no_room_left() {
    // Room for two frames of two samples, after two that are kept.
    for (frames, reads, len) in [(1, vec![2], 6), (5, vec![2, 3], 12), (9, vec![2, 3], 12)] {
        let mut buffer = vec![1.0_f32; 6];
        let mut source = Noting::new(2, frames);
        let count = read_growing(&mut source, &mut buffer, 2, 5).unwrap();
        assert_eq!((count as u64, buffer.len()), (frames.min(5), len));
        assert_eq!(source.reads.iter().map(|(_, frames)| *frames).collect::<Vec<_>>(), reads);
        assert_eq!(buffer[..2], [1.0; 2], "what is kept");
    }
}

impl StoredSource for Noting {
    fn read_stored(&mut self, out: &mut [u8]) -> Result<usize> {
        let mut samples = vec![0.0_f32; out.len() / self.spec.encoding().bytes()];
        let frames = self.read_interleaved(&mut samples)?;
        Ok(frames * self.spec.frame_bytes())
    }

    fn with_name(&self, error: Error) -> Error {
        error
    }
}

#[test]
fn stored_frames_of_chosen_channels_are_read_to_the_end_once() {
    for (frames, room, ends) in [(20_000, 20_000, 0), (20_001, 30_000, 1), (100, 20_000, 1), (0, 5, 1), (9, 0, 0)] {
        let mut chosen = Noting::new(3, frames as u64).select_channels([2, 0]);
        let mut stored = vec![1_u8; room * 8];
        assert_eq!(chosen.read_stored(&mut stored).unwrap(), room.min(frames) * 8);
        let source = chosen.into_inner();
        assert_eq!(source.ends, ends, "{frames} frames, room for {room}");
        assert!(source.asked_in(SampleType::F32) <= room, "nothing is read that there is no room for");
        assert!(source.reads.iter().all(|(_, frames)| *frames > 0), "nothing is read for nothing");
    }
}

#[test]
fn blocks_end_with_the_first_that_is_short() {
    for (frames, reads) in [(10, 3), (8, 3), (3, 1), (0, 1)] {
        let mut source = Noting::new(1, frames);
        let mut blocks = source.blocks::<f32>(4);
        while blocks.next().unwrap().is_some() {}
        assert!(blocks.next().unwrap().is_none());
        assert_eq!((source.reads.len(), source.ends), (reads, 1), "{frames} frames");
    }
}

/// Changes nothing, and says that it remembers so many frames.
struct Remembering(u64);

impl Filter for Remembering {
    type Running = Remembering;

    fn start(&self, _: usize) -> Remembering {
        Remembering(self.0)
    }
}

impl RunningFilter for Remembering {
    fn run(&mut self, _: &mut [f64]) {}

    fn reset(&mut self) {}

    fn memory(&self) -> Option<u64> {
        Some(self.0)
    }
}

/// Reads a long block from a stage that computes, of a long source and of a short one.
fn check_computing<S: Source>(name: &str, channels: usize, stage: impl Fn(Noting) -> S, inner: impl Fn(S) -> Noting) {
    let mut long = stage(Noting::new(channels, 100_000));
    let mut out = vec![0.0_f32; 100_000 * long.spec().channels()];
    assert_eq!(long.read_interleaved(&mut out).unwrap(), 100_000, "{name}");
    let source = inner(long);
    let (most, reads) = (source.most(), source.reads.len());
    assert!(most <= 8192, "{name}: {most} samples at a time");
    assert!(reads <= 100_000 * channels / 2048, "{name}: {reads} reads of {channels} channels");
    let mut short = stage(Noting::new(channels, 10));
    assert_eq!(short.read_interleaved(&mut out).unwrap(), 10, "{name}");
    let source = inner(short);
    assert_eq!((source.reads.len(), source.ends), (1, 1), "{name}: the end is met once");
}

#[test]
fn stages_that_compute_read_a_few_thousand_samples_at_a_time() {
    for channels in [1, 2, 3, 7, 64] {
        check_computing("gain", channels, |source| source.gain(0.5), Gain::into_inner);
        check_computing("filter", channels, |source| source.filter(&Remembering(7)), |stage| stage.into_inner().0);
        if channels > 1 {
            check_computing("mono", channels, Source::mono, Mono::into_inner);
        }
    }
}

#[test]
fn one_channel_is_its_own_mean() {
    let mut mono = Noting::new(1, 100_000).mono();
    assert_eq!(mono.read_interleaved(&mut vec![0_i16; 50_000]).unwrap(), 50_000);
    assert_eq!(mono.into_inner().reads, [(SampleType::I16, 50_000)], "read where it is wanted");
}

#[test]
fn a_filter_stops_where_the_source_ends_while_it_is_brought_to_a_frame() {
    let remembering = Remembering(30_000);
    let mut filtered = Noting::new(1, 0).filter(&remembering);
    filtered.seek(40_000).unwrap();
    let source = filtered.into_inner().0;
    assert_eq!((source.reads.len(), source.ends), (1, 1));
    // As a buffer that is used again and again.
    for channels in [1, 2, 64, 5_000] {
        let mut filtered = Noting::new(channels, 100_000).filter(&remembering);
        filtered.seek(40_000).unwrap();
        let source = filtered.into_inner().0;
        assert!(source.most() <= channels.max(8192), "{} samples at a time", source.most());
    }
}

#[cfg(feature = "resample")]
#[test]
fn a_resampler_meets_the_end_of_its_source_once() {
    for frames in [0, 10, 100_000] {
        let mut resampled = Noting::new(1, frames).resample(44_100).unwrap();
        while resampled.read_interleaved(&mut [0.0_f32; 4096]).unwrap() == 4096 {}
        assert_eq!(resampled.read_interleaved(&mut [0.0_f32; 4096]).unwrap(), 0);
        assert_eq!(resampled.into_inner().ends, 1, "{frames} frames");
    }
    let mut resampled = Noting::new(1, 10).resample(44_100).unwrap();
    assert_eq!(resampled.read_interleaved::<f32>(&mut []).unwrap(), 0);
    assert_eq!(resampled.into_inner().reads, [], "nothing is read for nothing");
}

#[test]
fn frames_between_windows_are_skipped() {
    // The second one ends while frames are skipped.
    for (frames, centered) in [(100_000, false), (95_000, false), (100_000, true)] {
        let mut source = Noting::new(1, frames);
        let mut windows = source.windows::<f64>(512, 10_000);
        if centered {
            windows = windows.centered();
        }
        let mut count = 0;
        while windows.next().unwrap().is_some() {
            count += 1;
        }
        assert!((10..=11).contains(&count), "{count}");
        // Skipping reads `i16` unless a source knows better.
        let (asked, skipped) = (source.asked_in(SampleType::F64), source.asked_in(SampleType::I16));
        assert!(asked <= (count + 1) * 512, "{asked} frames for {count} windows of 512 and the end");
        assert!(skipped >= 9 * (10_000 - 512), "{skipped} frames skipped");
        assert_eq!(source.ends, 1, "nothing is read after the end of {frames} frames");
    }
}

#[test]
fn windows_read_each_frame_once_and_the_end_once() {
    for (len, hop) in [(512, 128), (512, 512), (512, 1), (3, 2)] {
        let mut source = Noting::new(2, 10_000);
        let mut windows = source.windows::<f64>(len, hop);
        while windows.next().unwrap().is_some() {}
        assert!(windows.next().unwrap().is_none());
        assert_eq!(source.ends, 1, "{len} by {hop}");
        assert!(source.asked_in(SampleType::F64) < 10_000 + len, "{len} by {hop}");
        assert_eq!(source.asked_in(SampleType::I16), 0, "nothing is skipped");
    }
}

#[test]
fn windows_are_lent_where_their_frames_lie() {
    for channels in [1, 2, 3] {
        let mut source = Noting::new(channels, 40_000);
        let mut windows = source.windows::<f32>(512, 128);
        let (mut before, mut count, mut moves) = (0, 0, 0);
        while let Some(window) = windows.next().unwrap() {
            let begin = window.as_ptr().addr();
            count += 1;
            moves += usize::from(begin != before + 128 * channels * size_of::<f32>());
            before = begin;
        }
        assert_eq!(count, (40_000 - 512) / 128 + 1);
        assert!(moves <= count / 8, "what {count} windows share was moved {moves} times");
    }
}

#[test]
fn a_source_has_nothing_to_lend_or_to_tell_unless_it_says_so() {
    let mut source = Noting::new(1, 10);
    assert_eq!(source.ready_to_lend::<f32>(4).unwrap(), None);
    assert!(source.lend::<f32>(4).is_empty() && source.anomalies().is_empty());
    assert!(!source.fits_either_end());
    assert_eq!(source.metadata().unwrap(), Metadata::default());
    assert_eq!(source.read_all::<f32>().unwrap().nrows(), 10, "nothing was passed over");
}

/// Samples that lie where they can be lent.
struct Lending(Spec, [f32; 4]);

impl Source for Lending {
    fn spec(&self) -> &Spec {
        &self.0
    }

    fn read_interleaved<T: Sample>(&mut self, _: &mut [T]) -> Result<usize> {
        unreachable!("all samples are lent")
    }

    fn ready_to_lend<T: Sample>(&mut self, frames: usize) -> Result<Option<usize>> {
        Ok((T::TYPE == SampleType::F32).then_some(frames.min(self.1.len())))
    }

    fn lend<T: Sample>(&mut self, frames: usize) -> &mut [T] {
        bytemuck::cast_slice_mut(&mut self.1[..frames])
    }
}

#[test]
fn samples_times_1_are_lent_where_they_lie() {
    let gain = |factor| Lending(Spec::new(48_000, 1, Encoding::F32), [1.0, 2.0, 3.0, 4.0]).gain(factor);
    let mut same = gain(1.0);
    assert_eq!(same.ready_to_lend::<f32>(3).unwrap(), Some(3));
    assert_eq!(same.lend::<f32>(3), [1.0, 2.0, 3.0]);
    assert_eq!(gain(0.5).ready_to_lend::<f32>(3).unwrap(), None, "they are to be multiplied");
}

/// A source that claims more frames than it was asked for, if it has none.
struct Lying(Noting);

impl Source for Lying {
    fn spec(&self) -> &Spec {
        self.0.spec()
    }

    fn read_interleaved<T: Sample>(&mut self, out: &mut [T]) -> Result<usize> {
        let wanted = out.len() / self.0.spec.channels();
        let count = self.0.read_interleaved(out)?;
        Ok(if self.0.frames == 0 { wanted + 1 } else { count })
    }

    fn skip_frames(&mut self, frames: u64) -> Result<u64> {
        let skipped = self.0.skip_frames(frames)?;
        Ok(if self.0.frames == 0 { frames + 1 } else { skipped })
    }
}

#[test]
#[should_panic(expected = "counts 4 frames in room for 3")]
fn a_later_part_that_counts_too_many_frames_is_a_bug() {
    let mut parts = Lying(Noting::new(2, 2)).concat([Lying(Noting::new(2, 0))]).unwrap();
    let _ = parts.read_interleaved(&mut [0.0_f32; 10]);
}

#[test]
#[should_panic(expected = "skipped 4 frames, of 3 asked for")]
fn a_later_part_that_skips_too_many_frames_is_a_bug() {
    let mut parts = Lying(Noting::new(2, 2)).concat([Lying(Noting::new(2, 0))]).unwrap();
    let _ = parts.skip_frames(5);
}
