//! Recordings behind an HTTP server: read by ranges, and only as far as they are needed.

#![allow(unreachable_pub, reason = "the modules of `support` are shared by several tests")]
#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "a test that unwraps or casts says what it expects"
)]

mod support;

use support::http_server::HttpServer;
use support::program::{query, run};

const SUMS: &str = "SELECT channel, SUM(frames), SUM(sum), SUM(sum_squares), MIN(min) FROM audio('{}', '1 s') GROUP BY channel ORDER BY channel";

#[test]
fn a_url_gives_the_rows_of_the_file() {
    let server = HttpServer::start(std::path::Path::new("../../data"));
    for name in ["music.wav", "media/flac_pcm16_stereo.flac"] {
        let local = query(&[], &SUMS.replace("{}", &format!("../../data/{name}")));
        assert_eq!(query(&[], &SUMS.replace("{}", &format!("{}/{name}", server.address))), local, "{name}");
        let whole = std::fs::metadata(format!("../../data/{name}")).unwrap().len();
        let ranges = server.take_ranges();
        assert!(ranges.iter().map(|(_, first, last)| last - first + 1).sum::<u64>() >= whole - 64, "{ranges:?}");
    }
}

#[test]
fn a_header_takes_one_range() {
    let server = HttpServer::start(std::path::Path::new("../../data"));
    let sql = format!("SELECT frames, channels FROM recordings('{}/music.wav')", server.address);
    assert_eq!(query(&[], &sql), "frames,channels\n441000,2\n");
    assert_eq!(server.take_ranges(), [("/music.wav".to_owned(), 0, 65_535)]);
}

#[test]
fn what_is_not_there_is_named() {
    let server = HttpServer::start(std::path::Path::new("../../data"));
    let url = format!("{}/no_such_file.wav", server.address);
    let output = run(&["query", &SUMS.replace("{}", &url)]);
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && error.contains(&url), "{error}");
}
