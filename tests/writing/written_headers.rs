//! Every byte before the audio, and after it, as the standards have it, written here by hand.
//!
//! Sources: RIFF MCI 1991; Microsoft, "Multiple Channel Audio Data and WAVE Files" (2001); EBU Tech 3306 v1.1; ITU-R BS.2088-1;
//! Sony, "Wave64 File Format" (2002).

#![allow(clippy::unwrap_used, reason = "a test that unwraps says what it expects")]

use std::io::Cursor;

use ndarray::Array2;
use ndaudio::{Container, Encoding, ErrorKind, ReadOptions, Spec, WavReader, WavWriter, WriteOptions};

/// `fmt ` contents. Rate 48,000 = 0x0000BB80.
fn formats() -> Vec<(Spec, Vec<u8>)> {
    let spec = |channels, encoding| Spec::new(48_000, channels, encoding);
    let pcm = b"\x01\0\0\0\0\0\x10\0\x80\0\0\xAA\0\x38\x9B\x71"; // KSDATAFORMAT_SUBTYPE_PCM
    let float = b"\x03\0\0\0\0\0\x10\0\x80\0\0\xAA\0\x38\x9B\x71"; // …_IEEE_FLOAT
    let a_law = b"\x06\0\0\0\0\0\x10\0\x80\0\0\xAA\0\x38\x9B\x71"; // …_ALAW
    let mu_law = b"\x07\0\0\0\0\0\x10\0\x80\0\0\xAA\0\x38\x9B\x71"; // …_MULAW
    let extensible = |head: &[u8], guid: &[u8; 16]| [head, guid].concat();
    vec![
        //  tag  channels  rate           bytes per second  frame  bits
        (spec(1, Encoding::U8), b"\x01\0\x01\0\x80\xBB\0\0\x80\xBB\0\0\x01\0\x08\0".to_vec()),
        (spec(2, Encoding::U8), b"\x01\0\x02\0\x80\xBB\0\0\x00\x77\x01\0\x02\0\x08\0".to_vec()),
        (spec(1, Encoding::I16), b"\x01\0\x01\0\x80\xBB\0\0\x00\x77\x01\0\x02\0\x10\0".to_vec()),
        (spec(2, Encoding::I16), b"\x01\0\x02\0\x80\xBB\0\0\x00\xEE\x02\0\x04\0\x10\0".to_vec()),
        // 24 bits at the bottom of 4 bytes: plain for any number of channels.
        (spec(1, Encoding::I24In32Lsb), b"\x01\0\x01\0\x80\xBB\0\0\x00\xEE\x02\0\x04\0\x18\0".to_vec()),
        (spec(3, Encoding::I24In32Lsb), b"\x01\0\x03\0\x80\xBB\0\0\x00\xCA\x08\0\x0C\0\x18\0".to_vec()),
        //  … and cbSize
        (spec(1, Encoding::F32), b"\x03\0\x01\0\x80\xBB\0\0\x00\xEE\x02\0\x04\0\x20\0\0\0".to_vec()),
        (spec(2, Encoding::F64), b"\x03\0\x02\0\x80\xBB\0\0\x00\xB8\x0B\0\x10\0\x40\0\0\0".to_vec()),
        (spec(1, Encoding::ALaw), b"\x06\0\x01\0\x80\xBB\0\0\x80\xBB\0\0\x01\0\x08\0\0\0".to_vec()),
        (spec(2, Encoding::MuLaw), b"\x07\0\x02\0\x80\xBB\0\0\x00\x77\x01\0\x02\0\x08\0\0\0".to_vec()),
        //  … 22, valid bits, channel mask
        (
            spec(1, Encoding::I24),
            extensible(b"\xFE\xFF\x01\0\x80\xBB\0\0\x80\x32\x02\0\x03\0\x18\0\x16\0\x18\0\0\0\0\0", pcm),
        ),
        (
            spec(2, Encoding::I32),
            extensible(b"\xFE\xFF\x02\0\x80\xBB\0\0\x00\xDC\x05\0\x08\0\x20\0\x16\0\x20\0\0\0\0\0", pcm),
        ),
        (
            spec(1, Encoding::I12In16),
            extensible(b"\xFE\xFF\x01\0\x80\xBB\0\0\x00\x77\x01\0\x02\0\x10\0\x16\0\x0C\0\0\0\0\0", pcm),
        ),
        (
            spec(1, Encoding::I20In24),
            extensible(b"\xFE\xFF\x01\0\x80\xBB\0\0\x80\x32\x02\0\x03\0\x18\0\x16\0\x14\0\0\0\0\0", pcm),
        ),
        (
            spec(1, Encoding::I24In32Msb),
            extensible(b"\xFE\xFF\x01\0\x80\xBB\0\0\x00\xEE\x02\0\x04\0\x20\0\x16\0\x18\0\0\0\0\0", pcm),
        ),
        // 5.1: front left, right, centre, low frequency, back left, right.
        (
            spec(6, Encoding::I16).with_channel_mask(0x3F),
            extensible(b"\xFE\xFF\x06\0\x80\xBB\0\0\x00\xCA\x08\0\x0C\0\x10\0\x16\0\x10\0\x3F\0\0\0", pcm),
        ),
        (
            spec(2, Encoding::I16).with_channel_mask(0x3),
            extensible(b"\xFE\xFF\x02\0\x80\xBB\0\0\x00\xEE\x02\0\x04\0\x10\0\x16\0\x10\0\x03\0\0\0", pcm),
        ),
        (
            spec(3, Encoding::U8),
            extensible(b"\xFE\xFF\x03\0\x80\xBB\0\0\x80\x32\x02\0\x03\0\x08\0\x16\0\x08\0\0\0\0\0", pcm),
        ),
        (
            spec(3, Encoding::F32),
            extensible(b"\xFE\xFF\x03\0\x80\xBB\0\0\x00\xCA\x08\0\x0C\0\x20\0\x16\0\x20\0\0\0\0\0", float),
        ),
        (
            spec(3, Encoding::ALaw),
            extensible(b"\xFE\xFF\x03\0\x80\xBB\0\0\x80\x32\x02\0\x03\0\x08\0\x16\0\x08\0\0\0\0\0", a_law),
        ),
        (
            spec(1, Encoding::MuLaw).with_channel_mask(4),
            extensible(b"\xFE\xFF\x01\0\x80\xBB\0\0\x80\xBB\0\0\x01\0\x08\0\x16\0\x08\0\x04\0\0\0", mu_law),
        ),
        // 65,535 × 8 bytes: the frame wraps to 0xFFF8, the bytes per second stay at the most that there is.
        (
            spec(65_535, Encoding::F64),
            extensible(b"\xFE\xFF\xFF\xFF\x80\xBB\0\0\xFF\xFF\xFF\xFF\xF8\xFF\x40\0\x16\0\x40\0\0\0\0\0", float),
        ),
    ]
}

fn silence(spec: &Spec, container: Container, frames: usize) -> Vec<u8> {
    let mut writer = WriteOptions::new(spec).container(container).writer(Cursor::new(Vec::new())).unwrap();
    writer.write(&Array2::<i16>::zeros((frames, spec.channels()))).unwrap();
    writer.finalize().unwrap().into_inner()
}

/// Full scale zero of the encoding, as the file has it.
fn silent_byte(encoding: Encoding) -> u8 {
    match encoding {
        Encoding::U8 => 0x80,
        Encoding::ALaw => 0xD5,
        Encoding::MuLaw => 0xFF,
        _ => 0,
    }
}

fn fact_is_there(spec: &Spec) -> bool {
    matches!(spec.encoding(), Encoding::F32 | Encoding::F64 | Encoding::ALaw | Encoding::MuLaw)
}

fn le32(value: usize) -> [u8; 4] {
    u32::try_from(value).unwrap().to_le_bytes()
}

fn le64(value: usize) -> [u8; 8] {
    (value as u64).to_le_bytes()
}

#[test]
fn riff_files_are_what_the_standard_says() {
    for (spec, fmt) in formats() {
        for frames in [0, 1, 5] {
            let audio = frames * spec.frame_bytes();
            let mut expected = b"RIFF????WAVEJUNK\x1C\0\0\0".to_vec();
            expected.extend([0; 28]);
            expected.extend([b"fmt ", &le32(fmt.len())[..], &fmt].concat());
            if fact_is_there(&spec) {
                expected.extend([b"fact\x04\0\0\0", &le32(frames)[..]].concat());
            }
            expected.extend([b"data", &le32(audio)[..]].concat());
            expected.extend(vec![silent_byte(spec.encoding()); audio]);
            expected.extend(vec![0; audio % 2]);
            let riff_size = le32(expected.len() - 8);
            expected[4..8].copy_from_slice(&riff_size);
            assert_eq!(silence(&spec, Container::Riff, frames), expected, "{spec}, {frames} frames");
        }
    }
}

#[test]
fn rf64_and_bw64_files_are_what_the_standards_say() {
    for (container, id) in [(Container::Rf64, b"RF64"), (Container::Bw64, b"BW64")] {
        for (spec, fmt) in formats() {
            for frames in [0, 1, 5] {
                let audio = frames * spec.frame_bytes();
                let mut expected = [id, &b"\xFF\xFF\xFF\xFFWAVEds64\x1C\0\0\0"[..]].concat();
                // The size of the whole, of the audio, the frames, the length of the table.
                expected.extend([&b"????????"[..], &le64(audio), &le64(frames), b"\0\0\0\0"].concat());
                expected.extend([b"fmt ", &le32(fmt.len())[..], &fmt].concat());
                if fact_is_there(&spec) {
                    expected.extend(b"fact\x04\0\0\0\xFF\xFF\xFF\xFF");
                }
                expected.extend(b"data\xFF\xFF\xFF\xFF");
                expected.extend(vec![silent_byte(spec.encoding()); audio]);
                expected.extend(vec![0; audio % 2]);
                let riff_size = le64(expected.len() - 8);
                expected[20..28].copy_from_slice(&riff_size);
                assert_eq!(silence(&spec, container, frames), expected, "{spec}, {frames} frames");
            }
        }
    }
}

#[test]
fn wave64_files_are_what_sony_says() {
    let tail = b"\xF3\xAC\xD3\x11\x8C\xD1\x00\xC0\x4F\x8E\xDB\x8A";
    let pad = |bytes: &mut Vec<u8>| bytes.resize(bytes.len().next_multiple_of(8), 0);
    for (spec, fmt) in formats() {
        for frames in [0, 1, 5] {
            let audio = frames * spec.frame_bytes();
            let mut expected = b"riff\x2E\x91\xCF\x11\xA5\xD6\x28\xDB\x04\xC1\x00\x00????????wave".to_vec();
            expected.extend(tail);
            expected.extend([&b"junk"[..], tail, &le64(24 + 28), &[0; 28], &[0; 4]].concat());
            // Float, A-law and µ-law are plain for any number of channels, where there is no mask.
            let mut fmt = fmt.clone();
            if fact_is_there(&spec) && fmt.len() == 40 && fmt[20..24] == [0; 4] {
                let tag = [fmt[24], fmt[25]];
                fmt.splice(..2, tag);
                fmt.splice(16.., [0, 0]);
            }
            expected.extend([&b"fmt "[..], tail, &le64(24 + fmt.len()), &fmt].concat());
            pad(&mut expected);
            if fact_is_there(&spec) {
                expected.extend([&b"fact"[..], tail, &le64(32), &le64(frames)].concat());
            }
            expected.extend([&b"data"[..], tail, &le64(24 + audio)].concat());
            expected.extend(vec![silent_byte(spec.encoding()); audio]);
            let riff_size = le64(expected.len());
            expected[16..24].copy_from_slice(&riff_size);
            assert_eq!(silence(&spec, Container::Wave64, frames), expected, "{spec}, {frames} frames");
        }
    }
}

#[test]
fn streams_say_that_nobody_knows_the_size() {
    let write = |container, encoding| {
        let spec = Spec::new(8_000, 1, encoding);
        let mut writer = WriteOptions::new(&spec).container(container).stream(Vec::new()).unwrap();
        writer.add_chunk(*b"LIST", b"INFO").unwrap();
        writer.write_interleaved(&[0_i16; 3]).unwrap();
        assert!(
            matches!(
                writer.add_chunk(*b"guan", b"").as_ref().map_err(ndaudio::Error::kind),
                Err(ndaudio::ErrorKind::Unsupported { .. })
            ),
            "too late for a stream"
        );
        writer.finalize().unwrap()
    };
    let junk = [0; 28];
    let fmt = b"fmt \x10\0\0\0\x01\0\x01\0\x40\x1F\0\0\x40\x1F\0\0\x01\0\x08\0LIST\x04\0\0\0INFO";
    // No padding either: whoever reads to the end takes it for audio.
    let riff =
        [b"RIFF\xFF\xFF\xFF\xFFWAVEJUNK\x1C\0\0\0", &junk[..], fmt, b"data\xFF\xFF\xFF\xFF\x80\x80\x80"].concat();
    assert_eq!(write(Container::Riff, Encoding::U8), riff);
    let long = b"\0\xF0\xFF\xFF\xFF\x07\0\0"; // nearly 8 TiB
    let ds64 = [&b"RF64\xFF\xFF\xFF\xFFWAVEds64\x1C\0\0\0"[..], long, long, &[0; 12]].concat();
    let rf64 = [&ds64, &fmt[..], b"data\xFF\xFF\xFF\xFF\x80\x80\x80"].concat();
    assert_eq!(write(Container::Rf64, Encoding::U8), rf64);
    let wave64 = write(Container::Wave64, Encoding::U8);
    assert_eq!(&wave64[16..24], long);
    assert!(wave64.ends_with(b"\x4F\x8E\xDB\x8A\0\xF0\xFF\xFF\xFF\x07\0\0\x80\x80\x80"));
    for container in [Container::Riff, Container::Rf64, Container::Bw64, Container::Wave64] {
        for encoding in Encoding::ALL {
            let bytes = write(container, encoding);
            let mut reader = WavReader::new(&bytes[..]).unwrap();
            assert_eq!((reader.container(), reader.spec().encoding(), reader.frames()), (container, encoding, None));
            let samples = reader.read_all::<i16>().unwrap();
            assert_eq!(samples.dim(), (3, 1), "{container}, {encoding}");
        }
    }
}

#[test]
fn chunks_stand_where_they_were_put() {
    let spec = Spec::new(8_000, 1, Encoding::U8);
    let mut writer = WavWriter::new(Cursor::new(Vec::new()), &spec).unwrap();
    writer.add_chunk(*b"bext", b"odd").unwrap();
    writer.add_trailing_chunk(*b"cue ", b"five!").unwrap();
    writer.write_interleaved(&[0_i16]).unwrap();
    writer.add_chunk(*b"guan", b"").unwrap();
    let bytes = writer.finalize().unwrap().into_inner();
    let expected = [
        b"RIFF\x6C\0\0\0WAVEJUNK\x1C\0\0\0",
        &[0; 28][..],
        b"fmt \x10\0\0\0\x01\0\x01\0\x40\x1F\0\0\x40\x1F\0\0\x01\0\x08\0",
        b"bext\x03\0\0\0odd\0",
        b"data\x01\0\0\0\x80\0",
        b"cue \x05\0\0\0five!\0",
        b"guan\0\0\0\0",
    ]
    .concat();
    assert_eq!(bytes, expected);
    assert_eq!(expected.len(), 0x6C + 8);
}

#[test]
fn wave64_pads_its_audio_only_where_a_chunk_follows() {
    let spec = Spec::new(8_000, 1, Encoding::U8);
    let write = |after: bool| {
        let mut writer = WriteOptions::new(&spec).container(Container::Wave64).writer(Cursor::new(Vec::new())).unwrap();
        for id in [*b"LIST", *b"bext", *b"iXML"] {
            writer.add_chunk(id, b"content").unwrap();
        }
        writer.write_interleaved(&[0_i16; 3]).unwrap();
        if after {
            writer.add_chunk(*b"guan", b"content").unwrap();
        }
        writer.finalize().unwrap().into_inner()
    };
    let (short, long) = (write(false), write(true));
    assert!(short.ends_with(b"\x4F\x8E\xDB\x8A\x1B\0\0\0\0\0\0\0\x80\x80\x80"));
    let chunk = b"guan\xF3\xAC\xD3\x11\x8C\xD1\x00\xC0\x4F\x8E\xDB\x8A\x1F\0\0\0\0\0\0\0content\0";
    assert_eq!(long[40..], [&short[40..], &[0; 5], chunk].concat());
    for (bytes, last) in [(&short, "data"), (&long, "guan")] {
        assert_eq!(bytes[16..24], (bytes.len() as u64).to_le_bytes());
        let reader = ReadOptions::new().seekable(Cursor::new(bytes)).unwrap();
        assert_eq!((reader.anomalies(), reader.frames()), (&[][..], Some(3)));
        let ids: Vec<_> = reader.chunks().iter().map(|chunk| chunk.id.escape_ascii().to_string()).collect();
        assert_eq!(ids[..6], ["junk", "fmt ", "LIST", "bext", "iXML", "data"]);
        assert_eq!(ids.last().unwrap(), last);
    }
}

#[test]
fn what_cannot_be_written_is_refused_with_a_reason() {
    let refuse = |options: &WriteOptions| match options.writer(Cursor::new(Vec::new())) {
        Err(error) if matches!(error.kind(), ErrorKind::Unsupported { .. }) => error.to_string(),
        other => panic!("{other:?}"),
    };
    let spec = Spec::new(48_000, 1, Encoding::I24In32Lsb);
    assert!(
        refuse(&WriteOptions::new(&spec).container(Container::Rifx)).starts_with("RIFX files are read but not written")
    );
    assert!(refuse(&WriteOptions::new(&spec.with_channel_mask(4))).contains("channel mask"));
    let mut writer = WavWriter::new(Cursor::new(Vec::new()), &spec).unwrap();
    for id in [b"RIFF", b"fmt ", b"data", b"fact", b"ds64", b"DATA"] {
        assert!(matches!(
            writer.add_chunk(*id, b"").as_ref().map_err(ndaudio::Error::kind),
            Err(ndaudio::ErrorKind::InvalidArgument { .. })
        ));
    }
}

#[test]
fn every_file_reads_back_without_an_anomaly() {
    for container in [Container::Riff, Container::Rf64, Container::Bw64, Container::Wave64] {
        for (spec, _) in formats() {
            for frames in [0, 1, 5] {
                let bytes = silence(&spec, container, frames);
                let mut reader = ReadOptions::new().seekable(Cursor::new(&bytes)).unwrap();
                assert_eq!(reader.anomalies(), [], "{container}, {spec}");
                assert_eq!((reader.spec(), reader.container()), (&spec, container));
                assert_eq!(reader.read_all::<f64>().unwrap().dim(), (frames, spec.channels()));
            }
        }
    }
}
