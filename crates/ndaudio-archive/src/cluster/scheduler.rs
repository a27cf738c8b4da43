//! The scheduler.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use ballista_core::error::Result;
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::start_server;
use datafusion::execution::SessionStateBuilder;

use super::{MESSAGE_BYTES, session_config};
use crate::codec::{LogicalCodec, PhysicalCodec};
use crate::{functions, reports};

/// Seconds without a sign of life after which an executor's work is given to others. Ballista's own 180 would stop a query for three
/// minutes whenever a machine dies.
const EXECUTOR_TIMEOUT: u64 = 15;
/// Seconds between looking for executors that have died.
const LOOK_FOR_DEAD: u64 = 3;

/// Where the scheduler listens.
#[derive(Debug, Clone)]
pub struct SchedulerOptions {
    /// The address to listen at: `127.0.0.1` for this machine only.
    pub bind: IpAddr,
    /// The port of clients and executors, and of the page that shows the queries. The next one is for reports of progress.
    pub port: u16,
}

/// Runs the scheduler until it is told to stop.
///
/// # Errors
/// If the port is taken.
pub async fn run_scheduler(options: &SchedulerOptions) -> Result<()> {
    let config = SchedulerConfig {
        bind_host: options.bind.to_string(),
        bind_port: options.port,
        executor_timeout_seconds: EXECUTOR_TIMEOUT,
        expire_dead_executor_interval_seconds: LOOK_FOR_DEAD,
        no_executors_grace_period_seconds: 2 * EXECUTOR_TIMEOUT,
        grpc_server_max_decoding_message_size: MESSAGE_BYTES,
        grpc_server_max_encoding_message_size: MESSAGE_BYTES,
        grpc_client_max_message_size: MESSAGE_BYTES,
        override_logical_codec: Some(Arc::new(LogicalCodec::default())),
        override_physical_codec: Some(Arc::new(PhysicalCodec::default())),
        override_config_producer: Some(Arc::new(session_config)),
        override_session_builder: Some(Arc::new(|config| {
            let mut builder = SessionStateBuilder::new().with_config(config).with_default_features();
            builder.aggregate_functions().get_or_insert_default().extend(functions::aggregates().iter().cloned());
            builder.scalar_functions().get_or_insert_default().extend(functions::scalars().iter().cloned());
            Ok(builder.build())
        })),
        ..SchedulerConfig::default()
    };
    tokio::spawn(reports::serve(SocketAddr::new(options.bind, reports::port_of(options.port))));
    let cluster = BallistaCluster::new_from_config(&config).await?;
    start_server(cluster, SocketAddr::new(options.bind, options.port), Arc::new(config)).await
}
