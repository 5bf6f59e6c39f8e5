//! What an update tells: while it runs, and at its end.

use std::path::PathBuf;

/// What an update did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// Files that were not in the index.
    pub added: u64,
    /// Files whose content was another.
    pub changed: u64,
    /// Files that are no longer there.
    pub removed: u64,
    /// Files that are as they were.
    pub unchanged: u64,
    /// Files and folders that a rule left out, or of a kind that cannot be read.
    pub skipped: u64,
    /// Files and folders that could not be read.
    pub failed: u64,
    /// Bytes of the files that were read.
    pub bytes: u64,
    /// Folders that the settings of the index name, and that it did not hold before.
    pub named: Vec<PathBuf>,
    /// Folders that are missing; their articles stay until they are forgotten.
    pub missing: Vec<PathBuf>,
    /// Whether it was stopped before its end; what was committed stays.
    pub interrupted: bool,
    /// Whether the index was built anew.
    pub rebuilt: bool,
    /// Why segments could not be merged, where that failed: the index is whole, only slower.
    pub unmerged: Option<String>,
    /// Articles in the index afterwards.
    pub articles: u64,
    /// Passages in the index afterwards.
    pub passages: u64,
    /// The most memory, in bytes, that all processes apart held at once, where any was started and the
    /// system tells.
    pub apart: u64,
}

impl Report {
    /// Returns what was done by two updates, the second of which goes on where the first ended.
    pub(super) fn and_then(self, rest: Self) -> Self {
        Self {
            added: self.added + rest.added,
            changed: self.changed + rest.changed,
            removed: self.removed + rest.removed,
            bytes: self.bytes + rest.bytes,
            unchanged: self.unchanged,
            named: self.named,
            ..rest
        }
    }
}

/// What happens during an update.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// The folders were compared with the ledger; so much is to be read.
    Planned {
        /// Files to read.
        files: u64,
        /// Their size in bytes.
        bytes: u64,
    },
    /// So many bytes of a file were read, which goes on.
    Part {
        /// Bytes since the last time.
        bytes: u64,
    },
    /// A file was dealt with.
    File {
        /// The file.
        path: PathBuf,
        /// Its size in bytes, less what was told of in parts.
        bytes: u64,
        /// What became of it.
        outcome: Outcome,
    },
}

/// What became of a file in an update.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was not in the index and now is.
    Added,
    /// Its content was another.
    Changed,
    /// Its times were others, its content was not.
    Touched,
    /// It is no longer there.
    Removed,
    /// It could not be read, for this reason.
    Failed(String),
}
