//! Pictures. Each is drawn once, as SVG; resvg makes PNG of the same drawing.

pub(crate) mod axes;
pub(crate) mod bands;
pub(crate) mod envelope;
pub(crate) mod grid;
pub(crate) mod heat;
pub(crate) mod heat_map;
pub(crate) mod svg;
pub(crate) mod waveform;

use std::path::Path;
use std::sync::{Arc, OnceLock};

use resvg::usvg::{self, fontdb};
use resvg::{render, tiny_skia};

use crate::failure::{Failure, Outcome};
use crate::terminal::shown;
use svg::Drawing;

/// Kinds of picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Svg,
    Png,
}

impl Format {
    /// What a file's name asks for.
    pub(crate) fn of(path: &Path) -> Outcome<Self> {
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
        match extension.as_deref() {
            Some("svg") => Ok(Format::Svg),
            Some("png") => Ok(Format::Png),
            _ => Err(Failure::usage(format!("{}: which kind of picture?", shown(path)))
                .advise("end the name in .png or .svg")),
        }
    }

    /// The bytes of a file.
    pub(crate) fn render(self, drawing: &Drawing) -> Outcome<Vec<u8>> {
        let text = drawing.to_svg();
        match self {
            Format::Svg => Ok(text.into_bytes()),
            Format::Png => png(&text),
        }
    }
}

fn png(svg: &str) -> Outcome<Vec<u8>> {
    let failed = |error: &dyn std::fmt::Display| Failure::new(format!("the picture could not be drawn: {error}"));
    let options = usvg::Options { fontdb: fonts(), font_family: svg::FONT.to_owned(), ..usvg::Options::default() };
    let tree = usvg::Tree::from_str(svg, &options).map_err(|error| failed(&error))?;
    let size = tree.size().to_int_size();
    let mut pixels = tiny_skia::Pixmap::new(size.width(), size.height()).ok_or_else(|| failed(&"it is too large"))?;
    render(&tree, tiny_skia::Transform::identity(), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| failed(&error))
}

/// The program's own font: a bare machine has none.
fn fonts() -> Arc<fontdb::Database> {
    static FONTS: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    let load = || {
        let mut fonts = fontdb::Database::new();
        fonts.load_font_data(dejavu::sans::regular().to_vec());
        fonts.load_font_data(dejavu::sans::bold().to_vec());
        fonts.set_sans_serif_family(svg::FONT);
        Arc::new(fonts)
    };
    Arc::clone(FONTS.get_or_init(load))
}
