//! Pictures as SVG.

use std::fmt::Write;

use super::canvas::{Anchor, Canvas, Color};

/// A picture that any browser shows, at any size.
pub(super) struct Svg {
    body: String,
}

impl Svg {
    pub(super) fn new(width: usize, height: usize) -> Self {
        let body = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
             font-family=\"DejaVu Sans, Verdana, sans-serif\" font-size=\"12\">\n"
        );
        Svg { body }
    }

    fn push(&mut self, element: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.body.write_fmt(element);
        self.body.push('\n');
    }
}

/// With as many digits as are seen, and no more.
fn short(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

fn hex(Color(red, green, blue): Color) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

impl Canvas for Svg {
    fn rect(&mut self, x: f64, y: f64, width: f64, height: f64, color: Color) {
        let (x, y, width, height, color) = (short(x), short(y), short(width), short(height), hex(color));
        self.push(format_args!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{color}\" shape-rendering=\"crispEdges\"/>"
        ));
    }

    fn bars(&mut self, bars: &[(f64, f64, f64)], width: f64, color: Color) {
        let mut path = String::new();
        for &(x, top, bottom) in bars {
            let _ = write!(path, "M{} {}V{}", short(x + width / 2.0), short(top), short(bottom));
        }
        let (width, color) = (short(width), hex(color));
        self.push(format_args!("<path d=\"{path}\" stroke=\"{color}\" stroke-width=\"{width}\" fill=\"none\"/>"));
    }

    fn line(&mut self, points: &[(f64, f64)], color: Color) {
        let points: Vec<String> = points.iter().map(|&(x, y)| format!("{},{}", short(x), short(y))).collect();
        let (points, color) = (points.join(" "), hex(color));
        self.push(format_args!(
            "<polyline points=\"{points}\" stroke=\"{color}\" stroke-width=\"1.2\" stroke-linejoin=\"round\" fill=\"none\"/>"
        ));
    }

    fn text(&mut self, x: f64, y: f64, anchor: Anchor, color: Color, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let (x, y, color) = (short(x), short(y), hex(color));
        // XML has no control characters.
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace(char::is_control, "\u{FFFD}");
        self.push(format_args!("<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\" fill=\"{color}\">{text}</text>"));
    }

    fn finish(mut self: Box<Self>) -> Result<Vec<u8>, String> {
        self.body.push_str("</svg>\n");
        Ok(self.body.into_bytes())
    }
}
