//! Parquet that stays: whole files, only what is missing or has changed, in shards.

#![allow(unreachable_pub, reason = "the modules of `support` are shared by several tests")]
#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "a test that unwraps or casts says what it expects"
)]

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use support::deployment::Deployment;
use support::program::{Process, program, query};
use support::queries::{QUERIES, answer};
use support::value::{assert_rows, rows};

fn export(location: &Path, out: &Path, options: &[&str]) -> String {
    export_windows(location, "1 s", out, options)
}

fn export_windows(location: &Path, window: &str, out: &Path, options: &[&str]) -> String {
    let mut command = program();
    command.args(["export", location.to_str().unwrap(), window, "--parquet", out.to_str().unwrap()]).args(options);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// All files below a folder, with their content.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for item in std::fs::read_dir(folder).into_iter().flatten() {
        let path = item.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path))
        } else {
            drop(found.insert(path.clone(), std::fs::read(&path).unwrap()))
        }
    }
    found
}

/// What the Parquet files hold, by DataFusion's own reader.
fn totals(out: &Path) -> String {
    let folder = out.join("audio");
    let archive = ndaudio_archive::Archive::local(1);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let options = ndaudio_archive::datafusion::prelude::ParquetReadOptions::default();
        archive.context().register_parquet("audio", folder.to_str().unwrap(), options).await.unwrap();
        let rows = archive.query(TOTALS_OF_TABLE).await.unwrap().collect().await.unwrap();
        ndaudio_archive::datafusion::arrow::util::pretty::pretty_format_batches(&rows).unwrap().to_string()
    })
}

const TOTALS_OF_TABLE: &str =
    "SELECT file, channel, SUM(frames) AS frames, SUM(sum_squares) AS squares, SUM(clipped) AS clipped
                               FROM audio GROUP BY file, channel ORDER BY file, channel";

fn totals_of_audio(location: &Path) -> String {
    let table = format!("audio('{}', '1 s')", location.display());
    let output = program().args(["query", &TOTALS_OF_TABLE.replace("audio", &table)]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn a_second_run_does_what_is_missing_or_has_changed() {
    let folder = tempfile::tempdir().unwrap();
    let (recordings, out) = (folder.path().join("recordings"), folder.path().join("out"));
    let deployment = Deployment::generate(&recordings, 15);
    // Two sites, and May 1 and May 2; the broken ones have no time.
    assert_eq!(export(&recordings, &out, &[]), "5 written, 0 kept, 0 removed, 5 recordings failed");
    let first = files(&out);
    assert_eq!(first.len(), 15);
    assert!(first.keys().all(|path| path.extension().is_some_and(|extension| extension == "parquet")));
    assert_eq!(totals(&out), totals_of_audio(&recordings));

    assert_eq!(export(&recordings, &out, &[]), "0 written, 5 kept, 0 removed, 0 recordings failed");
    assert_eq!(files(&out), first);

    // One missing: the same bytes again.
    let audio = first.keys().find(|path| path.to_str().unwrap().contains("/audio/site=reef")).unwrap();
    std::fs::remove_file(audio).unwrap();
    assert!(export(&recordings, &out, &[]).starts_with("1 written, 4 kept, 0 removed"));
    assert_eq!(files(&out).keys().collect::<Vec<_>>(), first.keys().collect::<Vec<_>>());
    assert_eq!(totals(&out), totals_of_audio(&recordings));

    // One changed, one gone.
    std::fs::copy(&deployment.recordings[1], &deployment.recordings[0]).unwrap();
    std::fs::remove_file(deployment.recordings.last().unwrap()).unwrap();
    assert_eq!(export(&recordings, &out, &[]), "2 written, 3 kept, 6 removed, 0 recordings failed");
    assert_eq!(files(&out).len(), 15);
    assert_eq!(totals(&out), totals_of_audio(&recordings));
}

#[test]
fn spectra_are_columns_and_others_are_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let (recordings, out) = (folder.path().join("recordings"), folder.path().join("out"));
    Deployment::generate(&recordings, 3);
    let bands = ["--bands", "decidecade", "--fft", "100 ms"];
    export(&recordings, &out, &bands);
    assert!(export(&recordings, &out, &bands).starts_with("0 written"));
    let mean = "SELECT COUNT(bands), SUM(transforms), psd_mean(bands, transforms) FROM";
    let archive = ndaudio_archive::Archive::local(1);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let table = format!("audio('{}', '1 s', 'bands=decidecade', 'fft=100 ms')", recordings.display());
    let rows = |sql: String| runtime.block_on(async { archive.query(&sql).await.unwrap().collect().await.unwrap() });
    let expected = rows(format!("{mean} {table}"));
    let folder = out.join("audio");
    let options = ndaudio_archive::datafusion::prelude::ParquetReadOptions::default();
    runtime.block_on(archive.context().register_parquet("exported", folder.to_str().unwrap(), options)).unwrap();
    assert_eq!(rows(format!("{mean} exported"))[0].columns(), expected[0].columns());
    // Other spectra are other files.
    assert!(export(&recordings, &out, &["--density", "--fft", "100 ms"]).starts_with("3 written, 0 kept, 9 removed"));
}

#[test]
fn shards_together_are_the_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (recordings, out) = (folder.path().join("recordings"), folder.path().join("out"));
    Deployment::generate(&recordings, 15);
    for shard in ["0/4", "1/4", "2/4", "3/4"] {
        export(&recordings, &out, &["--shard", shard]);
    }
    assert_eq!(totals(&out), totals_of_audio(&recordings));
    let before = files(&out);
    assert!(export(&recordings, &out, &["--shard", "2/4"]).starts_with("0 written"));
    assert_eq!(files(&out), before);
}

#[test]
fn a_killed_run_leaves_whole_files_and_the_next_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let (recordings, out) = (folder.path().join("recordings"), folder.path().join("out"));
    Deployment::generate(&recordings, 120);
    let expected = totals_of_audio(&recordings);
    for delay in [0, 30, 60, 90, 120, 150] {
        let mut command = program();
        command.args(["export", recordings.to_str().unwrap(), "1 s", "--parquet", out.to_str().unwrap(), "--quiet"]);
        let child = Process(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        std::thread::sleep(Duration::from_millis(300 + delay));
        drop(child);
        for (path, bytes) in files(&out) {
            let whole = bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1");
            let temporary = path.file_name().unwrap().to_str().unwrap().starts_with('.');
            assert!(whole || temporary, "{}", path.display());
        }
    }
    export(&recordings, &out, &[]);
    assert_eq!(totals(&out), expected);
    assert!(files(&out).keys().all(|path| !path.file_name().unwrap().to_str().unwrap().starts_with('.')));
}

/// A limit on the size of files stops a write in the middle as a full disk does, without a file system of its own.
#[test]
fn a_full_disk_is_an_error_and_leaves_nothing_half() {
    let folder = tempfile::tempdir().unwrap();
    let (recordings, out) = (folder.path().join("recordings"), folder.path().join("out"));
    Deployment::generate(&recordings, 15);
    let script = format!(
        "trap '' XFSZ; ulimit -f 1; exec {} export {} '10 ms' --parquet {}",
        env!("CARGO_BIN_EXE_ndaudio-archive"),
        recordings.display(),
        out.display()
    );
    let output = Command::new("bash").args(["-c", &script]).output().unwrap();
    assert!(!output.status.success());
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("cannot be written") && error.contains(".parquet"), "{error}");
    assert!(files(&out).values().all(|bytes| bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1")));
    // With room again the next run makes all of it.
    export(&recordings, &out, &[]);
    assert_eq!(totals(&out), totals_of_audio(&recordings));
}

#[test]
fn a_query_is_written_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("rows.parquet");
    let options = ["--format", "parquet", "--output", out.to_str().unwrap()];
    let sql = "SELECT file, channel, rms FROM audio('../../data/music.wav', '1 s')";
    assert!(program().arg("query").args(options).arg(sql).status().unwrap().success());
    let count = query(&[], "SELECT COUNT(*) FROM audio('../../data/music.wav', '1 s')");
    assert_eq!(count, "count(*)\n20\n");
    let bytes = std::fs::read(&out).unwrap();
    assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"));
    let missing = ["--format", "parquet", "--output", "/nonexistent/rows.parquet"];
    let output = program().arg("query").args(missing).arg(sql).output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8(output.stderr).unwrap().contains("/nonexistent"));
}

/// The ten queries of the other engines, by DuckDB over what four shards have written.
#[test]
#[ignore = "needs DuckDB: run ci.sh"]
fn duckdb_answers_from_shards_as_plain_rust_does() {
    let folder = tempfile::tempdir().unwrap();
    let (recordings, out) = (folder.path().join("recordings"), folder.path().join("out"));
    let deployment = Deployment::generate_asked(&recordings);
    for (name, window) in [("1s", "1 s"), ("100ms", "100 ms"), ("4096", "4096 frames"), ("file", "file")] {
        for shard in ["0/4", "1/4", "2/4", "3/4"] {
            export_windows(&recordings, window, &out.join(name), &["--shard", shard]);
        }
    }
    let output = python().args(["tests/duckdb_answers.py", out.to_str().unwrap()]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let found: Vec<&str> = text.split("query ").skip(1).collect();
    assert_eq!(found.len(), QUERIES.len());
    for (number, found) in found.into_iter().enumerate() {
        assert_rows(&rows(found), &answer(number, &deployment), &format!("query {number} by DuckDB"));
    }
}

/// The Python of `ci.sh`.
fn python() -> Command {
    Command::new(std::env::var("NDAUDIO_ARCHIVE_PYTHON").expect("run ci.sh, which sets NDAUDIO_ARCHIVE_PYTHON"))
}

/// DuckDB and pandas, which `ci.sh` installs, read what four shards have written, and find what `audio()` has.
#[test]
#[ignore = "needs DuckDB and pandas: run ci.sh"]
fn duckdb_and_pandas_read_the_shards() {
    let folder = tempfile::tempdir().unwrap();
    let (recordings, out) = (folder.path().join("recordings"), folder.path().join("out"));
    Deployment::generate(&recordings, 15);
    for shard in ["0/4", "1/4", "2/4", "3/4"] {
        export(&recordings, &out, &["--shard", shard]);
    }
    let output = python().args(["tests/read_back.py", out.to_str().unwrap()]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let found = String::from_utf8(output.stdout).unwrap();
    let (rows, counts) = found.trim_end().rsplit_once('\n').unwrap();
    assert_eq!(counts, "recordings,35,errors,5");
    let sql = "SELECT site, channel, SUM(frames) AS frames, SUM(sum) AS sum, SUM(sum_squares) AS sum_squares, SUM(clipped) AS clipped,
               COUNT(*) AS windows, COUNT(DISTINCT file) AS files, MAX(rms) AS max_rms, MIN(mean_square) AS min_mean_square
               FROM audio('{}', '1 s') GROUP BY site, channel ORDER BY site, channel";
    let expected = query(&[], &sql.replace("{}", recordings.to_str().unwrap()));
    assert_eq!(self::rows(rows), self::rows(&expected));
}
