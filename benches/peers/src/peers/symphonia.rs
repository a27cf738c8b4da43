//! symphonia: packets of its own length, gathered into blocks. It writes no files.

use std::fs::File;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use symphonia::core::audio::conv::ConvertibleSample;
use symphonia::core::codecs::audio::AudioDecoder;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatReader, TrackType};
use symphonia::core::io::MediaSourceStream;

use crate::answer::{BlockRms, Measured, Probe, Result, whole};

struct Packets {
    format: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
}

impl Packets {
    fn open(path: &Path) -> Result<Self> {
        let stream = MediaSourceStream::new(Box::new(File::open(path)?), Default::default());
        let mut hint = Hint::new();
        hint.with_extension("wav");
        let format = symphonia::default::get_probe().probe(&hint, stream, Default::default(), Default::default())?;
        let track = format.default_track(TrackType::Audio).ok_or("no audio track")?;
        let codec = track.codec_params.as_ref().and_then(|params| params.audio()).ok_or("no codec")?;
        let decoder = symphonia::default::get_codecs().make_audio_decoder(codec, &Default::default())?;
        Ok(Packets { format, decoder })
    }

    /// Appends the next packet; false at the end.
    fn next<T: ConvertibleSample>(&mut self, samples: &mut Vec<T>) -> Result<bool> {
        let Some(packet) = self.format.next_packet()? else { return Ok(false) };
        let packet = self.decoder.decode(&packet)?;
        let start = samples.len();
        samples.resize(start + packet.samples_interleaved(), T::MID);
        packet.copy_to_slice_interleaved(&mut samples[start..]);
        Ok(true)
    }
}

fn blocks<T: ConvertibleSample>(path: &Path, len: usize, mut each: impl FnMut(&[T])) -> Result<()> {
    let mut packets = Packets::open(path)?;
    let mut samples = Vec::new();
    while packets.next(&mut samples)? {
        let whole = samples.len() / (2 * len) * (2 * len);
        samples[..whole].chunks_exact(2 * len).for_each(&mut each);
        samples.drain(..whole);
    }
    if !samples.is_empty() {
        each(&samples);
    }
    Ok(())
}

pub fn rms(path: &Path, len: usize) -> Result {
    let start = Instant::now();
    let mut rms = BlockRms::default();
    blocks(path, len, |block| rms.interleaved(block))?;
    Ok(Measured::new(start.elapsed(), rms.answer()))
}

pub fn f32(path: &Path, len: usize) -> Result {
    let start = Instant::now();
    let mut probe = Probe::default();
    blocks(path, len, |block| probe.interleaved(black_box(block)))?;
    Ok(Measured::new(start.elapsed(), probe.answer()))
}

pub fn read_all(path: &Path) -> Result {
    let start = Instant::now();
    let mut packets = Packets::open(path)?;
    let mut samples = Vec::<i16>::new();
    while packets.next(&mut samples)? {}
    let time = start.elapsed();
    Ok(Measured::new(time, whole(&samples)))
}
