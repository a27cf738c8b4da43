//! Patterns of paths, with named parts.

use datafusion::common::{DataFusionError, Result, plan_datafusion_err};
use regex::Regex;

/// Which recordings a location means, and what the parts of their paths are called.
///
/// In a pattern `*` stands for any characters within one part of a path, `**` for any parts, `?` for one character, `[a-z]` for one of
/// several, `{wav,flac}` for alternatives, and `{site}` and `{deployment}` for parts to be remembered under these names. In every path,
/// parts of the form `site=NAME` and `deployment=NAME` name themselves.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    regex: Option<Regex>,
}

/// What the parts of one path are called.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Names {
    pub(crate) site: Option<String>,
    pub(crate) deployment: Option<String>,
}

/// Whether a location has anything that a plain path has not.
pub(super) fn is_pattern(location: &str) -> bool {
    location.contains(['*', '?', '[', '{'])
}

impl Pattern {
    pub(super) fn new(location: &str) -> Result<Self> {
        if !is_pattern(location) {
            return Ok(Pattern { regex: None });
        }
        let regex = Regex::new(&to_regex(location)?)
            .map_err(|error| plan_datafusion_err!("'{location}' is not a pattern of paths: {error}"))?;
        Ok(Pattern { regex: Some(regex) })
    }

    /// The directory that everything lies in.
    pub(super) fn base(location: &str) -> &str {
        let first = location.find(['*', '?', '[', '{']).unwrap_or(location.len());
        location[..first].rfind('/').map_or("", |slash| &location[..=slash])
    }

    pub(super) fn matches(&self, path: &str) -> bool {
        self.regex.as_ref().is_none_or(|regex| regex.is_match(path))
    }

    pub(super) fn names(&self, path: &str) -> Names {
        let mut names = Names::default();
        if let Some(found) = self.regex.as_ref().and_then(|regex| regex.captures(path)) {
            let part = |name| found.name(name).map(|part| part.as_str().to_owned());
            names = Names { site: part("site"), deployment: part("deployment") };
        }
        for part in path.split('/') {
            if let Some(site) = part.strip_prefix("site=") {
                names.site.get_or_insert_with(|| site.to_owned());
            }
            if let Some(deployment) = part.strip_prefix("deployment=") {
                names.deployment.get_or_insert_with(|| deployment.to_owned());
            }
        }
        names
    }
}

fn to_regex(pattern: &str) -> Result<String> {
    let unclosed = |what: &str| -> DataFusionError {
        plan_datafusion_err!("'{pattern}' is not a pattern of paths: a {what} is not closed")
    };
    let mut regex = String::from("^");
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '*' if rest.starts_with("*/") => {
                rest = &rest[2..];
                regex.push_str("(?:.*/)?");
            }
            '*' if rest.starts_with('*') => {
                rest = &rest[1..];
                regex.push_str(".*");
            }
            '*' => regex.push_str("[^/]*"),
            '?' => regex.push_str("[^/]"),
            '[' => {
                let end = rest.find(']').ok_or_else(|| unclosed("'['"))?;
                let (set, not) = match rest[..end].strip_prefix('!') {
                    Some(set) => (set, "^"),
                    None => (&rest[..end], ""),
                };
                regex.push_str(&format!("[{not}{}]", set.replace('\\', r"\\").replace('[', r"\[").replace('^', r"\^")));
                rest = &rest[end + 1..];
            }
            '{' => {
                let end = rest.find('}').ok_or_else(|| unclosed("'{'"))?;
                match &rest[..end] {
                    name @ ("site" | "deployment") => regex.push_str(&format!("(?P<{name}>[^/]+)")),
                    choices if choices.contains(',') => {
                        let choices: Vec<String> = choices.split(',').map(regex::escape).collect();
                        regex.push_str(&format!("(?:{})", choices.join("|")));
                    }
                    other => {
                        return Err(plan_datafusion_err!(
                            "'{pattern}' is not a pattern of paths: parts can be named {{site}} and {{deployment}}, not {{{other}}}"
                        ));
                    }
                }
                rest = &rest[end + 1..];
            }
            other => regex.push_str(&regex::escape(other.encode_utf8(&mut [0; 4]))),
        }
    }
    regex.push('$');
    Ok(regex)
}

#[cfg(test)]
mod tests {
    use super::{Names, Pattern};

    #[test]
    fn patterns_match_as_shells_do() {
        for (pattern, path, expected) in [
            ("a/*.wav", "a/b.wav", true),
            ("a/*.wav", "a/b/c.wav", false),
            ("a/**/*.wav", "a/b/c.wav", true),
            ("a/**/*.wav", "a/c.wav", true),
            ("a/?.{wav,flac}", "a/b.flac", true),
            ("a/[!b].wav", "a/b.wav", false),
            ("a/[a-c].wav", "a/b.wav", true),
            ("a+(b)*.wav", "a+(b)x.wav", true),
        ] {
            assert_eq!(Pattern::new(pattern).unwrap().matches(path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn parts_are_named_by_the_pattern_or_by_themselves() {
        let names = Pattern::new("data/{site}/{deployment}_*/*.wav").unwrap().names("data/reef/2024_05/x.wav");
        assert_eq!(names, Names { site: Some("reef".into()), deployment: Some("2024".into()) });
        let names = Pattern::new("data").unwrap().names("data/site=reef/deployment=7/x.wav");
        assert_eq!(names, Names { site: Some("reef".into()), deployment: Some("7".into()) });
        assert_eq!(Pattern::new("data").unwrap().names("data/x.wav"), Names::default());
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for pattern in ["a/{site/*.wav", "a/[b.wav", "a/{year}/*.wav", "a/[b-a].wav"] {
            assert!(Pattern::new(pattern).unwrap_err().to_string().contains("is not a pattern of paths"), "{pattern}");
        }
    }

    #[test]
    fn everything_lies_in_the_part_before_the_first_star() {
        assert_eq!(Pattern::base("a/b/*.wav"), "a/b/");
        assert_eq!(Pattern::base("*.wav"), "");
        assert_eq!(Pattern::base("a/b{site}/*.wav"), "a/");
    }
}
