//! The page around the data.

use serde_json::{Value, json};

use crate::terminal::json_text;

const TEMPLATE: &str = include_str!("report.html");
const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

/// The whole page, in one text, which a terminal may show.
pub(crate) fn write(title: &str, recordings: &[Value]) -> String {
    let data = json!({ "title": title, "recordings": recordings });
    // Inside a script element nothing but "</script" and "<!--" is special: without "<" there is neither.
    let data = json_text(&data).replace('<', "\\u003c");
    let mut page = String::with_capacity(TEMPLATE.len() + STYLE.len() + SCRIPT.len() + data.len());
    let mut rest = TEMPLATE;
    for (place, content) in [("/*STYLE*/", STYLE), ("/*DATA*/", data.as_str()), ("/*SCRIPT*/", SCRIPT)] {
        if let Some((before, after)) = rest.split_once(place) {
            page.push_str(before);
            page.push_str(content);
            rest = after;
        }
    }
    page.push_str(rest);
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_of_a_file_ends_the_script() {
        let hostile = "</script><script>alert(1)</script><!--/*SCRIPT*/";
        let page = write(hostile, &[json!({ "file": hostile })]);
        assert_eq!(page.matches("</script>").count(), 2);
        assert_eq!(page.matches("<!--").count(), 0);
        assert!(page.contains(SCRIPT) && page.trim_end().ends_with("</html>"));
    }
}
