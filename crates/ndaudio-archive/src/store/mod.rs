//! Recordings in object stores.

mod object_reader;

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, mpsc};
use std::time::Duration;

use datafusion::common::{DataFusionError, Result, exec_datafusion_err, plan_datafusion_err, plan_err};
use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::http::HttpBuilder;
use object_store::limit::LimitStore;
use object_store::{ClientOptions, ObjectStore, RetryConfig};
use tokio::runtime::Runtime;
use url::Url;

pub(crate) use object_reader::{ObjectReader, split};

/// Requests to one store that are under way at a time.
const REQUESTS: usize = 64;
/// How long one request may take, and how long all tries of it together.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
const RETRY_TIMEOUT: Duration = Duration::from_secs(60);
/// Tries after the first.
const RETRIES: usize = 5;

/// Whether a path is that of an object rather than of a local file.
pub(crate) fn is_remote(path: &str) -> bool {
    path.contains("://")
}

/// The store that a URL is in.
///
/// Where it is and who asks comes from the environment, as for the tools of each cloud: `AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT`,
/// `GOOGLE_APPLICATION_CREDENTIALS`, `AZURE_STORAGE_ACCOUNT_NAME` and so on. One connection pool per store and process.
pub(crate) fn open(url: &Url) -> Result<Arc<dyn ObjectStore>> {
    static STORES: OnceLock<Mutex<HashMap<String, Arc<dyn ObjectStore>>>> = OnceLock::new();
    let root = url.as_str().trim_end_matches('/').to_owned();
    let mut stores = STORES.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(store) = stores.get(&root) {
        return Ok(Arc::clone(store));
    }
    let store = connect(url, &root)?;
    stores.insert(root, Arc::clone(&store));
    Ok(store)
}

fn connect(url: &Url, root: &str) -> Result<Arc<dyn ObjectStore>> {
    let retry = RetryConfig { max_retries: retries(), retry_timeout: RETRY_TIMEOUT, ..RetryConfig::default() };
    // Plain HTTP is what a server in a laboratory speaks; a cloud's own endpoints are HTTPS whatever is allowed here.
    let client = ClientOptions::new().with_allow_http(true).with_timeout(request_timeout());
    let failed = |error| plan_datafusion_err!("{root} cannot be used: {error}");
    Ok(match url.scheme() {
        "s3" | "s3a" => {
            let builder = AmazonS3Builder::from_env().with_url(root).with_retry(retry).with_client_options(client);
            Arc::new(LimitStore::new(builder.build().map_err(failed)?, REQUESTS))
        }
        "gs" => {
            let builder =
                GoogleCloudStorageBuilder::from_env().with_url(root).with_retry(retry).with_client_options(client);
            Arc::new(LimitStore::new(builder.build().map_err(failed)?, REQUESTS))
        }
        "az" | "azure" | "abfs" | "abfss" => {
            let builder =
                MicrosoftAzureBuilder::from_env().with_url(root).with_retry(retry).with_client_options(client);
            Arc::new(LimitStore::new(builder.build().map_err(failed)?, REQUESTS))
        }
        "http" | "https" => {
            let builder = HttpBuilder::new().with_url(root).with_retry(retry).with_client_options(client);
            Arc::new(LimitStore::new(builder.build().map_err(failed)?, REQUESTS))
        }
        other => {
            return plan_err!(
                "a location can be a local path, file://, s3://, gs://, az://, http:// or https://, not {other}://"
            );
        }
    })
}

/// `NDAUDIO_REQUEST_TIMEOUT` in seconds, for networks slower or less patient than most.
fn request_timeout() -> Duration {
    let seconds = std::env::var("NDAUDIO_REQUEST_TIMEOUT").ok().and_then(|text| text.parse().ok());
    seconds.map_or(REQUEST_TIMEOUT, Duration::from_secs)
}

/// `NDAUDIO_RETRIES`.
fn retries() -> usize {
    std::env::var("NDAUDIO_RETRIES").ok().and_then(|text| text.parse().ok()).unwrap_or(RETRIES)
}

/// Waits for a request from any thread, of an asynchronous runtime or not.
///
/// Decoders read by blocking, and DataFusion calls table functions without a way to wait. So requests run on two threads of their own.
pub(crate) fn wait<T: Send + 'static>(request: impl Future<Output = T> + Send + 'static) -> Result<T> {
    static RUNTIME: OnceLock<std::io::Result<Runtime>> = OnceLock::new();
    let runtime = RUNTIME.get_or_init(|| {
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).thread_name("object-store").enable_all().build()
    });
    let runtime = runtime.as_ref().map_err(|error| exec_datafusion_err!("no threads for requests: {error}"))?;
    let (sender, receiver) = mpsc::sync_channel(1);
    runtime.spawn(async move {
        // Nobody waits any more if the query was given up.
        let _ = sender.send(request.await);
    });
    receiver
        .recv()
        .map_err(|_| DataFusionError::Execution("a request to an object store ended without an answer".into()))
}
