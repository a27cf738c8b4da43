//! An object, read like a file.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use datafusion::common::{Result, plan_datafusion_err};
use object_store::path::Path;
use object_store::{GetOptions, GetRange, ObjectStore};
use url::Url;

use super::{open, wait};

/// Bytes of the first request: most headers.
const FIRST: u64 = 64 << 10;
/// Bytes of a request once the audio is read in order: large enough that the time to its first byte does not count.
const LARGEST: u64 = 8 << 20;

/// Reads an object by ranges: first what a header takes, then, as long as reading goes on in order, ever larger ones.
///
/// Every answer must have the ETag of the listing, so that a file that was replaced meanwhile is an error and never half of each.
pub(crate) struct ObjectReader {
    store: Arc<dyn ObjectStore>,
    path: Path,
    url: String,
    size: u64,
    etag: Option<String>,
    position: u64,
    /// The bytes at hand, from `start` on.
    buffer: bytes::Bytes,
    start: u64,
    next_len: u64,
}

impl ObjectReader {
    pub(crate) fn open(url: &str, size: u64, etag: Option<String>) -> Result<Self> {
        let (root, path) = split(url)?;
        Ok(ObjectReader {
            store: open(&root)?,
            path,
            url: url.to_owned(),
            size,
            etag: etag.map(|etag| quoted(&etag)),
            position: 0,
            buffer: bytes::Bytes::new(),
            start: 0,
            next_len: FIRST,
        })
    }

    fn fetch(&mut self) -> io::Result<()> {
        let continues = !self.buffer.is_empty() && self.position == self.start + self.buffer.len() as u64;
        self.next_len = if continues { (self.next_len * 4).min(LARGEST) } else { FIRST };
        let end = (self.position + self.next_len).min(self.size);
        let range = self.position..end;
        let options = GetOptions {
            range: Some(GetRange::Bounded(range.clone())),
            // A weak ETag matches nothing here (RFC 9110, 13.1.1); it is compared below.
            if_match: self.etag.clone().filter(|etag| !etag.starts_with("W/")),
            ..GetOptions::default()
        };
        let (store, path) = (Arc::clone(&self.store), self.path.clone());
        let request = async move {
            let answer = store.get_opts(&path, options).await?;
            let etag = answer.meta.e_tag.clone();
            Ok::<_, object_store::Error>((etag, answer.bytes().await?))
        };
        let (etag, bytes) = wait(request).map_err(io::Error::other)?.map_err(|error| failed(&range, error))?;
        let etag = etag.map(|etag| quoted(&etag));
        if self.etag.is_some() && etag.is_some() && etag != self.etag {
            return Err(changed());
        }
        if bytes.len() as u64 != end - self.position {
            let message = format!("the server sent {} bytes for {}..{end}", bytes.len(), self.position);
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, message));
        }
        self.start = self.position;
        self.buffer = bytes;
        Ok(())
    }
}

/// The store of an object, and its path in there as listings have it: the characters of a key mean themselves.
pub(crate) fn split(url: &str) -> Result<(Url, Path)> {
    let scheme_end = url.find("://").map_or(0, |colon| colon + 3);
    let root_end = url[scheme_end..].find('/').map_or(url.len(), |slash| scheme_end + slash);
    let (root, key) = url.split_at(root_end);
    let root = Url::parse(root).map_err(|error| plan_datafusion_err!("'{url}' is not a URL: {error}"))?;
    let path =
        Path::parse(key).map_err(|error| plan_datafusion_err!("'{url}' is not the URL of an object: {error}"))?;
    Ok((root, path))
}

/// An ETag as answers have it. Azure leaves the quotation marks out of its listings.
fn quoted(etag: &str) -> String {
    if etag.ends_with('"') { etag.to_owned() } else { format!("\"{etag}\"") }
}

fn failed(range: &std::ops::Range<u64>, error: object_store::Error) -> io::Error {
    match error {
        object_store::Error::Precondition { .. } => changed(),
        object_store::Error::NotFound { .. } => io::Error::other("the object does not exist (any more)"),
        object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. } => {
            io::Error::other(format!("access denied: {error}"))
        }
        other => io::Error::other(format!("bytes {}..{}: {other}", range.start, range.end)),
    }
}

fn changed() -> io::Error {
    io::Error::other("the object changed after it was listed: its ETag is another one. Run the query again")
}

impl Read for ObjectReader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.position >= self.size || out.is_empty() {
            return Ok(0);
        }
        let held = self.start..self.start + self.buffer.len() as u64;
        if !held.contains(&self.position) {
            self.fetch()?;
        }
        let from = usize::try_from(self.position - self.start).map_err(io::Error::other)?;
        let count = (self.buffer.len() - from).min(out.len());
        out[..count].copy_from_slice(&self.buffer[from..from + count]);
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for ObjectReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.size.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        let outside = || io::Error::new(io::ErrorKind::InvalidInput, "a position before the start of the object");
        self.position = position.ok_or_else(outside)?;
        Ok(self.position)
    }
}

impl std::fmt::Debug for ObjectReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ObjectReader({} at {})", self.url, self.position)
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn etags_of_listings_are_those_of_answers() {
        // Azure lists the first and answers with the second; S3 has the second in both; web servers may have the last.
        assert_eq!(quoted("0x8DC6A1B2C3D4E5F"), "\"0x8DC6A1B2C3D4E5F\"");
        assert_eq!(quoted("\"0x8DC6A1B2C3D4E5F\""), "\"0x8DC6A1B2C3D4E5F\"");
        assert_eq!(quoted("W/\"1\""), "W/\"1\"");
    }
}
