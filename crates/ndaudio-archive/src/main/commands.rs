//! What the subcommands do.

use std::fmt;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use futures::StreamExt;
use ndaudio_archive::cluster::{ExecutorOptions, SchedulerOptions, run_executor, run_scheduler};
use ndaudio_archive::datafusion::common::DataFusionError;
use ndaudio_archive::export::{Export, ExportOptions};
use ndaudio_archive::output::{Format, RowWriter};
use ndaudio_archive::{Archive, Spectra};

use crate::arguments::{Command, ExecutorArguments, ExportArguments, QueryArguments, SchedulerArguments};
use crate::progress_line::ProgressLine;

/// How long a query waits for a scheduler that does not listen yet.
const SCHEDULER_WAIT: Duration = Duration::from_secs(5);

/// Why the program fails, as it is printed.
#[derive(Debug)]
pub(crate) enum Failure {
    Engine(DataFusionError),
    Io(String, io::Error),
    Message(String),
}

impl Failure {
    /// Whether whoever read the rows has had enough of them.
    pub(crate) fn is_broken_pipe(&self) -> bool {
        let broken = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
        match self {
            Failure::Io(_, error) => broken(error),
            Failure::Engine(error) => match error.find_root() {
                DataFusionError::IoError(error) => broken(error),
                other => other.to_string().contains("Broken pipe"),
            },
            Failure::Message(_) => false,
        }
    }
}

impl From<DataFusionError> for Failure {
    fn from(error: DataFusionError) -> Self {
        Failure::Engine(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Engine(error) => f.write_str(&error.strip_backtrace()),
            Failure::Io(what, error) => write!(f, "{what}: {error}"),
            Failure::Message(message) => f.write_str(message),
        }
    }
}

pub(crate) fn run(command: Command) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        // Plans of long queries are deep.
        .thread_stack_size(8 << 20)
        .build()
        .map_err(|error| Failure::Io("no threads".into(), error))?;
    let code = runtime.block_on(async {
        match command {
            Command::Query(arguments) => query(arguments).await,
            Command::Export(arguments) => export(arguments).await,
            Command::Scheduler(arguments) => scheduler(arguments).await,
            Command::Executor(arguments) => executor(arguments).await,
        }
    });
    // A thread in the middle of a long file is not waited for.
    runtime.shutdown_background();
    code
}

async fn query(arguments: QueryArguments) -> Result<ExitCode, Failure> {
    let mut archive = match &arguments.scheduler {
        Some(address) => {
            let (host, port) = host_and_port(address)?;
            reachable(&host, port).await?;
            Archive::on_cluster(address, arguments.partitions).await?
        }
        None => Archive::local(threads(arguments.threads)),
    };
    if let Some(shard) = arguments.shard {
        archive = archive.with_shard(shard);
    }
    let rows = archive.query(&arguments.sql).await?;
    if arguments.output.is_none() && arguments.format == Format::Parquet && io::stdout().is_terminal() {
        return Err(Failure::Message("Parquet is not text: write it to a file with --output, or pipe it".into()));
    }
    let line = ProgressLine::new(archive.progress(), arguments.quiet);
    let schema = std::sync::Arc::new(rows.schema().as_arrow().clone());
    let mut stream = rows.execute_stream().await?;
    let temporary = arguments.output.as_deref().map(temporary_name);
    let out: Box<dyn Write + Send> = match &temporary {
        Some(path) => Box::new(File::create(path).map_err(|error| Failure::Io(path.display().to_string(), error))?),
        None => Box::new(io::stdout()),
    };
    let written = async {
        let mut writer = RowWriter::new(BufWriter::new(out), arguments.format, schema)?;
        while let Some(batch) = stream.next().await {
            writer.write(&batch?)?;
        }
        writer.finish()
    };
    let written = written.await;
    if let (Some(temporary), Some(output)) = (&temporary, &arguments.output) {
        let renamed = written.is_ok().then(|| std::fs::rename(temporary, output));
        if !matches!(renamed, Some(Ok(()))) {
            // Only a whole file gets its name.
            let _ = std::fs::remove_file(temporary);
        }
        if let Some(Err(error)) = renamed {
            return Err(Failure::Io(output.display().to_string(), error));
        }
    }
    written?;
    line.finish();
    Ok(ExitCode::SUCCESS)
}

fn temporary_name(output: &Path) -> PathBuf {
    let name = output.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    output.with_file_name(format!(".{name}.{}.tmp", std::process::id()))
}

async fn export(arguments: ExportArguments) -> Result<ExitCode, Failure> {
    let options = ExportOptions {
        spectra: spectra(&arguments)?,
        location: arguments.location,
        window: arguments.window,
        directory: arguments.parquet,
        threads: threads(arguments.threads),
        shard: arguments.shard,
    };
    let export = Export::plan(options).await?;
    let line = ProgressLine::new(export.progress(), arguments.quiet);
    let summary = export.run().await?;
    line.finish();
    println!("{summary}");
    Ok(ExitCode::SUCCESS)
}

/// The spectra that options ask for, which are the options of `audio()`.
fn spectra(arguments: &ExportArguments) -> Result<Option<Spectra>, Failure> {
    let mut options = Vec::new();
    options.extend(arguments.density.then(|| "density".to_owned()));
    options.extend(arguments.bands.map(|kind| format!("bands={kind}")));
    options.extend(arguments.fft.map(|length| format!("fft={length}")));
    options.extend(arguments.hop.map(|length| format!("hop={length}")));
    Ok(Spectra::parse(&options.iter().map(String::as_str).collect::<Vec<_>>())?)
}

async fn scheduler(arguments: SchedulerArguments) -> Result<ExitCode, Failure> {
    let options = SchedulerOptions { bind: arguments.bind, port: arguments.port };
    eprintln!("scheduler at {}:{}; its page is http://{0}:{1}", options.bind, options.port);
    run_scheduler(&options).await.map_err(|error| Failure::Message(format!("the scheduler stopped: {error}")))?;
    Ok(ExitCode::SUCCESS)
}

async fn executor(arguments: ExecutorArguments) -> Result<ExitCode, Failure> {
    let (scheduler_host, scheduler_port) = host_and_port(&arguments.scheduler)?;
    let options = ExecutorOptions {
        scheduler_host,
        scheduler_port,
        bind: arguments.bind,
        external_host: arguments.external_host,
        port: arguments.port,
        tasks: threads(arguments.tasks),
        memory: arguments.memory << 20,
    };
    eprintln!("executor at {}:{} for the scheduler at {}", options.bind, options.port, arguments.scheduler);
    run_executor(&options).await.map_err(|error| Failure::Message(format!("the executor stopped: {error}")))?;
    Ok(ExitCode::SUCCESS)
}

fn host_and_port(address: &str) -> Result<(String, u16), Failure> {
    let parsed = address.rsplit_once(':').and_then(|(host, port)| Some((host.to_owned(), port.parse().ok()?)));
    parsed
        .ok_or_else(|| Failure::Message(format!("a scheduler is HOST:PORT, as in 127.0.0.1:50050: '{address}' is not")))
}

/// Fails where the engine would try for long, but not while a scheduler starts that was started together with the query.
async fn reachable(host: &str, port: u16) -> Result<(), Failure> {
    let begun = Instant::now();
    loop {
        match tokio::net::TcpStream::connect((host, port)).await {
            Ok(_) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused && begun.elapsed() < SCHEDULER_WAIT => {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            Err(error) => return Err(Failure::Io(format!("no scheduler at {host}:{port}"), error)),
        }
    }
}

fn threads(asked: Option<usize>) -> usize {
    asked.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from))
}
