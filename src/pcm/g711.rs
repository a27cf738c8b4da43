//! A-law and µ-law, to and from 16-bit samples.
//!
//! Source: ITU-T G.711 (11/88), tables 1 and 2; its 13- and 14-bit values stand at the top of 16 bits, as in the reference
//! programs of ITU-T G.191 (G711 module), whose rule for the decision values is followed, and in libsndfile.

/// The 16-bit sample of an A-law byte: sign, three bits of segment, four of mantissa; every other bit inverted, and a set sign
/// bit means positive.
///
/// Arithmetic without branches, which vectorizes where a look-up in a table does not.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "at most 15 bits and a sign")]
pub(crate) fn expand_a_law(byte: u8) -> i16 {
    let code = i32::from(byte ^ 0x55);
    let (segment, mantissa) = ((code >> 4) & 7, code & 15);
    // Segment 0 has the step of segment 1 and no leading one.
    let leading = if segment == 0 { 0 } else { 0x100 };
    let magnitude = ((mantissa << 4) + 8 + leading) << (segment - 1).max(0);
    (if code & 0x80 != 0 { magnitude } else { -magnitude }) as i16
}

/// The 16-bit sample of a µ-law byte: sign, three bits of segment, four of mantissa; all bits inverted, with a bias of 33 (132 in 16
/// bits) in the magnitude.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "at most 15 bits and a sign")]
pub(crate) fn expand_mu_law(byte: u8) -> i16 {
    let code = i32::from(!byte);
    let (segment, mantissa) = ((code >> 4) & 7, code & 15);
    let magnitude = (((mantissa << 3) + 0x84) << segment) - 0x84;
    (if code & 0x80 != 0 { -magnitude } else { magnitude }) as i16
}

/// The A-law byte of a 16-bit sample, of which the lower 4 bits (3 beside the sign) are below the decision values.
#[inline]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "7 bits of magnitude")]
pub(crate) fn compress_a_law(sample: i16) -> u8 {
    let magnitude = (if sample < 0 { !sample } else { sample } as u16) >> 4;
    let code = if magnitude < 16 {
        magnitude as u8
    } else {
        let segment = 12 - magnitude.leading_zeros();
        ((segment as u8) << 4) + ((magnitude >> (segment - 1)) & 15) as u8
    };
    (if sample < 0 { code } else { code | 0x80 }) ^ 0x55
}

/// The µ-law byte of a 16-bit sample, of which the lower 2 bits are below the decision values.
#[inline]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "7 bits of magnitude")]
pub(crate) fn compress_mu_law(sample: i16) -> u8 {
    let biased = (((if sample < 0 { !sample } else { sample } as u16) >> 2) + 33).min(0x1FFF);
    let segment = 10 - biased.leading_zeros();
    let code = ((segment as u8) << 4) + ((biased >> (segment + 1)) & 15) as u8;
    !(if sample < 0 { code | 0x80 } else { code })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_corner_values_are_the_recommendations() {
        // G.711 table 1a: decoder output 24..31 of 4096 for the ends; ×8 (13 bits in 16). Table 2a: 8031 ×4.
        assert_eq!([0xD5, 0x55, 0xAA, 0x2A].map(expand_a_law), [8, -8, 32_256, -32_256]);
        assert_eq!([0xFF, 0x7F, 0x80, 0x00].map(expand_mu_law), [0, 0, 32_124, -32_124]);
    }

    #[test]
    fn compressing_what_was_expanded_gives_the_same_byte() {
        for byte in 0..=u8::MAX {
            assert_eq!(compress_a_law(expand_a_law(byte)), byte);
            // µ-law has two codes for zero; the positive one is written.
            let expected = if byte == 0x7F { 0xFF } else { byte };
            assert_eq!(compress_mu_law(expand_mu_law(byte)), expected);
        }
    }

    /// The standards' decision values are not the midpoints where a segment ends, so the nearest code is not always right;
    /// no sample is further away than half the wider of the steps to the neighbouring codes, and the order is kept.
    #[test]
    fn every_sample_takes_a_code_beside_it() {
        for (expand, compress) in
            [(expand_a_law as fn(u8) -> i16, compress_a_law as fn(i16) -> u8), (expand_mu_law, compress_mu_law)]
        {
            let mut values: Vec<i32> = (0..=u8::MAX).map(|byte| i32::from(expand(byte))).collect();
            values.sort_unstable();
            let mut before = i32::from(i16::MIN);
            for sample in i16::MIN..=i16::MAX {
                let value = i32::from(expand(compress(sample)));
                assert!(value >= before || sample == i16::MIN, "{sample} falls back to {value}");
                before = value;
                let rank = values.partition_point(|&other| other < value);
                let below = value - values[rank.saturating_sub(1)];
                let above = values[(rank + 1).min(255)] - value;
                // The lowest bits do not take part: 4 of them with A-law, 2 with µ-law. Beyond the ends everything saturates.
                let furthest = below.max(above) / 2 + 16;
                let beyond = i32::from(sample).abs() > values[255];
                assert!(beyond || (value - i32::from(sample)).abs() <= furthest, "{sample} became {value}");
            }
        }
    }
}
