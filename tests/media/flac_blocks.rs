//! Blocks of FLAC, made by hand.

/// A checksum as FLAC has them, of so many bits: RFC 9639, sections 9.1.8 and 9.3.
pub(crate) fn crc(bytes: &[u8], bits: u32, polynomial: u32) -> u32 {
    let top = 1 << (bits - 1);
    bytes.iter().fold(0, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte) << (bits - 8), |crc: u32, _| {
            (if crc & top == 0 { crc << 1 } else { crc << 1 ^ polynomial }) & (2 * top - 1)
        })
    })
}

/// A number in the way of UTF-8.
pub(crate) fn coded(number: u64) -> Vec<u8> {
    if number < 0x80 {
        return vec![number as u8];
    }
    let more = (1..6).find(|more| number < 1 << (5 * more + 6)).unwrap_or(6);
    let first = 0xFF_u8 << (6 - more) << 1 | (number >> (6 * more)) as u8;
    let rest = (0..more).rev().map(|index| 0x80 | (number >> (6 * index)) as u8 & 0x3F);
    std::iter::once(first).chain(rest).collect()
}

/// The smallest block of 16 bits, 11 bytes for one channel: of as many zeros as `sizes` says.
pub(crate) fn smallest_block(channels: u8, sizes: u8, number: u64) -> Vec<u8> {
    let mut block = [&[0xFF, 0xF8, sizes, (channels - 1) << 4 | 8][..], &coded(number)].concat();
    block.push(crc(&block, 8, 0x07) as u8);
    // In each channel 8 bits for a prediction of 0, and 15 for a residual whose numbers have no bits.
    let bits = "00010000".to_owned() + "00" + "0000" + "1111" + "00000";
    let mut bits = bits.repeat(channels.into());
    bits.extend(std::iter::repeat_n('0', bits.len().wrapping_neg() % 8));
    block.extend((0..bits.len() / 8).map(|byte| u8::from_str_radix(&bits[8 * byte..8 * byte + 8], 2).unwrap()));
    let checksum = crc(&block, 16, 0x8005) as u16;
    block.extend(checksum.to_be_bytes());
    block
}

/// A file of such blocks, of these numbers.
pub(crate) fn smallest_blocks(rate: u64, channels: u8, total: u64, sizes: u8, numbers: &[u64]) -> Vec<u8> {
    let mut file = b"fLaC\x80\0\0\x22".to_vec();
    let block = (1_u16 << (sizes >> 4)).to_be_bytes();
    file.extend([block, block].concat());
    file.extend([0; 6]);
    file.extend((rate << 44 | u64::from(channels - 1) << 41 | 15 << 36 | total).to_be_bytes());
    file.extend([0; 16]);
    numbers.iter().for_each(|&number| file.extend(smallest_block(channels, sizes, number)));
    file
}

/// A block of 256 frames of 16 bits in one channel: each is `value`, or, in full, a count from it.
pub(crate) fn plain_block(number: u64, in_full: bool, value: i16) -> Vec<u8> {
    let mut block = [&[0xFF, 0xF8, 0x80, 8][..], &coded(number)].concat();
    block.push(crc(&block, 8, 0x07) as u8);
    block.push(if in_full { 2 } else { 0 });
    let samples = (0..if in_full { 256 } else { 1 }).map(|index| value.wrapping_add(index).to_be_bytes());
    block.extend(samples.flatten());
    let checksum = crc(&block, 16, 0x8005) as u16;
    block.extend(checksum.to_be_bytes());
    block
}
