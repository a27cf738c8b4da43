//! The cluster: a scheduler that plans queries, and executors that read recordings.
//!
//! Both are Ballista's, with our tables, scans and functions known to them. That is why they are started by this program and not by
//! Ballista's own, which could not read the plans.

mod executor;
mod scheduler;

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use ballista::extension::SessionConfigExt;
use datafusion::prelude::SessionConfig;

pub use executor::{ExecutorOptions, run_executor};
pub use scheduler::{SchedulerOptions, run_scheduler};

use crate::codec::{LogicalCodec, PhysicalCodec};

/// Bytes of a message between client, scheduler and executors: the listing of some hundred thousand files, or the parts of a task.
const MESSAGE_BYTES: u32 = 256 << 20;

/// A number for a session, which no other has.
pub(crate) fn new_session() -> u64 {
    // The keys of a hash map are random, so the hash of anything is.
    RandomState::new().hash_one(std::process::id())
}

/// What client, scheduler and executors have in common.
pub(crate) fn session_config() -> SessionConfig {
    SessionConfig::new_with_ballista()
        .with_ballista_logical_extension_codec(Arc::new(LogicalCodec::default()))
        .with_ballista_physical_extension_codec(Arc::new(PhysicalCodec::default()))
        .with_ballista_grpc_client_max_message_size(MESSAGE_BYTES as usize)
}
