//! Every way to fail, each with what was touched and why.
//!
//! A message says its own part, lowercase and without a final period; causes follow by
//! [`std::error::Error::source`]. What to do about it is [`Error::hint`], never in the message.

use std::{error::Error as StdError, io, path::PathBuf};

/// Why excerpt could not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder could not be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// What was read.
        path: PathBuf,
        /// Why that failed.
        source: io::Error,
    },
    /// A file or folder of the index could not be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// What was written.
        path: PathBuf,
        /// Why that failed.
        source: io::Error,
    },
    /// There is no index here.
    #[error("no index in {}", path.display())]
    NoIndex {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The folder for a new index holds other things.
    #[error("{} is not empty and not an index", path.display())]
    NotAnIndex {
        /// The folder.
        path: PathBuf,
    },
    /// A folder to be indexed is itself an index.
    #[error("{} is an index, which is never indexed", path.display())]
    IsIndex {
        /// The folder.
        path: PathBuf,
    },
    /// Nobody waits for the answer any more.
    #[error("the search was cancelled")]
    Cancelled,
    /// The index was written by a newer excerpt.
    #[error("the index in {} is of version {found}, newer than {known}", path.display())]
    Newer {
        /// The index.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// The newest version this program reads.
        known: u32,
    },
    /// The index was written by an older excerpt and must be built again.
    #[error("the index in {} is of version {found}, older than {known}", path.display())]
    Older {
        /// The index.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// The version this program writes.
        known: u32,
    },
    /// Another process is writing to the index.
    #[error("the index in {} is being written by {}", path.display(), holder(*pid))]
    Locked {
        /// The index.
        path: PathBuf,
        /// The process that holds it, where it is known.
        pid: Option<u32>,
    },
    /// A part of the index is not as it was written.
    #[error("the index in {} is damaged", path.display())]
    Damaged {
        /// The index.
        path: PathBuf,
        /// What was found.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// Of a damaged index not even the folders are known any more.
    #[error("the index in {} is damaged, and its folders are not known any more", path.display())]
    FoldersLost {
        /// The index.
        path: PathBuf,
    },
    /// The memory allowed is too little to work with.
    #[error("{given} MB of memory is too little; the least is {least} MB")]
    Memory {
        /// What was allowed, in MB.
        given: u64,
        /// What is needed, in MB.
        least: u64,
    },
    /// A folder that the index does not hold.
    #[error("the index does not hold {}", path.display())]
    UnknownFolder {
        /// The folder.
        path: PathBuf,
    },
    /// A folder that is not where it was.
    #[error("the folder {} is missing", path.display())]
    MissingFolder {
        /// The folder.
        path: PathBuf,
    },
    /// No passage or article answers to this name.
    #[error("no passage or article `{name}` in the index")]
    UnknownPassage {
        /// The id or path that was asked for.
        name: String,
    },
    /// Several passages answer to this beginning of an id.
    #[error("`{name}` begins the ids of several passages")]
    AmbiguousId {
        /// The beginning that was given.
        name: String,
    },
    /// A pattern that is not a glob.
    #[error("`{pattern}` is not a pattern for file names")]
    Pattern {
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// The settings file cannot be understood.
    #[error("cannot understand the settings in {}", path.display())]
    Settings {
        /// The settings file.
        path: PathBuf,
        /// What is wrong with it.
        source: Box<dyn StdError + Send + Sync>,
        /// What may stand in it, and where to look.
        expected: &'static str,
    },
    /// A line of queries, judgments or a run cannot be understood.
    #[error("cannot understand line {line} of {}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        source: Box<dyn StdError + Send + Sync>,
        /// How such a line should look.
        expected: &'static str,
    },
    /// The search engine failed.
    #[error("the index in {} cannot be used", path.display())]
    Engine {
        /// The index.
        path: PathBuf,
        /// Why.
        source: Box<dyn StdError + Send + Sync>,
    },
}

/// What the library returns.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// Returns the kind of failure in a word that never changes, for programs.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Read { .. } => "read",
            Self::Write { .. } => "write",
            Self::NoIndex { .. } => "no-index",
            Self::NotAnIndex { .. } => "not-an-index",
            Self::IsIndex { .. } => "is-index",
            Self::Cancelled => "cancelled",
            Self::Newer { .. } => "newer-index",
            Self::Older { .. } => "older-index",
            Self::Locked { .. } => "locked",
            Self::Damaged { .. } => "damaged-index",
            Self::FoldersLost { .. } => "folders-lost",
            Self::Memory { .. } => "memory",
            Self::UnknownFolder { .. } => "unknown-folder",
            Self::MissingFolder { .. } => "missing-folder",
            Self::UnknownPassage { .. } => "unknown-passage",
            Self::AmbiguousId { .. } => "ambiguous-id",
            Self::Pattern { .. } => "pattern",
            Self::Settings { .. } => "settings",
            Self::Malformed { .. } => "malformed",
            Self::Engine { .. } => "engine",
        }
    }

    /// Returns what the user can do about it, where there is something.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::NoIndex { .. } => "run `excerpt index FOLDER` first",
            Self::NotAnIndex { .. } => "name a new or empty folder with --index",
            Self::IsIndex { .. } => "name the folder that holds the articles",
            Self::Newer { .. } => "use the newer excerpt, or another folder with --index",
            Self::Older { .. } => "run `excerpt index` to build it again",
            Self::Locked { .. } => "wait until that process is done, or stop it",
            Self::Damaged { .. } => "run `excerpt check --repair`",
            Self::FoldersLost { .. } => "name them: `excerpt index --rebuild FOLDER`",
            Self::Memory { .. } => "raise --memory",
            Self::UnknownFolder { .. } => "run `excerpt status` to see the folders of the index",
            Self::MissingFolder { .. } => {
                "look for a slip in its name; a folder of the index is taken out with `excerpt index --forget FOLDER`"
            }
            Self::UnknownPassage { .. } => {
                "take an id from `excerpt search --json`, or run `excerpt why PATH`"
            }
            Self::AmbiguousId { .. } => "give more of the id",
            Self::Pattern { .. } => "write it as in a .gitignore, such as '*.bak' or 'drafts/**'",
            Self::Settings { expected, .. } | Self::Malformed { expected, .. } => expected,
            Self::Read { .. } | Self::Write { .. } | Self::Cancelled | Self::Engine { .. } => return None,
        })
    }
}

fn holder(pid: Option<u32>) -> String {
    pid.map_or_else(|| "another process".into(), |pid| format!("process {pid}"))
}
