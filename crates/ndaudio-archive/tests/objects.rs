//! Recordings in an S3-compatible server: the same answers as from the disk, and errors that name the object.
//!
//! These need a Python with moto; `ci.sh` installs it and runs them.

#![allow(unreachable_pub, reason = "the modules of `support` are shared by several tests")]
#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "a test that unwraps or casts says what it expects"
)]

mod support;

use std::time::Duration;

use support::deployment::Deployment;
use support::object_server::{Fault, ObjectServer};
use support::program::{Cluster, query};

const SUMS: &str =
    "SELECT substr(file, strpos(file, 'site=')) AS name, channel, SUM(frames), SUM(sum), SUM(sum_squares), MIN(min)
                    FROM audio('{}', '1 s') GROUP BY file, channel ORDER BY file, channel";

fn run(server: &ObjectServer, sql: &str) -> Result<String, String> {
    let output = server.program().args(["query", "--format", "csv", sql]).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}

/// The good recordings of a small deployment, on the disk and in the server.
fn stored(server: &ObjectServer) -> (tempfile::TempDir, Deployment) {
    let folder = tempfile::tempdir().unwrap();
    let deployment = Deployment::generate(folder.path(), 6);
    deployment.broken.iter().for_each(|path| std::fs::remove_file(path).unwrap());
    server.put_folder(folder.path(), "");
    (folder, deployment)
}

#[test]
#[ignore = "needs moto: run ci.sh"]
fn objects_give_the_rows_of_files() {
    let server = ObjectServer::start(&[]);
    let (folder, _deployment) = stored(&server);
    let local = query(&[], &SUMS.replace("{}", folder.path().to_str().unwrap()));
    for location in
        ["s3://recordings", "s3://recordings/", "s3://recordings/site=*/**/2024*", "s3://recordings/{site}/**/2024*"]
    {
        assert_eq!(run(&server, &SUMS.replace("{}", location)).unwrap(), local, "{location}");
    }
    let environment = server.environment();
    let environment: Vec<(&str, &str)> = environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let cluster = Cluster::start_with(folder.path(), 2, &environment);
    let sql = SUMS.replace("{}", "s3://recordings");
    let output =
        server.program().args(["query", "--format", "csv", "--scheduler", &cluster.address, &sql]).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), local, "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
#[ignore = "needs moto: run ci.sh"]
fn headers_take_one_request_or_two_and_filters_take_none() {
    let server = ObjectServer::start(&[]);
    let (_folder, deployment) = stored(&server);
    run(&server, "SELECT COUNT(*), SUM(frames) FROM recordings('s3://recordings')").unwrap();
    let log = server.take_log();
    // A FLAC header says how many frames there should be; the end of the file, how many there are.
    let flac = deployment.recordings.iter().filter(|path| path.extension().is_some_and(|name| name == "flac")).count();
    assert!(flac > 0);
    assert_eq!(log.len(), deployment.recordings.len() + flac, "{log:?}");
    assert!(log.iter().all(|(_, bytes)| *bytes <= 64 << 10), "{log:?}");
    run(&server, "SELECT SUM(sum_squares) FROM audio('s3://recordings', '1 s') WHERE site = 'reef'").unwrap();
    assert!(server.take_log().iter().all(|(target, _)| target.contains("reef")));
}

#[test]
#[ignore = "needs moto: run ci.sh"]
fn cut_and_slow_answers_are_tried_again() {
    let slow = Fault::Slow(Duration::from_millis(300));
    let server = ObjectServer::start(&[("harbour", Fault::Cut(1)), ("reef", slow)]);
    let (folder, _deployment) = stored(&server);
    let local = query(&[], &SUMS.replace("{}", folder.path().to_str().unwrap()));
    assert_eq!(run(&server, &SUMS.replace("{}", "s3://recordings")).unwrap(), local);
}

#[test]
#[ignore = "needs moto: run ci.sh"]
fn what_stays_broken_is_an_error_that_names_the_object() {
    for (fault, says) in [
        (Fault::Cut(usize::MAX), ""),
        (Fault::Slow(Duration::from_secs(60)), ""),
        (Fault::Status(403), "access denied"),
        (Fault::Status(404), "does not exist"),
        (Fault::Changed, "changed"),
    ] {
        let server = ObjectServer::start(&[("faulty", fault)]);
        let folder = tempfile::tempdir().unwrap();
        let deployment = Deployment::generate(folder.path(), 2);
        server.put("good.wav", &std::fs::read(&deployment.recordings[0]).unwrap());
        server.put("faulty.wav", &std::fs::read(&deployment.recordings[1]).unwrap());
        let error = run(&server, "SELECT SUM(sum_squares) FROM audio('s3://recordings', '1 s')").unwrap_err();
        assert!(error.contains("s3://recordings/faulty.wav") && error.contains(says), "{fault:?}: {error}");
        // Where errors are what is asked for, they are rows.
        let rows = run(&server, "SELECT file FROM errors('s3://recordings')").unwrap();
        assert_eq!(rows, "file\ns3://recordings/faulty.wav\n", "{fault:?}");
    }
}

#[test]
#[ignore = "needs moto: run ci.sh"]
fn what_cannot_be_listed_is_named() {
    let server = ObjectServer::start(&[]);
    let error = run(&server, "SELECT * FROM audio('s3://no-such-bucket/x', '1 s')").unwrap_err();
    assert!(error.contains("s3://no-such-bucket/x"), "{error}");
    let error = run(&server, "SELECT * FROM audio('s3://recordings/no-such-object.wav', '1 s')").unwrap_err();
    assert!(error.contains("s3://recordings/no-such-object.wav"), "{error}");
    let error = run(&server, "SELECT * FROM audio('ftp://recordings/x.wav', '1 s')").unwrap_err();
    assert!(error.contains("ftp://"), "{error}");
}
