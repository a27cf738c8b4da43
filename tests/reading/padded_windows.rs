//! Windows with padding are those of the padded audio: pad first, as NumPy does, then slide, whatever the source.

#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "a test that fails there has found something"
)]

use std::io::Cursor;

use crate::common::{SplitMix, Trickle, riff};
use ndaudio::ndarray::{Array2, Axis, concatenate, s};
use ndaudio::{ArraySource, DynSource, Encoding, Padding, ReadOptions, Sample, Sequence, Source, Spec, WavReader};

/// What to pad with, how windows slide, and what fills up the last one.
#[derive(Debug, Clone, Copy)]
struct Case {
    padding: Option<Padding>,
    len: usize,
    hop: usize,
    pad_end: Option<i16>,
}

impl Case {
    fn windows_of<S: Source>(self, source: S) -> Vec<Array2<i16>> {
        let mut windows = ndaudio::Windows::<_, i16>::new(source, self.len, self.hop);
        if let Some(padding) = self.padding {
            windows = windows.centered_with(padding);
        }
        if let Some(value) = self.pad_end {
            windows = windows.pad_end(value);
        }
        windows.owned().map(Result::unwrap).collect()
    }

    /// The definition: every full window of the padded audio, and an incomplete last one if it is wanted and has rows of its own.
    fn expected(self, whole: &Array2<i16>) -> Vec<Array2<i16>> {
        let padded = self.padding.map_or_else(|| whole.clone(), |padding| padded(whole, self.len / 2, padding));
        let rows = padded.nrows();
        let mut windows = vec![];
        let mut covered = 0;
        for start in (0..rows).step_by(self.hop) {
            let end = start + self.len;
            if end <= rows {
                windows.push(padded.slice(s![start..end, ..]).to_owned());
            } else {
                if let Some(value) = self.pad_end.filter(|_| covered < rows) {
                    let rest = padded.slice(s![start.., ..]);
                    let fill = Array2::from_elem((end - rows, whole.ncols()), value);
                    windows.push(concatenate(Axis(0), &[rest, fill.view()]).unwrap());
                }
                break;
            }
            covered = end;
        }
        windows
    }
}

/// NumPy's `np.pad(x, ((edge, edge), (0, 0)), mode)`; nothing where there is nothing to repeat or mirror, which NumPy refuses.
fn padded(whole: &Array2<i16>, edge: usize, padding: Padding) -> Array2<i16> {
    let frames = whole.nrows() as i64;
    if frames == 0 && padding != Padding::Zero {
        return whole.clone();
    }
    let edge = edge as i64;
    Array2::from_shape_fn(((frames + 2 * edge) as usize, whole.ncols()), |(row, channel)| {
        let row = row as i64 - edge;
        let inside = match padding {
            _ if (0..frames).contains(&row) => row,
            Padding::Zero => return 0,
            Padding::Edge => row.clamp(0, frames - 1),
            Padding::Reflect if frames == 1 => 0,
            Padding::Reflect => {
                let period = 2 * (frames - 1);
                let phase = row.rem_euclid(period);
                phase.min(period - phase)
            }
            other => panic!("no definition of {other:?}"),
        };
        whole[[inside as usize, channel]]
    })
}

/// A source with nothing but what every source must have: it skips by reading.
struct Bare<S>(S);

impl<S: Source> Source for Bare<S> {
    fn spec(&self) -> &Spec {
        self.0.spec()
    }
    fn read_interleaved<T: Sample>(&mut self, out: &mut [T]) -> ndaudio::Result<usize> {
        self.0.read_interleaved(out)
    }
}

/// The same frames from every kind of source, and what the case makes of each.
fn through_every_source(
    case: Case,
    whole: &Array2<i16>,
    random: &mut SplitMix,
) -> Vec<(&'static str, Vec<Array2<i16>>)> {
    let frames = whole.nrows();
    let array = || ArraySource::new(whole.view(), 48_000);
    let bytes: Vec<u8> = whole.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    let file = riff(Encoding::I16, whole.ncols() as u16, 48_000, &bytes);
    let seekable = || ReadOptions::new().seekable(Cursor::new(&file[..])).unwrap();
    let most = 1 + random.below(50);
    let boxed: Box<dyn DynSource> = Box::new(ArraySource::new(whole.clone(), 48_000));

    let cut = random.below(frames + 1);
    let front = ArraySource::new(whole.slice(s![..cut, ..]), 48_000);
    let back = ArraySource::new(whole.slice(s![cut.., ..]), 48_000);

    let other = Array2::from_elem((random.below(9), whole.ncols()), -1);
    let longer = concatenate(Axis(0), &[other.view(), whole.view(), other.view()]).unwrap();
    let section =
        ArraySource::new(longer.view(), 48_000).section(other.nrows() as u64..(other.nrows() + frames) as u64);
    let mut sought = ArraySource::new(longer.slice(s![..other.nrows() + frames, ..]), 48_000);
    sought.seek(other.nrows() as u64).unwrap();

    let doubled = concatenate(Axis(1), &[whole.view(), whole.view()]).unwrap();
    let selected: Vec<_> = (whole.ncols()..2 * whole.ncols()).collect();
    let selected = ArraySource::new(doubled.view(), 48_000).select_channels(selected);

    vec![
        ("array", case.windows_of(array())),
        ("file", case.windows_of(seekable())),
        ("bytes", case.windows_of(WavReader::new(&file[..]).unwrap())),
        ("slow pipe", case.windows_of(WavReader::new(Trickle::new(&file[..], most)).unwrap())),
        ("borrowed", case.windows_of(&mut seekable())),
        ("bare", case.windows_of(Bare(seekable()))),
        ("boxed", case.windows_of(boxed)),
        ("two in a row", case.windows_of(front.concat([back]).unwrap())),
        ("section", case.windows_of(section)),
        ("from where it was sought", case.windows_of(sought)),
        ("some channels", case.windows_of(selected)),
        ("inspected", case.windows_of(seekable().inspect(|_| ()))),
    ]
}

#[test]
fn windows_with_padding_are_those_of_the_padded_audio_of_every_source() {
    let paddings = [None, Some(Padding::Zero), Some(Padding::Edge), Some(Padding::Reflect)];
    let mut random = SplitMix(14);
    for round in 0..4000 {
        // Short audio and long windows, the other way round, and hops to either side of both.
        let case = Case {
            padding: paddings[round % 4],
            len: 1 + random.below(40),
            hop: 1 + random.below(60),
            pad_end: (round / 4 % 2 == 0).then_some(-7),
        };
        let (frames, channels) = (random.below(70), 1 + random.below(2));
        let whole = Array2::from_shape_fn((frames, channels), |_| random.next() as i16);
        let expected = case.expected(&whole);
        for (kind, windows) in through_every_source(case, &whole, &mut random) {
            assert_eq!(windows, expected, "{kind}: {frames} frames, {case:?}");
        }
    }
}

/// Of so many channels the buffer has room for little more than two windows, so that it is moved on all the time, up to the end.
#[test]
fn what_the_padding_mirrors_is_kept_while_the_buffer_moves_on() {
    let whole = Array2::from_shape_fn((60, 4096), |(frame, channel)| (frame * 331 + channel) as i16);
    for (len, hop) in [(2, 1), (4, 1), (5, 2), (6, 6), (7, 3), (8, 5), (9, 12)] {
        for padding in [Padding::Zero, Padding::Edge, Padding::Reflect] {
            let case = Case { padding: Some(padding), len, hop, pad_end: Some(-7) };
            for frames in 60 - len - hop..=60 {
                let whole = whole.slice(s![..frames, ..]).to_owned();
                let windows = case.windows_of(ArraySource::new(whole.view(), 48_000));
                assert!(windows == case.expected(&whole), "{frames} frames, {case:?}");
            }
        }
    }
}

#[test]
fn windows_with_padding_run_across_the_files_of_a_sequence() {
    let folder = tempfile::tempdir().unwrap();
    let mut random = SplitMix(15);
    let whole = Array2::from_shape_fn((31, 2), |_| random.next() as i16);
    let mut paths = vec![];
    for (index, cut) in [0..12, 12..12, 12..13, 13..31].into_iter().enumerate() {
        let bytes: Vec<u8> = whole.slice(s![cut, ..]).iter().flat_map(|sample| sample.to_le_bytes()).collect();
        let path = folder.path().join(format!("part{index}.wav"));
        std::fs::write(&path, riff(Encoding::I16, 2, 48_000, &bytes)).unwrap();
        paths.push(path);
    }
    for padding in [None, Some(Padding::Zero), Some(Padding::Edge), Some(Padding::Reflect)] {
        for (len, hop) in [(4, 2), (5, 5), (3, 7), (15, 14), (15, 15), (15, 16), (70, 71), (31, 1)] {
            for pad_end in [None, Some(-7)] {
                let case = Case { padding, len, hop, pad_end };
                assert_eq!(case.windows_of(Sequence::open(&paths).unwrap()), case.expected(&whole), "{case:?}");
            }
        }
    }
}

/// Whether a hop is longer than a window does not change what is lent at the end.
#[test]
fn a_last_window_of_padding_alone_is_lent_at_any_hop_that_reaches_it() {
    // Five frames between seven of padding on either side are rows 7 to 11 of 19.
    let whole = Array2::from_elem((5, 1), 1);
    for hop in 1..25 {
        for padding in [Padding::Zero, Padding::Edge, Padding::Reflect] {
            let case = Case { padding: Some(padding), len: 15, hop, pad_end: Some(0) };
            let windows = case.windows_of(ArraySource::new(whole.view(), 48_000));
            // Full ones start at 0 to 4, and the next, if it starts in the padded audio and reaches past what they cover.
            let full = 4 / hop + 1;
            let covered = (full - 1) * hop + 15;
            let one_more = full * hop < 19 && covered < 19;
            assert_eq!(windows.len(), full + usize::from(one_more), "hop {hop}, {padding:?}");
        }
    }
}
