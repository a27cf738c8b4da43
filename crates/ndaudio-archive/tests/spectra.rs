//! The lists of `audio()`: densities and bands as plain Rust computes them, the same bits in any plan.

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

use ndaudio::ndarray::s;
use ndaudio::spectrum::{bands, welch};
use ndaudio_archive::Archive;
use ndaudio_archive::datafusion::arrow::array::{Array, AsArray, RecordBatch};
use ndaudio_archive::datafusion::arrow::compute::{cast, concat_batches};
use ndaudio_archive::datafusion::arrow::datatypes::{DataType, Float64Type, UInt64Type};
use support::deployment::{Deployment, SAMPLE_RATE};
use support::program::{Cluster, query, run};
use support::queries::fsum;

/// A density and third octaves of a window.
type Spectra = (Vec<f64>, Vec<f64>);

/// Frames of windows, transforms and hops.
const WINDOW: usize = 8000;
const FFT: usize = 1000;
const HOP: usize = 700;

/// Those of each window by plain Rust, by file, channel and first frame; none where the window is shorter than a transform.
fn expected(deployment: &Deployment) -> BTreeMap<(String, usize, usize), Option<Spectra>> {
    let bank = bands::third_octave(SAMPLE_RATE, FFT, 10.0..3200.0);
    let mut all = BTreeMap::new();
    for path in &deployment.recordings {
        let (samples, _) = ndaudio::read::<f64>(path).unwrap();
        let (frames, channels) = samples.dim();
        for first in (0..frames).step_by(WINDOW) {
            let window = samples.slice(s![first..(first + WINDOW).min(frames), ..]);
            let density = welch(&window, SAMPLE_RATE, FFT, HOP);
            let powers = bank.apply(&density);
            for channel in 0..channels {
                let spectra = (density.column(channel).to_vec(), powers.column(channel).to_vec());
                let key = (path.to_str().unwrap().to_owned(), channel, first);
                all.insert(key, (window.nrows() >= FFT).then_some(spectra));
            }
        }
    }
    all
}

/// The rows of a query, in one batch.
async fn batch(archive: &Archive, sql: &str) -> RecordBatch {
    let batches = archive.query(sql).await.unwrap().collect().await.unwrap();
    concat_batches(&batches[0].schema(), &batches).unwrap()
}

/// A list of a row; `None` for NULL.
fn list(batch: &RecordBatch, name: &str, row: usize) -> Option<Vec<f64>> {
    let lists = batch.column_by_name(name).unwrap().as_list::<i32>();
    lists.is_valid(row).then(|| lists.value(row).as_primitive::<Float64Type>().values().to_vec())
}

fn bits(numbers: &[f64]) -> Vec<u64> {
    numbers.iter().map(|number| number.to_bits()).collect()
}

const OPTIONS: &str = "'1 s', 'density', 'bands=third_octave', 'fft=1000 frames', 'hop=700 frames'";

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_those_of_welch_and_its_bands() {
    let folder = tempfile::tempdir().unwrap();
    let deployment = Deployment::generate(folder.path(), 9);
    let location = deployment.root.to_str().unwrap();
    let expected = expected(&deployment);
    let sql =
        format!("SELECT file, channel, start_frame, transforms, density, bands FROM audio('{location}', {OPTIONS})");
    for threads in [1, 2] {
        let rows = batch(&Archive::local(threads), &sql).await;
        assert_eq!(rows.num_rows(), expected.len());
        let mut full = 0;
        for row in 0..rows.num_rows() {
            let place = |name: &str| {
                let column = cast(rows.column_by_name(name).unwrap(), &DataType::UInt64).unwrap();
                column.as_primitive::<UInt64Type>().value(row) as usize
            };
            let file = rows.column_by_name("file").unwrap().as_string::<i32>().value(row).to_owned();
            let key = (file, place("channel"), place("start_frame"));
            let (density, powers) = (list(&rows, "density", row), list(&rows, "bands", row));
            match &expected[&key] {
                Some((expected_density, expected_powers)) => {
                    assert!(bits(&density.unwrap()) == bits(expected_density), "density of {key:?}");
                    assert!(bits(&powers.unwrap()) == bits(expected_powers), "bands of {key:?}");
                }
                None => assert_eq!((place("transforms"), density, powers), (0, None, None)),
            }
            full += usize::from(place("transforms") == (WINDOW - FFT) / HOP + 1);
        }
        // The last window of every second recording is short.
        assert!(full > 0 && full < rows.num_rows());
    }
}

/// The mean of each place over all windows of a site, weighed by their transforms, added up as `math.fsum` does.
fn means(deployment: &Deployment, site: &str) -> (Vec<f64>, Vec<f64>) {
    let expected = expected(deployment);
    let frames = |(file, _, first): &(String, usize, usize)| {
        let frames = ndaudio::read::<f32>(file).unwrap().0.nrows();
        WINDOW.min(frames - first)
    };
    let rows: Vec<_> = expected
        .iter()
        .filter(|(key, _)| key.0.contains(&format!("site={site}/")))
        .filter_map(|(key, spectra)| Some((((frames(key) - FFT) / HOP + 1) as f64, spectra.as_ref()?)))
        .collect();
    let weights: f64 = rows.iter().map(|(weight, _)| weight).sum();
    let mean = |read: fn(&Spectra) -> &Vec<f64>| {
        let places = read(rows[0].1).len();
        (0..places).map(|at| fsum(rows.iter().map(|(weight, row)| read(row)[at] * weight)) / weights).collect()
    };
    (mean(|row| &row.0), mean(|row| &row.1))
}

#[tokio::test(flavor = "multi_thread")]
async fn means_have_the_same_bits_on_threads_and_clusters() {
    let folder = tempfile::tempdir().unwrap();
    let deployment = Deployment::generate(folder.path(), 9);
    let location = deployment.root.to_str().unwrap();
    let sql = format!(
        "SELECT site, psd_mean(density, transforms) AS density, psd_mean(bands, transforms) AS bands
         FROM audio('{location}', {OPTIONS}) GROUP BY site ORDER BY site"
    );
    let expected: Vec<_> = ["harbour", "reef"].map(|site| means(&deployment, site)).into();
    let cluster = Cluster::start(folder.path(), 2);
    let on_cluster = async |partitions| Archive::on_cluster(&cluster.address, partitions).await.unwrap();
    for archive in [Archive::local(1), Archive::local(2), on_cluster(3).await, on_cluster(16).await] {
        let rows = batch(&archive, &sql).await;
        assert_eq!(rows.num_rows(), 2);
        for (row, (density, powers)) in expected.iter().enumerate() {
            assert!(bits(&list(&rows, "density", row).unwrap()) == bits(density), "density of site {row}");
            assert!(bits(&list(&rows, "bands", row).unwrap()) == bits(powers), "bands of site {row}");
        }
    }
}

#[test]
fn the_frequencies_of_bands_are_found_by_sql() {
    for (kind, bank) in [
        ("third_octave", bands::third_octave(44_100_u32, 44_100, 10.0..17_000.0)),
        ("decidecade", bands::decidecade(44_100_u32, 44_100, 10.0..17_000.0)),
        ("hybrid_millidecade", bands::hybrid_millidecade(44_100_u32, 44_100)),
    ] {
        let sql = format!(
            "SELECT unnest(band_lower_edges('{kind}', sample_rate, '1 s')) AS lower, unnest(band_centers('{kind}', sample_rate, '1 s')) AS center,
                    unnest(band_upper_edges('{kind}', sample_rate, '1 s')) AS upper FROM recordings('../../data/music.wav')"
        );
        let rows = query(&[], &sql);
        let rows: Vec<Vec<f64>> =
            rows.lines().skip(1).map(|line| line.split(',').map(|number| number.parse().unwrap()).collect()).collect();
        let column = |at: usize| rows.iter().map(|row| row[at]).collect::<Vec<_>>();
        assert_eq!(column(0), bank.lower_edges().to_vec(), "{kind}");
        assert_eq!(column(1), bank.centers().to_vec(), "{kind}");
        assert_eq!(column(2), bank.upper_edges().to_vec(), "{kind}");
        // As many as the lists have places.
        let lists = format!(
            "SELECT MIN(cardinality(bands)) AS low, MAX(cardinality(bands)) AS high FROM audio('../../data/music.wav', '2 s', 'bands={kind}')"
        );
        assert_eq!(query(&[], &lists), format!("low,high\n{0},{0}\n", bank.bands()));
    }
}

/// Parseval: what the bands hold is what the samples do, but for what the taper weighs otherwise.
#[tokio::test]
async fn powers_of_bands_add_up_to_the_mean_square() {
    let sql = "SELECT mean_square, bands FROM audio('../../data/music.wav', '10 s', 'bands=hybrid_millidecade')";
    let rows = batch(&Archive::local(1), sql).await;
    for row in 0..2 {
        let sum: f64 = list(&rows, "bands", row).unwrap().iter().sum();
        let mean_square = rows.column_by_name("mean_square").unwrap().as_primitive::<Float64Type>().value(row);
        assert!((sum / mean_square - 1.0).abs() < 0.05, "{sum} is not {mean_square}");
    }
}

#[test]
fn nothing_is_transformed_that_nobody_asks_for_and_mistakes_are_said() {
    let location = "'../../data/music.wav'";
    for (sql, says) in [
        (format!("SELECT density FROM audio({location}, '1 s')"), "density"),
        (format!("SELECT bands FROM audio({location}, '1 s', 'density')"), "bands"),
        (
            format!("SELECT * FROM audio({location}, '1 s', 'bands=octave')"),
            "third_octave, decidecade or hybrid_millidecade",
        ),
        (format!("SELECT * FROM audio({location}, '1 s', 'fft=1 s')"), "ask for 'density'"),
        (
            format!("SELECT density FROM audio({location}, '1 s', 'density', 'fft=1 h')"),
            "has more than 16777216 frames",
        ),
        ("SELECT band_centers('third_octave', -1, '1 s')".into(), "a sample rate is"),
        (
            format!(
                "SELECT psd_mean(density) FROM (SELECT density FROM audio({location}, '1 s', 'density') UNION ALL
                     SELECT density FROM audio({location}, '1 s', 'density', 'fft=100 frames'))"
            ),
            "lists of one length",
        ),
    ] {
        let output = run(&["query", &sql]);
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && error.contains(says), "{sql}: {error}");
    }
    // A transform that would be an error is none if no list is asked for.
    query(&[], &format!("SELECT rms FROM audio({location}, '1 s', 'density', 'fft=1 h')"));
}
