//! Archives of recordings as SQL tables.
//!
//! [DataFusion](https://datafusion.apache.org) answers queries in the process, on all cores;
//! [Ballista](https://datafusion.apache.org/ballista) runs the same plans on a cluster; Parquet files hand the results to everything else.
//! Sums over integer samples are exact, and every aggregate is a merge that does not depend on the order, so the same query has the same
//! bits on one core and on a hundred machines.
//!
//! | table | rows |
//! |---|---|
//! | `audio('LOCATION', 'WINDOW')` | one per window and channel |
//! | `recordings('LOCATION')` | one per file, from its header alone |
//! | `errors('LOCATION')` | one per file that cannot be measured to its end |
//!
//! # Examples
//! ```
//! use ndaudio_archive::Archive;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> datafusion::common::Result<()> {
//! let archive = Archive::local(2);
//! let sql = "SELECT channel, rms_db(levels) AS level FROM audio('../../data/music.wav', '1 s') GROUP BY channel ORDER BY channel";
//! let batches = archive.query(sql).await?.collect().await?;
//! assert_eq!(batches.iter().map(|batch| batch.num_rows()).sum::<usize>(), 2);
//! # Ok(())
//! # }
//! ```

mod archive;
pub mod cluster;
mod codec;
pub mod export;
mod functions;
mod location;
pub mod output;
mod progress;
mod reports;
mod scan;
mod shard;
mod spectra;
mod store;
mod table;
mod window;

pub use archive::Archive;
pub use progress::Progress;
pub use scan::block_frames;
pub use shard::Shard;
pub use spectra::{BandKind, Spectra};
pub use table::SCHEMA_VERSION;
pub use window::Window;

pub use datafusion;
