//! What a commit says of itself: version, folders, sums and the ledger's name. It is the payload of
//! the tantivy commit, so it changes with the passages or not at all, and any later version can
//! read it without knowing the fields of this one.

use std::{
    collections::BTreeMap,
    ops::{AddAssign, SubAssign},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{aside::Aside, schema::VERSION, symbols::Tables};
use crate::{
    analysis::Language,
    format::FieldNames,
    walk::{self, Rules},
};

/// The payload of a commit. Every later version must be able to read version and folders: fields
/// may come and go, these stay.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Manifest {
    /// The version of the program's rules that wrote it; see [`VERSION`].
    pub(crate) version: u32,
    /// When the commit was made, in seconds since 1970.
    pub(crate) updated: i64,
    /// The folders, in the order they were added.
    pub(crate) folders: Vec<Folder>,
    /// The number that the next folder gets; numbers are never used twice.
    pub(crate) next_folder: u32,
    /// The ledger's file name, if there is one.
    pub(crate) ledger: Option<String>,
    /// Its length in bytes.
    pub(crate) ledger_bytes: u64,
    /// The sum of its bytes, in figures.
    pub(crate) ledger_sum: String,
    /// What the passages add up to.
    pub(crate) tally: Tally,
    /// What texts are stored by.
    pub(crate) tables: Tables,
    /// Whether an update was cut off, so that files it had not read yet are not even in the ledger.
    pub(crate) unfinished: bool,
    /// Whether passages were removed that are to leave the files of the index too.
    pub(crate) forgetting: bool,
    /// What it is made beside, or was.
    pub(crate) aside: Option<Aside>,
    /// Files that were read, in whole or in part.
    pub(crate) files: u64,
    /// Files and folders that could not be read.
    pub(crate) failed: u64,
}

/// The folders of an index by themselves, kept beside the generation in force: with them alone the index
/// can be made anew.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Folders {
    pub(crate) folders: Vec<Folder>,
    pub(crate) next_folder: u32,
}

/// A folder of the index, or a file that was named outright.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Folder {
    /// Its number in this index.
    pub(crate) id: u32,
    /// Where it is.
    pub(crate) at: At,
    /// Whether it is a single file.
    pub(crate) single: bool,
    /// What is passed over in it.
    pub(crate) rules: Rules,
    /// The names that fields of its records go by, beside the usual ones.
    #[serde(default)]
    pub(crate) fields: FieldNames,
}

/// Where a folder is. One under or beside the index is named from the index, so that both can be
/// moved together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum At {
    /// Inside the folder that holds the index.
    Beside(Name),
    /// Anywhere else.
    Absolute(Name),
}

/// A path as text, or in hexadecimal bytes where it is not UTF-8.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Name {
    Text(String),
    Bytes(Vec<u8>),
}

/// Sums over passages. Field lengths are counted here because tantivy's own sums go on counting
/// what was deleted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Tally {
    pub(crate) articles: u64,
    /// Words of articles: titles, headings and texts once each.
    pub(crate) article_words: u64,
    /// Passages of articles themselves.
    pub(crate) passages: u64,
    /// Passages around articles.
    pub(crate) asides: u64,
    /// Words of titles, headings and texts.
    pub(crate) words: u64,
    /// Words of titles and headings.
    pub(crate) title_words: u64,
    /// Terms of what stands around articles: two a word.
    pub(crate) aside_words: u64,
    /// Passages in each language.
    pub(crate) languages: BTreeMap<Language, u64>,
    /// How many articles say what of themselves.
    pub(crate) stated: Stated,
}

/// How many articles state these facts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stated {
    /// Who wrote them.
    pub authors: u64,
    /// When they were published.
    pub date: u64,
    /// Where they were published.
    pub url: u64,
    /// Their subjects.
    pub tags: u64,
    /// Their language; of others it is told by their words.
    pub language: u64,
}

impl Stated {
    /// Returns each count with what is counted, in words.
    pub fn counts(&self) -> [(&'static str, u64); 5] {
        let Self { authors, date, url, tags, language } = *self;
        [("authors", authors), ("date", date), ("url", url), ("tags", tags), ("language", language)]
    }

    fn changed(&mut self, other: Self, by: impl Fn(u64, u64) -> u64) {
        self.authors = by(self.authors, other.authors);
        self.date = by(self.date, other.date);
        self.url = by(self.url, other.url);
        self.tags = by(self.tags, other.tags);
        self.language = by(self.language, other.language);
    }
}

impl Default for Manifest {
    fn default() -> Self {
        Self {
            version: VERSION,
            updated: 0,
            folders: Vec::new(),
            next_folder: 1,
            ledger: None,
            ledger_bytes: 0,
            ledger_sum: String::new(),
            tally: Tally::default(),
            tables: Tables::default(),
            unfinished: false,
            forgetting: false,
            aside: None,
            files: 0,
            failed: 0,
        }
    }
}

impl Manifest {
    /// Returns the manifest of an index of these folders that holds nothing yet.
    pub(crate) fn of(folders: Folders) -> Self {
        let Folders { folders, next_folder } = folders;
        Self { folders, next_folder, ..Self::default() }
    }

    /// Returns the folders.
    pub(crate) fn of_folders(&self) -> Folders {
        Folders { folders: self.folders.clone(), next_folder: self.next_folder }
    }

    pub(crate) fn folder(&self, id: u32) -> Option<&Folder> {
        self.folders.iter().find(|folder| folder.id == id)
    }
}

impl Folder {
    /// Returns the path of the folder, or of the single file.
    pub(crate) fn path(&self, index: &Path) -> PathBuf {
        match &self.at {
            At::Beside(name) => walk::join(index.parent().unwrap_or(index), &name.bytes()),
            At::Absolute(name) => native(&name.bytes()),
        }
    }

    /// Returns the folder that paths are given in: its own, or that of the single file.
    pub(crate) fn base(&self, index: &Path) -> PathBuf {
        let path = self.path(index);
        match path.parent() {
            Some(parent) if self.single => parent.into(),
            _ => path,
        }
    }
}

impl At {
    pub(crate) fn of(path: &Path, index: &Path) -> Self {
        match index.parent().filter(|parent| path.starts_with(parent) && parent.parent().is_some()) {
            Some(parent) => Self::Beside(Name::new(walk::inside(parent, path))),
            None => Self::Absolute(Name::new(whole(path))),
        }
    }
}

impl Name {
    fn new(bytes: Vec<u8>) -> Self {
        String::from_utf8(bytes).map_or_else(|error| Self::Bytes(error.into_bytes()), Self::Text)
    }

    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Text(text) => text.clone().into_bytes(),
            Self::Bytes(bytes) => bytes.clone(),
        }
    }
}

#[cfg(unix)]
fn whole(path: &Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt;
    path.as_os_str().as_bytes().into()
}

#[cfg(unix)]
fn native(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    std::ffi::OsStr::from_bytes(bytes).into()
}

#[cfg(not(unix))]
fn whole(path: &Path) -> Vec<u8> {
    path.to_string_lossy().into_owned().into_bytes()
}

#[cfg(not(unix))]
fn native(bytes: &[u8]) -> PathBuf {
    String::from_utf8_lossy(bytes).into_owned().into()
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.articles += other.articles;
        self.article_words += other.article_words;
        self.passages += other.passages;
        self.asides += other.asides;
        self.words += other.words;
        self.title_words += other.title_words;
        self.aside_words += other.aside_words;
        self.stated.changed(other.stated, |one, other| one + other);
        for (language, passages) in other.languages {
            *self.languages.entry(language).or_default() += passages;
        }
    }
}

impl SubAssign for Tally {
    fn sub_assign(&mut self, other: Self) {
        self.articles -= other.articles;
        self.article_words -= other.article_words;
        self.passages -= other.passages;
        self.asides -= other.asides;
        self.words -= other.words;
        self.title_words -= other.title_words;
        self.aside_words -= other.aside_words;
        self.stated.changed(other.stated, |one, other| one - other);
        for (language, passages) in other.languages {
            if let Some(count) = self.languages.get_mut(&language) {
                *count = count.saturating_sub(passages);
            }
        }
        self.languages.retain(|_, passages| *passages > 0);
    }
}
