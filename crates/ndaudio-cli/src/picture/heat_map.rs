//! The picture of `spectrogram` and `ltsa`: levels by time and frequency.

use super::axes::{Panel, TimeAxis};
use super::bands::Bands;
use super::heat::{Colours, bar, indices, raster};
use super::svg::{Anchor, Drawing, shortened};
use crate::failure::Outcome;

/// Columns of pixels at most.
pub(crate) const COLUMNS: u64 = 1100;
/// Rows of pixels.
pub(crate) const ROWS: usize = 420;

const LEFT: f64 = 70.0;
const RIGHT: f64 = 110.0;
const TOP: f64 = 58.0;

/// What is drawn.
pub(crate) struct HeatMap<'a> {
    pub(crate) title: &'a str,
    pub(crate) facts: &'a [String],
    /// Column by column, the lowest row first, in dB.
    pub(crate) levels: &'a [f64],
    pub(crate) bands: Bands,
    pub(crate) range: (f64, f64),
    pub(crate) unit: &'a str,
    pub(crate) axis: TimeAxis,
    pub(crate) colours: Colours,
}

impl HeatMap<'_> {
    pub(crate) fn draw(&self) -> Outcome<Drawing> {
        let (width, height) = (COLUMNS as f64, ROWS as f64);
        let mut drawing = Drawing::new(LEFT + width + RIGHT, TOP + height + 46.0);
        let panel = Panel { left: LEFT, top: TOP, width, height };
        let bold = "font-size=\"14\" font-weight=\"bold\"";
        drawing.text(LEFT, 20.0, Anchor::Start, &shortened(self.title, 110), bold);
        drawing.text(LEFT, 40.0, Anchor::Start, &self.facts.join("  ·  "), "");
        let cells = indices(self.levels, self.range.0, self.range.1);
        drawing.image([LEFT, TOP, width, height], &raster(&cells, self.bands.rows, self.colours)?);
        panel.frame(&mut drawing);
        self.bands.draw(&mut drawing, &panel);
        panel.horizontal(&mut drawing, &self.axis);
        bar(&mut drawing, &panel, self.range, self.unit, self.colours)?;
        Ok(drawing)
    }
}
