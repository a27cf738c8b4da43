//! Reading and writing 64 MiB of stereo audio in a file in the page cache, beside what the operating system takes for the
//! bytes alone; bytes per second are those of the file.
//!
//! `cargo bench --bench streams`. Beside other libraries, and on larger files: `benches/peers/`.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::LazyLock;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use ndaudio::ndarray::{Array1, Array2};
use ndaudio::{Encoding, Sample, Spec, WavReader, WavWriter, levels};
use tempfile::TempDir;

const BYTES: usize = 64 << 20;
const I16: &str = "i16.wav";
const I24: &str = "i24.wav";

/// The files, in `$TMPDIR`; as statics are not dropped, `main` removes them.
static FOLDER: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    for (name, encoding) in [(I16, Encoding::I16), (I24, Encoding::I24)] {
        let spec = Spec::new(48_000, 2, encoding);
        let samples = noise::<i32>(BYTES / spec.frame_bytes());
        ndaudio::write(folder.path().join(name), &samples, &spec).expect("room for the files");
    }
    folder
});

fn main() {
    let folder = FOLDER.path();
    divan::main();
    std::fs::remove_dir_all(folder).expect("the folder is ours");
}

fn noise<T: Sample>(frames: usize) -> Array2<T> {
    let mut state = 1_u32;
    Array2::from_shape_simple_fn((frames, 2), || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state.cast_signed() / 2).convert::<T>()
    })
}

fn open(name: &str) -> WavReader<File> {
    WavReader::open(FOLDER.path().join(name)).expect("as written")
}

fn bytes(bencher: Bencher, work: impl Fn() + Sync) {
    bencher.counter(BytesCount::new(BYTES)).bench(work);
}

/// `read(2)` into one buffer.
#[divan::bench]
fn bare_read(bencher: Bencher) {
    let path = FOLDER.path().join(I16);
    bytes(bencher, || {
        let mut file = File::open(&path).expect("as written");
        let mut buffer = vec![0; 256 * 1024];
        while file.read(&mut buffer).expect("in the page cache") > 0 {
            black_box(&mut buffer);
        }
    });
}

fn lend_blocks<T: Sample>(bencher: Bencher, name: &str, len: usize) {
    bytes(bencher, || {
        let mut reader = open(name);
        let mut blocks = reader.blocks::<T>(len);
        while let Some(block) = blocks.next().expect("as written") {
            black_box(block);
        }
    });
}

#[divan::bench(args = [16, 1024, 65_536])]
fn blocks_i16(bencher: Bencher, len: usize) {
    lend_blocks::<i16>(bencher, I16, len);
}

#[divan::bench(args = [16, 1024, 65_536])]
fn blocks_f32_from_i16(bencher: Bencher, len: usize) {
    lend_blocks::<f32>(bencher, I16, len);
}

#[divan::bench(args = [16, 4096, 65_536])]
fn blocks_f32_from_i24(bencher: Bencher, len: usize) {
    lend_blocks::<f32>(bencher, I24, len);
}

#[divan::bench(args = [1024, 65_536])]
fn blocks_i16_and_rms(bencher: Bencher, len: usize) {
    bytes(bencher, || {
        let mut reader = open(I16);
        let mut rms = Array1::zeros(2);
        let mut blocks = reader.blocks::<i16>(len);
        while let Some(block) = blocks.next().expect("as written") {
            levels::rms_into(&block, &mut rms);
            black_box(&rms);
        }
    });
}

/// Lengths and hops: none, half, three quarters of overlap, and gaps.
#[divan::bench(args = [(2048, 2048), (2048, 1024), (2048, 512), (2048, 4096)])]
fn windows_i16(bencher: Bencher, (len, hop): (usize, usize)) {
    bytes(bencher, || {
        let mut reader = open(I16);
        let mut windows = reader.windows::<i16>(len, hop);
        while let Some(window) = windows.next().expect("as written") {
            black_box(window);
        }
    });
}

#[divan::bench]
fn windows_i16_and_rms(bencher: Bencher) {
    bytes(bencher, || {
        let mut reader = open(I16);
        let mut rms = Array1::zeros(2);
        let mut windows = reader.windows::<i16>(2048, 512);
        while let Some(window) = windows.next().expect("as written") {
            levels::rms_into(&window, &mut rms);
            black_box(&rms);
        }
    });
}

#[divan::bench]
fn std_fs_read(bencher: Bencher) {
    let path = FOLDER.path().join(I16);
    bencher.counter(BytesCount::new(BYTES)).bench(|| std::fs::read(&path).expect("as written"));
}

#[divan::bench]
fn read_all_i16(bencher: Bencher) {
    bencher.counter(BytesCount::new(BYTES)).bench(|| open(I16).read_all::<i16>().expect("as written"));
}

#[divan::bench]
fn read_all_f32_from_i24(bencher: Bencher) {
    bencher.counter(BytesCount::new(BYTES)).bench(|| open(I24).read_all::<f32>().expect("as written"));
}

/// Blocks of 4096 frames to nowhere: what the writer itself takes.
fn write_to_nowhere<T: Sample>(bencher: Bencher, encoding: Encoding) {
    let (spec, block) = (Spec::new(48_000, 2, encoding), noise::<T>(4096));
    let blocks = BYTES / spec.frame_bytes() / block.nrows();
    bytes(bencher, || {
        let mut writer = WavWriter::stream(io::sink(), &spec).expect("a sink takes anything");
        (0..blocks).for_each(|_| writer.write(black_box(&block)).expect("a sink takes anything"));
        writer.finalize().expect("a sink takes anything");
    });
}

#[divan::bench]
fn write_i16(bencher: Bencher) {
    write_to_nowhere::<i16>(bencher, Encoding::I16);
}

#[divan::bench]
fn write_f32_as_i16(bencher: Bencher) {
    write_to_nowhere::<f32>(bencher, Encoding::I16);
}

#[divan::bench]
fn write_f32_as_i24(bencher: Bencher) {
    write_to_nowhere::<f32>(bencher, Encoding::I24);
}

fn write_file(path: &Path, block: &Array2<i16>) {
    let spec = Spec::new(48_000, 2, Encoding::I16);
    let mut writer = WavWriter::create(path, &spec).expect("the folder is ours");
    (0..BYTES / 4 / block.nrows()).for_each(|_| writer.write(block).expect("room for the file"));
    writer.finalize().expect("room for the file");
}

#[divan::bench]
fn write_i16_to_a_file(bencher: Bencher) {
    let (path, block) = (FOLDER.path().join("out.wav"), noise::<i16>(4096));
    bytes(bencher, || write_file(&path, &block));
}

/// The same bytes with `write(2)`, 16 KiB at a time as above.
#[divan::bench]
fn bare_write_to_a_file(bencher: Bencher) {
    let (path, block) = (FOLDER.path().join("bare.bin"), vec![1_u8; 4096 * 4]);
    bytes(bencher, || {
        let mut file = File::create(&path).expect("the folder is ours");
        (0..BYTES / block.len()).for_each(|_| io::Write::write_all(&mut file, &block).expect("room for the file"));
    });
}
