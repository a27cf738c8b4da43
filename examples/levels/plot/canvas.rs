//! What a picture is made of, whatever the format.

/// Red, green, blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Color(pub(super) u8, pub(super) u8, pub(super) u8);

impl Color {
    /// The color where it covers white paper so much.
    pub(super) fn on_white(self, cover: f64) -> Color {
        let Color(red, green, blue) = self;
        let mix = |part: u8| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between the color and 255")]
            let mixed = (255.0 + (f64::from(part) - 255.0) * cover.clamp(0.0, 1.0)).round() as u8;
            mixed
        };
        Color(mix(red), mix(green), mix(blue))
    }
}

/// Which end of a text is at the given place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// Something to draw on; lengths are in pixels, from the upper left corner.
pub(super) trait Canvas {
    /// A filled rectangle.
    fn rect(&mut self, x: f64, y: f64, width: f64, height: f64, color: Color);

    /// Upright bars of the same width: left edge, top, bottom.
    fn bars(&mut self, bars: &[(f64, f64, f64)], width: f64, color: Color);

    /// A line through points.
    fn line(&mut self, points: &[(f64, f64)], color: Color);

    /// A text on its baseline.
    fn text(&mut self, x: f64, y: f64, anchor: Anchor, color: Color, text: &str);

    /// The picture as a file.
    fn finish(self: Box<Self>) -> Result<Vec<u8>, String>;
}
