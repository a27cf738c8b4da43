//! Every conversion of the table in the crate's documentation against its definition.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::type_complexity,
    reason = "definitions are written in the widest types and cut down; a cut that loses something fails a comparison"
)]

use super::{Sample, decode, encode};
use crate::spec::{ByteOrder, Encoding};

/// The definition of an integer's level: its value over 2^(bits−1), which f64 holds exactly to 32 bits.
fn level(value: i64, bits: u32) -> f64 {
    value as f64 / 2_f64.powi(bits as i32 - 1)
}

/// The definition of float → integer: × 2^(bits−1), half to even, saturated, NaN as 0.
fn quantized(level: f64, bits: u32) -> i64 {
    if level.is_nan() {
        return 0;
    }
    let full_scale = 2_f64.powi(bits as i32 - 1);
    let scaled = (level * full_scale).clamp(-full_scale, full_scale - 1.0);
    // Half to even, spelled out.
    let (below, fraction) = (scaled.floor(), scaled - scaled.floor());
    let up = fraction > 0.5 || fraction == 0.5 && below.rem_euclid(2.0) == 1.0;
    (below + f64::from(u8::from(up))) as i64
}

/// Samples where mistakes are likely: both ends, ties, neighbours of full scale, NaN.
fn edge_levels() -> Vec<f64> {
    let mut levels =
        vec![0.0, -0.0, f64::NAN, -f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MIN_POSITIVE, 5e-324, -5e-324];
    // A NaN that says something in the bits that an integer would be taken from.
    levels.extend([f64::from_bits(0x7FF8_0000_1234_5678), f64::from(f32::from_bits(0x7FC1_2345))]);
    for value in [1.0_f64, -1.0, 2.0, -2.0, 1e30, -1e30, f64::MAX, f64::MIN, 0.999_999_9, 1e-40] {
        levels.extend([value, value.next_up(), value.next_down()]);
        levels.extend([f64::from((value as f32).next_up()), f64::from((value as f32).next_down())]);
    }
    for bits in [8, 12, 16, 20, 24, 32] {
        let step = level(1, bits);
        for steps in
            [0.5, 1.5, 2.5, 3.5, 0.49, 0.51, 126.5, 127.5, 2046.5, 32_766.5, 32_767.5, 8_388_606.5, 8_388_607.5]
        {
            levels.extend([steps * step, -steps * step, (steps * step).next_up(), (-steps * step).next_down()]);
            levels.extend([1.0 - steps * step, -1.0 + steps * step, -1.0 - steps * step]);
        }
    }
    let mut state = 1_u64;
    for _ in 0..20_000 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        levels.push((state >> 11) as f64 / 2_f64.powi(52) - 1.0);
    }
    levels
}

fn decoded<T: Sample>(encoding: Encoding, bytes: &[u8]) -> Vec<T> {
    let mut out = vec![T::zero(); bytes.len() / encoding.bytes()];
    decode(encoding, ByteOrder::Little, bytes, &mut out);
    let mut reversed = bytes.to_vec();
    reversed.chunks_exact_mut(encoding.bytes()).for_each(<[u8]>::reverse);
    let mut big = vec![T::zero(); out.len()];
    decode(encoding, ByteOrder::Big, &reversed, &mut big);
    assert_eq!(
        bytemuck::cast_slice::<T, u8>(&out),
        bytemuck::cast_slice::<T, u8>(&big),
        "{encoding:?} in either byte order"
    );
    out
}

/// Decodes integers to all types, and compares with the definition.
fn check_integers(encoding: Encoding, bits: u32, values: &[i64], store: impl Fn(i64) -> Vec<u8>) {
    let bytes: Vec<u8> = values.iter().flat_map(|&value| store(value)).collect();
    let expected =
        |value: i64, wanted: u32| if wanted >= bits { value << (wanted - bits) } else { value >> (bits - wanted) };
    for (&value, found) in values.iter().zip(decoded::<i16>(encoding, &bytes)) {
        assert_eq!(i64::from(found), expected(value, 16), "{value} of {encoding:?} as i16");
    }
    for (&value, found) in values.iter().zip(decoded::<i32>(encoding, &bytes)) {
        assert_eq!(i64::from(found), expected(value, 32), "{value} of {encoding:?} as i32");
    }
    for (&value, found) in values.iter().zip(decoded::<f32>(encoding, &bytes)) {
        assert_eq!(found, level(value, bits) as f32, "{value} of {encoding:?} as f32");
        assert!(bits > 24 || f64::from(found) == level(value, bits), "exact to 24 bits");
    }
    for (&value, found) in values.iter().zip(decoded::<f64>(encoding, &bytes)) {
        assert_eq!(found, level(value, bits), "{value} of {encoding:?} as f64");
    }
}

fn range(bits: u32) -> Vec<i64> {
    (-(1_i64 << (bits - 1))..1 << (bits - 1)).collect()
}

fn low_bytes(value: i64, count: usize) -> Vec<u8> {
    value.to_le_bytes()[..count].to_vec()
}

#[test]
fn all_u8_values_decode_by_definition() {
    check_integers(Encoding::U8, 8, &range(8), |value| vec![(value + 128) as u8]);
}

#[test]
fn all_i16_values_decode_by_definition() {
    check_integers(Encoding::I16, 16, &range(16), |value| low_bytes(value, 2));
    check_integers(Encoding::I12In16, 12, &range(12), |value| low_bytes(value << 4, 2));
}

#[test]
fn all_i24_values_decode_by_definition() {
    let all = range(24);
    for values in all.chunks(1 << 20) {
        check_integers(Encoding::I24, 24, values, |value| low_bytes(value, 3));
    }
    check_integers(Encoding::I20In24, 20, &range(20), |value| low_bytes(value << 4, 3));
}

#[test]
fn i24_in_32_decodes_from_either_end_and_i32_by_definition() {
    let sparse: Vec<i64> = range(24).into_iter().step_by(251).chain([-8_388_608, 8_388_607, -1]).collect();
    check_integers(Encoding::I24In32Lsb, 24, &sparse, |value| low_bytes(value, 4));
    check_integers(Encoding::I24In32Msb, 24, &sparse, |value| low_bytes(value << 8, 4));
    let wide: Vec<i64> = (-(1_i64 << 31)..1 << 31).step_by(65_521).chain([2_147_483_647, -1, 0, 1]).collect();
    check_integers(Encoding::I32, 32, &wide, |value| low_bytes(value, 4));
}

#[test]
fn the_lowest_byte_of_i24_at_the_bottom_of_32_is_not_the_sign() {
    // arecord writes the sign into the fourth byte; what is there does not matter.
    let bytes = [0xFF, 0xFF, 0x7F, 0x00, 0x00, 0x00, 0x80, 0xFF, 0x00, 0x00, 0x80, 0x00];
    assert_eq!(decoded::<f64>(Encoding::I24In32Lsb, &bytes), [8_388_607.0 / 8_388_608.0, -1.0, -1.0]);
}

#[test]
fn floats_decode_to_integers_by_definition() {
    let levels = edge_levels();
    let bytes: Vec<u8> = levels.iter().flat_map(|level| level.to_le_bytes()).collect();
    for (&level, found) in levels.iter().zip(decoded::<i16>(Encoding::F64, &bytes)) {
        assert_eq!(i64::from(found), quantized(level, 16), "{level:e}");
    }
    for (&level, found) in levels.iter().zip(decoded::<i32>(Encoding::F64, &bytes)) {
        assert_eq!(i64::from(found), quantized(level, 32), "{level:e}");
    }
    let singles: Vec<f32> = levels.iter().map(|&level| level as f32).collect();
    let bytes: Vec<u8> = singles.iter().flat_map(|level| level.to_le_bytes()).collect();
    for (&level, found) in singles.iter().zip(decoded::<i16>(Encoding::F32, &bytes)) {
        assert_eq!(i64::from(found), quantized(f64::from(level), 16), "{level:e}");
    }
    for (&level, found) in singles.iter().zip(decoded::<i32>(Encoding::F32, &bytes)) {
        assert_eq!(i64::from(found), quantized(f64::from(level), 32), "{level:e}");
    }
}

#[test]
fn the_stored_type_keeps_its_bits() {
    let signalling = f32::from_bits(0x7F80_0001);
    let bytes: Vec<u8> =
        [signalling, -0.0, f32::INFINITY, 1e-45].iter().flat_map(|sample| sample.to_le_bytes()).collect();
    let found = decoded::<f32>(Encoding::F32, &bytes);
    assert_eq!(found.iter().flat_map(|sample| sample.to_le_bytes()).collect::<Vec<_>>(), bytes);
    let mut back = vec![0; bytes.len()];
    encode(Encoding::F32, &found, &mut back);
    assert_eq!(back, bytes);
}

#[test]
fn i16_to_float_and_back_is_the_identity() {
    for sample in i16::MIN..=i16::MAX {
        assert_eq!(sample.convert::<f32>().convert::<i16>(), sample);
        assert_eq!(sample.convert::<f64>().convert::<i16>(), sample);
        assert_eq!(sample.convert::<i32>().convert::<i16>(), sample);
    }
}

fn encoded<T: Sample>(encoding: Encoding, samples: &[T]) -> Vec<i64> {
    let mut bytes = vec![0; samples.len() * encoding.bytes()];
    encode(encoding, samples, &mut bytes);
    let value = |bytes: &[u8]| {
        let sign = if bytes[bytes.len() - 1] & 0x80 == 0 { 0 } else { 0xFF };
        let mut wide = [sign; 8];
        wide[..bytes.len()].copy_from_slice(bytes);
        i64::from_le_bytes(wide)
    };
    bytes.chunks_exact(encoding.bytes()).map(value).collect()
}

/// Bits, and the value in the file of a sample of that many bits.
fn integer_layouts() -> [(Encoding, u32, fn(i64) -> i64); 8] {
    [
        (Encoding::U8, 8, |value| i64::from(((value + 128) as u8).cast_signed())),
        (Encoding::I12In16, 12, |value| value << 4),
        (Encoding::I16, 16, |value| value),
        (Encoding::I20In24, 20, |value| value << 4),
        (Encoding::I24, 24, |value| value),
        (Encoding::I24In32Lsb, 24, |value| value),
        (Encoding::I24In32Msb, 24, |value| value << 8),
        (Encoding::I32, 32, |value| value),
    ]
}

#[test]
fn floats_encode_by_definition() {
    let levels = edge_levels();
    let singles: Vec<f32> = levels.iter().map(|&level| level as f32).collect();
    for (encoding, bits, stored) in integer_layouts() {
        for (&level, found) in levels.iter().zip(encoded(encoding, &levels)) {
            assert_eq!(found, stored(quantized(level, bits)), "{level:e} as {encoding:?}");
        }
        for (&level, found) in singles.iter().zip(encoded(encoding, &singles)) {
            assert_eq!(found, stored(quantized(f64::from(level), bits)), "{level:e} (f32) as {encoding:?}");
        }
    }
}

#[test]
fn integers_encode_by_shifts() {
    let narrow: Vec<i16> = (i16::MIN..=i16::MAX).collect();
    let wide: Vec<i32> = (i32::MIN..=i32::MAX).step_by(65_519).chain([i32::MAX, -1, 0, 1]).collect();
    for (encoding, bits, stored) in integer_layouts() {
        for (&value, found) in narrow.iter().zip(encoded(encoding, &narrow)) {
            let value = i64::from(value);
            let expected = if bits >= 16 { value << (bits - 16) } else { value >> (16 - bits) };
            assert_eq!(found, stored(expected), "{value} as {encoding:?}");
        }
        for (&value, found) in wide.iter().zip(encoded(encoding, &wide)) {
            assert_eq!(found, stored(i64::from(value) >> (32 - bits)), "{value} as {encoding:?}");
        }
    }
}

#[test]
fn integers_encode_as_floats_by_definition() {
    fn floats<T: Sample>(samples: &[T]) -> (Vec<f32>, Vec<f64>) {
        let (mut singles, mut doubles) = (vec![0; samples.len() * 4], vec![0; samples.len() * 8]);
        encode(Encoding::F32, samples, &mut singles);
        encode(Encoding::F64, samples, &mut doubles);
        let single = |bytes: &[u8]| f32::from_le_bytes(bytes.try_into().unwrap());
        let double = |bytes: &[u8]| f64::from_le_bytes(bytes.try_into().unwrap());
        (singles.chunks_exact(4).map(single).collect(), doubles.chunks_exact(8).map(double).collect())
    }
    let narrow: Vec<i16> = (i16::MIN..=i16::MAX).collect();
    let wide: Vec<i32> = (i32::MIN..=i32::MAX).step_by(65_519).chain([i32::MAX, -1, 0, 1]).collect();
    let (singles, doubles) = floats(&narrow);
    for ((&value, single), double) in narrow.iter().zip(singles).zip(doubles) {
        assert_eq!((f64::from(single), double), (level(value.into(), 16), level(value.into(), 16)), "{value}");
    }
    let (singles, doubles) = floats(&wide);
    for ((&value, single), double) in wide.iter().zip(singles).zip(doubles) {
        assert_eq!((single, double), (level(value.into(), 32) as f32, level(value.into(), 32)), "{value}");
    }
}

/// The values of all 256 codes are checked against libsndfile and by the corner values of the standard elsewhere.
#[test]
fn companded_samples_pass_through_16_bits() {
    let bytes: Vec<u8> = (0..=255).collect();
    for encoding in [Encoding::ALaw, Encoding::MuLaw] {
        let linear = decoded::<i16>(encoding, &bytes);
        let expected: Vec<f64> = linear.iter().map(|&sample| f64::from(sample) / 32_768.0).collect();
        assert_eq!(decoded::<f64>(encoding, &bytes), expected);
        let mut back = vec![0; 256];
        encode(encoding, &expected, &mut back);
        assert_eq!(decoded::<i16>(encoding, &back), linear);
    }
}

/// Where the most significant byte comes first, no float is stored as it is, and `f32` is asked for itself.
#[test]
fn floats_on_their_own_scale_are_themselves() {
    for value in [0.1_f32, -1.5, 3e38, f32::INFINITY] {
        assert_eq!((value.to_f32_scale(), f32::from_f32_scale(value)), (value, value));
    }
}
