//! States of measures as they are stored: versioned, and with all bits in any format.

use std::fmt::Display;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The most frames that a stored state may count: 185 years at 48 kHz leave room in every total, whoever made it up.
pub(crate) const MAX_FRAMES: u64 = 1 << 48;

/// The version of a state; any but the one that is known is refused.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Version;

impl Version {
    const KNOWN: u32 = 1;
}

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(Version::KNOWN)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u32::deserialize(deserializer)? {
            Version::KNOWN => Ok(Version),
            version => Err(D::Error::custom(format_args!(
                "the state is of version {version}, and only version {} can be read; read it with the release that wrote it, or a later one",
                Version::KNOWN
            ))),
        }
    }
}

/// Refuses a state that no audio can have.
pub(crate) fn check(possible: bool, what: impl Display) -> Result<(), String> {
    if possible { Ok(()) } else { Err(format!("the state is damaged: {what}")) }
}

/// An integer of 128 bits, as decimal text: not every format has room for one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decimal<T>(pub(crate) T);

impl<T: Display> Serialize for Decimal<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de, T: FromStr<Err: Display> + Display> Deserialize<'de> for Decimal<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let number: T = text.parse().map_err(D::Error::custom)?;
        // Not with a sign or zeros that nothing here writes.
        check(
            number.to_string() == text,
            format_args!("{text:?} is not a number in the form in which states are stored"),
        )
        .map_err(D::Error::custom)?;
        Ok(Decimal(number))
    }
}

/// A float as the hexadecimal text of its bits: text formats may round numbers, and JSON has no infinity.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bits(pub(crate) f64);

impl Serialize for Bits {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:016x}", self.0.to_bits()))
    }
}

impl<'de> Deserialize<'de> for Bits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let digits = String::deserialize(deserializer)?;
        let well_formed = digits.len() == 16 && digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
        check(well_formed, format_args!("{digits:?} is not a float in 16 hexadecimal digits"))
            .map_err(D::Error::custom)?;
        let bits = u64::from_str_radix(&digits, 16).map_err(D::Error::custom)?;
        Ok(Bits(f64::from_bits(bits)))
    }
}
