//! No file, however cut or changed, panics, hangs, or costs memory that its own length does not explain.
//!
//! Exhaustive: every prefix of a file of each container, and every other value of each of its first 128 bytes, through every door.

#![expect(unsafe_code, reason = "an allocator that counts can only be written so; nothing but these tests uses it")]

#[expect(dead_code, reason = "the files come from the table's builder, of which only a part is needed here")]
#[path = "reading/wild/build.rs"]
mod build;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::io::{Cursor, ErrorKind, Read, Seek, SeekFrom};
use std::sync::atomic::{AtomicUsize, Ordering};

use ndarray::Array2;
use ndaudio::{Anomaly, Error, ReadOptions, Result, WavReader, WavView};

use build::{FLOAT, Fmt, Kind, PCM};

/// Counts what is allocated: by this thread, so that tests beside each other do not count each other's, and by all.
struct Counting;

/// The limit for the whole process, however many tests run at once.
const LIMIT: usize = 64 << 20;
static ALL: AtomicUsize = AtomicUsize::new(0);
static ALL_PEAK: AtomicUsize = AtomicUsize::new(0);
thread_local! {
    static LIVE: Cell<usize> = const { Cell::new(0) };
    static PEAK: Cell<usize> = const { Cell::new(0) };
}

fn grown(by: usize) {
    ALL_PEAK.fetch_max(ALL.fetch_add(by, Ordering::Relaxed) + by, Ordering::Relaxed);
    // A thread that is ending has no cells any more; what it allocates then is counted above.
    let _ = LIVE.try_with(|live| {
        live.set(live.get().saturating_add(by));
        let _ = PEAK.try_with(|peak| peak.set(peak.get().max(live.get())));
    });
}

fn shrunk(by: usize) {
    ALL.fetch_sub(by, Ordering::Relaxed);
    let _ = LIVE.try_with(|live| live.set(live.get().saturating_sub(by)));
}

// SAFETY: every call goes to the system's allocator unchanged; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        grown(layout.size());
        // SAFETY: the caller's promises are the system allocator's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        grown(layout.size());
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        shrunk(layout.size());
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // Old and new may exist at once.
        grown(size);
        shrunk(layout.size());
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What `work` had allocated at its worst, in bytes above what there was before, and its result.
fn peak<T>(work: impl FnOnce() -> T) -> (usize, T) {
    let before = LIVE.with(Cell::get);
    PEAK.with(|peak| peak.set(before));
    let result = work();
    let most = PEAK.with(Cell::get) - before;
    assert!(ALL_PEAK.load(Ordering::Relaxed) < LIMIT, "all tests together took more than {LIMIT} bytes");
    (most, result)
}

/// More than one read may cost of a file of a few hundred bytes, whatever its header says: a buffer for bytes, one for samples before
/// any are there, a list of chunks.
const SMALL: usize = 1 << 20;

/// A file of a container with all that is usual in it, 160 to 400 bytes long.
fn usual(kind: Kind) -> Vec<u8> {
    let data: Vec<u8> = (0..6 * 7).map(|step: u8| step.wrapping_mul(37)).collect();
    let fmt = Fmt::pcm(2, 24).extensible(kind, 24, 3);
    let list = [b"INFOINAM", &kind.number(4, 4)[..], b"abc\0"].concat();
    fmt.file(kind).chunk(b"iXML", b"<a/>\n").data(&data).chunk(b"LIST", &list).done()
}

/// Odd audio that ends the file, after a plain format.
fn plain(kind: Kind) -> Vec<u8> {
    let data: Vec<u8> = (0..101).collect();
    Fmt::new(PCM, 1, 8000, 8, 1).file(kind).chunk(b"fact", &kind.number(101, 4)).data(&data).done()
}

/// Gives `step` bytes a call, and may be interrupted before every one.
struct Pipe<'a> {
    bytes: &'a [u8],
    step: usize,
    interrupts: bool,
    calls: usize,
}

impl<'a> Pipe<'a> {
    fn new(bytes: &'a [u8], step: usize, interrupts: bool) -> Self {
        Pipe { bytes, step, interrupts, calls: 0 }
    }
}

impl Read for Pipe<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        self.calls += 1;
        if self.interrupts && self.calls % 2 == 1 {
            return Err(ErrorKind::Interrupted.into());
        }
        let len = out.len().min(self.step);
        self.bytes.read(&mut out[..len])
    }
}

/// Everything that reading gives, to be compared; errors as their text.
#[derive(PartialEq, Debug)]
struct Outcome {
    frames: usize,
    channels: usize,
    bits: Vec<u64>,
    anomalies: Vec<Anomaly>,
}

fn outcome_of(samples: &Array2<f64>, anomalies: &[Anomaly]) -> Outcome {
    let (frames, channels) = samples.dim();
    let bits = samples.iter().map(|sample| sample.to_bits()).collect();
    Outcome { frames, channels, bits, anomalies: anomalies.to_vec() }
}

fn whole<R: Read>(reader: Result<WavReader<R>>) -> Result<Outcome> {
    let mut reader = reader?;
    for index in 0..reader.chunks().len() {
        let id = reader.chunks()[index].id;
        // Its bytes or an error, for all this test cares.
        let _ = reader.chunk(id);
    }
    let samples = reader.read_all::<f64>()?;
    Ok(outcome_of(&samples, reader.anomalies()))
}

/// A refusal is of the file, and says where in it.
fn assert_clear(error: &Error, bytes: &[u8], at: &str) {
    let (&ndaudio::ErrorKind::Format { offset, .. } | &ndaudio::ErrorKind::Unsupported { offset: Some(offset), .. }) =
        error.kind()
    else {
        panic!("{at}: not an error of the file: {error:?}");
    };
    assert!(offset <= bytes.len() as u64, "{at}: an offset past the end: {error}");
    assert!(error.to_string().contains(&format!("at byte {offset}: ")), "{at}: the text lacks the offset: {error}");
}

/// Reads through every door, within the memory of a small file, and demands that they agree.
fn read_everywhere(bytes: &[u8], at: &str) {
    let (most, _) = peak(|| {
        let seekable = whole(ReadOptions::new().seekable(Cursor::new(bytes)));
        let pipe = whole(WavReader::new(bytes));
        for (name, interrupts) in [("one byte at a time", false), ("interrupted", true)] {
            let other = whole(WavReader::new(Pipe::new(bytes, 1, interrupts)));
            match (&pipe, &other) {
                (Ok(pipe), Ok(other)) => assert_eq!(pipe, other, "{at}: {name}"),
                (Err(pipe), Err(other)) => assert_eq!(pipe.to_string(), other.to_string(), "{at}: {name}"),
                _ => panic!("{at}: {name}: {other:?}, but at once {pipe:?}"),
            }
        }
        for result in [&seekable, &pipe] {
            if let Err(error) = result {
                assert_clear(error, bytes, at);
            }
        }
        match (&seekable, &pipe) {
            (Ok(seekable), Ok(pipe)) => assert_eq!(
                (seekable.frames, seekable.channels, &seekable.bits),
                (pipe.frames, pipe.channels, &pipe.bits),
                "{at}: a file and a pipe"
            ),
            (Err(error), Ok(_)) => panic!("{at}: a pipe is read, a file refused: {error}"),
            _ => {}
        }
        match (WavView::parse(bytes), &seekable) {
            (Ok(view), Ok(seekable)) => {
                assert_eq!(view.frames(), seekable.frames as u64, "{at}: a view's frames");
                assert_eq!(view.anomalies(), seekable.anomalies, "{at}: a view's anomalies");
                let _ = (view.samples::<i16>().is_ok(), view.samples::<i32>().is_ok(), view.chunk(*b"LIST"));
            }
            (Err(view), Err(seekable)) => assert_eq!(view.to_string(), seekable.to_string(), "{at}: a view's error"),
            (view, seekable) => panic!("{at}: a view {view:?}, a file {seekable:?}"),
        }
        let strict = whole(ReadOptions::new().strict().read(bytes));
        match (&pipe, &strict) {
            (Ok(pipe), Ok(strict)) => {
                assert_eq!(pipe, strict, "{at}: strictly");
                assert!(strict.anomalies.is_empty(), "{at}: strictly read with {:?}", strict.anomalies);
            }
            (Ok(pipe), Err(error)) => {
                assert!(!pipe.anomalies.is_empty(), "{at}: strictly refused without an anomaly: {error}");
                assert_clear(error, bytes, at);
            }
            (Err(_), Err(error)) => assert_clear(error, bytes, at),
            (Err(error), Ok(_)) => panic!("{at}: read strictly only, else {error}"),
        }
    });
    assert!(most < SMALL, "{at}: {most} bytes of memory for a file of {}", bytes.len());
}

fn every_prefix(kind: Kind) {
    for (name, file) in [("usual", usual(kind)), ("plain", plain(kind))] {
        for len in 0..=file.len() {
            read_everywhere(&file[..len], &format!("{len} of {} bytes of the {name} {kind:?} file", file.len()));
        }
        assert!(ReadOptions::new().strict().read(&file[..]).and_then(|mut reader| reader.read_all::<f64>()).is_ok());
    }
}

fn every_change(kind: Kind) {
    let mut file = usual(kind);
    assert!(file.len() >= 128);
    for index in 0..128 {
        let right = file[index];
        for wrong in (0..=u8::MAX).filter(|&wrong| wrong != right) {
            file[index] = wrong;
            read_everywhere(&file, &format!("byte {index} of {kind:?} {wrong:#04X} for {right:#04X}"));
        }
        file[index] = right;
    }
}

#[test]
fn every_prefix_of_riff_is_read_or_refused() {
    every_prefix(Kind::Riff);
}

#[test]
fn every_prefix_of_rifx_is_read_or_refused() {
    every_prefix(Kind::Rifx);
}

#[test]
fn every_prefix_of_rf64_is_read_or_refused() {
    every_prefix(Kind::Rf64);
}

#[test]
fn every_prefix_of_bw64_is_read_or_refused() {
    every_prefix(Kind::Bw64);
}

#[test]
fn every_prefix_of_wave64_is_read_or_refused() {
    every_prefix(Kind::Wave64);
}

#[test]
fn every_changed_byte_of_riff_is_read_or_refused() {
    every_change(Kind::Riff);
}

#[test]
fn every_changed_byte_of_rifx_is_read_or_refused() {
    every_change(Kind::Rifx);
}

#[test]
fn every_changed_byte_of_rf64_is_read_or_refused() {
    every_change(Kind::Rf64);
}

#[test]
fn every_changed_byte_of_bw64_is_read_or_refused() {
    every_change(Kind::Bw64);
}

#[test]
fn every_changed_byte_of_wave64_is_read_or_refused() {
    every_change(Kind::Wave64);
}

/// 44 bytes in RIFF: a header that claims more audio than there is disk.
#[test]
fn a_header_that_claims_2_to_the_63_bytes_costs_kilobytes() {
    for kind in Kind::ALL {
        for claim in [(1 << 31) - 2, (1 << 32) - 1, 1 << 40, (1 << 62) + 2, 1 << 63, u64::MAX - 24] {
            for fmt in [Fmt::pcm(1, 16), Fmt::new(FLOAT, 2, 48_000, 64, 8)] {
                let file = fmt.file(kind).data_claiming(claim, &[]).claiming(claim);
                read_everywhere(&file, &format!("{kind:?} claiming {claim}"));
            }
        }
    }
}

/// The widest frame that there can be, of which nothing is there: what the caller asked for is frames, not 65,535 times as much.
#[test]
fn a_header_that_claims_65535_channels_costs_what_is_read() {
    for kind in Kind::ALL {
        let file = Fmt::new(FLOAT, 65_535, 8000, 64, 8).file(kind).data_claiming(1 << 31, &[0; 64]).done();
        read_everywhere(&file, &format!("{kind:?} of 65535 channels"));
        let (most, _) = peak(|| {
            let mut reader = WavReader::new(&file[..]).expect("a header in order");
            let mut blocks = reader.blocks::<f64>(4096);
            assert!(blocks.next().expect("an end in order").is_none());
        });
        assert!(most < 4 << 20, "{kind:?}: {most} bytes for blocks");
        let (most, _) = peak(|| {
            let mut reader = WavReader::new(&file[..]).expect("a header in order");
            let mut windows = reader.windows::<f64>(4096, 1024);
            assert!(windows.next().expect("an end in order").is_none());
        });
        assert!(most < 4 << 20, "{kind:?}: {most} bytes for windows");
    }
}

/// A chunk that claims gigabytes is given as far as it is there.
#[test]
fn a_chunk_that_claims_gigabytes_costs_what_is_there() {
    for kind in Kind::ALL {
        let file = Fmt::pcm(1, 16).file(kind).data(&[1, 2]).header(b"bext", 0xFFFF_FFF0).raw(&[b'x'; 100]).done();
        let (most, chunk) = peak(|| ReadOptions::new().seekable(Cursor::new(&file))?.chunk(*b"bext"));
        assert!(most < SMALL, "{kind:?}: {most} bytes");
        let chunk = chunk.expect("what is there can be read").expect("the chunk is there");
        assert_eq!(chunk, [b'x'; 100]);
    }
}

/// A reader that lies about what it read, or where it is, can make nothing panic.
#[test]
fn readers_that_fail_or_shrink_are_refused() {
    struct Failing<'a>(&'a [u8], usize);
    impl Read for Failing<'_> {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            if self.1 == 0 {
                return Err(ErrorKind::ConnectionReset.into());
            }
            let len = out.len().min(self.1);
            let count = self.0.read(&mut out[..len])?;
            self.1 -= count;
            Ok(count)
        }
    }
    /// Says that it is longer than what it gives, as a file cut while it is read.
    struct Shrunk<'a>(Cursor<&'a [u8]>, u64);
    impl Read for Shrunk<'_> {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            self.0.read(out)
        }
    }
    impl Seek for Shrunk<'_> {
        fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
            match to {
                SeekFrom::End(0) => Ok(self.0.seek(SeekFrom::Start(self.1))?),
                to => self.0.seek(to),
            }
        }
    }
    for kind in Kind::ALL {
        let file = usual(kind);
        for len in 0..file.len() {
            match whole(WavReader::new(Failing(&file, len))) {
                // Nothing after the audio is asked of a pipe.
                Ok(read) => assert_eq!((read.frames, read.anomalies), (7, vec![])),
                Err(error) => match error.kind() {
                    ndaudio::ErrorKind::Io(source) => assert_eq!(source.kind(), ErrorKind::ConnectionReset),
                    _ => panic!("{kind:?}, failing at {len}: {error}"),
                },
            }
            if let Err(error) = whole(ReadOptions::new().seekable(Shrunk(Cursor::new(&file[..len]), file.len() as u64)))
            {
                assert!(!error.to_string().is_empty());
            }
        }
    }
}
