//! An executor.

use std::net::{IpAddr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ballista_core::error::{BallistaError, Result};
use ballista_core::registry::BallistaFunctionRegistry;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use datafusion::execution::SessionStateDefaults;
use tokio::net::TcpStream;

use super::{MESSAGE_BYTES, session_config};
use crate::codec::{LogicalCodec, PhysicalCodec};
use crate::{functions, reports};

/// Seconds between signs of life; the scheduler waits for several.
const HEARTBEAT: u64 = 3;
/// How long to wait for a scheduler that starts at the same time.
const SCHEDULER_WAIT: Duration = Duration::from_secs(60);

/// Where an executor listens, and how much it does at a time.
#[derive(Debug, Clone)]
pub struct ExecutorOptions {
    /// The scheduler's host name or address.
    pub scheduler_host: String,
    /// The scheduler's port.
    pub scheduler_port: u16,
    /// The address to listen at.
    pub bind: IpAddr,
    /// The name under which others reach this machine; `None` for the address that the scheduler sees.
    pub external_host: Option<String>,
    /// The port on which others fetch results. A second one, for the scheduler, is any that is free.
    pub port: u16,
    /// Tasks at a time: as many cores are busy.
    pub tasks: usize,
    /// Bytes that the queries' own state may take before it is written to disk.
    pub memory: u64,
}

/// Runs an executor until it is told to stop.
///
/// # Errors
/// If a port is taken, or no scheduler answers within a minute.
pub async fn run_executor(options: &ExecutorOptions) -> Result<()> {
    wait_for_scheduler(&options.scheduler_host, options.scheduler_port).await?;
    reports::set_scheduler(&options.scheduler_host, options.scheduler_port);
    let mut registry = BallistaFunctionRegistry::default();
    // Ballista's registry lacks functions over lists, such as `density[5]` and `cardinality`.
    for function in SessionStateDefaults::default_scalar_functions().iter().chain(functions::scalars()) {
        registry.scalar_functions.insert(function.name().to_owned(), Arc::clone(function));
    }
    for function in functions::aggregates() {
        registry.aggregate_functions.insert(function.name().to_owned(), Arc::clone(function));
    }
    let work_dir = WorkDir::new(options.port)?;
    let config = ExecutorProcessConfig {
        bind_host: options.bind.to_string(),
        external_host: options.external_host.clone(),
        port: options.port,
        grpc_port: free_port(options.bind)?,
        scheduler_host: options.scheduler_host.clone(),
        scheduler_port: options.scheduler_port,
        vcores: options.tasks.max(1),
        work_dir: Some(work_dir.0.display().to_string()),
        grpc_max_decoding_message_size: MESSAGE_BYTES,
        grpc_max_encoding_message_size: MESSAGE_BYTES,
        executor_heartbeat_interval_seconds: HEARTBEAT,
        memory_pool_size: Some(options.memory),
        override_function_registry: Some(Arc::new(registry)),
        override_logical_codec: Some(Arc::new(LogicalCodec::default())),
        override_physical_codec: Some(Arc::new(PhysicalCodec::default())),
        override_config_producer: Some(Arc::new(session_config)),
        ..ExecutorProcessConfig::default()
    };
    start_executor_process(Arc::new(config)).await
}

async fn wait_for_scheduler(host: &str, port: u16) -> Result<()> {
    let begun = Instant::now();
    loop {
        match TcpStream::connect((host, port)).await {
            Ok(_) => return Ok(()),
            Err(error) if begun.elapsed() > SCHEDULER_WAIT => {
                return Err(BallistaError::Configuration(format!("no scheduler at {host}:{port}: {error}")));
            }
            Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
        }
    }
}

/// A port that nothing listens at. Something else may take it before the executor does; then that says so.
fn free_port(bind: IpAddr) -> Result<u16> {
    Ok(TcpListener::bind((bind, 0))?.local_addr()?.port())
}

/// Intermediate results, removed when the executor stops.
struct WorkDir(std::path::PathBuf);

impl WorkDir {
    fn new(port: u16) -> Result<Self> {
        let path = std::env::temp_dir().join(format!("ndaudio-archive-{}-{port}", std::process::id()));
        std::fs::create_dir_all(&path)?;
        Ok(WorkDir(path))
    }
}

impl Drop for WorkDir {
    fn drop(&mut self) {
        // What cannot be removed is the system's to clean, as all of the folder for temporary files.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
