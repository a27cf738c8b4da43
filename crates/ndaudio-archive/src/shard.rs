//! One part of an archive, for job arrays without a server.

use std::fmt;
use std::str::FromStr;

use crate::location::RecordingFile;

/// Shard `index` of `count`: every file is in exactly one, whatever the number of files.
///
/// # Examples
/// ```
/// use ndaudio_archive::Shard;
///
/// // SLURM: --shard $SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT, with --array=0-3
/// let shard: Shard = "3/4".parse()?;
/// assert_eq!(shard.to_string(), "3/4");
/// assert!("4/4".parse::<Shard>().is_err());
/// # Ok::<(), String>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    index: u32,
    count: u32,
}

impl Shard {
    /// The files of this shard, by a hash of their paths, so that a file stays in its shard when others are added.
    pub(crate) fn of(self, files: Vec<RecordingFile>) -> Vec<RecordingFile> {
        let mine = |file: &RecordingFile| hash(file.path.as_bytes()) % u64::from(self.count) == u64::from(self.index);
        files.into_iter().filter(mine).collect()
    }
}

/// FNV-1a, finished as MurmurHash3 does: the same in every version and on every machine, unlike the standard library's.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    let mut hash = bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    for multiplier in [0xff51_afd7_ed55_8ccd, 0xc4ce_b9fe_1a85_ec53] {
        hash ^= hash >> 33;
        hash = hash.wrapping_mul(multiplier);
    }
    hash ^ (hash >> 33)
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = text.split_once('/').and_then(|(index, count)| Some((index.parse().ok()?, count.parse().ok()?)));
        match parsed {
            Some((index, count)) if index < count => Ok(Shard { index, count }),
            _ => Err(format!("a shard is INDEX/COUNT, counted from 0, as in 0/4 to 3/4: '{text}' is not")),
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::{Shard, hash};
    use crate::location::RecordingFile;

    #[test]
    fn every_file_is_in_one_shard() {
        let file = |n: u32| RecordingFile {
            path: format!("site/{n}.wav"),
            size: 0,
            version: None,
            site: None,
            deployment: None,
        };
        let files: Vec<_> = (0..1000).map(file).collect();
        let mut seen = Vec::new();
        for index in 0..4 {
            let mine = Shard { index, count: 4 }.of(files.clone());
            assert!((200..300).contains(&mine.len()), "{} files in shard {index}", mine.len());
            seen.extend(mine);
        }
        seen.sort_by_key(|file| file.path.clone());
        let mut expected = files;
        expected.sort_by_key(|file| file.path.clone());
        assert_eq!(seen, expected);
    }

    #[test]
    fn the_hash_never_changes() {
        // A new hash would send files to other shards, and Parquet files under other names.
        assert_eq!(hash(b""), hash(&[]));
        assert_ne!(hash(b"a"), hash(b"b"));
    }
}
