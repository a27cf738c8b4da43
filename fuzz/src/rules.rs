//! What conversion must give, worked out slowly: sample by sample, in 64 bits, from the rule that full scale stays full scale.

use ndaudio::{Encoding, Sample};

/// A level, exactly.
#[derive(Debug, Clone, Copy)]
pub enum Level {
    /// A number of so many bits.
    Integer(i64, u32),
    /// A float of full scale 1.0, which may have been rounded to 32 bits.
    Float(f64),
}

impl Level {
    /// The level of a sample.
    pub fn of<T: Sample>(sample: T) -> Self {
        if T::IS_FLOAT {
            return Level::Float(sample.to_f64().expect("a float"));
        }
        Level::Integer(sample.to_i64().expect("an integer"), 8 * size_of::<T>() as u32)
    }

    /// In so many bits: shifted, or scaled, rounded half to even and saturated.
    fn integer(self, bits: u32) -> i64 {
        match self {
            Level::Integer(value, width) if width > bits => value >> (width - bits),
            Level::Integer(value, width) => value << (bits - width),
            Level::Float(value) if value.is_nan() => 0,
            Level::Float(value) => {
                let full_scale = (1_i64 << (bits - 1)) as f64;
                (value * full_scale).round_ties_even().clamp(-full_scale, full_scale - 1.0) as i64
            }
        }
    }

    fn float(self) -> f64 {
        match self {
            Level::Integer(value, bits) => value as f64 / (1_i64 << (bits - 1)) as f64,
            Level::Float(value) => value,
        }
    }

    /// What is left of it in a file.
    pub fn stored(self, encoding: Encoding) -> Self {
        match encoding {
            Encoding::F32 => Level::Float(f64::from(self.float() as f32)),
            Encoding::F64 => Level::Float(self.float()),
            Encoding::ALaw => Level::Integer(a_law_expand(a_law_compress(self.integer(16))), 16),
            Encoding::MuLaw => Level::Integer(mu_law_expand(mu_law_compress(self.integer(16))), 16),
            encoding => Level::Integer(self.integer(encoding.bits()), encoding.bits()),
        }
    }

    /// As a sample of a type, in 64 bits of float, which hold any exactly.
    pub fn read_as<U: Sample>(self) -> f64 {
        match U::TYPE.name() {
            "i16" => self.integer(16) as f64,
            "i32" => self.integer(32) as f64,
            "f32" => f64::from(self.float() as f32),
            _ => self.float(),
        }
    }
}

// G.711 as the reference programs of ITU-T G.191 have it, loops and all.

fn a_law_compress(sample: i64) -> u8 {
    let mut code = if sample < 0 { !sample >> 4 } else { sample >> 4 };
    if code > 15 {
        let mut exponent = 1;
        while code > 16 + 15 {
            code >>= 1;
            exponent += 1;
        }
        code = code - 16 + (exponent << 4);
    }
    if sample >= 0 {
        code |= 0x80;
    }
    code as u8 ^ 0x55
}

fn a_law_expand(byte: u8) -> i64 {
    let code = i64::from(byte ^ 0x55);
    let (exponent, mut mantissa) = ((code & 0x70) >> 4, code & 15);
    if exponent > 0 {
        mantissa += 16;
    }
    mantissa = (mantissa << 4) + 8;
    if exponent > 1 {
        mantissa <<= exponent - 1;
    }
    if code & 0x80 != 0 { mantissa } else { -mantissa }
}

fn mu_law_compress(sample: i64) -> u8 {
    let magnitude = if sample < 0 { (!sample >> 2) + 33 } else { (sample >> 2) + 33 }.min(0x1FFF);
    let (mut rest, mut segment) = (magnitude >> 6, 1);
    while rest != 0 {
        segment += 1;
        rest >>= 1;
    }
    let code = (8 - segment) << 4 | (15 - (magnitude >> segment & 15));
    (if sample >= 0 { code | 0x80 } else { code }) as u8
}

fn mu_law_expand(byte: u8) -> i64 {
    let sign = if byte < 0x80 { -1 } else { 1 };
    let mantissa = i64::from(!byte);
    let exponent = mantissa >> 4 & 7;
    let step = 4 << (exponent + 1);
    sign * ((0x80 << exponent) + step * (mantissa & 15) + step / 2 - 4 * 33)
}
