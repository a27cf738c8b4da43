//! A sum of floats that does not depend on their order.

/// Bits of one digit.
const DIGIT_BITS: i32 = 32;
/// The power of two of the lowest digit: below the smallest subnormal.
const LOWEST: i32 = -1088;
/// Additions after which carries are passed on: each adds less than 2^32 to a digit, and 2^30 of them fit in an `i64`.
const CARRY_AFTER: u32 = 1 << 30;

/// Adds floats without rounding, so that the sum is the same in any order and however it was split, and rounds once at the end.
///
/// The sum is kept as one long integer in digits of 32 bits, as far as they are needed: a sum of powers of similar size takes four to
/// six of them. The idea is Kulisch's accumulator; the lazy carries are those of R. M. Neal, "Fast exact summation using small and large
/// superaccumulators", arXiv:1505.05571.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct ExactSum {
    /// The place of `digits[0]`.
    first: u16,
    digits: Vec<i64>,
    since_carry: u32,
    /// Infinities and NaN, added as floats are.
    special: f64,
}

impl ExactSum {
    pub(crate) fn add(&mut self, value: f64) {
        if !value.is_finite() {
            self.special += value;
            return;
        }
        if value == 0.0 {
            return;
        }
        let bits = value.to_bits();
        let biased = i32::try_from((bits >> 52) & 0x7ff).unwrap_or(0);
        let fraction = bits & ((1 << 52) - 1);
        let (mantissa, exponent) = if biased == 0 { (fraction, -1074) } else { (fraction | 1 << 52, biased - 1075) };
        let place = exponent - LOWEST;
        let (digit, shift) = (place / DIGIT_BITS, place % DIGIT_BITS);
        let wide = u128::from(mantissa) << shift;
        let digit = u16::try_from(digit).unwrap_or(0);
        self.reserve(digit, 3);
        let at = usize::from(digit - self.first);
        for (index, slot) in self.digits[at..at + 3].iter_mut().enumerate() {
            let part = ((wide >> (index * 32)) & 0xffff_ffff) as i64;
            *slot += if value < 0.0 { -part } else { part };
        }
        self.since_carry += 1;
        if self.since_carry >= CARRY_AFTER {
            self.carry();
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        let mut other = other.clone();
        other.carry();
        self.carry();
        self.special += other.special;
        let Ok(len) = u16::try_from(other.digits.len()) else { return };
        if len == 0 {
            return;
        }
        self.reserve(other.first, len);
        let at = usize::from(other.first - self.first);
        for (slot, digit) in self.digits[at..].iter_mut().zip(&other.digits) {
            *slot += digit;
        }
        self.since_carry += 1;
    }

    /// The sum, rounded once to the nearest float, ties to even.
    pub(crate) fn value(&self) -> f64 {
        if self.special != 0.0 {
            return self.special;
        }
        let mut sum = self.clone();
        sum.carry();
        let negative = sum.digits.last().is_some_and(|&top| top < 0);
        if negative {
            sum.digits.iter_mut().for_each(|digit| *digit = -*digit);
            sum.carry();
        }
        let Some(top) = sum.digits.iter().rposition(|&digit| digit != 0) else { return 0.0 };
        // Four digits hold at least 97 bits; whatever is below only shows whether there is anything.
        let lowest = top.saturating_sub(3);
        let mut head = 0_u128;
        for &digit in sum.digits[lowest..=top].iter().rev() {
            head = (head << 32) | u128::from(digit.unsigned_abs());
        }
        let below = sum.digits[..lowest].iter().any(|&digit| digit != 0);
        let place = LOWEST + DIGIT_BITS * (i32::from(sum.first) + i32::try_from(lowest).unwrap_or(0));
        let value = scaled(head, below, place);
        if negative { -value } else { value }
    }

    /// Bytes of memory.
    pub(crate) fn size(&self) -> usize {
        size_of::<Self>() + self.digits.capacity() * size_of::<i64>()
    }

    /// The sum as bytes: the same for equal sums, however they came about.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        let mut sum = self.clone();
        sum.carry();
        // A sign of its own before a digit that could hold it, and zeros at either end, say nothing.
        while let [.., below, -1] = sum.digits[..]
            && below >= 1 << 31
        {
            sum.digits.pop();
            if let Some(top) = sum.digits.last_mut() {
                *top -= 1 << DIGIT_BITS;
            }
        }
        while sum.digits.last() == Some(&0) {
            sum.digits.pop();
        }
        let zeros = sum.digits.iter().take_while(|&&digit| digit == 0).count();
        sum.digits.drain(..zeros);
        sum.first = if sum.digits.is_empty() { 0 } else { sum.first + u16::try_from(zeros).unwrap_or(0) };
        out.extend_from_slice(&sum.special.to_bits().to_le_bytes());
        out.extend_from_slice(&sum.first.to_le_bytes());
        out.extend_from_slice(&u16::try_from(sum.digits.len()).unwrap_or(0).to_le_bytes());
        for digit in &sum.digits {
            out.extend_from_slice(&digit.to_le_bytes());
        }
    }

    /// Reads what [`write`](Self::write) has written from the start of `bytes`, and advances past it.
    pub(crate) fn read(bytes: &mut &[u8]) -> Option<Self> {
        let special = f64::from_bits(u64::from_le_bytes(take(bytes)?));
        let first = u16::from_le_bytes(take(bytes)?);
        let len = u16::from_le_bytes(take(bytes)?);
        if first > 80 || len > 80 {
            return None;
        }
        let digits = (0..len).map(|_| take(bytes).map(i64::from_le_bytes)).collect::<Option<_>>()?;
        Some(ExactSum { first, digits, since_carry: 0, special })
    }

    /// Makes room for `len` digits from `first` on, and one more for the sign.
    fn reserve(&mut self, first: u16, len: u16) {
        if self.digits.is_empty() {
            self.first = first;
        }
        if first < self.first {
            let missing = usize::from(self.first - first);
            self.digits.splice(..0, std::iter::repeat_n(0, missing));
            self.first = first;
        }
        let end = usize::from(first - self.first) + usize::from(len) + 1;
        if self.digits.len() < end {
            self.digits.resize(end, 0);
        }
    }

    /// Passes carries on, so that all digits but the last are in 0..2^32.
    fn carry(&mut self) {
        let mut carried = 0;
        let last = self.digits.len().saturating_sub(1);
        for digit in &mut self.digits[..last] {
            let sum = *digit + carried;
            carried = sum >> DIGIT_BITS;
            *digit = sum & 0xffff_ffff;
        }
        if let Some(top) = self.digits.last_mut() {
            *top += carried;
            // The last digit holds the sign; once it outgrows 32 bits there is a new last one.
            if *top < -(1 << 31) || *top >= 1 << 31 {
                let next = *top >> DIGIT_BITS;
                *top &= 0xffff_ffff;
                self.digits.push(next);
            }
        }
        self.since_carry = 0;
    }
}

/// Takes `N` bytes off the start.
pub(crate) fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (head, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*head)
}

/// `head` × 2^`place`, and a little more if `below`, rounded once.
fn scaled(head: u128, below: bool, place: i32) -> f64 {
    let length = 128 - i32::try_from(head.leading_zeros()).unwrap_or(0);
    // The place of the last bit that a float of this size has.
    let unit = (length + place - 53).max(-1074);
    let drop = unit - place;
    let mantissa = if drop <= 0 {
        head << drop.unsigned_abs().min(127)
    } else if drop >= 128 {
        0
    } else {
        let rest = head & ((1 << drop) - 1);
        let half = 1 << (drop - 1);
        let kept = head >> drop;
        let up = rest > half || (rest == half && (below || kept & 1 == 1));
        kept + u128::from(up)
    };
    // Of at most 53 bits and one for rounding up, so this is exact.
    let mantissa = mantissa as f64;
    // 2^unit in two steps, since it may be subnormal itself; each product is exact or overflows.
    let half = unit / 2;
    mantissa * 2_f64.powi(half) * 2_f64.powi(unit - half)
}

#[cfg(test)]
mod tests {
    use super::ExactSum;

    fn sum(values: &[f64]) -> ExactSum {
        let mut sum = ExactSum::default();
        values.iter().for_each(|&value| sum.add(value));
        sum
    }

    /// `python3 -c 'import math; print(math.fsum([...]).hex())'` rounds once, too.
    #[test]
    fn sums_are_those_of_fsum() {
        assert_eq!(sum(&[0.1; 10]).value(), 1.0); // math.fsum([0.1] * 10) == 1.0
        assert_eq!(sum(&[1e100, 1.0, -1e100, 1e-320]).value(), 1.0); // fsum: 1.0
        assert_eq!(sum(&[1e308, 1e308, -1e308]).value(), 1e308);
        assert_eq!(sum(&[5e-324, 5e-324]).value(), 1e-323);
        assert_eq!(sum(&[-0.3, 0.1, 0.2]).value(), 2.7755575615628914e-17); // fsum: 2.7755575615628914e-17
        assert_eq!(sum(&[]).value(), 0.0);
        assert_eq!(sum(&[-1.5, -2.25]).value(), -3.75);
        assert_eq!(sum(&[1.0, 2_f64.powi(-53), 2_f64.powi(-106)]).value(), 1.0 + f64::EPSILON);
        assert_eq!(sum(&[1.0, 2_f64.powi(-53)]).value(), 1.0);
    }

    #[test]
    fn infinities_and_nan_stay() {
        assert_eq!(sum(&[1.0, f64::INFINITY]).value(), f64::INFINITY);
        assert!(sum(&[f64::NEG_INFINITY, f64::INFINITY]).value().is_nan());
        assert!(sum(&[f64::NAN, 1.0]).value().is_nan());
    }

    #[test]
    fn any_order_and_any_split_give_the_same_bytes() {
        // A multiplicative generator is enough to mix signs and exponents.
        let mut state = 1_u64;
        let values: Vec<f64> = (0..4000)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let exponent = i32::try_from(state >> 58).unwrap() * 4 - 128;
                f64::from(u32::try_from(state >> 32).unwrap().cast_signed()) * 2_f64.powi(exponent)
            })
            .collect();
        let bytes = |sum: &ExactSum| {
            let mut out = Vec::new();
            sum.write(&mut out);
            out
        };
        let whole = sum(&values);
        let reversed: Vec<f64> = values.iter().rev().copied().collect();
        assert_eq!(bytes(&whole), bytes(&sum(&reversed)));
        for parts in [2, 3, 7, 100] {
            let mut merged = ExactSum::default();
            for part in values.chunks(values.len() / parts).rev() {
                let stored = bytes(&sum(part));
                merged.merge(&ExactSum::read(&mut stored.as_slice()).unwrap());
            }
            assert_eq!(bytes(&whole), bytes(&merged));
            assert_eq!(whole.value().to_bits(), merged.value().to_bits());
        }
    }

    #[test]
    fn what_is_no_sum_is_refused() {
        assert!(ExactSum::read(&mut &b"short"[..]).is_none());
    }
}
