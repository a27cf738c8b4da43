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

use ndaudio::Source;
use support::deployment::Deployment;
use support::program::{Cluster, Process, program, query, run};
use support::queries::{QUERIES, answer};
use support::value::{assert_rows, rows};

#[test]
fn one_and_two_executors_answer_as_plain_rust_does() {
    let folder = tempfile::tempdir().unwrap();
    let deployment = Deployment::generate_asked(folder.path());
    let answers: Vec<_> = (0..QUERIES.len()).map(|number| answer(number, &deployment)).collect();
    for executors in [1, 2] {
        let cluster = Cluster::start(folder.path(), executors);
        for (number, (sql, expected)) in QUERIES.iter().zip(&answers).enumerate() {
            let sql = sql.replace("{}", deployment.root.to_str().unwrap());
            for partitions in ["3", "16"] {
                let options = ["--scheduler", &cluster.address, "--partitions", partitions];
                let found = rows(&query(&options, &sql));
                assert_rows(
                    &found,
                    expected,
                    &format!("query {number} on {executors} executors in {partitions} partitions"),
                );
            }
        }
    }
}

#[test]
fn functions_over_lists_run_on_executors_too() {
    let folder = tempfile::tempdir().unwrap();
    let deployment = Deployment::generate(folder.path(), 3);
    let cluster = Cluster::start(folder.path(), 1);
    let table = format!("audio('{}', '1 s', 'density', 'fft=64 frames')", deployment.root.display());
    for sql in [
        format!(
            "SELECT file, start_frame, density[5], cardinality(density), array_max(density) FROM {table} WHERE density[5] > 0 ORDER BY 1, 2"
        ),
        format!(
            "SELECT site, cardinality(mean), mean[33] FROM (SELECT site, psd_mean(density, transforms) AS mean FROM {table} GROUP BY site) ORDER BY site"
        ),
    ] {
        let here = rows(&query(&[], &sql));
        assert!(!here.is_empty(), "{sql}");
        assert_rows(&rows(&query(&["--scheduler", &cluster.address], &sql)), &here, &sql);
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
fn the_client_hears_what_was_read_and_what_failed() {
    let folder = tempfile::tempdir().unwrap();
    let deployment = Deployment::generate(folder.path(), 15);
    let location = deployment.root.to_str().unwrap();
    let cluster = Cluster::start(folder.path(), 2);
    let sql = format!("SELECT SUM(sum_squares) FROM audio('{location}', '1 s')");
    let output = run(&["query", "--scheduler", &cluster.address, &sql]);
    assert!(output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    for path in &deployment.broken {
        assert!(said.contains(path.to_str().unwrap()), "{said}");
    }
    assert!(said.contains("5 left out or damaged"), "{said}");

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let progress = runtime.block_on(async {
        let archive = ndaudio_archive::Archive::on_cluster(&cluster.address, 4).await.unwrap();
        archive.query(&sql).await.unwrap().collect().await.unwrap();
        std::sync::Arc::clone(archive.progress())
    });
    assert_eq!(progress.files(), (0, 0));
    progress.refresh();
    let files = (deployment.recordings.len() + deployment.broken.len()) as u64;
    assert_eq!(progress.files(), (files, files));
    assert_eq!(progress.bytes().0, progress.bytes().1);
    let seconds: f64 =
        deployment.recordings.iter().map(|path| ndaudio::open(path).unwrap().frames().unwrap() as f64 / 8000.0).sum();
    assert!((progress.hours() * 3600.0 - seconds).abs() < 0.5, "{} h are not {seconds} s", progress.hours());
    assert_eq!(progress.failures().0, 5);

    // Ballista's own page and what it is drawn from.
    let jobs = cluster.api("jobs");
    assert!(
        jobs.as_array().unwrap().iter().all(|job| job["status"] == "Completed" && job["num_stages"] == 2),
        "{jobs}"
    );
    let page = std::process::Command::new("curl")
        .args(["-s", "-o", "/dev/null", "-w", "%{http_code} %{redirect_url}"])
        .arg(format!("http://{}/", cluster.address))
        .output()
        .unwrap();
    let page = String::from_utf8(page.stdout).unwrap();
    assert!(
        page.starts_with("303 https://") && page.ends_with(cluster.address.trim_start_matches("127.0.0.1")),
        "{page}"
    );
}

#[test]
fn a_scheduler_that_is_not_there_is_named() {
    let output = run(&["query", "--scheduler", "127.0.0.1:1", "SELECT 1"]);
    assert!(!output.status.success());
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("no scheduler at 127.0.0.1:1"), "{error}");
}
