//! Where queries are answered.

use std::sync::Arc;

use ballista::extension::SessionContextExt;
use datafusion::common::Result;
use datafusion::execution::SessionStateBuilder;
use datafusion::prelude::{DataFrame, SessionConfig, SessionContext};

use crate::progress::Progress;
use crate::shard::Shard;
use crate::{cluster, functions, table};

/// A session in which the tables and functions of this crate are known, in this process or on a cluster.
#[derive(Clone)]
pub struct Archive {
    context: SessionContext,
    progress: Arc<Progress>,
    /// Under which a cluster counts.
    session: Option<u64>,
}

impl Archive {
    /// Answers queries in this process, on so many threads.
    #[must_use]
    pub fn local(threads: usize) -> Self {
        Self::local_with(threads, Arc::new(Progress::default()))
    }

    pub(crate) fn local_with(threads: usize, progress: Arc<Progress>) -> Self {
        let config = SessionConfig::new()
            .with_target_partitions(threads.max(1))
            .with_information_schema(true)
            .with_extension(Arc::clone(&progress));
        Self::over(SessionContext::new_with_config(config), progress, None)
    }

    /// Sends queries to the scheduler at `address` (`HOST:PORT`), to be worked on in so many partitions.
    ///
    /// Every executor must see the recordings under the same paths. A few partitions per core of the cluster keep all of them busy.
    ///
    /// # Errors
    /// If the address is none.
    pub async fn on_cluster(address: &str, partitions: usize) -> Result<Self> {
        let session = cluster::new_session();
        let progress = Arc::new(Progress::of_cluster(address, session));
        let config =
            cluster::session_config().with_target_partitions(partitions.max(1)).with_extension(Arc::clone(&progress));
        let state = SessionStateBuilder::new().with_config(config).with_default_features().build();
        let context = SessionContext::remote_with_state(&format!("df://{address}"), state).await?;
        Ok(Self::over(context, progress, Some(session)))
    }

    /// Sees only the files of one shard in every table.
    #[must_use]
    pub fn with_shard(self, shard: Shard) -> Self {
        table::register(&self.context, Some(shard), self.session);
        self
    }

    fn over(context: SessionContext, progress: Arc<Progress>, session: Option<u64>) -> Self {
        functions::aggregates().iter().for_each(|function| context.register_udaf(function.as_ref().clone()));
        functions::scalars().iter().for_each(|function| context.register_udf(function.as_ref().clone()));
        table::register(&context, None, session);
        Archive { context, progress, session }
    }

    /// Plans a query. It runs when its rows are asked for: `collect`, `execute_stream` and so on.
    ///
    /// # Errors
    /// If the query is not SQL, names what does not exist, or has a location that cannot be listed.
    pub async fn query(&self, sql: &str) -> Result<DataFrame> {
        self.context.sql(sql).await
    }

    /// DataFusion's session, to register other tables in and to set its options.
    #[must_use]
    pub fn context(&self) -> &SessionContext {
        &self.context
    }

    /// How far the queries of this session have come; [`Progress::refresh`] asks the cluster, if there is one.
    #[must_use]
    pub fn progress(&self) -> &Arc<Progress> {
        &self.progress
    }
}

impl std::fmt::Debug for Archive {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Archive").field("session", &self.context.session_id()).finish()
    }
}
