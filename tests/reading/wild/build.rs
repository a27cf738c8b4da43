//! Writes WAVE files byte by byte, right or wrong, knowing nothing of the crate.
//!
//! Sources: Microsoft/IBM *Multimedia Programming Interface and Data Specifications 1.0* (RIFF, RIFX), Microsoft `mmreg.h`
//! (WAVEFORMATEX, WAVEFORMATEXTENSIBLE), EBU Tech 3306 (RF64), ITU-R BS.2088 (BW64), Sony *Wave64 File Format* 1.0.

/// A container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Riff,
    Rifx,
    Rf64,
    Bw64,
    Wave64,
}

impl Kind {
    pub(crate) const ALL: [Kind; 5] = [Kind::Riff, Kind::Rifx, Kind::Rf64, Kind::Bw64, Kind::Wave64];

    /// Bytes of a chunk's header.
    pub(crate) fn header(self) -> u64 {
        if self == Kind::Wave64 { 24 } else { 8 }
    }

    /// Where the first chunk's header stands, after `ds64` in the containers that have one.
    pub(crate) fn first(self) -> u64 {
        match self {
            Kind::Riff | Kind::Rifx => 12,
            Kind::Rf64 | Kind::Bw64 => 12 + 8 + 28,
            Kind::Wave64 => 40,
        }
    }

    /// The lowest `width` bytes of a number, in the container's order.
    pub(crate) fn number(self, value: u64, width: usize) -> Vec<u8> {
        let mut bytes = value.to_le_bytes()[..width].to_vec();
        if self == Kind::Rifx {
            bytes.reverse();
        }
        bytes
    }
}

/// Wave64's ids are GUIDs: the four letters of RIFF's, and one of two tails.
const TAIL_OF_RIFF: [u8; 12] = [0x2E, 0x91, 0xCF, 0x11, 0xA5, 0xD6, 0x28, 0xDB, 0x04, 0xC1, 0x00, 0x00];
const TAIL_OF_REST: [u8; 12] = [0xF3, 0xAC, 0xD3, 0x11, 0x8C, 0xD1, 0x00, 0xC0, 0x4F, 0x8E, 0xDB, 0x8A];

/// A file in the making.
#[derive(Clone)]
pub(crate) struct Wav {
    pub(crate) kind: Kind,
    pub(crate) bytes: Vec<u8>,
    /// Bytes of a frame, for the count of them in `ds64`.
    pub(crate) frame: u64,
}

impl Wav {
    /// A container without chunks other than `ds64`.
    pub(crate) fn new(kind: Kind) -> Self {
        let empty = Wav { kind, bytes: vec![], frame: 1 };
        match kind {
            Kind::Riff => empty.raw(b"RIFF\0\0\0\0WAVE"),
            Kind::Rifx => empty.raw(b"RIFX\0\0\0\0WAVE"),
            Kind::Rf64 => empty.raw(b"RF64\xFF\xFF\xFF\xFFWAVE").chunk(b"ds64", &[0; 28]),
            Kind::Bw64 => empty.raw(b"BW64\xFF\xFF\xFF\xFFWAVE").chunk(b"ds64", &[0; 28]),
            Kind::Wave64 => empty.raw(b"riff").raw(&TAIL_OF_RIFF).raw(&[0; 8]).raw(b"wave").raw(&TAIL_OF_REST),
        }
    }

    /// A chunk's header, claiming `size` bytes of payload.
    pub(crate) fn header(mut self, id: &[u8; 4], size: u64) -> Self {
        self.bytes.extend(id);
        if self.kind == Kind::Wave64 {
            self.bytes.extend(TAIL_OF_REST);
            // Counts its own header.
            self.bytes.extend((size.wrapping_add(24)).to_le_bytes());
        } else {
            let size = self.kind.number(size, 4);
            self.bytes.extend(size);
        }
        self
    }

    /// Bytes as they are.
    pub(crate) fn raw(mut self, bytes: &[u8]) -> Self {
        self.bytes.extend(bytes);
        self
    }

    /// Zeros after a payload of `len` bytes: to 2, in Wave64 to 8.
    pub(crate) fn pad(self, len: usize) -> Self {
        let step = if self.kind == Kind::Wave64 { 8 } else { 2 };
        self.raw(&[0; 8][..len.next_multiple_of(step) - len])
    }

    /// A chunk without padding.
    pub(crate) fn unpadded(self, id: &[u8; 4], payload: &[u8]) -> Self {
        self.header(id, payload.len() as u64).raw(payload)
    }

    /// A chunk as it should be.
    pub(crate) fn chunk(self, id: &[u8; 4], payload: &[u8]) -> Self {
        self.unpadded(id, payload).pad(payload.len())
    }

    /// The audio; in RF64 and BW64 its size goes into `ds64`.
    pub(crate) fn data(self, payload: &[u8]) -> Self {
        self.data_claiming(payload.len() as u64, payload).pad(payload.len())
    }

    /// The audio with a size of your own, unpadded; in RF64 and BW64 the size goes into `ds64`.
    pub(crate) fn data_claiming(mut self, size: u64, payload: &[u8]) -> Self {
        match self.kind {
            Kind::Rf64 | Kind::Bw64 => {
                let frames = size / self.frame;
                self = self.set(28, 8, size).set(36, 8, frames);
                self.header(b"data", 0xFFFF_FFFF).raw(payload)
            }
            _ => self.header(b"data", size).raw(payload),
        }
    }

    /// Overwrites a number of `width` bytes.
    pub(crate) fn set(mut self, offset: usize, width: usize, value: u64) -> Self {
        let value = self.kind.number(value, width);
        self.bytes[offset..offset + width].copy_from_slice(&value);
        self
    }

    /// Fills in the size of the whole with `size`: bytes after the first 8, in Wave64 all of them.
    pub(crate) fn claiming(self, size: u64) -> Vec<u8> {
        match self.kind {
            Kind::Riff | Kind::Rifx => self.set(4, 4, size).bytes,
            Kind::Rf64 | Kind::Bw64 => self.set(20, 8, size).bytes,
            Kind::Wave64 => self.set(16, 8, size).bytes,
        }
    }

    /// Fills in the size that it has.
    pub(crate) fn done(self) -> Vec<u8> {
        let before = if self.kind == Kind::Wave64 { 0 } else { 8 };
        let size = self.bytes.len() as u64 - before;
        self.claiming(size)
    }
}

/// The fields of a `fmt ` chunk.
#[derive(Debug, Clone)]
pub(crate) struct Fmt {
    pub(crate) tag: u16,
    pub(crate) channels: u16,
    pub(crate) rate: u32,
    pub(crate) byte_rate: u32,
    pub(crate) align: u16,
    pub(crate) bits: u16,
    /// Everything from `cbSize` on.
    pub(crate) tail: Vec<u8>,
}

pub(crate) const PCM: u16 = 1;
pub(crate) const FLOAT: u16 = 3;
pub(crate) const A_LAW: u16 = 6;
pub(crate) const MU_LAW: u16 = 7;
pub(crate) const EXTENSIBLE: u16 = 0xFFFE;

/// `xxxxxxxx-0000-0010-8000-00AA00389B71`, of which the first group is the plain tag.
pub(crate) const GUID_TAIL: ([u16; 2], [u8; 8]) = ([0, 0x10], [0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]);
/// `xxxxxxxx-0721-11D3-8644-C8C1CA000000`, for ambisonic B-format.
pub(crate) const AMBISONIC_TAIL: ([u16; 2], [u8; 8]) = ([0x0721, 0x11D3], [0x86, 0x44, 0xC8, 0xC1, 0xCA, 0, 0, 0]);

impl Fmt {
    /// A plain format: 16 bytes for PCM and float, 18 for others.
    pub(crate) fn new(tag: u16, channels: u16, rate: u32, bits: u16, bytes_per_sample: u16) -> Self {
        let align = channels.wrapping_mul(bytes_per_sample);
        let byte_rate = rate.wrapping_mul(u32::from(channels)).wrapping_mul(u32::from(bytes_per_sample));
        let tail = if tag == A_LAW || tag == MU_LAW { vec![0, 0] } else { vec![] };
        Fmt { tag, channels, rate, byte_rate, align, bits, tail }
    }

    /// 8000 Hz PCM that fills its bytes.
    pub(crate) fn pcm(channels: u16, bits: u16) -> Self {
        Fmt::new(PCM, channels, 8000, bits, bits / 8)
    }

    /// The same in `WAVE_FORMAT_EXTENSIBLE`, the plain tag going into the GUID.
    pub(crate) fn extensible(self, kind: Kind, valid: u16, mask: u32) -> Self {
        let code = self.tag;
        self.with_guid(kind, valid, mask, code, GUID_TAIL)
    }

    pub(crate) fn with_guid(
        mut self,
        kind: Kind,
        valid: u16,
        mask: u32,
        code: u16,
        (groups, tail): ([u16; 2], [u8; 8]),
    ) -> Self {
        self.tag = EXTENSIBLE;
        self.tail = [
            kind.number(22, 2),
            kind.number(u64::from(valid), 2),
            kind.number(u64::from(mask), 4),
            // A GUID is a structure of numbers, in the order of the container (as libsndfile and scipy have it for RIFX).
            kind.number(u64::from(code), 4),
            kind.number(u64::from(groups[0]), 2),
            kind.number(u64::from(groups[1]), 2),
            tail.to_vec(),
        ]
        .concat();
        self
    }

    /// The bytes from `cbSize` on.
    pub(crate) fn tail(self, tail: &[u8]) -> Self {
        Fmt { tail: tail.to_vec(), ..self }
    }

    pub(crate) fn bytes(&self, kind: Kind) -> Vec<u8> {
        [
            kind.number(u64::from(self.tag), 2),
            kind.number(u64::from(self.channels), 2),
            kind.number(u64::from(self.rate), 4),
            kind.number(u64::from(self.byte_rate), 4),
            kind.number(u64::from(self.align), 2),
            kind.number(u64::from(self.bits), 2),
            self.tail.clone(),
        ]
        .concat()
    }

    /// A file that begins with this.
    pub(crate) fn file(&self, kind: Kind) -> Wav {
        let file = Wav::new(kind).chunk(b"fmt ", &self.bytes(kind));
        Wav { frame: u64::from(self.align.max(1)), ..file }
    }

    /// A plain RIFF file that begins with this: `fmt ` at 12, its fields from 20 on.
    pub(crate) fn riff(&self) -> Wav {
        self.file(Kind::Riff)
    }
}
