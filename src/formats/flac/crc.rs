//! The two checksums of a frame.
//!
//! Source: RFC 9639, sections 9.1.8 and 9.3: CRC-8 of polynomial x⁸ + x² + x + 1 over the header, CRC-16 of x¹⁶ + x¹⁵ + x² + 1 over
//! the frame, both starting at 0, the most significant bit first.

const CRC8: [u8; 256] = crc8_table();
/// `CRC16[n][byte]`: what a byte contributes that `n` more bytes follow, so that eight are looked up at a time.
const CRC16: [[u16; 256]; 8] = crc16_tables();

#[expect(clippy::cast_possible_truncation, reason = "the index of a table of 256")]
const fn crc8_table() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = byte as u8;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 0x80 == 0 { crc << 1 } else { (crc << 1) ^ 0x07 };
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
}

#[expect(clippy::cast_possible_truncation, reason = "the index of a table of 256")]
const fn crc16_tables() -> [[u16; 256]; 8] {
    let mut tables = [[0; 256]; 8];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = (byte as u16) << 8;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x8005 };
            bit += 1;
        }
        tables[0][byte] = crc;
        byte += 1;
    }
    let mut n = 1;
    while n < 8 {
        let mut byte = 0;
        while byte < 256 {
            let crc = tables[n - 1][byte];
            tables[n][byte] = (crc << 8) ^ tables[0][(crc >> 8) as usize];
            byte += 1;
        }
        n += 1;
    }
    tables
}

/// The checksum of a frame's header.
pub(super) fn crc8(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |crc, &byte| CRC8[usize::from(crc ^ byte)])
}

/// The checksum of a frame.
pub(super) fn crc16(bytes: &[u8]) -> u16 {
    let (eights, rest) = bytes.as_chunks::<8>();
    let crc = eights.iter().fold(0_u16, |crc, &[a, b, c, d, e, f, g, h]| {
        let [high, low] = crc.to_be_bytes();
        CRC16[7][usize::from(a ^ high)]
            ^ CRC16[6][usize::from(b ^ low)]
            ^ CRC16[5][usize::from(c)]
            ^ CRC16[4][usize::from(d)]
            ^ CRC16[3][usize::from(e)]
            ^ CRC16[2][usize::from(f)]
            ^ CRC16[1][usize::from(g)]
            ^ CRC16[0][usize::from(h)]
    });
    rest.iter().fold(crc, |crc, &byte| (crc << 8) ^ CRC16[0][usize::from((crc >> 8).to_be_bytes()[1] ^ byte)])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The check values of CRC-8/SMBUS and CRC-16/UMTS in the catalogue of parametrised CRC algorithms
    /// (<https://reveng.sourceforge.io/crc-catalogue/>): what "123456789" gives.
    #[test]
    fn both_give_the_check_values_of_the_catalogue() {
        assert_eq!(crc8(b"123456789"), 0xF4);
        assert_eq!(crc16(b"123456789"), 0xFEE8);
    }

    #[test]
    fn eight_at_a_time_is_as_one_at_a_time() {
        let bytes: Vec<u8> = (0..100_u8).map(|n| n.wrapping_mul(151)).collect();
        for len in 0..bytes.len() {
            let one_by_one = bytes[..len].iter().fold(0_u16, |crc, &byte| {
                (0..8).fold(crc ^ (u16::from(byte) << 8), |crc, _| {
                    if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x8005 }
                })
            });
            assert_eq!(crc16(&bytes[..len]), one_by_one, "{len} bytes");
        }
    }
}
