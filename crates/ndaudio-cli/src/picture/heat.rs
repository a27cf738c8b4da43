//! Colours for levels: a raster, and the bar that explains it.

use clap::ValueEnum;

use super::axes::{Panel, ticks};
use super::svg::{Anchor, Drawing};
use crate::failure::{Failure, Outcome};

/// Colour maps that are even to the eye.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Colours {
    #[default]
    Viridis,
    Magma,
    Inferno,
    /// Also even to colour-blind eyes
    Cividis,
    /// For print
    Greys,
}

/// What is shown where nothing was recorded.
const NOTHING: [u8; 3] = [0xE4, 0xE4, 0xE4];
/// The last colour of the palette stands for it.
const NOTHING_INDEX: u8 = 255;

impl Colours {
    /// 255 colours from the lowest level to the highest, and one for nothing.
    fn palette(self) -> Vec<u8> {
        let gradient = match self {
            Colours::Viridis => colorous::VIRIDIS,
            Colours::Magma => colorous::MAGMA,
            Colours::Inferno => colorous::INFERNO,
            Colours::Cividis => colorous::CIVIDIS,
            Colours::Greys => colorous::GREYS,
        };
        let colours = (0..255).flat_map(|index| gradient.eval_rational(index, 255).as_array());
        colours.chain(NOTHING).collect()
    }
}

/// Levels as indices of colours: 0 to 254, or 255 where there is none.
pub(crate) fn indices(levels: &[f64], low: f64, high: f64) -> Vec<u8> {
    levels.iter().map(|&level| index_of(level, low, high)).collect()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0 to 254")]
fn index_of(level: f64, low: f64, high: f64) -> u8 {
    if level.is_nan() {
        return NOTHING_INDEX;
    }
    ((level - low) / (high - low) * 254.0).round().clamp(0.0, 254.0) as u8
}

/// A PNG of cells that come column by column, the lowest row first.
pub(crate) fn raster(cells: &[u8], rows: usize, colours: Colours) -> Outcome<Vec<u8>> {
    let columns = cells.len().checked_div(rows).unwrap_or(0);
    let failed = |error: &dyn std::fmt::Display| Failure::new(format!("the picture could not be drawn: {error}"));
    let size = |length: usize| u32::try_from(length.max(1)).map_err(|error| failed(&error));
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, size(columns)?, size(rows)?);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(colours.palette());
    let mut writer = encoder.write_header().map_err(|error| failed(&error))?;
    let mut image = Vec::with_capacity(cells.len());
    for row in (0..rows).rev() {
        image.extend((0..columns).map(|column| cells[column * rows + row]));
    }
    image.resize((columns.max(1)) * rows.max(1), NOTHING_INDEX);
    writer.write_image_data(&image).map_err(|error| failed(&error))?;
    writer.finish().map_err(|error| failed(&error))?;
    Ok(bytes)
}

/// Draws the bar to the right of a panel: colours, levels and their unit.
pub(crate) fn bar(
    drawing: &mut Drawing,
    panel: &Panel,
    (low, high): (f64, f64),
    unit: &str,
    colours: Colours,
) -> Outcome {
    let cells: Vec<u8> = (0..255).collect();
    let place = Panel { left: panel.right() + 18.0, top: panel.top, width: 16.0, height: panel.height };
    drawing.image([place.left, place.top, place.width, place.height], &raster(&cells, 255, colours)?);
    place.frame(drawing);
    for tick in ticks(low, high, 8) {
        let y = place.y(tick.value, low, high);
        drawing.line([place.right() + 1.0, y, place.right() + 5.0, y], "stroke=\"#555\"");
        drawing.text(place.right() + 8.0, y + 4.0, Anchor::Start, &tick.label, "");
    }
    drawing.text_upwards(place.right() + 60.0, panel.top + panel.height / 2.0, unit);
    Ok(())
}
