//! Marks and times stay at their sounds through sections and other sample rates.

use std::io::Cursor;

use ndaudio::metadata::{Bext, Cue, Metadata};
use ndaudio::{Encoding, Source, Spec, WavReader, WavWriter};

/// 10 s at 8 kHz, which began 100 s after midnight, with marks at 1 s, 4 s (for 3 s) and 8 s.
fn marked() -> WavReader<Cursor<Vec<u8>>> {
    let mut metadata = Metadata::default();
    let mut bext = Bext::new();
    bext.set_time_reference(800_000);
    metadata.bext = Some(bext);
    metadata.cues = [1_u32, 4, 8].map(|second| Cue::new(second, u64::from(second) * 8_000)).into();
    metadata.cues[1].length = Some(24_000);
    let mut writer = WavWriter::new(Cursor::new(Vec::new()), &Spec::new(8_000, 1, Encoding::I16)).unwrap();
    writer.add_metadata(&metadata).unwrap();
    writer.write_interleaved(&vec![0_i16; 80_000]).unwrap();
    let mut file = writer.finalize().unwrap();
    file.set_position(0);
    WavReader::new(file).unwrap()
}

/// The time reference, and the frame and length of each mark.
fn times(mut source: impl Source) -> (u64, Vec<(u32, u64, Option<u64>)>) {
    let metadata = source.metadata().unwrap();
    let cues = metadata.cues.iter().map(|cue| (cue.id, cue.frame, cue.length)).collect();
    (metadata.bext.unwrap().time_reference().unwrap(), cues)
}

#[test]
fn a_section_begins_later_and_keeps_the_marks_within() {
    let unchanged = times(marked());
    assert_eq!(unchanged, (800_000, vec![(1, 8_000, None), (4, 32_000, Some(24_000)), (8, 64_000, None)]));
    // From 2 s to 6 s: the mark at 4 s ends with the section.
    let (time, cues) = times(marked().section(16_000..48_000));
    assert_eq!((time, cues), (816_000, vec![(4, 16_000, Some(16_000))]));
    let (time, cues) = times(marked().section(8_000..));
    assert_eq!((time, cues), (808_000, vec![(1, 0, None), (4, 24_000, Some(24_000)), (8, 56_000, None)]));
    assert_eq!(times(marked().section(8_000..).section(16_000..24_001)).1, [(4, 8_000, Some(1))]);
}

#[cfg(feature = "resample")]
#[test]
fn another_sample_rate_counts_in_its_own_frames() {
    let (time, cues) = times(marked().resample(12_000).unwrap());
    assert_eq!((time, cues), (1_200_000, vec![(1, 12_000, None), (4, 48_000, Some(36_000)), (8, 96_000, None)]));
    let (time, cues) = times(marked().section(16_000..48_000).mono().resample(4_000).unwrap());
    assert_eq!((time, cues), (408_000, vec![(4, 8_000, Some(8_000))]));
}
