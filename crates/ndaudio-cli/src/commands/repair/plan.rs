//! Which bytes of a file to change, so that nothing is wrong with it any more.
//!
//! What is wrong is what the reader says. Each time something was corrected the file, as it would be, is read again, until nothing
//! is wrong or nothing more can be done.

use std::fmt;
use std::fs::File;
use std::io;

use ndaudio::{Anomaly, Chunk, Container, WavReader};

use super::patched::{Changes, Patched};
use super::{is_fault, open_patched};
use crate::failure::{Failure, Outcome};
use crate::format::{counted, tag};

/// Rounds of correcting and reading again: more than there are kinds of anomalies that come one after another.
const ROUNDS_MAX: usize = 64;

/// What a writer of this crate leaves in the reserved chunk until it has finished.
const UNFINISHED: &[u8] = b"ndaudio: not yet finalized";

/// What the user allows or knows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Consent {
    pub(crate) cut: bool,
    pub(crate) sample_rate: Option<u32>,
}

/// What is to be done.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) steps: Vec<String>,
    /// What would still be wrong.
    pub(crate) left: Vec<Left>,
    pub(crate) patched: Changes,
}

/// Something that cannot be corrected in place.
#[derive(Debug)]
pub(crate) struct Left {
    anomaly: Anomaly,
    /// Whether `--cut` would help.
    cut: bool,
    /// Whether `--sample-rate` would.
    rate: bool,
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.anomaly)
    }
}

/// Whether an anomaly is about bytes at the end that belong to nothing.
fn is_surplus(anomaly: &Anomaly) -> bool {
    matches!(anomaly, Anomaly::PartialFrame { .. } | Anomaly::TrailingBytes { .. })
}

/// How to correct an anomaly.
enum Remedy {
    /// Bytes to change, and what that does.
    Patch(Vec<(u64, Vec<u8>)>, String),
    /// The length to give the file, and what that does.
    Resize(u64, String),
    /// None in place.
    None,
    /// Only with consent to cut.
    Cut,
    /// Only with a sample rate.
    Rate,
}

impl Plan {
    pub(crate) fn make(file: &File, consent: Consent) -> Outcome<Plan> {
        let mut patched = Patched::new(file).map_err(file_error)?;
        let mut steps = Vec::new();
        for _ in 0..ROUNDS_MAX {
            let mut reader = open_patched(patched.clone())?;
            let mut anomalies: Vec<_> = reader.anomalies().iter().filter(|one| is_fault(one)).cloned().collect();
            // What is cut off needs no padding, and sizes are counted once.
            anomalies.sort_by_key(|anomaly| !is_surplus(anomaly));
            let mut fixer = Fixer::new(&mut reader, &patched, consent);
            let remedy = anomalies.iter().find_map(|anomaly| match fixer.remedy(anomaly) {
                Ok(Remedy::None | Remedy::Cut | Remedy::Rate) => None,
                other => Some(other),
            });
            let Some(remedy) = remedy else {
                let mut left = Vec::new();
                for anomaly in anomalies {
                    let remedy = fixer.remedy(&anomaly)?;
                    left.push(Left {
                        anomaly,
                        cut: matches!(remedy, Remedy::Cut),
                        rate: matches!(remedy, Remedy::Rate),
                    });
                }
                if left.is_empty() {
                    settle(&mut reader, &mut patched, &mut steps)?;
                }
                return Ok(Plan { steps, left, patched: patched.into_changes() });
            };
            match remedy? {
                Remedy::Patch(patches, text) => {
                    patched.patches.extend(patches);
                    steps.push(text);
                }
                Remedy::Resize(len, text) => {
                    patched.len = len;
                    steps.push(text);
                }
                Remedy::None | Remedy::Cut | Remedy::Rate => {}
            }
        }
        Err(Failure::new("every correction makes another one necessary")
            .advise("write what can be read to a new file: -o NEW"))
    }

    /// What to do about what is left.
    pub(crate) fn advice(&self) -> String {
        if self.left.iter().any(|left| left.rate) {
            "give the rate that it was recorded with: --sample-rate HZ".to_owned()
        } else if self.left.iter().all(|left| left.cut) {
            "cut that off with --cut, or write the rest to a new file with -o NEW".to_owned()
        } else {
            "write what can be read to a new file: -o NEW".to_owned()
        }
    }
}

/// Counts of frames that nothing checks but should be right; and the mark of a writer that was interrupted.
fn settle(reader: &mut WavReader<Patched<'_>>, patched: &mut Patched<'_>, steps: &mut Vec<String>) -> Outcome {
    if steps.is_empty() {
        return Ok(());
    }
    let frames = reader.frames().unwrap_or(0);
    let numbers = Numbers { big_endian: reader.container() == Container::Rifx };
    for chunk in reader.chunks().to_vec() {
        match &chunk.id {
            b"fact" if chunk.len == 4 || chunk.len == 8 => {
                let count = if chunk.len == 4 { frames.min(u64::from(u32::MAX)) } else { frames };
                let bytes = if chunk.len == 4 { numbers.four(count) } else { Some(numbers.eight(count)) };
                if let Some(bytes) = bytes.filter(|bytes| reader.chunk_bytes(&chunk).is_ok_and(|there| there != *bytes))
                {
                    patched.patches.push((chunk.content_offset, bytes));
                    steps.push(format!("the \"fact\" chunk says {}", counted(frames, "frame")));
                }
            }
            b"ds64" if chunk.len >= 24 => {
                let at = chunk.content_offset + 16;
                let bytes = numbers.eight(frames);
                if reader.chunk_bytes(&chunk)?.get(16..24) != Some(&bytes[..]) {
                    patched.patches.push((at, bytes));
                    steps.push(format!("the \"ds64\" chunk says {}", counted(frames, "frame")));
                }
            }
            b"JUNK" | b"junk"
                if (28..=64).contains(&chunk.len) && reader.chunk_bytes(&chunk)?.starts_with(UNFINISHED) =>
            {
                patched.patches.push((chunk.content_offset, vec![0; 28]));
                steps.push("the mark of an unfinished file is taken away".to_owned());
            }
            _ => {}
        }
    }
    Ok(())
}

/// Numbers as the file has them.
#[derive(Debug, Clone, Copy)]
struct Numbers {
    big_endian: bool,
}

impl Numbers {
    fn two(self, value: u64) -> Option<Vec<u8>> {
        let value = u16::try_from(value).ok()?;
        Some(if self.big_endian { value.to_be_bytes().to_vec() } else { value.to_le_bytes().to_vec() })
    }

    fn four(self, value: u64) -> Option<Vec<u8>> {
        let value = u32::try_from(value).ok()?;
        Some(if self.big_endian { value.to_be_bytes().to_vec() } else { value.to_le_bytes().to_vec() })
    }

    fn eight(self, value: u64) -> Vec<u8> {
        if self.big_endian { value.to_be_bytes().to_vec() } else { value.to_le_bytes().to_vec() }
    }
}

/// Knows the file that something is wrong with.
struct Fixer<'r, 'f> {
    reader: &'r mut WavReader<Patched<'f>>,
    numbers: Numbers,
    container: Container,
    file_len: u64,
    consent: Consent,
    /// Whether bytes at the end belong to nothing. Asked once: there may be as many anomalies as chunks.
    surplus: bool,
}

impl<'r, 'f> Fixer<'r, 'f> {
    fn new(reader: &'r mut WavReader<Patched<'f>>, patched: &Patched<'_>, consent: Consent) -> Self {
        let container = reader.container();
        let numbers = Numbers { big_endian: container == Container::Rifx };
        let surplus = reader.anomalies().iter().any(is_surplus);
        Fixer { reader, numbers, container, file_len: patched.len, consent, surplus }
    }

    fn remedy(&mut self, anomaly: &Anomaly) -> Outcome<Remedy> {
        let one = |at: u64, bytes: Option<Vec<u8>>, text: String| match bytes {
            Some(bytes) => Remedy::Patch(vec![(at, bytes)], text),
            None => Remedy::None,
        };
        Ok(match *anomaly {
            Anomaly::DataPastEnd { offset, .. }
            | Anomaly::DataSizeUnknown { offset, .. }
            | Anomaly::DataSizeZero { offset }
            | Anomaly::Unfinished { offset, .. } => self.data_size(offset),
            Anomaly::RiffSize { offset, found, .. } => self.riff_size(offset, found),
            Anomaly::ByteRate { offset, expected, .. } => {
                one(offset, self.numbers.four(expected), format!("nAvgBytesPerSec is set to {expected}"))
            }
            Anomaly::BlockAlign { offset, used, .. } => {
                one(offset, self.numbers.two(used), format!("nBlockAlign is set to {used}"))
            }
            Anomaly::Bits { offset, used, .. } => {
                one(offset, self.numbers.two(u64::from(used)), format!("wBitsPerSample is set to {used}"))
            }
            Anomaly::ValidBits { offset, used, .. } => {
                one(offset, self.numbers.two(u64::from(used)), format!("wValidBitsPerSample is set to {used}"))
            }
            Anomaly::ExtensionSize { offset, expected, .. } => {
                one(offset, self.numbers.two(u64::from(expected)), format!("cbSize is set to {expected}"))
            }
            Anomaly::SampleRateZero { offset } => match self.consent.sample_rate {
                Some(rate) => {
                    one(offset, self.numbers.four(u64::from(rate)), format!("the sample rate is set to {rate} Hz"))
                }
                None => Remedy::Rate,
            },
            Anomaly::ChunkPastEnd { offset, chunk, found, .. } => {
                let text = format!("the size of chunk \"{}\" is set to {found} bytes", tag(chunk));
                match self.container {
                    Container::Wave64 => one(offset + 16, Some(self.numbers.eight(found.saturating_add(24))), text),
                    _ => one(offset + 4, self.numbers.four(found), text),
                }
            }
            Anomaly::MissingPad { .. } if self.surplus => Remedy::Cut,
            // At the very end a byte can be added; elsewhere everything after it would have to move.
            Anomaly::MissingPad { offset, chunk } if offset == self.file_len => {
                Remedy::Resize(offset + 1, format!("a padding byte is added after chunk \"{}\"", tag(chunk)))
            }
            Anomaly::TrailingBytes { offset, count } => {
                self.cut(offset, format!("{} after the last chunk are cut off", counted(count, "byte")))
            }
            Anomaly::PartialFrame { offset, bytes, .. } if offset + bytes == self.file_len => {
                self.cut(offset, format!("the incomplete last frame, {}, is cut off", counted(bytes, "byte")))
            }
            _ => Remedy::None,
        })
    }

    fn cut(&self, len: u64, text: String) -> Remedy {
        if self.consent.cut { Remedy::Resize(len, text) } else { Remedy::Cut }
    }

    fn chunk(&self, id: [u8; 4]) -> Option<Chunk> {
        self.reader.chunks().iter().copied().find(|chunk| chunk.id == id)
    }

    /// The size of the audio is set to what there is.
    fn data_size(&self, at: u64) -> Remedy {
        let Some(data) = self.chunk(*b"data") else { return Remedy::None };
        let text = format!("the size of the audio is set to {}", counted(data.len, "byte"));
        let in_ds64 = self.chunk(*b"ds64").is_some_and(|ds64| at == ds64.content_offset + 8);
        let bytes = match self.container {
            Container::Wave64 => Some(self.numbers.eight(data.len.saturating_add(24))),
            _ if in_ds64 => Some(self.numbers.eight(data.len)),
            _ => self.numbers.four(data.len).filter(|_| data.content_offset + data.len - 8 < u64::from(u32::MAX)),
        };
        match bytes {
            Some(bytes) => Remedy::Patch(vec![(at, bytes)], text),
            None if self.container == Container::Riff => self.to_rf64(at, data),
            None => Remedy::None,
        }
    }

    fn riff_size(&self, at: u64, mut size: u64) -> Remedy {
        if self.container == Container::Wave64 && (size.saturating_sub(7)..=size).contains(&self.file_len) {
            // Reckoned with all the padding that there could be.
            size = self.file_len;
        }
        let text = format!("the size of the file is set to {}", counted(size, "byte"));
        let in_ds64 = self.chunk(*b"ds64").is_some_and(|ds64| at == ds64.content_offset);
        let bytes = match self.container {
            Container::Wave64 => Some(self.numbers.eight(size)),
            _ if in_ds64 => Some(self.numbers.eight(size)),
            _ => self.numbers.four(size),
        };
        bytes.map_or(Remedy::None, |bytes| Remedy::Patch(vec![(at, bytes)], text))
    }

    /// RIFF that has outgrown its sizes becomes RF64 in place, if its writer left room for them (EBU Tech 3306, "On-the-fly conversion").
    fn to_rf64(&self, data_size_at: u64, data: Chunk) -> Remedy {
        let first = self.reader.chunks().first().copied();
        let Some(room) =
            first.filter(|chunk| matches!(&chunk.id, b"JUNK" | b"junk") && chunk.offset == 12 && chunk.len >= 28)
        else {
            return Remedy::None;
        };
        let frames = data.len / self.reader.spec().frame_bytes() as u64;
        let sizes = [self.file_len - 8, data.len, frames];
        let mut content: Vec<u8> = sizes.iter().flat_map(|size| size.to_le_bytes()).collect();
        content.extend([0; 4]);
        let unknown = vec![0xFF; 4];
        let patches = vec![
            (0, b"RF64".to_vec()),
            (4, unknown.clone()),
            (room.offset, b"ds64".to_vec()),
            (room.content_offset, content),
            (data_size_at, unknown),
        ];
        Remedy::Patch(patches, format!("the file becomes RF64, with {} of audio", counted(data.len, "byte")))
    }
}

/// Of the file, whose name is added where it is known.
fn file_error(error: io::Error) -> Failure {
    ndaudio::Error::from(error).into()
}
