//! Files as recorders and editors write them, built byte by byte from their documentation, with little audio.

/// A chunk: id and content.
pub(crate) type Chunk = ([u8; 4], Vec<u8>);

/// A file of one kind.
pub(crate) struct Layout {
    /// What writes it.
    pub(crate) name: &'static str,
    pub(crate) chunks: Vec<Chunk>,
    /// The padding byte that should be the last of the file is missing.
    pub(crate) unpadded: bool,
}

impl Layout {
    fn new(name: &'static str, chunks: Vec<Chunk>) -> Self {
        Layout { name, chunks, unpadded: false }
    }

    /// The file.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = riff(b"RIFF", &self.chunks, u32::to_le_bytes);
        if self.unpadded {
            assert_eq!(bytes.pop(), Some(0), "{}", self.name);
            let size = u32::try_from(bytes.len() - 8).unwrap();
            bytes[4..8].copy_from_slice(&size.to_le_bytes());
        }
        bytes
    }
}

/// A RIFF file of chunks, or a RIFX one with the other order of bytes.
pub(crate) fn riff(kind: &[u8; 4], chunks: &[Chunk], order: fn(u32) -> [u8; 4]) -> Vec<u8> {
    let mut body = b"WAVE".to_vec();
    for (id, content) in chunks {
        body.extend(sub(id, content, order));
    }
    let size = order(u32::try_from(body.len()).unwrap());
    [kind.as_slice(), &size, &body].concat()
}

/// A chunk with its size and its padding.
pub(crate) fn sub(id: &[u8; 4], content: &[u8], order: fn(u32) -> [u8; 4]) -> Vec<u8> {
    let mut bytes = [id.as_slice(), &order(u32::try_from(content.len()).unwrap()), content].concat();
    if content.len() % 2 == 1 {
        bytes.push(0);
    }
    bytes
}

fn le(id: &[u8; 4], content: &[u8]) -> Vec<u8> {
    sub(id, content, u32::to_le_bytes)
}

/// Bytes, then zeros up to a length.
fn padded(content: impl AsRef<[u8]>, len: usize) -> Vec<u8> {
    let mut bytes = content.as_ref().to_vec();
    assert!(bytes.len() <= len);
    bytes.resize(len, 0);
    bytes
}

/// `fmt ` of 16 bytes.
pub(crate) fn fmt(tag: u16, channels: u16, rate: u32, bits: u16) -> Chunk {
    let align = channels * bits / 8;
    let mut content = Vec::new();
    content.extend(tag.to_le_bytes());
    content.extend(channels.to_le_bytes());
    content.extend(rate.to_le_bytes());
    content.extend((rate * u32::from(align)).to_le_bytes());
    content.extend(align.to_le_bytes());
    content.extend(bits.to_le_bytes());
    (*b"fmt ", content)
}

/// `data` of so many bytes, no two neighbours alike.
pub(crate) fn data(len: u8) -> Chunk {
    (*b"data", (0..len).map(|value| value.wrapping_mul(37)).collect())
}

struct Broadcast<'a> {
    description: &'a [u8],
    originator: &'a str,
    reference: &'a str,
    date: &'a str,
    time: &'a str,
    time_reference: u64,
    version: u16,
    umid: &'a [u8],
    history: &'a str,
    /// Length of the chunk in all.
    len: usize,
}

/// `bext` after EBU Tech 3285.
fn bext(fields: &Broadcast<'_>) -> Chunk {
    let mut content = padded(fields.description, 256);
    content.extend(padded(fields.originator, 32));
    content.extend(padded(fields.reference, 32));
    content.extend(padded(fields.date, 10));
    content.extend(padded(fields.time, 8));
    content.extend(fields.time_reference.to_le_bytes());
    content.extend(fields.version.to_le_bytes());
    content.extend(padded(fields.umid, 64));
    content.extend([0; 190]);
    content.extend(fields.history.as_bytes());
    (*b"bext", padded(content, fields.len))
}

fn point(id: u32, position: u32, offset: u32) -> Vec<u8> {
    [id.to_le_bytes(), position.to_le_bytes(), *b"data", [0; 4], [0; 4], offset.to_le_bytes()].concat()
}

fn cue(points: &[(u32, u32, u32)]) -> Chunk {
    let count = u32::try_from(points.len()).unwrap().to_le_bytes().to_vec();
    let points = points.iter().map(|&(id, position, offset)| point(id, position, offset));
    (*b"cue ", count.into_iter().chain(points.flatten()).collect())
}

fn text(cue: u32, text: &str) -> Vec<u8> {
    [&cue.to_le_bytes(), text.as_bytes(), &[0]].concat()
}

fn region(cue: u32, length: u32) -> Vec<u8> {
    [cue.to_le_bytes(), length.to_le_bytes(), *b"rgn ", [0; 4], [0; 4]].concat()
}

/// AudioMoth with firmware that adds GUANO: `wavHeader_t`, `setHeaderComment` and `writeGuanoData` of
/// <https://github.com/OpenAcousticDevices/AudioMoth-Firmware-Basic>. Comment and artist fill fields of 384 and 32 bytes, and
/// nothing pads the odd chunk at the end.
pub(crate) fn audiomoth() -> Layout {
    let comment = "Recorded at 19:17:30 17/09/2019 (UTC) by AudioMoth 0123456789ABCDEF at medium gain while battery was 4.0V \
                   and temperature was 21.3C.";
    let guano = "GUANO|Version:1.0\nMake:Open Acoustic Devices\nModel:AudioMoth\nSerial:0123456789ABCDEF\n\
                 Firmware Version:AudioMoth-Firmware-Basic (1.11.0)\nTimestamp:2019-09-17T19:17:30Z\n\
                 Loc Position:-12.34 130.84\nOAD|Loc Source:Configuration app\nOriginal Filename:20190917_191730.WAV\n\
                 OAD|Recording Settings:48000 GAIN 2\nOAD|Battery Voltage:4.0\nTemperature Int:21.3";
    let info =
        [b"INFO".to_vec(), le(b"ICMT", &padded(comment, 384)), le(b"IART", &padded("AudioMoth 0123456789ABCDEF", 32))];
    let chunks = vec![fmt(1, 1, 48_000, 16), (*b"LIST", info.concat()), data(64), (*b"guan", guano.into())];
    assert_eq!(chunks[1].1.len(), 436);
    assert_eq!(guano.len() % 2, 1);
    Layout { unpadded: true, ..Layout::new("AudioMoth", chunks) }
}

/// Zoom H4n, as in <https://github.com/iluvcapra/wavinfo/issues/18>: `bext` of version 0 with a history that no line end ends,
/// marks that have a sample offset only, and their names in a `list` in small letters.
pub(crate) fn zoom_h4n() -> Layout {
    let names = ["01", "02", "03"].iter().zip(1..).map(|(name, id)| le(b"labl", &padded(text(id, name), 8)));
    let list = b"adtl".iter().copied().chain(names.flatten()).collect();
    let chunks = vec![
        bext(&Broadcast {
            description: b"",
            originator: "ZOOM Handy Recorder H4n",
            reference: "",
            date: "2023-11-05",
            time: "17:54:35",
            time_reference: 3_094_800_000,
            version: 0,
            umid: b"",
            history: "A=PCM,F=48000,W=16,M=stereo,T=ZOOM Handy Recorder H4n",
            len: 858,
        }),
        fmt(1, 2, 48_000, 16),
        data(64),
        cue(&[(1, 0, 3), (2, 0, 7), (3, 0, 15)]),
        (*b"list", list),
    ];
    assert_eq!((chunks[3].1.len(), chunks[4].1.len()), (76, 52));
    Layout::new("Zoom H4n", chunks)
}

/// Zoom F8: `bext` of version 1 and `iXML` of 5226 bytes, mostly zeros, and a filler that puts the audio at 128 KiB.
pub(crate) fn zoom_f8() -> Layout {
    let ixml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<BWFXML>\r\n\t<IXML_VERSION>1.62</IXML_VERSION>\r\n\
                \t<PROJECT>WINFO</PROJECT>\r\n\t<SCENE>Scene_1</SCENE>\r\n\t<TAKE>001</TAKE>\r\n</BWFXML>\r\n";
    let mut chunks = vec![
        bext(&Broadcast {
            description: b"SPEED=25.000ND\r\nTAKE=001\r\nUBITS=00000000\r\nSCENE=Scene_1\r\nTR1=Tr1\r\nNOTE=\r\n",
            originator: "ZOOM F8",
            reference: "",
            date: "2019-02-13",
            time: "22:40:18",
            time_reference: 3_917_280_000,
            version: 1,
            umid: b"",
            history: "A=PCM,F=48000,W=24,M=mono,T=F8;VERSION=1.10;1:1 0 0 L100 - 30;",
            len: 1114,
        }),
        (*b"iXML", padded(ixml, 5226)),
        fmt(1, 1, 48_000, 24),
    ];
    let before: usize = 12 + chunks.iter().map(|(_, content)| 8 + content.len()).sum::<usize>();
    chunks.push((*b"PAD ", vec![0; 131_072 - 16 - before]));
    chunks.push(data(63));
    Layout::new("Zoom F8", chunks)
}

/// Zoom R8 and R24, as in <https://github.com/libsndfile/libsndfile/issues/370>: a `LIST` that is zeroed out up to the audio at
/// 0x60000, without even a type.
pub(crate) fn zoom_r24() -> Layout {
    let chunks = vec![fmt(1, 2, 44_100, 16), (*b"LIST", vec![0; 393_164]), data(64)];
    let layout = Layout::new("Zoom R24", chunks);
    assert_eq!(&layout.bytes()[0x5_FFF8..0x5_FFFC], b"data");
    layout
}

/// Wildlife Acoustics Song Meter: `wamd` after wa_meta.h 1.0 (packed sub-chunks: 16-bit id, 32-bit length), a `junk` in small
/// letters as it mentions, and the GUANO fields of the Song Meter user guides.
pub(crate) fn song_meter() -> Layout {
    let mut wamd = Vec::new();
    let items: [(u16, &[u8]); 5] = [
        (0, &[1, 0]),
        (1, b"SM4"),
        (2, b"S4A01234"),
        (5, b"2023-05-01 04:30:00+02:00"),
        (6, b"WGS84,47.12345,N,008.12345,E,450"),
    ];
    for (id, value) in items {
        wamd.extend(id.to_le_bytes());
        wamd.extend(u32::try_from(value.len()).unwrap().to_le_bytes());
        wamd.extend(value);
    }
    let guano = "GUANO|Version: 1.0\r\nFirmware Version: 4.0\r\nLength: 0.001\r\nLoc Position: 47.12345 8.12345\r\n\
                 Make: Wildlife Acoustics, Inc.\r\nModel: Song Meter SM5\r\nTimestamp: 2023-05-01T04:30:00+02:00\r\n\
                 WA|Song Meter|Prefix: SMA01234\r\n";
    let chunks =
        vec![fmt(1, 2, 24_000, 16), (*b"junk", vec![0; 468]), data(64), (*b"wamd", wamd), (*b"guan", guano.into())];
    Layout::new("Song Meter", chunks)
}

/// Pro Tools: `JUNK` for a `ds64`, `bext` of version 1 with a UMID, `fmt ` of 40 bytes under a plain tag, and its own chunks of
/// numbers on both sides of the audio.
pub(crate) fn pro_tools() -> Layout {
    let umid = [0x06, 0x0A, 0x2B, 0x34, 0x01, 0x01, 0x01, 0x05, 0x01, 0x01, 0x0F, 0x10, 0x13, 0, 0, 0, 0xAA, 0x02];
    let (id, format) = fmt(1, 1, 44_100, 24);
    let chunks = vec![
        (*b"JUNK", vec![0; 92]),
        bext(&Broadcast {
            description: b"",
            originator: "Pro Tools",
            reference: "aay5Lx9WcOQk",
            date: "2020-01-05",
            time: "07:56:18",
            time_reference: 676_200,
            version: 1,
            umid: &umid,
            history: "",
            len: 602,
        }),
        (id, padded(format, 40)),
        (*b"minf", padded([0xB0, 0xE9, 0x07, 0xAB, 0xE0, 0xC3, 0xD5, 0x01, 0x01], 16)),
        (*b"elm1", vec![0; 15_574]),
        data(63),
        (*b"FLLR", vec![0; 31_532]),
        (*b"regn", padded([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x2A, 0xAA], 92)),
        (*b"umid", padded([0, 0, 0, 0, 0, 0, 0, 0x2A, 0xAA, 0x02], 24)),
        (*b"DGDA", b"\x04\0\0\0\x01\0AnalysisSetsHdr\x04\0".to_vec()),
    ];
    Layout::new("Pro Tools", chunks)
}

/// Sound Devices 702T: everything that a sound report needs in `bext` and `iXML`, both of fixed length, in front.
pub(crate) fn sound_devices() -> Layout {
    let ixml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<BWFXML>\r\n\t<IXML_VERSION>1.5</IXML_VERSION>\r\n\
                \t<SCENE>A101</SCENE>\r\n\t<TAKE>1</TAKE>\r\n</BWFXML>\r\n";
    let chunks = vec![
        bext(&Broadcast {
            description:
                b"sSPEED=023.976-ND\r\nsTAKE=1\r\nsUBITS=$12311801\r\nsSCENE=A101\r\nsTRK1=MKH516 A\r\nsNOTE=\r\n",
            originator: "Sound Dev: 702T S#GR1112089007",
            // All 32 bytes, so that no NUL ends it.
            reference: "USSDVGR1112089007124001008206301",
            date: "2018-12-31",
            time: "12:40:00",
            time_reference: 2_190_940_753,
            version: 1,
            umid: b"",
            history: "A=PCM,F=48000,W=24,M=stereo,R=48000,T=2 Ch\r\n",
            len: 858,
        }),
        (*b"iXML", padded(ixml, 5226)),
        fmt(1, 2, 48_000, 24),
        data(60),
    ];
    Layout::new("Sound Devices 702T", chunks)
}

/// Metacorder: memory of the program after the NULs in `bext`, colons in the date, `iXML` after the audio and a chunk of its own.
pub(crate) fn metacorder() -> Layout {
    let chunks = vec![
        bext(&Broadcast {
            description: b"gSCENE=001\r\ngTAKE=06\r\ngUBITS=00000000\r\n\0\xBF?\x18\x03\0\0\xE7\x1B\0)\xF8\x06\0\x04",
            originator: "Metacorder Demo\0\0\0#\0\0\0\u{1}",
            reference: "",
            date: "2019:01:01",
            time: "13:36:16",
            time_reference: 2_350_375_830,
            version: 0,
            umid: b"",
            history: "\0\0\0\0\0\0\0leftover\0",
            len: 858,
        }),
        fmt(1, 1, 48_000, 24),
        data(63),
        (
            *b"iXML",
            b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<BWFXML>\r\n\t<SCENE>001</SCENE>\r\n</BWFXML>\r\n".to_vec(),
        ),
        (*b"iXTC", b"\0\0\0\x08wide\0\0\0\0mdat\0\x12\xAD\xDA".to_vec()),
    ];
    Layout::new("Metacorder", chunks)
}

/// iZotope RX: markers and a region, with comments in UTF-8; and a `ltxt` of length zero for a point, as ocenaudio writes it
/// (<https://github.com/WycliffeAssociates/translationRecorder/issues/647>).
pub(crate) fn izotope_rx() -> Layout {
    let list = [
        b"adtl".to_vec(),
        le(b"ltxt", &region(1, 0)),
        le(b"labl", &text(1, "Marker 1")),
        le(b"ltxt", &region(2, 12)),
        le(b"labl", &text(2, "Region 1")),
        le(b"note", &text(2, "Комментарий")),
    ];
    let chunks = vec![fmt(3, 1, 48_000, 32), data(64), cue(&[(1, 2, 2), (2, 4, 4)]), (*b"LIST", list.concat())];
    Layout::new("iZotope RX", chunks)
}

/// A sound library's file with everything in it, in the order in <https://github.com/briandorsey/wavrw#example-output>: texts of
/// cues before the cues, two `LIST`s, XMP, ID3 and the sum of the audio.
pub(crate) fn sound_library() -> Layout {
    let adtl = [b"adtl".to_vec(), le(b"labl", &text(1, "crackle")), le(b"labl", &text(2, "odd"))];
    let info = [
        b"INFO".to_vec(),
        le(b"IPRD", b"Fires\0"),
        le(b"IART", b"Field Unit\0"),
        // Windows-1252, not UTF-8.
        le(b"ICOP", b"\xA9 2024\0"),
        le(b"ICMT", b"campfire \x96 close\0"),
    ];
    let chunks = vec![
        fmt(1, 1, 48_000, 24),
        bext(&Broadcast {
            description: b"campfire, close",
            originator: "",
            reference: "",
            date: "2024-06-01",
            time: "21:15:00",
            time_reference: 0,
            version: 1,
            umid: b"",
            history: "",
            len: 604,
        }),
        data(63),
        (*b"LIST", adtl.concat()),
        (*b"ID3 ", padded(b"ID3\x03\0\0\0\0\x0F\x76", 2048)),
        (*b"SMED", vec![7; 881]),
        (*b"LIST", info.concat()),
        (*b"iXML", b"\xEF\xBB\xBF<BWFXML><USER>fire</USER></BWFXML>".to_vec()),
        cue(&[(1, 5, 5), (2, 9, 9)]),
        (*b"_PMX", b"<?xpacket begin=\"\"?><x:xmpmeta/><?xpacket end=\"w\"?>".to_vec()),
        (*b"MD5 ", vec![0x37; 16]),
        (*b"CSET", vec![0, 0, 1, 0, 9, 0, 1, 0]),
    ];
    Layout::new("sound library", chunks)
}

/// Pettersson D1000X: the example of the GUANO specification, in front of the audio.
pub(crate) fn pettersson() -> Layout {
    let guano = "GUANO|Version:  1.0\n\nTimestamp:  2012-03-29T03:58:01+04:00\nSpecies Auto ID:  MYLU\n\
                 Note:  Hand release.\\nFlew directly overhead.\nTE:  1\nSamplerate:  500000\nMake:  Pettersson\nModel:  D1000X\n\
                 Loc Position:  37.1878016 -86.1057312\n\nSB|Version:  3.4\nPET|Gain:  80\n";
    Layout::new("Pettersson D1000X", vec![fmt(1, 1, 500_000, 16), (*b"guan", guano.into()), data(64)])
}

/// libsndfile with a title and a comment, float: `fact` and `PEAK` (which says what the loudest samples are) in front.
pub(crate) fn libsndfile() -> Layout {
    let info =
        [b"INFO".to_vec(), le(b"INAM", b"dawn\0"), le(b"ISFT", b"libsndfile-1.2.2\0"), le(b"ICMT", b"north slope\0")];
    let peak =
        [1_u32.to_le_bytes(), 1_700_000_000_u32.to_le_bytes(), 0.5_f32.to_le_bytes(), 3_u32.to_le_bytes()].concat();
    let chunks = vec![
        fmt(3, 1, 48_000, 32),
        (*b"fact", 16_u32.to_le_bytes().to_vec()),
        (*b"PEAK", peak),
        data(64),
        (*b"LIST", info.concat()),
    ];
    Layout::new("libsndfile", chunks)
}

/// All of them.
pub(crate) fn all() -> Vec<Layout> {
    vec![
        audiomoth(),
        zoom_h4n(),
        zoom_f8(),
        zoom_r24(),
        song_meter(),
        pro_tools(),
        sound_devices(),
        metacorder(),
        izotope_rx(),
        sound_library(),
        pettersson(),
        libsndfile(),
    ]
}
