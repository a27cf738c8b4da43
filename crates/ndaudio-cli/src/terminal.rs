//! Text on its way to a terminal, where a file name or a label must not move the cursor, change the title or turn the line round.

use std::borrow::Cow;
use std::io::{self, BufWriter, IsTerminal, Stdout, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::failure::{Failure, Outcome};
use crate::progress::above_bars;
use crate::same_file::Inputs;

static QUIET: AtomicBool = AtomicBool::new(false);

/// Suppresses notes; failures are still reported.
pub(crate) fn be_quiet() {
    QUIET.store(true, Ordering::Relaxed);
}

/// Whether notes are suppressed, and with them bars.
pub(crate) fn is_quiet() -> bool {
    QUIET.load(Ordering::Relaxed)
}

/// Control characters, and those that reorder or break lines invisibly: the embeddings, overrides, isolates and marks of the bidirectional
/// algorithm (Unicode 15, UAX 9, table 4), and the line and paragraph separators.
fn is_hostile(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// The text with hostile characters as `\u{1b}`; line ends count as such.
pub(crate) fn escaped(text: &str) -> Cow<'_, str> {
    escaped_but(text, &[])
}

fn escaped_but<'a>(text: &'a str, kept: &[char]) -> Cow<'a, str> {
    let hostile = |character: char| is_hostile(character) && !kept.contains(&character);
    if !text.chars().any(hostile) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if hostile(character) { out.extend(character.escape_default()) } else { out.push(character) }
    }
    Cow::Owned(out)
}

/// Escapes text on its way, however long it is: metadata may be a text of 64 MiB, which need not stand in memory once more.
pub(crate) struct Escaping<'a, W: Write + ?Sized> {
    out: &'a mut W,
    escape: fn(char) -> String,
}

impl<'a, W: Write + ?Sized> Escaping<'a, W> {
    /// As [`escaped`].
    pub(crate) fn text(out: &'a mut W) -> Self {
        Escaping { out, escape: |character| character.escape_default().to_string() }
    }

    /// As `\u….`, for JSON, which is nothing but text outside its strings.
    pub(crate) fn json(out: &'a mut W) -> Self {
        Escaping {
            out,
            escape: |character| {
                character.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect()
            },
        }
    }
}

impl<W: Write + ?Sized> Write for Escaping<'_, W> {
    /// Whoever formats text writes whole characters at a time.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let mut plain = 0;
        for (at, character) in text.char_indices().filter(|&(_, character)| is_hostile(character)) {
            self.out.write_all(&text.as_bytes()[plain..at])?;
            self.out.write_all((self.escape)(character).as_bytes())?;
            plain = at + character.len_utf8();
        }
        self.out.write_all(&text.as_bytes()[plain..])?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A path for a message.
pub(crate) fn shown(path: &Path) -> String {
    escaped(&path.display().to_string()).into_owned()
}

/// Tells the user something on standard error, where it is in nobody's way; and if that is closed, nobody.
pub(crate) fn note(text: impl AsRef<str>) {
    if !is_quiet() {
        complain(text);
    }
}

/// As [`note`], for failures: not suppressed by `--quiet`.
pub(crate) fn complain(text: impl AsRef<str>) {
    let text = format!("ndaudio: {}\n", escaped_but(text.as_ref(), &['\n']));
    above_bars(|| {
        let _ = io::stderr().write_all(text.as_bytes());
    });
}

/// JSON on one line, with the characters that serde_json leaves as they are but no terminal should see as `\u….`.
pub(crate) fn json_line(out: &mut impl Write, value: &serde_json::Value) -> io::Result<()> {
    serde_json::to_writer(Escaping::json(out), value)?;
    out.write_all(b"\n")
}

/// As [`json_line`], in memory.
pub(crate) fn json_text(value: &serde_json::Value) -> String {
    let mut bytes = Vec::new();
    // Memory takes everything.
    let _ = json_line(&mut bytes, value);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Standard output: escaped if it is a terminal, and then written line by line, as it is for a live source.
pub(crate) struct Out {
    out: BufWriter<Stdout>,
    terminal: bool,
    by_line: bool,
}

impl Out {
    /// For what is said about the inputs; refused if a redirection leads to one of them.
    pub(crate) fn new(inputs: &Inputs) -> Outcome<Self> {
        let elsewhere = |refused: Failure| refused.advise("redirect standard output to another file");
        inputs.refuse(Path::new("-")).map_err(elsewhere)?;
        let terminal = io::stdout().is_terminal();
        Ok(Out { out: BufWriter::with_capacity(64 << 10, io::stdout()), terminal, by_line: terminal })
    }

    /// `live`: whether what is printed next comes from a source that goes on while it is read.
    pub(crate) fn follow(&mut self, live: bool) {
        self.by_line = self.terminal || live;
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.terminal {
            let text = String::from_utf8_lossy(bytes);
            self.out.write_all(escaped_but(&text, &['\n', '\t']).as_bytes())?;
        } else {
            self.out.write_all(bytes)?;
        }
        if self.by_line && bytes.contains(&b'\n') {
            self.out.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_move_a_cursor_or_turn_a_line_is_escaped() {
        assert_eq!(escaped("a\u{1b}]0;x\u{7}b"), r"a\u{1b}]0;x\u{7}b");
        assert_eq!(escaped("a\u{9b}31m\u{202E}b\u{2066}\n"), r"a\u{9b}31m\u{202e}b\u{2066}\n");
        assert_eq!(escaped("Größe 20 °C שלום"), "Größe 20 °C שלום");
    }

    #[test]
    fn text_is_escaped_on_its_way_as_in_memory() {
        for text in ["", "a\u{1b}]0;x\u{7}b", "\u{202E}", "Größe 20 °C שלום\u{9b}\n"] {
            let mut out = Vec::new();
            write!(Escaping::text(&mut out), "{text}").unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), escaped(text));
        }
    }

    #[test]
    fn json_stays_json() {
        let value = serde_json::json!({ "a\u{9b}": "x\u{202E}\u{1b}\n" });
        let mut line = Vec::new();
        json_line(&mut line, &value).unwrap();
        assert!(line.is_ascii());
        assert_eq!(serde_json::from_slice::<serde_json::Value>(&line).unwrap(), value);
    }
}
