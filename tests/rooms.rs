//! The rooms of the house depend on each other in one direction: `spec < error < pcm < stream < {formats, ops} < parallel`, with
//! `metadata` and `fft` beside `pcm`. A room that imports from its right fails here.

#![allow(clippy::unwrap_used, reason = "a test that unwraps says what it expects")]

use std::fs;
use std::path::{Path, PathBuf};

/// Each room, and the rooms that it may use besides itself.
const ROOMS: [(&str, &[&str]); 9] = [
    ("spec", &[]),
    ("error", &["spec"]),
    ("pcm", &["spec", "error"]),
    ("metadata", &["spec", "error"]),
    ("fft", &["pcm"]),
    ("stream", &["spec", "error", "pcm", "metadata", "fft"]),
    ("formats", &["spec", "error", "pcm", "metadata", "stream"]),
    ("ops", &["spec", "error", "pcm", "metadata", "fft", "stream"]),
    ("parallel", &["spec", "error", "pcm", "metadata", "stream", "formats", "ops"]),
];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The rooms that a line of code names: the words after each `crate::`, those in braces one by one.
fn named(line: &str) -> Vec<String> {
    let code = line.split("//").next().unwrap_or_default();
    let word = |text: &str| text.chars().take_while(|&c| c.is_alphanumeric() || c == '_').collect::<String>();
    code.split("crate::")
        .skip(1)
        .flat_map(|rest| match rest.strip_prefix('{') {
            Some(list) => list.split(',').map(|item| word(item.trim())).collect(),
            None => vec![word(rest)],
        })
        .collect()
}

#[test]
fn no_room_imports_from_its_right() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    files(&source, &mut paths);
    let (mut faults, mut seen) = (Vec::new(), 0);
    for path in &paths {
        let within = path.strip_prefix(&source).unwrap();
        let room = within.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs");
        let Some((_, allowed)) = ROOMS.iter().find(|(name, _)| *name == room) else {
            assert_eq!(room, "lib", "a room that the list above does not know");
            continue;
        };
        for (number, line) in fs::read_to_string(path).unwrap().lines().enumerate() {
            // A path that begins with a capital is a name re-exported at the root, for documentation and tests.
            for other in named(line).iter().filter(|name| name.starts_with(char::is_lowercase)) {
                seen += 1;
                if other != room && !allowed.contains(&other.as_str()) {
                    faults.push(format!("{}:{}: {room} imports {other}", within.display(), number + 1));
                }
            }
        }
    }
    assert!(seen > 100, "only {seen} imports found: is the test reading the right files?");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn folders_hold_their_own_module() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    files(&source, &mut paths);
    let beside: Vec<_> = paths.iter().filter(|path| path.with_extension("").is_dir()).collect();
    assert!(beside.is_empty(), "foo/mod.rs throughout, not foo.rs beside foo/: {beside:?}");
}

#[test]
fn the_test_sees_what_it_looks_for() {
    assert_eq!(named("use crate::{error::Error, ops};"), ["error", "ops"]);
    assert_eq!(
        named("pub(in crate::formats::wav) fn x(y: crate::ops::Levels) {} // crate::parallel"),
        ["formats", "ops"]
    );
}
