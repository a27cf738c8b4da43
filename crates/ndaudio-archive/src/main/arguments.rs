//! The command line.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use ndaudio_archive::output::Format;
use ndaudio_archive::{BandKind, Shard, Window};

/// Archives of recordings as SQL tables, on one machine or a cluster.
#[derive(Debug, Parser)]
#[command(name = "ndaudio-archive", version, about)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Answers an SQL query
    ///
    /// Tables: audio('LOCATION', 'WINDOW') has one row per window and channel, recordings('LOCATION') one per file from its header,
    /// errors('LOCATION') one per file that cannot be measured. LOCATION is a file, a directory, a pattern such as
    /// 'data/{site}/{deployment}/**/*.wav', or an s3://, gs://, az:// or http(s):// URL. WINDOW is '60 s', '1 min', '4096 frames',
    /// 'file' and the like. audio() takes options for spectra: 'density', 'bands=third_octave', 'fft=1 s', 'hop=0.5 s'.
    Query(QueryArguments),
    /// Measures a location into Parquet files, partitioned by site and day; run again, it does what is missing or has changed
    Export(ExportArguments),
    /// Runs the scheduler of a cluster
    Scheduler(SchedulerArguments),
    /// Runs an executor of a cluster
    Executor(ExecutorArguments),
}

#[derive(Debug, Args)]
pub(crate) struct QueryArguments {
    /// The query
    pub(crate) sql: String,
    /// Sends the query to the scheduler of a cluster
    #[arg(long, value_name = "HOST:PORT")]
    pub(crate) scheduler: Option<String>,
    /// Form of the rows
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: Format,
    /// Writes to a file, which appears when it is complete, instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Threads in this process [default: all cores]
    #[arg(long, conflicts_with = "scheduler")]
    pub(crate) threads: Option<usize>,
    /// Partitions that the work is cut into on a cluster: a few per core
    #[arg(long, default_value_t = 16, requires = "scheduler")]
    pub(crate) partitions: usize,
    /// Sees only the files of one of several shards, as 0/4 to 3/4
    #[arg(long, value_name = "INDEX/COUNT")]
    pub(crate) shard: Option<Shard>,
    /// Shows no progress
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArguments {
    /// The recordings
    pub(crate) location: String,
    /// Length of a window: '60 s', '1 min', '4096 frames', 'file'
    pub(crate) window: Window,
    /// Adds the mean density of each window, power per Hz, as a list
    #[arg(long)]
    pub(crate) density: bool,
    /// Adds the power in bands, as a list: third_octave, decidecade or hybrid_millidecade
    #[arg(long, value_name = "KIND")]
    pub(crate) bands: Option<BandKind>,
    /// Length of a transform for densities and bands [default: 1 s]
    #[arg(long, value_name = "LENGTH")]
    pub(crate) fft: Option<Window>,
    /// From one transform to the next [default: half a transform]
    #[arg(long, value_name = "LENGTH")]
    pub(crate) hop: Option<Window>,
    /// The directory to write to
    #[arg(long, value_name = "DIRECTORY")]
    pub(crate) parquet: PathBuf,
    /// Threads [default: all cores]
    #[arg(long)]
    pub(crate) threads: Option<usize>,
    /// Measures only the files of one of several shards, as 0/4 to 3/4
    #[arg(long, value_name = "INDEX/COUNT")]
    pub(crate) shard: Option<Shard>,
    /// Shows no progress
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SchedulerArguments {
    /// The port for clients, executors, and the page that shows the queries (http://HOST:PORT); the next one is for progress
    #[arg(long)]
    pub(crate) port: u16,
    /// The address to listen at; 0.0.0.0 for all. There is no authentication: keep it inside a trusted network
    #[arg(long, default_value = "127.0.0.1")]
    pub(crate) bind: IpAddr,
}

#[derive(Debug, Args)]
pub(crate) struct ExecutorArguments {
    /// The scheduler
    #[arg(long, value_name = "HOST:PORT")]
    pub(crate) scheduler: String,
    /// The port on which others fetch results
    #[arg(long)]
    pub(crate) port: u16,
    /// The address to listen at; 0.0.0.0 for all
    #[arg(long, default_value = "127.0.0.1")]
    pub(crate) bind: IpAddr,
    /// The name under which others reach this machine
    #[arg(long, value_name = "HOST")]
    pub(crate) external_host: Option<String>,
    /// Tasks at a time [default: all cores]
    #[arg(long)]
    pub(crate) tasks: Option<usize>,
    /// MiB for the state of queries, before it goes to disk
    #[arg(long, default_value_t = 256, value_name = "MIB")]
    pub(crate) memory: u64,
}
