//! The A-law and µ-law byte of every 16-bit sample, by the decision values of ITU-T G.711.

#![allow(clippy::unwrap_used, reason = "a test that unwraps says what it expects")]

use ndaudio::{Encoding, Spec, WavReader, WavWriter};

/// FNV-1a of 64 bits.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xCBF2_9CE4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3))
}

/// The bytes of all samples from −32768 up.
fn compressed(encoding: Encoding) -> Vec<u8> {
    let samples: Vec<i16> = (i16::MIN..=i16::MAX).collect();
    let mut writer = WavWriter::stream(Vec::new(), &Spec::new(8_000, 1, encoding)).unwrap();
    writer.write_interleaved(&samples).unwrap();
    let bytes = writer.finalize().unwrap();
    bytes[bytes.len() - samples.len()..].to_vec()
}

/// Decision values in 16 bits: so many steps of each width, from a first value on. Tables 1a and 2a have those of 13 and 14 bits.
fn decision_values(first: i32, steps: &[(usize, i32)]) -> Vec<i32> {
    let mut values = vec![first];
    for &(count, step) in steps {
        for _ in 0..count {
            values.push(values.last().unwrap() + step);
        }
    }
    values
}

/// The number of the interval that a sample lies in: one that lies on a decision value belongs above it on the number line.
fn interval(decisions: &[i32], sample: i32) -> (bool, usize) {
    if sample >= 0 {
        (true, decisions.iter().filter(|&&value| value <= sample).count())
    } else {
        (false, decisions.iter().filter(|&&value| -value > sample).count())
    }
}

#[test]
fn every_sample_gets_the_a_law_byte_of_its_interval() {
    // 2, 4 … 64, 68 … 128, 136 … 3968, in twelve bits and a sign: × 8.
    let steps = [(31, 16), (16, 32), (16, 64), (16, 128), (16, 256), (16, 512), (15, 1024)];
    let decisions = decision_values(16, &steps[..]);
    let bytes = compressed(Encoding::ALaw);
    for (sample, &byte) in (-32_768..).zip(&bytes) {
        let (positive, number) = interval(&decisions, sample);
        let code = u8::try_from(number.min(127)).unwrap() | if positive { 0x80 } else { 0 };
        assert_eq!(byte, code ^ 0x55, "{sample}");
    }
    // tests/peers/g711.py: G.191's and CPython's.
    assert_eq!(fnv(&bytes), 0xF030_666E_B780_CF25);
}

#[test]
fn every_sample_gets_the_mu_law_byte_of_its_interval() {
    // 1, 3 … 31, 35 … 95, 103 … 7903, in thirteen bits and a sign: × 4.
    let steps = [(15, 8), (16, 16), (16, 32), (16, 64), (16, 128), (16, 256), (16, 512), (15, 1024)];
    let decisions = decision_values(4, &steps[..]);
    let bytes = compressed(Encoding::MuLaw);
    for (sample, &byte) in (-32_768..).zip(&bytes) {
        let (positive, number) = interval(&decisions, sample);
        let code = 0x7F - u8::try_from(number.min(127)).unwrap();
        assert_eq!(byte, code | if positive { 0x80 } else { 0 }, "{sample}");
    }
    // tests/peers/g711.py: G.191's.
    assert_eq!(fnv(&bytes), 0x04EC_1F08_3FD7_8C2D);
}

#[test]
fn all_bytes_survive_reading_and_writing() {
    for encoding in [Encoding::ALaw, Encoding::MuLaw] {
        let all: Vec<u8> = (0..=255).collect();
        let mut file = WavWriter::stream(Vec::new(), &Spec::new(8_000, 1, encoding)).unwrap().finalize().unwrap();
        file.extend(&all);
        let samples = WavReader::new(&file[..]).unwrap().read_all::<i16>().unwrap();
        let mut writer = WavWriter::stream(Vec::new(), &Spec::new(8_000, 1, encoding)).unwrap();
        writer.write(&samples).unwrap();
        let bytes = writer.finalize().unwrap();
        // Of the two zeros of µ-law the positive one is written.
        let expected = all.iter().map(|&byte| if encoding == Encoding::MuLaw && byte == 0x7F { 0xFF } else { byte });
        assert_eq!(bytes[bytes.len() - 256..], expected.collect::<Vec<_>>());
    }
}
