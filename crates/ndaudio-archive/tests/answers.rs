//! The same ten queries have the same answers by plain Rust and by the engine, on any number of threads.

#![allow(unreachable_pub, reason = "the modules of `support` are shared by several tests")]
#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "a test that unwraps or casts says what it expects"
)]

mod support;

use support::deployment::Deployment;
use support::program::query;
use support::queries::{QUERIES, answer};
use support::value::{assert_rows, rows};

#[test]
fn one_and_two_threads_answer_as_plain_rust_does() {
    let folder = tempfile::tempdir().unwrap();
    let deployment = Deployment::generate_asked(folder.path());
    for (number, sql) in QUERIES.iter().enumerate() {
        let sql = sql.replace("{}", deployment.root.to_str().unwrap());
        let expected = answer(number, &deployment);
        assert!(!expected.is_empty());
        for threads in ["1", "2"] {
            let found = rows(&query(&["--threads", threads], &sql));
            assert_rows(&found, &expected, &format!("query {number} on {threads} threads"));
        }
    }
}
