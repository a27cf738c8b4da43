//! All ways of reading agree, bit by bit: `read_all`, `read_into`, `blocks`, `windows`, `WavView`, `seek`, and a pipe that gives a few
//! bytes at a time.
#![no_main]

use std::io::{Cursor, Read};

use libfuzzer_sys::fuzz_target;
use ndaudio::ndarray::{Array2, Axis, s};
use ndaudio::{Anomaly, ReadOptions, Sample, WavReader, WavView};
use ndaudio_fuzz::{Choices, Trickle, assert_same};

fuzz_target!(|bytes: &[u8]| {
    let mut choices = Choices::from_end_of(bytes);
    match choices.up_to(4) {
        1 => all_doors::<i16>(bytes, &mut choices),
        2 => all_doors::<i32>(bytes, &mut choices),
        3 => all_doors::<f32>(bytes, &mut choices),
        _ => all_doors::<f64>(bytes, &mut choices),
    }
});

fn all_doors<T: Sample>(bytes: &[u8], choices: &mut Choices) {
    let file = || ReadOptions::new().seekable(Cursor::new(bytes));
    let pipe = || WavReader::new(Trickle::new(bytes, 9));
    let Ok(mut whole) = file() else {
        assert!(WavReader::new(bytes).is_err(), "a pipe is read, a file refused");
        assert!(WavView::parse(bytes).is_err(), "a view is read, a file refused");
        return;
    };
    let samples = whole.read_all::<T>().expect("an opened file is read");
    let frames = samples.nrows();
    let len = choices.up_to(40);
    let hop = choices.up_to(50);

    let view = WavView::parse(bytes).expect("a file is a view, too");
    assert_eq!(view.frames(), frames as u64, "frames of the view");
    assert_eq!(view.anomalies(), whole.anomalies(), "anomalies of the view");
    if let Ok(viewed) = view.samples::<T>() {
        assert_same(&viewed, &samples, "view");
    }

    same_through(|| file().expect("opened before"), &samples, len, hop, choices);
    // Which holds for what cannot seek as well, if it can be opened.
    if let (Ok(mut at_once), Ok(mut slowly)) = (WavReader::new(bytes), pipe()) {
        assert_eq!(at_once.anomalies(), slowly.anomalies(), "anomalies of a slow pipe at opening");
        assert_eq!(at_once.frames(), slowly.frames(), "frames of a slow pipe");
        let piped = at_once.read_all::<T>().expect("opened");
        // Where the size of the whole is 0, a file shows what follows the audio, and a pipe does not: it reads what is declared.
        let unfinished = |anomalies: &[Anomaly]| anomalies.iter().any(|one| matches!(one, Anomaly::Unfinished { .. }));
        if unfinished(whole.anomalies()) && !unfinished(at_once.anomalies()) {
            assert_same(&piped, &samples.slice(s![..piped.nrows(), ..]), "beginning of a pipe");
        } else if whole.spec() == at_once.spec() {
            // A file that begins quietly shows at which end of 4 bytes its 24 bits are by what comes later, for which a pipe cannot wait.
            assert_same(&piped, &samples, "pipe");
        }
        assert_same(&slowly.read_all::<T>().expect("opened"), &piped, "slow pipe");
        assert_eq!(at_once.anomalies(), slowly.anomalies(), "anomalies of a slow pipe");
        same_through(|| pipe().expect("opened before"), &piped, len, hop, choices);
    }

    let mut reader = file().expect("opened before");
    for _ in 0..3 {
        let frame = choices.up_to(frames + 1) - 1;
        reader.seek(frame as u64).expect("a frame that there is, or the end");
        let mut some = Array2::from_elem((choices.up_to(20), samples.ncols()), T::default());
        let count = reader.read_into(&mut some.view_mut()).expect("opened");
        assert_eq!(count, some.nrows().min(frames - frame), "read after seeking");
        assert_same(&some.slice(s![..count, ..]), &samples.slice(s![frame..frame + count, ..]), "seek");
    }
    assert!(reader.seek(frames as u64 + 1).is_err(), "sought behind the end");
}

fn same_through<T: Sample, R: Read>(
    open: impl Fn() -> WavReader<R>,
    samples: &Array2<T>,
    len: usize,
    hop: usize,
    choices: &mut Choices,
) {
    let (frames, channels) = samples.dim();

    // Into arrays of all sizes, of which every other one is column by column.
    let mut reader = open();
    let mut position = 0;
    loop {
        let rows = choices.up_to(30);
        let mut some = match rows % 2 {
            0 => Array2::from_elem((rows, channels), T::default()),
            _ => Array2::from_elem((channels, rows), T::default()).reversed_axes(),
        };
        let count = reader.read_into(&mut some.view_mut()).expect("opened");
        assert_eq!(count, rows.min(frames - position), "whole arrays but the last");
        assert_same(&some.slice(s![..count, ..]), &samples.slice(s![position..position + count, ..]), "read_into");
        position += count;
        assert_eq!(reader.position(), position as u64, "position");
        if count < rows {
            break;
        }
    }

    let mut reader = open();
    let mut blocks = reader.blocks::<T>(len);
    let mut expected = samples.axis_chunks_iter(Axis(0), len);
    while let Some(block) = blocks.next().expect("opened") {
        assert_same(&block, &expected.next().expect("no more blocks than there are"), "blocks");
    }
    assert!(expected.next().is_none(), "blocks are missing");

    let mut reader = open();
    let owned: Vec<Array2<T>> = reader.blocks::<T>(len).owned().collect::<Result<_, _>>().expect("opened");
    assert_eq!(owned.len(), frames.div_ceil(len), "owned blocks");

    let mut reader = open();
    let mut windows = reader.windows::<T>(len, hop);
    for start in (0..).step_by(hop).take_while(|start| start + len <= frames) {
        let window = windows.next().expect("opened").expect("as many windows as there are");
        assert_same(&window, &samples.slice(s![start..start + len, ..]), "windows");
    }
    assert!(windows.next().expect("opened").is_none(), "more windows than there are");
}
