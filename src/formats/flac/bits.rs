//! Bits of a frame, the most significant first.

/// The bytes end inside a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Overrun;

/// Reads numbers of any width from bytes.
///
/// The next bits stand at the top of `cache`, `left` of them valid; whatever is below them is zero.
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    /// The next byte that is not in the cache.
    at: usize,
    cache: u64,
    left: u32,
}

impl<'a> Bits<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Bits { bytes, at: 0, cache: 0, left: 0 }
    }

    /// Fills the cache to at least 56 bits, or with all there are.
    #[inline(always)]
    fn refill(&mut self) {
        if let Some(next) = self.bytes.get(self.at..).and_then(|rest| rest.first_chunk::<8>()) {
            // Whole bytes only, and a byte that does not fit is taken again by the next refill: then its upper bits are set already, to
            // the same values.
            self.cache |= u64::from_be_bytes(*next) >> self.left;
            let bytes = (63 - self.left) >> 3;
            self.at += bytes as usize;
            self.left += bytes * 8;
            // The bits of the byte that did not fit.
            self.cache &= u64::MAX << (64 - self.left);
        } else {
            while self.left <= 56 && self.at < self.bytes.len() {
                self.cache |= u64::from(self.bytes[self.at]) << (56 - self.left);
                self.at += 1;
                self.left += 8;
            }
        }
    }

    /// The next `width` bits as a number, at most 56.
    #[inline(always)]
    pub(super) fn unsigned(&mut self, width: u32) -> Result<u64, Overrun> {
        if self.left < width {
            self.refill();
            if self.left < width {
                return Err(Overrun);
            }
        }
        // In two steps, for a width of 0.
        let value = self.cache >> 1 >> (63 - width);
        self.cache <<= width;
        self.left -= width;
        Ok(value)
    }

    /// The next `width` bits as a number in two's complement, 1 to 56.
    #[inline(always)]
    pub(super) fn signed(&mut self, width: u32) -> Result<i64, Overrun> {
        let value = self.unsigned(width)?;
        let unused = 64 - width;
        Ok((value << unused).cast_signed() >> unused)
    }

    /// Zeros up to the next one, which is passed over; at most `max` of them are allowed for.
    #[inline(always)]
    pub(super) fn zeros(&mut self, max: u64) -> Result<Option<u64>, Overrun> {
        let mut zeros = 0_u64;
        loop {
            if self.cache != 0 {
                let more = self.cache.leading_zeros();
                self.cache = self.cache << more << 1;
                self.left -= more + 1;
                zeros += u64::from(more);
                return Ok((zeros <= max).then_some(zeros));
            }
            zeros += u64::from(self.left);
            self.left = 0;
            if zeros > max {
                return Ok(None);
            }
            self.refill();
            if self.left == 0 {
                return Err(Overrun);
            }
        }
    }

    /// A Rice code: zeros, a one, `width` bits; `None` for a number of more than 32 bits.
    #[inline(always)]
    pub(super) fn rice(&mut self, width: u32) -> Result<Option<u32>, Overrun> {
        if self.left < 48 {
            self.refill();
        }
        let zeros = self.cache.leading_zeros();
        let taken = zeros + 1 + width;
        if taken <= self.left {
            // All in the cache, as nearly every code is.
            let rest = self.cache << zeros << 1;
            let low = rest >> 1 >> (63 - width);
            self.cache = rest << width;
            self.left -= taken;
            return Ok(u32::try_from((u64::from(zeros) << width) | low).ok());
        }
        let Some(high) = self.zeros(u64::from(u32::MAX) >> width)? else { return Ok(None) };
        let low = self.unsigned(width)?;
        Ok(u32::try_from((high << width) | low).ok())
    }

    /// Rice codes of one width, each made a sample by `unfold`; `None` as [`rice`](Self::rice).
    ///
    /// The same as `rice` for each of them. Two codes at a time come from a cache that is refilled whether it has to be or not: as nearly
    /// all codes fit, no branch depends on the data.
    #[inline(always)]
    pub(super) fn rice_run<W>(
        &mut self,
        width: u32,
        out: &mut [W],
        unfold: impl Fn(u32) -> W,
    ) -> Result<Option<()>, Overrun> {
        let (pairs, rest) = out.as_chunks_mut::<2>();
        for pair in pairs {
            if let Some(next) = self.bytes.get(self.at..).and_then(|rest| rest.first_chunk::<8>()) {
                // As in `refill`. The bits below those that are valid are set already, to what they will be.
                let cache = self.cache | u64::from_be_bytes(*next) >> self.left;
                let at = self.at + ((63 - self.left) >> 3) as usize;
                let left = self.left | 56;
                let zeros = cache.leading_zeros();
                let first = zeros + 1 + width;
                if first < left {
                    let after = cache << first;
                    let more = after.leading_zeros();
                    let both = first + more + 1 + width;
                    if both < left {
                        let (a, b) = (cache << (zeros + 1), after << (more + 1));
                        *pair = [unfold(joined(zeros, a, width)), unfold(joined(more, b, width))];
                        (self.cache, self.at, self.left) = (cache << both, at, left - both);
                        continue;
                    }
                }
            }
            self.cache &= (u64::MAX << 1) << (63 - self.left);
            for sample in pair {
                let Some(folded) = self.rice(width)? else { return Ok(None) };
                *sample = unfold(folded);
            }
        }
        self.cache &= (u64::MAX << 1) << (63 - self.left);
        for sample in rest {
            let Some(folded) = self.rice(width)? else { return Ok(None) };
            *sample = unfold(folded);
        }
        Ok(Some(()))
    }

    /// The first byte after the bits read; the bits up to it are padding.
    pub(super) fn end(&self) -> usize {
        self.at - (self.left / 8) as usize
    }

    /// Whether the padding up to the next byte is of zeros, as it must be.
    pub(super) fn padding_is_zero(&self) -> bool {
        let padding = self.left % 8;
        self.cache >> 1 >> (63 - padding) == 0
    }
}

/// The number of a Rice code, one of two that have fewer than 64 bits together: its zeros, and the `width` bits at the top of `rest`. It
/// has at most 32 bits, as a `width` of 26 or more leaves room for no more than `2^(32 - width)` zeros.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "`width` is at most 30")]
fn joined(zeros: u32, rest: u64, width: u32) -> u32 {
    (zeros << width) | (rest >> 1 >> (63 - width)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition: one bit after the other.
    fn naive(bytes: &[u8], at: &mut usize, width: u32) -> Option<u64> {
        let mut value = 0;
        for _ in 0..width {
            let byte = bytes.get(*at / 8)?;
            value = (value << 1) | u64::from(byte >> (7 - *at % 8) & 1);
            *at += 1;
        }
        Some(value)
    }

    #[test]
    fn numbers_of_every_width_are_those_bit_by_bit() {
        let mut state = 1_u64;
        let mut random = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as u32
        };
        for _ in 0..2_000 {
            let bytes: Vec<u8> = (0..random() % 40).map(|_| (random() & random()).to_le_bytes()[0]).collect();
            let (mut bits, mut at) = (Bits::new(&bytes), 0);
            loop {
                let width = random() % 57;
                match (bits.unsigned(width), naive(&bytes, &mut at, width)) {
                    (Ok(value), Some(expected)) => assert_eq!(value, expected),
                    (Err(Overrun), None) => break,
                    other => panic!("{other:?} of {width} bits"),
                }
                assert_eq!(bits.end(), at.div_ceil(8));
            }
        }
    }

    #[test]
    fn rice_codes_are_those_bit_by_bit() {
        let mut state = 7_u64;
        let mut random = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as u32
        };
        for _ in 0..2_000 {
            let zeros = random() % 3 == 0;
            let bytes: Vec<u8> =
                (0..random() % 60).map(|_| if zeros { 0 } else { (random() & random()).to_le_bytes()[0] }).collect();
            let (mut bits, mut at) = (Bits::new(&bytes), 0);
            loop {
                let width = random() % 31;
                let expected = (|| {
                    let mut high = 0_u64;
                    while naive(&bytes, &mut at, 1)? == 0 {
                        high += 1;
                    }
                    Some((high << width) | naive(&bytes, &mut at, width)?)
                })();
                match (bits.rice(width), expected) {
                    (Ok(Some(value)), Some(expected)) => assert_eq!(u64::from(value), expected),
                    (Ok(None), Some(expected)) => {
                        assert!(expected > u64::from(u32::MAX));
                        break;
                    }
                    // A number that is too large already need not be read to its end.
                    (Ok(None) | Err(Overrun), None) => break,
                    other => panic!("{other:?} of {width} bits"),
                }
            }
        }
    }

    #[test]
    fn a_run_of_rice_codes_is_one_code_after_the_other() {
        let mut state = 3_u64;
        let mut random = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as u32
        };
        let mut paired = 0;
        for _ in 0..20_000 {
            // From nearly all zeros to nearly all ones.
            let (zeros, ones) = (random() % 4, random() % 4);
            let bytes: Vec<u8> = (0..random() % 80)
                .map(|_| {
                    let zero = (0..zeros).fold(u32::MAX, |mask, _| mask & random());
                    let one = (0..ones).fold(0, |mask, _| mask | random());
                    (random() & zero | one).to_le_bytes()[0]
                })
                .collect();
            let (mut bits, mut twin) = (Bits::new(&bytes), Bits::new(&bytes));
            loop {
                // Widths of an escaped partition's neighbours, and parts that begin in the middle of a byte.
                let (width, skipped) = (random() % 31, random() % 9);
                if (bits.unsigned(skipped), twin.unsigned(skipped)).0.is_err() {
                    break;
                }
                let mut run = vec![u32::MAX; random() as usize % 9];
                let found = bits.rice_run(width, &mut run, |folded| folded);
                let one_by_one: Result<Option<Vec<u32>>, Overrun> = run.iter().map(|_| twin.rice(width)).collect();
                assert_eq!(found.map(|whole| whole.map(|()| run.clone())), one_by_one);
                if one_by_one.is_err() || one_by_one == Ok(None) {
                    break;
                }
                paired += run.len() / 2;
                assert_eq!(bits.end(), twin.end());
                assert_eq!(bits.padding_is_zero(), twin.padding_is_zero());
            }
        }
        assert!(paired > 10_000, "{paired}");
    }
}
