//! Every operation gives the bits that it gave when it was written plainly, whatever its loops have become since.
//!
//! `recorded.txt` holds a hash of the results of each operation, type and number of channels. It was recorded at commit fce4b6f, before
//! most operations had kernels of their own, by `SAME_BITS_RECORD=tests/same_bits/recorded.txt cargo test --release --test same_bits`.
//! `tests/peers/instruction_sets.sh` runs this as on processors without AVX, and with AVX2 at most.

#![allow(clippy::unwrap_used, clippy::cast_possible_truncation, reason = "a test that fails there has found something")]

mod operations;
mod signals;

use std::fmt::Write as _;

use ndaudio::Sample;

/// A hash of the bits of results; every NaN counts as the same one, because IEEE 754 leaves its payload open.
///
/// After FNV-1a, but a word at a time: each step is one to one, so that two results that differ in one word never hash alike.
struct Hash(u64);

impl Hash {
    fn new() -> Self {
        Hash(0xCBF2_9CE4_8422_2325)
    }

    fn u64(&mut self, value: u64) {
        self.0 = (self.0 ^ value).wrapping_mul(0x0000_0100_0000_01B3).rotate_left(29);
    }

    fn f64(&mut self, value: f64) {
        self.u64(if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() });
    }

    fn sample<T: Sample>(&mut self, sample: T) {
        if sample.partial_cmp(&sample).is_none() {
            return self.f64(f64::NAN);
        }
        let mut word = [0; 8];
        word[..size_of::<T>()].copy_from_slice(bytemuck::bytes_of(&sample));
        self.u64(u64::from_le_bytes(word));
    }
}

/// Results by the name of what gave them.
#[derive(Default)]
struct Results(Vec<(String, u64)>);

impl Results {
    /// Adds the hash of what `write` writes.
    fn add(&mut self, name: String, write: impl FnOnce(&mut Hash)) {
        let mut hash = Hash::new();
        write(&mut hash);
        self.0.push((name, hash.0));
    }
}

#[test]
fn every_operation_gives_the_recorded_bits() {
    let mut results = Results::default();
    operations::all(&mut results);
    let mut found = String::new();
    for (name, hash) in &results.0 {
        writeln!(found, "{hash:016x} {name}").unwrap();
    }
    if let Some(path) = std::env::var_os("SAME_BITS_RECORD") {
        std::fs::write(path, &found).unwrap();
        return;
    }
    let recorded = include_str!("recorded.txt");
    let other: Vec<&str> = found.lines().filter(|line| !recorded.lines().any(|known| known == *line)).collect();
    assert!(other.is_empty(), "{} of {} results differ:\n{}", other.len(), results.0.len(), other.join("\n"));
    assert_eq!(recorded.lines().count(), results.0.len(), "a recorded result is no longer computed");
}
