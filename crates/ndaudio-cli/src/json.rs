//! JSON that is written piece by piece: what a file says about itself may be 64 MiB, and as a tree in memory many times that.

use std::io::{self, Write};

use serde_json::Value;

use crate::terminal::Escaping;

/// Objects and arrays on their way to `out`. What no terminal should see is escaped.
pub(crate) struct JsonWriter<'a, W: Write> {
    out: &'a mut W,
    /// Whether something stands before the next value, in the object or array that is open.
    follows: bool,
}

impl<'a, W: Write> JsonWriter<'a, W> {
    pub(crate) fn new(out: &'a mut W) -> Self {
        JsonWriter { out, follows: false }
    }

    /// An object, whose fields `fill` writes.
    pub(crate) fn object(&mut self, fill: impl FnOnce(&mut Self) -> io::Result<()>) -> io::Result<()> {
        self.group("{", "}", fill)
    }

    /// An array, whose values `fill` writes.
    pub(crate) fn array(&mut self, fill: impl FnOnce(&mut Self) -> io::Result<()>) -> io::Result<()> {
        self.group("[", "]", fill)
    }

    fn group(&mut self, begin: &str, end: &str, fill: impl FnOnce(&mut Self) -> io::Result<()>) -> io::Result<()> {
        self.out.write_all(begin.as_bytes())?;
        self.follows = false;
        fill(self)?;
        self.follows = true;
        self.out.write_all(end.as_bytes())
    }

    /// Begins the next value of an array.
    pub(crate) fn next(&mut self) -> io::Result<&mut Self> {
        if self.follows {
            self.out.write_all(b",")?;
        }
        self.follows = true;
        Ok(self)
    }

    /// Begins a field of an object, whose value comes next.
    pub(crate) fn key(&mut self, name: &str) -> io::Result<&mut Self> {
        self.next()?.text(name)?;
        self.out.write_all(b":")?;
        Ok(self)
    }

    /// A text, of any length.
    pub(crate) fn text(&mut self, text: &str) -> io::Result<()> {
        Ok(serde_json::to_writer(Escaping::json(self.out), text)?)
    }

    /// A value that is small.
    pub(crate) fn value(&mut self, value: impl Into<Value>) -> io::Result<()> {
        Ok(serde_json::to_writer(Escaping::json(self.out), &value.into())?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_what_a_tree_would_be() {
        let mut out = Vec::new();
        let mut json = JsonWriter::new(&mut out);
        let whole = json.object(|json| {
            json.key("a\u{1b}")?.text("\u{202E}\"\n")?;
            json.key("b")?.array(|json| {
                json.next()?.value(1)?;
                json.next()?.object(|_| Ok(()))?;
                json.next()?.array(|_| Ok(()))
            })?;
            json.key("c")?.value(Value::Null)
        });
        whole.unwrap();
        let expected = serde_json::json!({ "a\u{1b}": "\u{202E}\"\n", "b": [1, {}, []], "c": null });
        assert_eq!(String::from_utf8(out).unwrap(), expected.to_string().replace('\u{202E}', "\\u202e"));
    }
}
