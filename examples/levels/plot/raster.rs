//! Pictures as PNG.

use super::canvas::{Anchor, Canvas, Color};
use super::font;

/// A picture of pixels.
pub(super) struct Raster {
    width: usize,
    height: usize,
    /// Three bytes a pixel, row by row.
    pixels: Vec<u8>,
}

impl Raster {
    pub(super) fn new(width: usize, height: usize) -> Self {
        Raster { width, height, pixels: vec![255; width * height * 3] }
    }

    /// Covers a pixel with a color, wholly with 1.
    fn blend(&mut self, x: i64, y: i64, Color(red, green, blue): Color, cover: f64) {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else { return };
        if x >= self.width || y >= self.height {
            return;
        }
        let at = (y * self.width + x) * 3;
        for (pixel, color) in self.pixels[at..at + 3].iter_mut().zip([red, green, blue]) {
            let mixed = f64::from(*pixel) + (f64::from(color) - f64::from(*pixel)) * cover.clamp(0.0, 1.0);
            *pixel = u8::try_from(whole(mixed)).unwrap_or(u8::MAX);
        }
    }

    /// Covers part of a column, the pixels at both ends as much as they are covered.
    fn column(&mut self, x: i64, top: f64, bottom: f64, color: Color, cover: f64) {
        for y in floor(top)..=floor(bottom) {
            let covered = (bottom.min(y as f64 + 1.0) - top.max(y as f64)).max(0.0);
            self.blend(x, y, color, covered * cover);
        }
    }
}

/// Far outside of any picture there is nothing to see.
fn bounded(value: f64) -> f64 {
    if value.is_nan() { 0.0 } else { value.clamp(-1e6, 1e6) }
}

fn whole(value: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "bounded")]
    let whole = bounded(value).round() as i64;
    whole
}

fn floor(value: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "bounded")]
    let floor = bounded(value).floor() as i64;
    floor
}

impl Canvas for Raster {
    fn rect(&mut self, x: f64, y: f64, width: f64, height: f64, color: Color) {
        // Edges on pixels, and at least one pixel.
        let (left, right) = (whole(x), whole(x + width).max(whole(x) + 1));
        let (top, bottom) = (whole(y), whole(y + height).max(whole(y) + 1));
        for y in top..bottom {
            for x in left..right {
                self.blend(x, y, color, 1.0);
            }
        }
    }

    fn bars(&mut self, bars: &[(f64, f64, f64)], width: f64, color: Color) {
        for &(x, top, bottom) in bars {
            for column in floor(x)..=floor(x + width) {
                let covered = ((x + width).min(column as f64 + 1.0) - x.max(column as f64)).max(0.0);
                self.column(column, top, bottom, color, covered);
            }
        }
    }

    /// Column by column, as high as the line is steep.
    fn line(&mut self, points: &[(f64, f64)], color: Color) {
        for pair in points.windows(2) {
            let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
            let run = (x1 - x0).max(1e-9);
            for column in floor(x0)..=floor(x1) {
                let (from, to) = (x0.max(column as f64), x1.min(column as f64 + 1.0));
                if to <= from {
                    continue;
                }
                let at = |x: f64| y0 + (y1 - y0) * (x - x0) / run;
                let (a, b) = (at(from), at(to));
                let (top, bottom) = (a.min(b) - 0.75, a.max(b) + 0.75);
                // Two halves of a pixel, blended one after the other, would leave it pale.
                self.column(column, top, bottom, color, (1.5 * (to - from)).min(1.0));
            }
        }
    }

    fn text(&mut self, x: f64, y: f64, anchor: Anchor, color: Color, text: &str) {
        let width = (text.chars().count() * font::WIDTH) as f64;
        let left = whole(match anchor {
            Anchor::Start => x,
            Anchor::Middle => x - width / 2.0,
            Anchor::End => x - width,
        });
        let top = whole(y) - font::ABOVE;
        for (letter, left) in text.chars().zip((left..).step_by(font::WIDTH)) {
            for (row, y) in font::rows(letter).iter().zip(top..) {
                for (x, _) in (left..).zip(0..font::WIDTH).filter(|(_, bit)| row >> (6 - bit) & 1 == 1) {
                    self.blend(x, y, color, 1.0);
                }
            }
        }
    }

    fn finish(self: Box<Self>) -> Result<Vec<u8>, String> {
        let too_large = |_| "a picture of more than 2^32 pixels".to_owned();
        let (width, height) =
            (u32::try_from(self.width).map_err(too_large)?, u32::try_from(self.height).map_err(too_large)?);
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::High);
        let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(&self.pixels));
        written.map_err(|error| error.to_string())?;
        Ok(bytes)
    }
}
