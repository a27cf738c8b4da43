//! Recordings in object stores.

use datafusion::common::{Result, plan_datafusion_err};
use futures::TryStreamExt;
use object_store::{ObjectMeta, ObjectStoreExt};

use super::is_audio;
use super::pattern::{Pattern, is_pattern};
use super::recording_file::RecordingFile;
use crate::store::{open, split, wait};

/// Lists the recordings of an object, of everything below a prefix, or of a pattern.
pub(super) fn list(location: &str) -> Result<Vec<RecordingFile>> {
    let pattern = Pattern::new(location)?;
    let patterned = is_pattern(location);
    let base = if patterned { Pattern::base(location) } else { location };
    let (url, path) = split(base.trim_end_matches('/'))?;
    let store = open(&url)?;
    let root = url.as_str().trim_end_matches('/').to_owned();
    let failed = |error: object_store::Error| plan_datafusion_err!("the location {location} cannot be listed: {error}");
    if !patterned && is_audio(base) {
        let found = wait(async move { store.head(&path).await })?
            .map_err(|error| plan_datafusion_err!("the object {location} cannot be read: {error}"))?;
        return Ok(vec![entry(&root, found, &pattern)]);
    }
    let listed: Vec<ObjectMeta> = wait(async move { store.list(Some(&path)).try_collect().await })?.map_err(failed)?;
    let wanted = |object: &ObjectMeta| {
        let hidden = object.location.filename().is_some_and(|name| name.starts_with('.'));
        let url = format!("{root}/{}", object.location);
        !hidden && if patterned { pattern.matches(&url) } else { is_audio(&url) }
    };
    Ok(listed.into_iter().filter(wanted).map(|object| entry(&root, object, &pattern)).collect())
}

fn entry(root: &str, object: ObjectMeta, pattern: &Pattern) -> RecordingFile {
    let path = format!("{root}/{}", object.location);
    let names = pattern.names(&path);
    RecordingFile { path, size: object.size, version: object.e_tag, site: names.site, deployment: names.deployment }
}
