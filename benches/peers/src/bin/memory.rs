//! How much memory ndaudio takes, and how often it asks for some.
//!
//! `memory blocks|windows|f32 FILE` works through the file and prints the most bytes ever held on the heap, and the most
//! pages ever resident. `memory per-item FILE OUT` prints the allocations made by each kind of item after its first.

use std::alloc::{GlobalAlloc, Layout, System};
use std::env;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use ndaudio::levels::{self, Levels};
use ndaudio::ndarray::{Array1, Array2};
use ndaudio::{Encoding, Spec, WavReader, WavWriter, gain};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Counts what passes through to the system's allocator.
struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);
static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);

fn count(more: usize, less: usize) {
    ALLOCATIONS.fetch_add(1, Relaxed);
    let held = HELD.fetch_add(more, Relaxed) + more;
    PEAK.fetch_max(held, Relaxed);
    HELD.fetch_sub(less, Relaxed);
}

// SAFETY: every call goes to `System` unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 0);
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 0);
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size, layout.size());
        unsafe { System.realloc(old, layout, size) }
    }

    unsafe fn dealloc(&self, old: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Relaxed);
        unsafe { System.dealloc(old, layout) }
    }
}

#[global_allocator]
static GLOBAL: Counting = Counting;

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args[..] {
        ["per-item", file, out] => per_item(Path::new(file), Path::new(out)),
        [work, file] => peak(work, Path::new(file)),
        _ => Err("usage: memory blocks|windows|f32 FILE, or memory per-item FILE OUT".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", args.join(" "));
            ExitCode::FAILURE
        }
    }
}

fn peak(work: &str, file: &Path) -> Result<()> {
    let mut reader = WavReader::open(file)?;
    let mut rms = Array1::zeros(reader.spec().channels());
    let mut frames = 0;
    match work {
        "blocks" => {
            let mut blocks = reader.blocks::<i16>(1024);
            while let Some(block) = blocks.next()? {
                levels::rms_into(&block, &mut rms);
                frames += block.nrows();
            }
        }
        "windows" => {
            let mut windows = reader.windows::<i16>(2048, 512);
            while let Some(window) = windows.next()? {
                levels::rms_into(&window, &mut rms);
                frames += 512;
            }
        }
        "f32" => {
            let mut blocks = reader.blocks::<f32>(4096);
            while let Some(block) = blocks.next()? {
                levels::rms_into(&block, &mut rms);
                frames += block.nrows();
            }
        }
        _ => return Err(format!("no work {work:?}").into()),
    }
    let (heap, resident) = (PEAK.load(Relaxed), resident()?);
    println!("{{\"heap\": {heap}, \"resident\": {resident}, \"frames\": {frames}}}");
    Ok(())
}

/// The most bytes of this process that were ever resident.
fn resident() -> Result<usize> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<usize>()? * 1024)
}

fn per_item(file: &Path, out: &Path) -> Result<()> {
    let found = [
        ("`blocks::<i16>`", blocks_i16(file)?),
        ("`blocks::<f32>` from i16", blocks_f32(file)?),
        ("`windows::<i16>`", windows_i16(file)?),
        ("`windows::<f32>` from i16", windows_f32(file)?),
        ("`write` i16 to i16", write_i16(out)?),
        ("`write` f32 to 24-bit", write_f32(out)?),
        ("`write` of a strided array", write_strided(out)?),
        ("every `levels::…_into`, i16", into_i16()?),
        ("every `levels::…_into`, f32", into_f32()?),
        ("`Levels::add`", add()?),
        ("`gain::apply`", apply()?),
    ];
    let lines: Vec<_> = found
        .iter()
        .map(|(name, (items, n))| format!("\"{name}\": {{\"items\": {items}, \"allocations\": {n}}}"))
        .collect();
    println!("{{{}}}", lines.join(", "));
    Ok(())
}

/// Items after the first, and the allocations that they made.
fn after_the_first(mut item: impl FnMut() -> Result<bool>) -> Result<(usize, usize)> {
    item()?;
    let before = ALLOCATIONS.load(Relaxed);
    let mut items = 0;
    while item()? {
        items += 1;
    }
    Ok((items, ALLOCATIONS.load(Relaxed) - before))
}

fn times(n: usize, mut item: impl FnMut() -> Result<()>) -> Result<(usize, usize)> {
    let mut left = n;
    after_the_first(|| {
        item()?;
        left -= 1;
        Ok(left > 0)
    })
}

fn blocks_i16(file: &Path) -> Result<(usize, usize)> {
    let mut reader = WavReader::open(file)?;
    let mut blocks = reader.blocks::<i16>(1024);
    after_the_first(|| Ok(blocks.next()?.is_some()))
}

fn blocks_f32(file: &Path) -> Result<(usize, usize)> {
    let mut reader = WavReader::open(file)?;
    let mut blocks = reader.blocks::<f32>(1024);
    after_the_first(|| Ok(blocks.next()?.is_some()))
}

fn windows_i16(file: &Path) -> Result<(usize, usize)> {
    let mut reader = WavReader::open(file)?;
    let mut windows = reader.windows::<i16>(2048, 512);
    after_the_first(|| Ok(windows.next()?.is_some()))
}

fn windows_f32(file: &Path) -> Result<(usize, usize)> {
    let mut reader = WavReader::open(file)?;
    let mut windows = reader.windows::<f32>(2048, 512);
    after_the_first(|| Ok(windows.next()?.is_some()))
}

fn write_i16(out: &Path) -> Result<(usize, usize)> {
    let mut writer = WavWriter::create(out, &Spec::new(48_000, 2, Encoding::I16))?;
    let block = Array2::<i16>::ones((1024, 2));
    let counted = times(1000, || Ok(writer.write(&block)?))?;
    writer.finalize()?;
    Ok(counted)
}

fn write_f32(out: &Path) -> Result<(usize, usize)> {
    let mut writer = WavWriter::create(out, &Spec::new(48_000, 2, Encoding::I24))?;
    let block = Array2::<f32>::ones((1024, 2));
    let counted = times(1000, || Ok(writer.write(&block)?))?;
    writer.finalize()?;
    Ok(counted)
}

fn write_strided(out: &Path) -> Result<(usize, usize)> {
    let mut writer = WavWriter::create(out, &Spec::new(48_000, 2, Encoding::I16))?;
    let planar = Array2::<i16>::ones((2, 1024));
    let counted = times(1000, || Ok(writer.write(&planar.t())?))?;
    writer.finalize()?;
    Ok(counted)
}

fn into_i16() -> Result<(usize, usize)> {
    let block = Array2::<i16>::ones((1024, 2));
    let mut out = Array1::zeros(2);
    times(1000, || {
        levels::rms_into(&block, &mut out);
        levels::mean_square_into(&block, &mut out);
        levels::mean_into(&block, &mut out);
        levels::peak_into(&block, &mut out);
        levels::crest_factor_into(&block, &mut out);
        Ok(())
    })
}

fn into_f32() -> Result<(usize, usize)> {
    let block = Array2::<f32>::ones((1024, 2));
    let mut out = Array1::zeros(2);
    times(1000, || {
        levels::rms_into(&block, &mut out);
        levels::mean_square_into(&block, &mut out);
        levels::mean_into(&block, &mut out);
        levels::peak_into(&block, &mut out);
        levels::crest_factor_into(&block, &mut out);
        Ok(())
    })
}

fn add() -> Result<(usize, usize)> {
    let block = Array2::<i16>::ones((1024, 2));
    let mut total = Levels::new(2);
    times(1000, || {
        total.add(&block);
        Ok(())
    })
}

fn apply() -> Result<(usize, usize)> {
    let mut block = Array2::<i16>::ones((1024, 2));
    times(1000, || {
        gain::apply(&mut block, 0.75);
        Ok(())
    })
}
