//! One channel of a block.
//!
//! Source: RFC 9639, section 9.2.

use multiversion::multiversion;

use super::bits::{Bits, Overrun};

/// Why a block could not be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Broken {
    /// The bytes end inside it; there may be more.
    Overrun,
    /// The bytes are no block.
    Invalid,
}

impl From<Overrun> for Broken {
    fn from(_: Overrun) -> Self {
        Broken::Overrun
    }
}

/// The integer that samples are decoded in: `i32`, or `i64` for the difference of two channels of 32 bits, which has 33.
pub(super) trait Word: Copy + Default {
    fn from_i64(value: i64) -> Self;
    fn to_i64(self) -> i64;
    /// The sum, modulo the width of the type: what a stream made by an encoder never exceeds.
    fn plus(self, other: Self) -> Self;
    fn times(self, factor: i32) -> Self;
    fn shifted(self, bits: u32) -> Self;
}

impl Word for i32 {
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "modulo 2^32, as documented")]
    fn from_i64(value: i64) -> Self {
        value as i32
    }
    #[inline(always)]
    fn to_i64(self) -> i64 {
        i64::from(self)
    }
    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        self.wrapping_add(other)
    }
    #[inline(always)]
    fn times(self, factor: i32) -> Self {
        self.wrapping_mul(factor)
    }
    #[inline(always)]
    fn shifted(self, bits: u32) -> Self {
        self << bits
    }
}

impl Word for i64 {
    #[inline(always)]
    fn from_i64(value: i64) -> Self {
        value
    }
    #[inline(always)]
    fn to_i64(self) -> i64 {
        self
    }
    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        self.wrapping_add(other)
    }
    #[inline(always)]
    fn times(self, factor: i32) -> Self {
        self.wrapping_mul(i64::from(factor))
    }
    #[inline(always)]
    fn shifted(self, bits: u32) -> Self {
        self << bits
    }
}

/// Decodes a channel of `width` bits a sample into `out`.
pub(super) fn decode<W: Word>(bits: &mut Bits<'_>, width: u32, out: &mut [W]) -> Result<(), Broken> {
    let header = bits.unsigned(8)?;
    if header & 0x80 != 0 {
        return Err(Broken::Invalid);
    }
    let wasted = if header & 1 == 0 {
        0
    } else {
        match bits.zeros(31)? {
            Some(zeros) => u32::try_from(zeros).map_err(|_| Broken::Invalid)? + 1,
            None => return Err(Broken::Invalid),
        }
    };
    if wasted >= width {
        return Err(Broken::Invalid);
    }
    let width = width - wasted;
    let order = usize::try_from(header >> 1).map_err(|_| Broken::Invalid)?;
    match order {
        0 => out.fill(W::from_i64(bits.signed(width)?)),
        1 => verbatim(bits, width, out)?,
        8..=12 => fixed(bits, width, order - 8, out)?,
        32..=63 => linear(bits, width, order - 31, out)?,
        _ => return Err(Broken::Invalid),
    }
    if wasted > 0 {
        out.iter_mut().for_each(|sample| *sample = sample.shifted(wasted));
    }
    Ok(())
}

fn verbatim<W: Word>(bits: &mut Bits<'_>, width: u32, out: &mut [W]) -> Result<(), Broken> {
    for sample in out {
        *sample = W::from_i64(bits.signed(width)?);
    }
    Ok(())
}

/// Predicted by a polynomial. The coefficients are integers, so sums modulo the width of the type are exact where the samples fit it.
fn fixed<W: Word>(bits: &mut Bits<'_>, width: u32, order: usize, out: &mut [W]) -> Result<(), Broken> {
    let (warm_up, _) = out.split_at_mut_checked(order).ok_or(Broken::Invalid)?;
    verbatim(bits, width, warm_up)?;
    residual(bits, order, out)?;
    match order {
        0 => {}
        1 => predict(out, |[a]: [W; 1]| a),
        2 => predict(out, |[b, a]: [W; 2]| a.times(2).plus(b.times(-1))),
        3 => predict(out, |[c, b, a]: [W; 3]| a.times(3).plus(b.times(-3)).plus(c)),
        _ => predict(out, |[d, c, b, a]: [W; 4]| a.times(4).plus(b.times(-6)).plus(c.times(4)).plus(d.times(-1))),
    }
    Ok(())
}

/// Adds to each sample what the `ORDER` samples before it predict, the oldest first.
#[inline(always)]
fn predict<W: Word, const ORDER: usize>(out: &mut [W], prediction: impl Fn([W; ORDER]) -> W) {
    let Some(mut last) = out.get(ORDER - 1).copied() else { return };
    for index in ORDER..out.len() {
        // All but the last are loaded one by one from where they were stored. As an array that moves along they would be stored again
        // in pieces of one size and loaded in pieces of another, which takes three times as long.
        let mut history = [last; ORDER];
        for (before, &sample) in history[..ORDER - 1].iter_mut().zip(&out[index - ORDER..index - 1]) {
            *before = sample;
        }
        last = out[index].plus(prediction(history));
        out[index] = last;
    }
}

/// Predicted by coefficients of its own.
fn linear<W: Word>(bits: &mut Bits<'_>, width: u32, order: usize, out: &mut [W]) -> Result<(), Broken> {
    let (warm_up, _) = out.split_at_mut_checked(order).ok_or(Broken::Invalid)?;
    verbatim(bits, width, warm_up)?;
    let precision = match bits.unsigned(4)? {
        15 => return Err(Broken::Invalid),
        code => u32::try_from(code).map_err(|_| Broken::Invalid)? + 1,
    };
    let shift = match bits.signed(5)? {
        shift @ 0.. => shift,
        _ => return Err(Broken::Invalid),
    };
    // The one for the oldest sample first, so that they stand as the samples do.
    let mut coefficients = [0_i32; 32];
    for coefficient in coefficients[..order].iter_mut().rev() {
        *coefficient = i32::from_i64(bits.signed(precision)?);
    }
    residual(bits, order, out)?;
    let coefficients = &coefficients[..order];
    // Whether the sum of products fits 32 bits, whatever the samples are: products have `width + precision - 1` bits with their sign.
    let narrow = width + precision + order.ilog2() <= 32;
    match order {
        1 => lpc::<W, 1>(coefficients, shift, narrow, out),
        2 => lpc::<W, 2>(coefficients, shift, narrow, out),
        3 => lpc::<W, 3>(coefficients, shift, narrow, out),
        4 => lpc::<W, 4>(coefficients, shift, narrow, out),
        5 => lpc::<W, 5>(coefficients, shift, narrow, out),
        6 => lpc::<W, 6>(coefficients, shift, narrow, out),
        7 => lpc::<W, 7>(coefficients, shift, narrow, out),
        8 => lpc::<W, 8>(coefficients, shift, narrow, out),
        9 => lpc::<W, 9>(coefficients, shift, narrow, out),
        10 => lpc::<W, 10>(coefficients, shift, narrow, out),
        11 => lpc::<W, 11>(coefficients, shift, narrow, out),
        12 => lpc::<W, 12>(coefficients, shift, narrow, out),
        _ => {
            // Orders that only the slowest settings use, and only above 48 kHz.
            for index in order..out.len() {
                let (before, sample) = out.split_at_mut(index);
                let products = before[index - order..].iter().zip(coefficients);
                let sum = products.fold(0_i64, |sum, (sample, &coefficient)| {
                    sum.wrapping_add(sample.to_i64().wrapping_mul(i64::from(coefficient)))
                });
                sample[0] = sample[0].plus(W::from_i64(sum >> shift));
            }
        }
    }
    Ok(())
}

/// Adds the predictions of an order that is known when this is compiled, so that the samples before stay in registers.
#[inline(never)]
fn lpc<W: Word, const ORDER: usize>(coefficients: &[i32], shift: i64, narrow: bool, out: &mut [W]) {
    let Some(&coefficients) = coefficients.first_chunk::<ORDER>() else { return };
    if narrow {
        predict(out, |history: [W; ORDER]| {
            let mut sum = 0_i32;
            for index in 0..ORDER {
                sum = sum.wrapping_add(i32::from_i64(history[index].to_i64()).wrapping_mul(coefficients[index]));
            }
            W::from_i64(i64::from(sum >> shift))
        });
    } else {
        predict(out, |history: [W; ORDER]| {
            let mut sum = 0_i64;
            for index in 0..ORDER {
                sum = sum.wrapping_add(history[index].to_i64().wrapping_mul(i64::from(coefficients[index])));
            }
            W::from_i64(sum >> shift)
        });
    }
}

/// The residuals of the prediction, in place of the samples after the first `order`.
// Counting zeros and shifting by numbers take a third of the instructions with these.
#[multiversion(targets("x86_64+bmi1+bmi2+lzcnt"))]
fn residual<W: Word>(bits: &mut Bits<'_>, order: usize, out: &mut [W]) -> Result<(), Broken> {
    let (width_bits, escape) = match bits.unsigned(2)? {
        0 => (4, 15),
        1 => (5, 31),
        _ => return Err(Broken::Invalid),
    };
    let partitions = 1_usize << bits.unsigned(4)?;
    let len = out.len() / partitions;
    if !out.len().is_multiple_of(partitions) || len < order {
        return Err(Broken::Invalid);
    }
    let mut start = order;
    for partition in 1..=partitions {
        let part = &mut out[start..partition * len];
        start = partition * len;
        let width = u32::try_from(bits.unsigned(width_bits)?).map_err(|_| Broken::Invalid)?;
        if width == escape {
            match u32::try_from(bits.unsigned(5)?).map_err(|_| Broken::Invalid)? {
                0 => part.fill(W::default()),
                width => verbatim(bits, width, part)?,
            }
            continue;
        }
        bits.rice_run(width, part, |folded| {
            let value = (folded >> 1).cast_signed() ^ -(folded & 1).cast_signed();
            W::from_i64(i64::from(value))
        })?
        .ok_or(Broken::Invalid)?;
    }
    Ok(())
}
