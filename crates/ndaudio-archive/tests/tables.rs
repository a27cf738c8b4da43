//! What the tables hold, and what a query does not do.

#![allow(unreachable_pub, reason = "the modules of `support` are shared by several tests")]
#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "a test that unwraps or casts says what it expects"
)]

mod support;

use ndaudio::Source;
use ndaudio_archive::Archive;
use ndaudio_archive::datafusion::physical_plan::{ExecutionPlan, collect};
use support::deployment::Deployment;
use support::program::{query, run};

/// Runs a query and sums up the counters of its scans.
async fn counters(sql: &str) -> [usize; 3] {
    fn sum(plan: &dyn ExecutionPlan, name: &str) -> usize {
        let own = plan.metrics().and_then(|metrics| metrics.sum_by_name(name)).map_or(0, |value| value.as_usize());
        own + plan.children().iter().map(|child| sum(child.as_ref(), name)).sum::<usize>()
    }
    let archive = Archive::local(2);
    let frame = archive.query(sql).await.unwrap();
    let context = frame.task_ctx();
    let plan = frame.create_physical_plan().await.unwrap();
    collect(std::sync::Arc::clone(&plan), std::sync::Arc::new(context)).await.unwrap();
    ["files_opened", "frames_decoded", "parts_pruned"].map(|name| sum(plan.as_ref(), name))
}

#[tokio::test]
async fn filters_and_columns_prune_what_is_opened_and_decoded() {
    let folder = tempfile::tempdir().unwrap();
    let deployment = Deployment::generate(folder.path(), 15);
    let location = deployment.root.to_str().unwrap();
    let (files, broken) = (deployment.recordings.len(), deployment.broken.len());
    let all_frames: usize = deployment
        .recordings
        .iter()
        .map(|path| usize::try_from(ndaudio::open(path).unwrap().frames().unwrap()).unwrap())
        .sum();
    let count = async |rest: &str| counters(&rest.replace("{}", &format!("audio('{location}', '1 s')"))).await;

    assert_eq!(count("SELECT SUM(sum_squares) FROM {}").await, [files + broken, all_frames, 0]);
    // Columns of the header alone decode nothing.
    assert_eq!(count("SELECT file, channel, start_time, frames FROM {}").await, [files + broken, 0, 0]);
    assert_eq!(count("SELECT COUNT(*) FROM {}").await, [files + broken, 0, 0]);
    // Names alone tell which files to open.
    assert_eq!(count("SELECT SUM(sum) FROM {} WHERE site = 'harbour'").await[0], files / 2);
    let file = deployment.recordings[3].to_str().unwrap();
    assert_eq!(count(&format!("SELECT SUM(sum) FROM {{}} WHERE file = '{file}'")).await[0], 1);
    assert_eq!(count("SELECT SUM(sum) FROM {} WHERE site LIKE 'harb%' AND deployment = '2025'").await, [0, 0, 0]);
    // Headers tell which to decode: the recordings of the first hour of both sites.
    let early = count("SELECT SUM(sum) FROM {} WHERE start_time < TIMESTAMP '2024-05-01T22:10:00Z'").await;
    assert_eq!((early[0], early[2]), (files + broken, files - 2));
    assert!(early[1] <= 2 * 24_000, "{early:?}");
    let second = count("SELECT SUM(sum) FROM {} WHERE channel = 1").await;
    assert_eq!(second[2], files - deployment.recordings.iter().filter(|path| two_channels(path)).count());
    assert_eq!(count("SELECT SUM(sum) FROM {} WHERE channel = 7").await[1], 0);

    // A header is all that recordings() reads.
    assert_eq!(counters(&format!("SELECT * FROM recordings('{location}')")).await, [files + broken, 0, 0]);
}

fn two_channels(path: &std::path::Path) -> bool {
    ndaudio::open(path).unwrap().spec().channels() == 2
}

#[test]
fn recordings_say_what_headers_say() {
    let sql = "SELECT container, encoding, bits, sample_rate, channels, frames, duration, error FROM recordings('../../data/music.wav')";
    let expected = "container,encoding,bits,sample_rate,channels,frames,duration,error\n\
                    RIFF/WAVE,16-bit PCM,16,44100,2,441000,10.0,\n";
    assert_eq!(query(&[], sql), expected);
}

#[test]
fn bad_files_are_rows_and_stop_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let deployment = Deployment::generate(folder.path(), 3);
    let location = deployment.root.to_str().unwrap();
    let output = run(&[
        "query",
        "--format",
        "csv",
        &format!("SELECT COUNT(DISTINCT file) AS n FROM audio('{location}', '1 s')"),
    ]);
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "n\n6\n");
    let said = String::from_utf8(output.stderr).unwrap();
    for path in &deployment.broken {
        assert!(said.contains(path.to_str().unwrap()), "{said}");
    }
    assert!(said.contains("5 left out or damaged"), "{said}");
    let errors = query(&[], &format!("SELECT error FROM errors('{location}') ORDER BY file"));
    assert_eq!(errors.lines().count(), 6, "{errors}");
}

#[test]
fn a_file_that_is_damaged_inside_is_listed() {
    let folder = tempfile::tempdir().unwrap();
    let mut bytes = std::fs::read("../../data/media/flac_pcm16_stereo.flac").unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 20].fill(0x55);
    std::fs::write(folder.path().join("damaged.flac"), &bytes).unwrap();
    std::fs::copy("../../data/media/flac_pcm16_stereo.flac", folder.path().join("intact.flac")).unwrap();
    let location = folder.path().display();
    let errors = query(&[], &format!("SELECT file FROM errors('{location}') ORDER BY file"));
    assert_eq!(errors, format!("file\n{location}/damaged.flac\n"));
    let output = run(&["query", &format!("SELECT COUNT(rms) FROM audio('{location}', 'file')")]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("damaged.flac: ") && said.contains("1 left out or damaged"), "{said}");
}

#[test]
fn a_long_file_is_cut_and_its_windows_stay_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.wav");
    let spec = ndaudio::Spec::new(48_000, 1, ndaudio::Encoding::F32);
    let mut noise = support::deployment::Noise::new(5);
    let block = ndaudio::ndarray::Array2::from_shape_simple_fn((1 << 20, 1), || noise.next() as f32);
    let mut writer = ndaudio::WavWriter::create(&path, &spec).unwrap();
    // 256 MiB: parts of 64 MiB on two threads.
    for _ in 0..64 {
        writer.write(&block).unwrap();
    }
    writer.finalize().unwrap();
    let sql =
        format!("SELECT start_frame, frames, rms, peak FROM audio('{}', '7 s') ORDER BY start_frame", path.display());
    let one = query(&["--threads", "1"], &sql);
    assert_eq!(one.lines().count(), 1 + (64_usize << 20).div_ceil(7 * 48_000));
    assert_eq!(query(&["--threads", "2"], &sql), one);
    let plan = query(&["--threads", "2"], &format!("EXPLAIN {sql}"));
    assert!(plan.contains("ScanExec"), "{plan}");
    // Each window as plain Rust measures it, floats to the last bit.
    let mut reader = ndaudio::WavReader::open(&path).unwrap();
    for line in one.lines().skip(1) {
        let values: Vec<&str> = line.split(',').collect();
        let mut levels = ndaudio::Levels::new(1);
        let mut left: usize = values[1].parse().unwrap();
        while left > 0 {
            let len = left.min(ndaudio_archive::block_frames(1));
            let mut samples = ndaudio::ndarray::Array2::<f32>::zeros((len, 1));
            assert_eq!(reader.read_into(&mut samples).unwrap(), len);
            levels.add(&samples);
            left -= len;
        }
        assert_eq!(values[2].parse::<f64>().unwrap().to_bits(), levels.channel(0).rms().to_bits());
    }
}

#[test]
fn formats_hold_the_same_rows() {
    let sql = "SELECT channel, SUM(frames) AS frames, MIN(min) AS low FROM audio('../../data/music.wav', '1 s') GROUP BY channel ORDER BY channel";
    let text = |format: &str| String::from_utf8(run(&["query", "--format", format, sql]).stdout).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text("json")).unwrap();
    assert_eq!(json[1]["frames"], 441_000);
    assert_eq!(json.as_array().unwrap().len(), 2);
    assert!(text("csv").starts_with("channel,frames,low\n0,441000,"));
    assert!(text("table").contains("| channel | frames | low"));
    let parquet = run(&["query", "--format", "parquet", sql]).stdout;
    assert!(parquet.starts_with(b"PAR1") && parquet.ends_with(b"PAR1"));
}

#[test]
fn what_is_wrong_with_a_query_is_said() {
    for (sql, says) in [
        ("SELECT * FROM audio('../../data/music.wav', '60')", "'4096 frames'"),
        ("SELECT * FROM audio('../../data/music.wav')", "audio('LOCATION', 'WINDOW')"),
        ("SELECT * FROM audio(1, 2)", "audio('LOCATION', 'WINDOW')"),
        ("SELECT * FROM recordings('../../data/no such file.wav')", "../../data/no such file.wav"),
        ("SELECT * FROM recordings('../../data/*.nothing')", "no recordings at"),
        ("SELECT loudness FROM audio('../../data/music.wav', '1 s')", "loudness"),
        ("SELEKT 1", "SELEKT"),
        ("SELECT rms(CAST('x' AS BYTEA))", "merge_levels"),
    ] {
        let output = run(&["query", sql]);
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && error.contains(says), "{sql}: {error}");
        assert!(!error.contains("panicked"), "{sql}: {error}");
    }
    assert!(run(&["query", "--shard", "4/4", "SELECT 1"]).status.code() == Some(2));
}
