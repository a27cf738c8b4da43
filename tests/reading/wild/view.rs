//! A view's samples: as its types, which must exist exactly where the file stores them, and worked out from its bytes.

use ndarray::Array2;
use ndaudio::{Container, Encoding, ErrorKind, Result, Sample, WavView};

pub(crate) fn samples(view: &WavView<'_>) -> Result<Array2<f64>> {
    let bytes = view.data();
    let (spec, big_endian) = (view.spec(), view.container() == Container::Rifx);
    let step = spec.encoding().bytes();
    let frames = usize::try_from(view.frames()).unwrap_or_else(|error| panic!("{error}"));
    let count = frames * spec.channels();
    let values = bytes.chunks_exact(step).take(count).map(|bytes| value(spec.encoding(), big_endian, bytes)).collect();
    let expected = Array2::from_shape_vec((frames, spec.channels()), values)
        .unwrap_or_else(|error| panic!("data() has fewer samples than frames() says: {error}"));
    let native = cfg!(target_endian = "big") == big_endian || step == 1;
    let stores = |encodings: &[Encoding]| native && encodings.contains(&spec.encoding());
    check(view, &expected, stores(&[Encoding::I16, Encoding::I12In16]), |sample: i16| f64::from(sample) / 32_768.0)?;
    check(view, &expected, stores(&[Encoding::I32, Encoding::I24In32Msb]), |sample: i32| {
        f64::from(sample) / 2_147_483_648.0
    })?;
    check(view, &expected, stores(&[Encoding::F32]), |sample: f32| f64::from(sample))?;
    check(view, &expected, stores(&[Encoding::F64]), |sample: f64| sample)?;
    Ok(expected)
}

fn check<T: Sample>(view: &WavView<'_>, expected: &Array2<f64>, stored: bool, value: impl Fn(T) -> f64) -> Result<()> {
    let aligned = view.data().as_ptr().addr().is_multiple_of(align_of::<T>());
    match view.samples::<T>() {
        Ok(samples) => {
            assert!(stored && aligned, "a view as {} of what is not stored so", T::TYPE);
            assert_eq!(samples.dim(), expected.dim());
            for (&sample, expected) in samples.iter().zip(expected) {
                assert_eq!(value(sample).to_bits(), expected.to_bits());
            }
        }
        Err(error) => match error.kind() {
            ErrorKind::WrongEncoding { .. } => assert!(!stored, "no view as {} of what is stored so", T::TYPE),
            // Nothing can be misaligned where there is nothing.
            ErrorKind::Misaligned { .. } => assert!(stored && (!aligned || expected.is_empty()), "not misaligned"),
            _ => return Err(error),
        },
    }
    Ok(())
}

/// One sample by the definition of its encoding, full scale 1.0.
fn value(encoding: Encoding, big_endian: bool, bytes: &[u8]) -> f64 {
    let mut code = [0; 8];
    code[..bytes.len()].copy_from_slice(bytes);
    if big_endian {
        code[..bytes.len()].reverse();
    }
    // Two's complement of the whole container.
    let shift = 64 - 8 * bytes.len();
    let integer = ((u64::from_le_bytes(code) << shift).cast_signed() >> shift) as f64;
    match encoding {
        Encoding::U8 => (f64::from(code[0]) - 128.0) / 128.0,
        Encoding::I12In16 | Encoding::I16 => integer / 32_768.0,
        Encoding::I20In24 | Encoding::I24 => integer / 8_388_608.0,
        // Whatever stands above the 24 bits is not the sample's.
        Encoding::I24In32Lsb => {
            f64::from((u32::from_le_bytes([code[0], code[1], code[2], 0]) << 8).cast_signed()) / 2_147_483_648.0
        }
        Encoding::I24In32Msb | Encoding::I32 => integer / 2_147_483_648.0,
        Encoding::F32 => f64::from(f32::from_le_bytes([code[0], code[1], code[2], code[3]])),
        Encoding::F64 => f64::from_le_bytes(code),
        Encoding::ALaw => a_law(code[0]) / 32_768.0,
        Encoding::MuLaw => mu_law(code[0]) / 32_768.0,
        _ => panic!("an encoding that these tests do not know: {encoding:?}"),
    }
}

/// ITU-T G.711 table 1: 16 equal steps in each of 8 segments, each but the first two twice as wide as the one before; outputs
/// halfway. In 16 bits: ×8.
fn a_law(byte: u8) -> f64 {
    let code = byte ^ 0x55;
    let (segment, step) = (i32::from((code >> 4) & 7), f64::from(code & 15) + 0.5);
    let magnitude = if segment == 0 { step * 16.0 } else { (step + 16.0) * 16.0 * 2_f64.powi(segment - 1) };
    if code & 0x80 == 0 { -magnitude } else { magnitude }
}

/// ITU-T G.711 table 2: steps twice as wide from segment to segment, shifted by 33 so that zero is an output. In 16 bits: ×4.
fn mu_law(byte: u8) -> f64 {
    let code = !byte;
    let (segment, step) = (i32::from((code >> 4) & 7), f64::from(code & 15));
    let magnitude = ((2.0 * step + 33.0) * 2_f64.powi(segment) - 33.0) * 4.0;
    // Both zeros are read as 0, as an integer is.
    if code & 0x80 != 0 && magnitude > 0.0 { -magnitude } else { magnitude }
}
