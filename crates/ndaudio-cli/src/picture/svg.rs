//! A drawing, written as SVG.

use std::fmt::Write;

/// The font of all text; others stand in where it is not installed.
pub(crate) const FONT: &str = "DejaVu Sans";

/// Where a text begins, relative to its place.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// Shapes on a white ground, in the order in which they are painted.
#[derive(Debug)]
pub(crate) struct Drawing {
    width: f64,
    height: f64,
    body: String,
}

impl Drawing {
    pub(crate) fn new(width: f64, height: f64) -> Self {
        Drawing { width, height, body: String::new() }
    }

    /// The whole file.
    pub(crate) fn to_svg(&self) -> String {
        let Drawing { width, height, body } = self;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
             font-family=\"{FONT}, Verdana, sans-serif\" font-size=\"12\" fill=\"#333\">\n\
             <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n{body}</svg>\n"
        )
    }

    // Writing to a String does not fail.
    fn put(&mut self, element: std::fmt::Arguments<'_>) {
        let _ = self.body.write_fmt(element);
        self.body.push('\n');
    }

    pub(crate) fn rect(&mut self, [x, y, width, height]: [f64; 4], attributes: &str) {
        self.put(format_args!(
            "<rect x=\"{x:.2}\" y=\"{y:.2}\" width=\"{width:.2}\" height=\"{height:.2}\" {attributes}/>"
        ));
    }

    pub(crate) fn line(&mut self, [x1, y1, x2, y2]: [f64; 4], attributes: &str) {
        self.put(format_args!("<line x1=\"{x1:.2}\" y1=\"{y1:.2}\" x2=\"{x2:.2}\" y2=\"{y2:.2}\" {attributes}/>"));
    }

    pub(crate) fn path(&mut self, commands: &str, attributes: &str) {
        if !commands.is_empty() {
            self.put(format_args!("<path d=\"{commands}\" {attributes}/>"));
        }
    }

    pub(crate) fn text(&mut self, x: f64, y: f64, anchor: Anchor, text: &str, attributes: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let text = escaped(text);
        self.put(format_args!("<text x=\"{x:.2}\" y=\"{y:.2}\" text-anchor=\"{anchor}\" {attributes}>{text}</text>"));
    }

    /// Text that reads upwards, around its middle.
    pub(crate) fn text_upwards(&mut self, x: f64, y: f64, text: &str) {
        let text = escaped(text);
        self.put(format_args!(
            "<text transform=\"translate({x:.2} {y:.2}) rotate(-90)\" text-anchor=\"middle\">{text}</text>"
        ));
    }

    /// A raster whose cells stay sharp however large it is shown.
    pub(crate) fn image(&mut self, [x, y, width, height]: [f64; 4], png: &[u8]) {
        use base64::Engine as _;
        let data = base64::engine::general_purpose::STANDARD.encode(png);
        self.put(format_args!(
            "<image x=\"{x:.2}\" y=\"{y:.2}\" width=\"{width:.2}\" height=\"{height:.2}\" preserveAspectRatio=\"none\" \
             style=\"image-rendering:pixelated\" image-rendering=\"optimizeSpeed\" href=\"data:image/png;base64,{data}\"/>"
        ));
    }
}

/// Text as XML has it, without characters that XML cannot hold.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in crate::terminal::escaped(text).chars() {
        match character {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\u{FFFE}' | '\u{FFFF}' => out.push('\u{FFFD}'),
            other => out.push(other),
        }
    }
    out
}

/// A long name shortened in its middle, so that its start and its end are seen.
pub(crate) fn shortened(text: &str, characters: usize) -> String {
    let count = text.chars().count();
    if count <= characters {
        return text.to_owned();
    }
    let half = characters / 2;
    let start: String = text.chars().take(half).collect();
    let end: String = text.chars().skip(count - half).collect();
    format!("{start}…{end}")
}
