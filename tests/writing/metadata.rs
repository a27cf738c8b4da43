//! What recorders and editors write beside the audio is read, and survives from file to file.

#![expect(clippy::unwrap_used, reason = "a test that unwraps says what it expects")]

use std::io::{Cursor, Read};

use crate::layouts::Chunk;
use ndaudio::metadata::{Bext, Cue, Guano, Info, Loudness, Metadata};
use ndaudio::{Container, Encoding, ErrorKind, ReadOptions, Spec, WavReader, WavView, WavWriter, WriteOptions};

fn metadata(layout: &crate::layouts::Layout) -> Metadata {
    let bytes = layout.bytes();
    let view = WavView::parse(&bytes).unwrap().metadata();
    // Every door says the same.
    assert_eq!(ReadOptions::new().seekable(Cursor::new(&bytes)).unwrap().metadata().unwrap(), view, "{}", layout.name);
    view
}

fn number(bytes: &[u8]) -> usize {
    usize::try_from(u32::from_le_bytes(bytes.try_into().unwrap())).unwrap()
}

/// The chunks of a RIFF file, by a walk of this test's own: ids and contents of the well-formed file that the writer should write.
fn walk(bytes: &[u8]) -> Vec<Chunk> {
    assert_eq!((&bytes[..4], &bytes[8..12]), (b"RIFF".as_slice(), b"WAVE".as_slice()));
    let size = number(&bytes[4..8]);
    assert_eq!(size + 8, bytes.len());
    let (mut chunks, mut at) = (Vec::new(), 12);
    while at < bytes.len() {
        let size = number(&bytes[at + 4..at + 8]);
        chunks.push((bytes[at..at + 4].try_into().unwrap(), bytes[at + 8..at + 8 + size].to_vec()));
        at += 8 + size + size % 2;
    }
    chunks
}

/// Chunks on the two sides of the audio, but for those that the writer makes itself.
fn sides(chunks: &[Chunk], own: &[&[u8; 4]]) -> [Vec<Chunk>; 2] {
    let mut sides = [Vec::new(), Vec::new()];
    let mut side = 0;
    for chunk in chunks {
        if chunk.0 == *b"data" {
            side = 1;
        } else if !own.contains(&&chunk.0) {
            sides[side].push(chunk.clone());
        }
    }
    sides
}

/// What `copy_metadata` leaves behind.
const LEFT: [&[u8; 4]; 9] = [b"fmt ", b"fact", b"ds64", b"JUNK", b"junk", b"PAD ", b"FLLR", b"PEAK", b"MD5 "];

/// Copies a file through reader and writer.
fn copy<R: Read>(mut reader: WavReader<R>) -> Vec<u8> {
    let mut writer = WavWriter::new(Cursor::new(Vec::new()), reader.spec()).unwrap();
    writer.copy_metadata(&mut reader).unwrap();
    let mut blocks = reader.blocks::<f64>(5);
    while let Some(block) = blocks.next().unwrap() {
        writer.write(&block).unwrap();
    }
    writer.finalize().unwrap().into_inner()
}

#[test]
fn every_chunk_survives_in_its_place_byte_for_byte() {
    let mut carried = 0;
    for layout in crate::layouts::all() {
        let bytes = layout.bytes();
        let copied = copy(ReadOptions::new().seekable(Cursor::new(&bytes)).unwrap());
        let chunks = walk(&copied);
        let expected = sides(&layout.chunks, &LEFT);
        assert_eq!(sides(&chunks, &LEFT), expected, "{}", layout.name);
        carried += expected.concat().len();

        let of = |chunks: &[Chunk]| chunks.iter().find(|chunk| chunk.0 == *b"data").unwrap().1.clone();
        assert_eq!(of(&chunks), of(&layout.chunks), "{}", layout.name);
        let view = WavView::parse(&copied).unwrap();
        assert_eq!(view.anomalies(), [], "{}", layout.name);
        let mut before = metadata(&layout);
        let after = view.metadata();
        // The writer's own.
        before.fact_frames = after.fact_frames;
        assert_eq!(after, before, "{}", layout.name);
    }
    assert!(carried >= 30, "{carried}");
}

#[test]
fn chunks_are_left_behind_only_for_a_reason() {
    let left = |layout: crate::layouts::Layout| {
        let copied = walk(&copy(ReadOptions::new().seekable(Cursor::new(layout.bytes())).unwrap()));
        // The writer may well choose another `fmt `.
        let is_left = |chunk: &&Chunk| chunk.0 != *b"fmt " && !copied.contains(chunk);
        layout.chunks.iter().filter(is_left).map(|chunk| chunk.0.escape_ascii().to_string()).collect::<Vec<_>>()
    };
    assert_eq!(left(crate::layouts::libsndfile()), ["PEAK"]);
    assert_eq!(left(crate::layouts::sound_library()), ["MD5 "]);
    assert_eq!(left(crate::layouts::zoom_f8()), ["PAD "]);
    assert_eq!(left(crate::layouts::audiomoth()), [""; 0]);
}

#[test]
fn chunks_that_a_reader_would_take_for_the_file_itself_do_not_stop_a_copy() {
    let second = (*b"data", vec![1, 2, 3, 4]);
    let chunks = [
        crate::layouts::fmt(1, 1, 8_000, 16),
        (*b"Fact", vec![1]),
        (*b"RIFF", vec![2, 3]),
        crate::layouts::data(8),
        second,
        crate::layouts::fmt(1, 2, 16_000, 8),
        (*b"tail", vec![5]),
    ];
    let bytes = crate::layouts::riff(b"RIFF", &chunks, u32::to_le_bytes);
    let copied = walk(&copy(ReadOptions::new().seekable(Cursor::new(&bytes)).unwrap()));
    assert_eq!(sides(&copied, &LEFT), [vec![], vec![(*b"tail", vec![5])]]);
    assert_eq!(copied.iter().filter(|chunk| chunk.0 == *b"data").count(), 1);
}

#[test]
fn from_a_pipe_what_stands_in_front_survives() {
    for layout in crate::layouts::all() {
        let bytes = layout.bytes();
        // A slice is no more than `Read` here.
        let copied = walk(&copy(WavReader::new(bytes.as_slice()).unwrap()));
        let [front, _] = sides(&layout.chunks, &LEFT);
        assert_eq!(sides(&copied, &LEFT), [front, vec![]], "{}", layout.name);
    }
}

#[test]
fn to_a_stream_everything_goes_in_front() {
    for layout in crate::layouts::all() {
        let mut reader = ReadOptions::new().seekable(Cursor::new(layout.bytes())).unwrap();
        let mut writer = WavWriter::stream(Vec::new(), reader.spec()).unwrap();
        writer.copy_metadata(&mut reader).unwrap();
        writer.write(&reader.read_all::<f64>().unwrap()).unwrap();
        let bytes = writer.finalize().unwrap();
        let view = WavView::parse(&bytes).unwrap();
        let found: Vec<Chunk> = (view.chunks().iter())
            .filter(|chunk| !LEFT.contains(&&chunk.id) && chunk.id != *b"data")
            .map(|chunk| (chunk.id, view.chunk_bytes(chunk).to_vec()))
            .collect();
        assert_eq!(found, sides(&layout.chunks, &LEFT).concat(), "{}", layout.name);
        assert_eq!(view.chunks().last().unwrap().id, *b"data");
    }
}

#[test]
fn every_container_carries_every_chunk() {
    let sorted = |mut chunks: Vec<Chunk>| {
        chunks.sort();
        chunks
    };
    for container in [Container::Rf64, Container::Bw64, Container::Wave64] {
        for layout in crate::layouts::all() {
            let mut reader = ReadOptions::new().seekable(Cursor::new(layout.bytes())).unwrap();
            let write = |reader: &mut WavReader<Cursor<Vec<u8>>>, container| {
                let options = WriteOptions::new(reader.spec()).container(container);
                let mut writer = options.writer(Cursor::new(Vec::new())).unwrap();
                writer.copy_metadata(reader).unwrap();
                writer.write(&reader.read_all::<f64>().unwrap()).unwrap();
                writer.finalize().unwrap().into_inner()
            };
            let bytes = write(&mut reader, container);
            // And back, so that what is in a Wave64 file is read too.
            let mut reader = ReadOptions::new().seekable(Cursor::new(bytes)).unwrap();
            assert_eq!(reader.container(), container);
            let back = walk(&write(&mut reader, Container::Riff));
            let mut expected = sides(&layout.chunks, &LEFT).concat();
            if container == Container::Wave64 {
                // One GUID stands for a list there, in whatever letters.
                expected.iter_mut().filter(|chunk| chunk.0 == *b"list").for_each(|chunk| chunk.0 = *b"LIST");
            }
            assert_eq!(sorted(sides(&back, &LEFT).concat()), sorted(expected), "{} {container}", layout.name);
        }
    }
}

#[test]
fn copying_does_not_disturb_reading() {
    let bytes = crate::layouts::sound_devices().bytes();
    let mut reader = ReadOptions::new().seekable(Cursor::new(&bytes)).unwrap();
    let all = reader.read_all::<i32>().unwrap();
    reader.seek(3).unwrap();
    let mut writer = WavWriter::new(Cursor::new(Vec::new()), reader.spec()).unwrap();
    writer.copy_metadata(&mut reader).unwrap();
    assert_eq!(reader.position(), 3);
    assert_eq!(reader.read_all::<i32>().unwrap(), all.slice(ndaudio::ndarray::s![3.., ..]));
}

#[test]
fn a_copy_can_be_edited_on_the_way_and_an_error_there_stops_it() {
    let mut reader = ReadOptions::new().seekable(Cursor::new(crate::layouts::zoom_h4n().bytes())).unwrap();
    let mut writer = WavWriter::new(Cursor::new(Vec::new()), reader.spec()).unwrap();
    let edit = |id: [u8; 4], content: Vec<u8>| match &id {
        b"bext" => {
            let mut bext = Bext::parse(&content);
            bext.append_coding_history("A=PCM,F=48000,W=16,M=stereo,T=gain")?;
            Ok(Some(bext.to_bytes()))
        }
        b"cue " | b"list" => Ok(None),
        _ => Ok(Some(content)),
    };
    writer.copy_metadata_with(&mut reader, edit).unwrap();
    let chunks = walk(&writer.finalize().unwrap().into_inner());
    let [front, after] = sides(&chunks, &LEFT);
    assert_eq!(after, []);
    let before = &crate::layouts::zoom_h4n().chunks[0].1;
    // The fixed fields as they were, and a line after the one that the recorder forgot to end.
    assert_eq!(front[0].1[..602], before[..602]);
    assert_eq!(
        front[0].1[602..],
        *b"A=PCM,F=48000,W=16,M=stereo,T=ZOOM Handy Recorder H4n\r\nA=PCM,F=48000,W=16,M=stereo,T=gain\r\n"
    );

    let mut writer = WavWriter::new(Cursor::new(Vec::new()), reader.spec()).unwrap();
    let error = writer.copy_metadata_with(&mut reader, |_, _| Bext::new().append_coding_history("\0").map(|()| None));
    assert!(matches!(error.as_ref().map_err(ndaudio::Error::kind), Err(ndaudio::ErrorKind::InvalidArgument { .. })));
}

#[test]
fn a_big_endian_file_gives_what_is_known_of_it_with_its_numbers_turned_round() {
    let be = |value: u32| value.to_be_bytes();
    let mut bext = vec![0; 602];
    bext[..4].copy_from_slice(b"wind");
    bext[338..342].copy_from_slice(&be(96_000));
    bext[346..348].copy_from_slice(&1_u16.to_be_bytes());
    let mut format = Vec::new();
    format.extend([0, 1, 0, 1]);
    format.extend(be(8_000));
    format.extend(be(16_000));
    format.extend([0, 2, 0, 16]);
    let info = [b"INFO".to_vec(), crate::layouts::sub(b"ICMT", b"calm\0", u32::to_be_bytes)].concat();
    let label = [be(7).as_slice(), b"owl\0"].concat();
    let adtl = [b"adtl".to_vec(), crate::layouts::sub(b"labl", &label, u32::to_be_bytes)].concat();
    let points = [be(1), be(7), be(3), *b"data", [0; 4], [0; 4], be(3)].concat();
    let chunks = [
        (*b"fmt ", format),
        (*b"bext", bext),
        (*b"LIST", info),
        (*b"smpl", vec![0; 36]),
        crate::layouts::data(8),
        (*b"LIST", adtl),
        (*b"cue ", points.clone()),
        (*b"cue ", points),
        (*b"guan", b"GUANO|Version:1.0".to_vec()),
    ];
    let bytes = crate::layouts::riff(b"RIFX", &chunks, u32::to_be_bytes);

    let check = |metadata: &Metadata| {
        let bext = metadata.bext.as_ref().unwrap();
        assert_eq!((bext.description(), bext.time_reference()), ("wind".into(), Some(96_000)));
        assert_eq!(metadata.info.as_ref().unwrap().get(*b"ICMT").unwrap(), "calm");
        let cue = &metadata.cues[0];
        assert_eq!((cue.id, cue.frame, cue.label.as_deref()), (7, 3, Some("owl")));
        assert!(metadata.guano.is_some());
    };
    check(&WavView::parse(&bytes).unwrap().metadata());
    let copied = copy(ReadOptions::new().seekable(Cursor::new(&bytes)).unwrap());
    check(&WavView::parse(&copied).unwrap().metadata());
    let ids: Vec<_> = sides(&walk(&copied), &LEFT).concat().iter().map(|chunk| chunk.0).collect();
    assert_eq!(ids, [*b"bext", *b"LIST", *b"LIST", *b"cue ", *b"cue ", *b"guan"]);
}

#[test]
fn chunks_of_wave64_that_no_four_letters_name_are_left_behind() {
    // Sony, "Wave64 File Format": GUIDs of 16 bytes, sizes that count their own 24 bytes, chunks at multiples of 8.
    const TAIL: [u8; 12] = *b"\xF3\xAC\xD3\x11\x8C\xD1\x00\xC0\x4F\x8E\xDB\x8A";
    let chunk = |guid: &[u8], content: &[u8]| {
        let size = (24 + content.len() as u64).to_le_bytes();
        let mut bytes = [guid, &size, content].concat();
        bytes.resize(bytes.len().next_multiple_of(8), 0);
        bytes
    };
    let marker = b"\x56\x62\xF7\xAB\x2D\x39\xD2\x11\x86\xC7\x00\xC0\x4F\x8E\xDB\x8A";
    let body = [
        [b"wave".as_slice(), &TAIL].concat(),
        chunk(&[b"fmt ".as_slice(), &TAIL].concat(), &crate::layouts::fmt(1, 1, 8_000, 16).1),
        chunk(marker, &[1; 16]),
        chunk(&[b"bext".as_slice(), &TAIL].concat(), &[0; 602]),
        chunk(&[b"data".as_slice(), &TAIL].concat(), &crate::layouts::data(8).1),
    ]
    .concat();
    let riff = b"riff\x2E\x91\xCF\x11\xA5\xD6\x28\xDB\x04\xC1\x00\x00";
    let bytes = [riff.as_slice(), &(24 + body.len() as u64).to_le_bytes(), &body].concat();
    let reader = ReadOptions::new().seekable(Cursor::new(&bytes)).unwrap();
    assert_eq!((reader.container(), reader.chunks().len()), (Container::Wave64, 4));
    assert_eq!(sides(&walk(&copy(reader)), &LEFT), [vec![(*b"bext", vec![0; 602])], vec![]]);
}

/// Ids that readers take for padding before the audio, and for nothing after it.
#[test]
fn what_a_reader_could_not_find_is_not_written() {
    let spec = Spec::new(8_000, 1, Encoding::I16);
    for container in [Container::Riff, Container::Rf64, Container::Bw64, Container::Wave64] {
        for frames in [0, 1] {
            let options = WriteOptions::new(&spec).container(container);
            let mut writer = options.writer(Cursor::new(Vec::new())).unwrap();
            for id in [*b"\0\0ab", *b"\xA9nam", *b"abc\0", *b"ab\x7Fd", *b"\0\0\0\0"] {
                for result in [writer.add_chunk(id, b"metadata"), writer.add_trailing_chunk(id, b"metadata")] {
                    let error = result.unwrap_err();
                    assert!(matches!(error.kind(), ErrorKind::InvalidArgument { name: "the chunk id", .. }), "{error}");
                }
            }
            writer.add_trailing_chunk(*b"~ !x", b"metadata").unwrap();
            writer.write_interleaved(&vec![5_i16; frames]).unwrap();
            let bytes = writer.finalize().unwrap().into_inner();
            let mut reader = ReadOptions::new().strict().seekable(Cursor::new(&bytes)).unwrap();
            assert_eq!(reader.chunk(*b"~ !x").unwrap().unwrap(), b"metadata", "{container}");
            assert_eq!(reader.frames(), Some(frames as u64), "{container}");
        }
    }
}

#[test]
fn chunks_with_ids_that_are_not_written_do_not_stop_a_copy() {
    let unprintable = (*b"\xA9nam", vec![1, 2]);
    let chunks = [crate::layouts::fmt(1, 1, 8_000, 16), unprintable, (*b"note", vec![3, 4]), crate::layouts::data(8)];
    let bytes = crate::layouts::riff(b"RIFF", &chunks, u32::to_le_bytes);
    let mut reader = ReadOptions::new().strict().seekable(Cursor::new(&bytes)).unwrap();
    assert_eq!(reader.chunk(*b"\xA9nam").unwrap().unwrap(), [1, 2], "before the audio it is found");
    assert_eq!(sides(&walk(&copy(reader)), &LEFT), [vec![(*b"note", vec![3, 4])], vec![]]);
    // Into a file whose audio has begun, where it would go to the end.
    let mut reader = ReadOptions::new().seekable(Cursor::new(&bytes)).unwrap();
    let mut writer = WavWriter::new(Cursor::new(Vec::new()), reader.spec()).unwrap();
    writer.write_interleaved(&[1_i16]).unwrap();
    writer.copy_metadata(&mut reader).unwrap();
    let written = writer.finalize().unwrap().into_inner();
    assert_eq!(WavView::parse(&written).unwrap().anomalies(), []);
    assert_eq!(sides(&walk(&written), &LEFT), [vec![], vec![(*b"note", vec![3, 4])]]);
}

#[test]
fn metadata_is_written_from_scratch_and_read_again() {
    let mut metadata = Metadata::default();
    let mut bext = Bext::new();
    bext.set_description("dawn chorus").unwrap();
    bext.set_loudness(&Loudness { integrated: Some(-31.2), ..Loudness::default() }).unwrap();
    metadata.bext = Some(bext);
    let mut info = Info::new();
    info.set(*b"ICMT", "odd").unwrap();
    metadata.info = Some(info);
    metadata.ixml = Some("<BWFXML/>".into());
    metadata.guano = Some(Guano::new());
    let mut cue = Cue::new(1, 2);
    cue.label = Some("wren".into());
    metadata.cues.push(cue);

    let spec = Spec::new(48_000, 1, Encoding::I16);
    let mut writer = WavWriter::new(Cursor::new(Vec::new()), &spec).unwrap();
    writer.add_metadata(&metadata).unwrap();
    writer.write_interleaved(&[1_i16, 2, 3]).unwrap();
    let bytes = writer.finalize().unwrap().into_inner();
    assert_eq!(WavView::parse(&bytes).unwrap().metadata(), metadata);
    let [front, after] = sides(&walk(&bytes), &LEFT);
    assert_eq!((front.len(), after.len()), (6, 0));
}

#[test]
fn more_metadata_than_fits_in_memory_is_an_error_not_a_crash() {
    // Two lists of 40 MiB each.
    let chunks = [
        crate::layouts::fmt(1, 1, 8_000, 16),
        (*b"LIST", vec![0; 40 << 20]),
        (*b"LIST", vec![0; 40 << 20]),
        crate::layouts::data(2),
    ];
    let bytes = crate::layouts::riff(b"RIFF", &chunks, u32::to_le_bytes);
    let mut reader = ReadOptions::new().seekable(Cursor::new(&bytes)).unwrap();
    assert!(matches!(
        reader.metadata().as_ref().map_err(ndaudio::Error::kind),
        Err(ndaudio::ErrorKind::TooLarge { bytes: 83_886_080, limit: 67_108_864, .. })
    ));
    assert_eq!(reader.read_all::<i16>().unwrap().len(), 1);
}

// What each of them says, by hand from the bytes in `layouts`.

#[test]
fn audiomoth_says_when_and_where() {
    let layout = crate::layouts::audiomoth();
    let metadata = metadata(&layout);
    let info = metadata.info.unwrap();
    assert!(info.get(*b"ICMT").unwrap().starts_with("Recorded at 19:17:30 17/09/2019 (UTC) by AudioMoth"));
    assert!(info.get(*b"ICMT").unwrap().ends_with("temperature was 21.3C."));
    assert_eq!(info.get(*b"IART").unwrap(), "AudioMoth 0123456789ABCDEF");
    // With the space that the recorder reserved.
    assert_eq!(info.to_bytes(), layout.chunks[1].1);
    let guano = metadata.guano.unwrap();
    assert_eq!(guano.get("Timestamp"), Some("2019-09-17T19:17:30Z"));
    assert_eq!(guano.position(), Some((-12.34, 130.84)));
    assert_eq!(guano.get("Temperature Int"), Some("21.3"));
    assert_eq!(guano.iter().count(), 12);
}

#[test]
fn zoom_h4n_has_marks_in_a_list_in_small_letters() {
    let metadata = metadata(&crate::layouts::zoom_h4n());
    let bext = metadata.bext.unwrap();
    assert_eq!(bext.originator(), "ZOOM Handy Recorder H4n");
    assert_eq!((bext.version(), bext.umid(), bext.loudness()), (Some(0), None, None));
    let marks: Vec<_> = metadata.cues.iter().map(|cue| (cue.frame, cue.label.as_deref().unwrap())).collect();
    assert_eq!(marks, [(3, "01"), (7, "02"), (15, "03")]);
}

#[test]
fn zoom_f8_pads_its_ixml_with_zeros() {
    let metadata = metadata(&crate::layouts::zoom_f8());
    let ixml = metadata.ixml.unwrap();
    assert!(ixml.contains("<SCENE>Scene_1</SCENE>") && ixml.ends_with("</BWFXML>\r\n"));
    let bext = metadata.bext.unwrap();
    assert!(bext.description().lines().any(|line| line == "TAKE=001"));
    assert_eq!(bext.coding_history(), "A=PCM,F=48000,W=24,M=mono,T=F8;VERSION=1.10;1:1 0 0 L100 - 30;");
}

#[test]
fn zoom_r24_says_nothing_in_384_kib() {
    assert_eq!(metadata(&crate::layouts::zoom_r24()), Metadata::default());
}

#[test]
fn song_meter_keeps_its_own_chunk_and_has_guano() {
    let metadata = metadata(&crate::layouts::song_meter());
    let guano = metadata.guano.unwrap();
    assert_eq!(guano.get("Make"), Some("Wildlife Acoustics, Inc."));
    assert_eq!(guano.get("WA|Song Meter|Prefix"), Some("SMA01234"));
    assert_eq!(guano.position(), Some((47.12345, 8.12345)));
}

#[test]
fn pro_tools_has_a_umid() {
    let bext = metadata(&crate::layouts::pro_tools()).bext.unwrap();
    assert_eq!((bext.originator(), bext.originator_reference()), ("Pro Tools".into(), "aay5Lx9WcOQk".into()));
    assert_eq!(bext.time_reference(), Some(676_200));
    let umid = bext.umid().unwrap();
    assert_eq!((umid[0], umid[12], umid[17], umid[63]), (0x06, 0x13, 0x02, 0));
    assert_eq!(bext.coding_history(), "");
}

#[test]
fn sound_devices_fills_a_field_to_its_last_byte() {
    let metadata = metadata(&crate::layouts::sound_devices());
    let bext = metadata.bext.unwrap();
    assert_eq!(bext.originator(), "Sound Dev: 702T S#GR1112089007");
    assert_eq!(bext.originator_reference(), "USSDVGR1112089007124001008206301");
    assert_eq!((bext.origination_date(), bext.origination_time()), ("2018-12-31".into(), "12:40:00".into()));
    assert_eq!(bext.time_reference(), Some(2_190_940_753));
    assert_eq!(bext.coding_history(), "A=PCM,F=48000,W=24,M=stereo,R=48000,T=2 Ch\r\n");
    assert!(metadata.ixml.unwrap().contains("<TAKE>1</TAKE>"));
}

#[test]
fn metacorder_leaves_its_memory_behind_the_nul() {
    let metadata = metadata(&crate::layouts::metacorder());
    let bext = metadata.bext.unwrap();
    assert_eq!(bext.description(), "gSCENE=001\r\ngTAKE=06\r\ngUBITS=00000000\r\n");
    assert_eq!(bext.originator(), "Metacorder Demo");
    assert_eq!(bext.origination_date(), "2019:01:01");
    assert_eq!(bext.coding_history(), "");
    assert!(metadata.ixml.unwrap().contains("<SCENE>001</SCENE>"));
}

#[test]
fn izotope_rx_has_a_marker_and_a_region_with_a_comment() {
    let cues = metadata(&crate::layouts::izotope_rx()).cues;
    let found: Vec<_> =
        cues.iter().map(|cue| (cue.frame, cue.length, cue.label.as_deref().unwrap(), cue.note.as_deref())).collect();
    assert_eq!(found, [(2, None, "Marker 1", None), (4, Some(12), "Region 1", Some("Комментарий"))]);
}

#[test]
fn a_sound_library_has_texts_before_cues_and_an_old_code_page() {
    let metadata = metadata(&crate::layouts::sound_library());
    let info = metadata.info.unwrap();
    assert_eq!(info.get(*b"ICOP").unwrap(), "© 2024");
    assert_eq!(info.get(*b"ICMT").unwrap(), "campfire – close");
    let names: Vec<_> = metadata.cues.iter().map(|cue| (cue.frame, cue.label.as_deref())).collect();
    assert_eq!(names, [(5, Some("crackle")), (9, Some("odd"))]);
    assert_eq!(metadata.ixml.unwrap(), "<BWFXML><USER>fire</USER></BWFXML>");
}

#[test]
fn pettersson_is_the_example_of_the_guano_specification() {
    let guano = metadata(&crate::layouts::pettersson()).guano.unwrap();
    assert_eq!(guano.multiline("Note").unwrap(), "Hand release.\nFlew directly overhead.");
    assert_eq!(guano.get("Samplerate"), Some("500000"));
    assert_eq!(guano.position(), Some((37.1878016, -86.1057312)));
}

#[test]
fn libsndfile_has_a_fact_and_texts_behind_the_audio() {
    let metadata = metadata(&crate::layouts::libsndfile());
    assert_eq!(metadata.fact_frames, Some(16));
    assert_eq!(metadata.info.unwrap().get(*b"ISFT").unwrap(), "libsndfile-1.2.2");
}

#[test]
fn what_libsndfile_and_ffmpeg_really_wrote_is_read() {
    // `sndfile-metadata-set --bext-description ndaudio-fixture --bext-originator make.py --bext-orig-date 2026-01-02
    //  --bext-orig-time 03:04:05 --bext-time-ref 96000 --str-title fixture`, see data/make.py.
    let metadata = WavReader::open("data/libsndfile_bext_pcm16_stereo.wav").unwrap().metadata().unwrap();
    let bext = metadata.bext.unwrap();
    assert_eq!((bext.description(), bext.originator()), ("ndaudio-fixture".into(), "make.py".into()));
    assert_eq!((bext.origination_date(), bext.origination_time()), ("2026-01-02".into(), "03:04:05".into()));
    assert_eq!(bext.time_reference(), Some(96_000));
    assert_eq!(bext.coding_history(), "A=PCM,F=48000,W=16,M=stereo,T=libsndfile-1.2.0\r\n");
    assert_eq!(metadata.info.unwrap().get(*b"INAM").unwrap(), "fixture");

    let metadata = WavReader::open("data/ffmpeg_pcm16_mono_list_before_data.wav").unwrap().metadata().unwrap();
    // `-metadata title=odd`
    assert_eq!(metadata.info.unwrap().get(*b"INAM").unwrap(), "odd");
}
