//! The same ten queries have the same answers on a cluster, also when a part of it dies.

#![allow(unreachable_pub, reason = "the modules of `support` are shared by several tests")]
#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "a test that unwraps or casts says what it expects"
)]

mod support;

use std::process::Stdio;
use std::time::{Duration, Instant};

use support::deployment::Deployment;
use support::program::{Cluster, Process, program, query};
use support::queries::{QUERIES, answer};
use support::value::{assert_rows, rows};

#[test]
fn one_and_two_executors_answer_as_plain_rust_does() {
    let folder = tempfile::tempdir().unwrap();
    let deployment = Deployment::generate(folder.path(), 15);
    for executors in [1, 2] {
        let cluster = Cluster::start(folder.path(), executors);
        for (number, sql) in QUERIES.iter().enumerate() {
            let sql = sql.replace("{}", deployment.root.to_str().unwrap());
            let expected = answer(number, &deployment);
            for partitions in ["3", "16"] {
                let options = ["--scheduler", &cluster.address, "--partitions", partitions];
                let found = rows(&query(&options, &sql));
                assert_rows(
                    &found,
                    &expected,
                    &format!("query {number} on {executors} executors in {partitions} partitions"),
                );
            }
        }
    }
}

/// Recordings that take an executor some seconds: sparse, so they take no disk.
fn long_recordings(folder: &std::path::Path, count: usize) {
    std::fs::create_dir_all(folder).unwrap();
    for number in 0..count {
        let path = folder.join(format!("long{number}.wav"));
        let spec = ndaudio::Spec::new(48_000, 2, ndaudio::Encoding::I16);
        ndaudio::write(&path, &ndaudio::ndarray::Array2::<i16>::from_elem((1, 2), 77), &spec).unwrap();
        // A size of the data of 0 means: to the end of the file.
        let mut bytes = std::fs::read(&path).unwrap();
        let data = bytes.windows(4).position(|window| window == b"data").unwrap();
        bytes[4..8].fill(0);
        bytes[data + 4..data + 8].fill(0);
        std::fs::write(&path, &bytes).unwrap();
        std::fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(400 << 20).unwrap();
    }
}

const LONG: &str =
    "SELECT file, channel, SUM(frames) AS frames, SUM(sum) AS sum, SUM(sum_squares) AS squares, MAX(max) AS high
                    FROM audio('{}', '100 ms') GROUP BY file, channel ORDER BY file, channel";

#[test]
fn a_killed_executor_is_replaced_within_thirty_seconds() {
    let folder = tempfile::tempdir().unwrap();
    let recordings = folder.path().join("recordings");
    long_recordings(&recordings, 12);
    let sql = LONG.replace("{}", recordings.to_str().unwrap());
    let expected = query(&[], &sql);
    let mut cluster = Cluster::start(folder.path(), 2);
    let mut command = program();
    command.args(["query", "--scheduler", &cluster.address, "--format", "csv", &sql]);
    let client = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(1500));
    // kill -9
    cluster.executors[0].0.kill().unwrap();
    let killed = Instant::now();
    let output = client.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
    println!("right rows {:.1} s after the kill", killed.elapsed().as_secs_f64());
}

#[test]
fn a_killed_client_leaves_the_cluster_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let recordings = folder.path().join("recordings");
    long_recordings(&recordings, 4);
    let sql = LONG.replace("{}", recordings.to_str().unwrap());
    let expected = query(&[], &sql);
    let cluster = Cluster::start(folder.path(), 1);
    let options = ["--scheduler", &cluster.address, "--format", "csv"];
    let client = program().arg("query").args(options).arg(&sql).stdout(Stdio::null()).spawn().unwrap();
    let client = Process(client);
    std::thread::sleep(Duration::from_millis(700));
    drop(client);
    assert_eq!(query(&["--scheduler", &cluster.address], &sql), expected);
}

#[test]
fn a_scheduler_that_is_not_there_is_named() {
    let output = support::program::run(&["query", "--scheduler", "127.0.0.1:1", "SELECT 1"]);
    assert!(!output.status.success());
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("no scheduler at 127.0.0.1:1"), "{error}");
}
