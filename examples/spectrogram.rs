//! A spectrogram as a picture: time to the right, frequency upwards, levels from -120 to 0 dBFS as colours.
//!
//! ```console
//! $ cargo run --release --features spectrum --example spectrogram -- take.wav take.png
//! ```

use std::fs::File;
use std::io::BufWriter;
use std::{env, error};

use ndaudio::db::Scale;
use ndaudio::ndarray::{Array2, s};
use ndaudio::{Scaling, Spectrum, WavReader};

/// Frames of a window, columns of the picture at most, and the level of the darkest colour.
const LEN: usize = 1024;
const WIDTH: usize = 1200;
const FLOOR: f32 = -120.0;

fn main() -> Result<(), Box<dyn error::Error>> {
    let mut arguments = env::args().skip(1);
    let input = arguments.next().unwrap_or_else(|| "data/music.wav".to_owned());
    let output = arguments.next().unwrap_or_else(|| "spectrogram.png".to_owned());

    let mut reader = WavReader::open(&input)?;
    let frames = usize::try_from(reader.frames().unwrap_or(0))?;
    let hop = frames.div_ceil(WIDTH).max(LEN / 4);
    let mut plan = Spectrum::<f32>::new(LEN).scaling(Scaling::Spectrum);
    let scale = Scale::full_scale_sine().with_floor(f64::from(FLOOR));

    // Of each window the first channel, from the lowest bin to the highest, as indices of colours.
    let mut columns = Vec::new();
    let mut windows = reader.windows::<f32>(LEN, hop);
    while let Some(window) = windows.next()? {
        let levels = plan.decibels(&window, &scale); // bins × channels
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates, as colours should")]
        columns.extend(levels.column(0).iter().map(|level| (255.0 * (1.0 - level / FLOOR)) as u8));
    }
    let height = plan.bins();
    let picture = Array2::from_shape_vec((columns.len() / height, height), columns)?;
    if picture.is_empty() {
        return Err(format!("{input} is shorter than a window of {LEN} frames").into());
    }
    // A picture has its highest row first.
    let rows: Vec<u8> = picture.slice(s![.., ..;-1]).t().iter().copied().collect();

    let file = BufWriter::new(File::create(&output)?);
    let mut encoder = png::Encoder::new(file, u32::try_from(picture.nrows())?, u32::try_from(height)?);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_palette(
        (0..256).flat_map(|index| colorous::MAGMA.eval_rational(index, 256).as_array()).collect::<Vec<u8>>(),
    );
    encoder.write_header()?.write_image_data(&rows)?;
    println!("{output}: {} windows of {LEN} frames, one every {hop}", picture.nrows());
    Ok(())
}
