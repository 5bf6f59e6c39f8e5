//! What the index holds, and what became of its files.

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::{Path, PathBuf},
};

use super::{
    Index, damaged,
    ledger::{Entry, Fate},
    manifest::Stated,
};
use crate::{
    analysis::Language,
    error::Result,
    format::FieldNames,
    walk::{self, Pattern, Rules, Stamp},
};

/// What an index holds.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Status {
    /// The folder of the index.
    pub path: PathBuf,
    /// When it was last committed, in seconds since 1970.
    pub updated: Option<i64>,
    /// Its size on disk, in bytes.
    pub bytes: u64,
    /// Articles in it.
    pub articles: u64,
    /// Passages in it.
    pub passages: u64,
    /// Its folders.
    pub folders: Vec<FolderStatus>,
    /// Passages by their language; `None` is none that is known.
    pub languages: Vec<(Option<Language>, u64)>,
    /// How many articles state what of themselves.
    pub stated: Stated,
    /// Files by the format they were read as.
    pub formats: BTreeMap<String, u64>,
    /// Files that were read, in whole or in part.
    pub indexed: u64,
    /// Of these, files with a warning.
    pub warned: u64,
    /// Files and folders that a rule left out.
    pub left_out: u64,
    /// Files of a kind that cannot be read.
    pub unsupported: u64,
    /// Files and folders that could not be read.
    pub failed: u64,
    /// Segments the passages are kept in.
    pub segments: u64,
}

/// One folder of an index.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FolderStatus {
    /// Where it is.
    pub path: PathBuf,
    /// Whether it is not there.
    pub missing: bool,
    /// Files that were read in it.
    pub files: u64,
    /// Their size in bytes.
    pub bytes: u64,
    /// What is passed over in it.
    pub rules: Rules,
    /// The names that fields of its records go by, beside the usual ones.
    pub fields: FieldNames,
}

/// What became of one file or folder.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FileLine {
    /// Its path on disk.
    pub path: PathBuf,
    /// What became of it.
    pub verdict: Verdict,
    /// The title of its first article.
    pub title: Option<String>,
    /// The format it was read as.
    pub format: Option<String>,
    /// Articles read from it.
    pub articles: u64,
    /// Passages read from it.
    pub passages: u64,
}

/// What became of a file or folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is in the index; with what its reader should know.
    Indexed(Vec<String>),
    /// It is a folder that was walked.
    Folder,
    /// A rule left it out.
    LeftOut(String),
    /// It is of a kind that cannot be read.
    Unsupported(String),
    /// It could not be read.
    Failed(String),
    /// It is in a folder of the index, but was not there when that was last looked at.
    NotSeen(String),
    /// It is in no folder of the index.
    Outside,
}

impl Index {
    /// Returns what the index holds.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn status(&self) -> Result<Status> {
        let mut status = Status {
            path: self.dir.clone(),
            updated: self.updated(),
            bytes: size(&self.dir),
            articles: self.articles(),
            passages: self.passages(),
            folders: Vec::new(),
            languages: self.languages(),
            stated: self.manifest.tally.stated,
            formats: BTreeMap::new(),
            indexed: 0,
            warned: 0,
            left_out: 0,
            unsupported: 0,
            failed: 0,
            segments: self.searcher.segment_readers().len() as u64,
        };
        let mut sums: BTreeMap<u32, (u64, u64)> = BTreeMap::new();
        self.each_entry(&mut |entry| match &entry.fate {
            Fate::Folder => {}
            Fate::Indexed(warnings) => {
                status.indexed += 1;
                status.warned += u64::from(!warnings.is_empty());
                *status.formats.entry(entry.format.clone()).or_default() += 1;
                let sum = sums.entry(entry.folder).or_default();
                sum.0 += 1;
                sum.1 += entry.stamp.size;
            }
            Fate::LeftOut(_) => status.left_out += 1,
            Fate::Unsupported(_) => status.unsupported += 1,
            Fate::Failed(_) => status.failed += 1,
        })?;
        status.folders = self
            .manifest
            .folders
            .iter()
            .map(|folder| {
                let path = folder.path(&self.dir);
                let (files, bytes) = sums.get(&folder.id).copied().unwrap_or_default();
                let (rules, fields) = (folder.rules.clone(), folder.fields.clone());
                FolderStatus { missing: !path.exists(), path, files, bytes, rules, fields }
            })
            .collect();
        Ok(status)
    }

    /// Returns the languages of the passages, each with how many are in it, most first; none for those in no
    /// known language.
    pub(crate) fn languages(&self) -> Vec<(Option<Language>, u64)> {
        let tally = &self.manifest.tally;
        let known: u64 = tally.languages.values().sum();
        let unknown = (tally.passages + tally.asides).saturating_sub(known);
        let known = tally.languages.iter().map(|(language, count)| (Some(*language), *count));
        let mut languages: Vec<_> = known.chain([(None, unknown)]).filter(|(_, count)| *count > 0).collect();
        languages.sort_by(|one, other| other.1.cmp(&one.1).then(one.0.cmp(&other.0)));
        languages
    }

    /// Hands on every file and folder the ledger speaks of, in order.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn each_file(&self, each: &mut dyn FnMut(FileLine)) -> Result<()> {
        self.each_entry(&mut |entry| {
            let base =
                self.manifest.folder(entry.folder).map(|folder| folder.base(&self.dir)).unwrap_or_default();
            each(line(walk::join(&base, &entry.path), entry));
        })
    }

    /// Returns the files of articles whose paths are of a pattern, as in a `.gitignore`: inside their folder, or
    /// from the root on where the pattern begins with that folder. They are in the order of the index.
    ///
    /// # Errors
    /// [`Error::Pattern`](crate::Error::Pattern) where it is none, and when the ledger cannot be read.
    pub fn files_like(&self, pattern: &str) -> Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        let any = Pattern::of(pattern)?;
        let mut bases: HashMap<u32, (PathBuf, Option<Pattern>)> = HashMap::new();
        for folder in &self.manifest.folders {
            let base = folder.base(&self.dir);
            let inside = pattern.strip_prefix(&*base.to_string_lossy()).filter(|rest| rest.starts_with('/'));
            let own = inside.map(Pattern::of).transpose()?;
            bases.insert(folder.id, (base, own));
        }
        self.each_entry(&mut |entry| {
            let Some((base, own)) = bases.get(&entry.folder) else { return };
            let like = own.as_ref().unwrap_or(&any).matches(&entry.path);
            if like && matches!(entry.fate, Fate::Indexed(_)) {
                files.push(walk::join(base, &entry.path));
            }
        })?;
        Ok(files)
    }

    /// Says whether the file of an entry is no longer what was read.
    pub(super) fn stale(&self, entry: &Entry) -> Option<&'static str> {
        let base = self.manifest.folder(entry.folder)?.base(&self.dir);
        match fs::metadata(walk::join(&base, &entry.path)) {
            _ if !matches!(entry.fate, Fate::Indexed(_)) => None,
            Err(_) => Some("gone"),
            Ok(meta) if walk::stamp(&meta) != entry.stamp => Some("changed"),
            Ok(_) => None,
        }
    }

    /// Hands on the folder, path and state of every file that was read.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub(crate) fn each_stamp(&self, each: &mut dyn FnMut(u32, &[u8], Stamp)) -> Result<()> {
        self.each_entry(&mut |entry| {
            if matches!(entry.fate, Fate::Indexed(_)) {
                each(entry.folder, &entry.path, entry.stamp);
            }
        })
    }

    /// Says, for each of these files, whether it is no longer what was read.
    pub(crate) fn stale_files(&self, files: &[(u32, &[u8])]) -> Result<Vec<Option<&'static str>>> {
        let Some(mut ledger) = self.ledger()? else { return Ok(vec![None; files.len()]) };
        files
            .iter()
            .map(|(folder, path)| {
                let entry = ledger.find(*folder, path).map_err(|source| damaged(&self.dir, source))?.1;
                Ok(entry.and_then(|entry| self.stale(&entry)))
            })
            .collect()
    }

    fn each_entry(&self, each: &mut dyn FnMut(&Entry)) -> Result<()> {
        let Some(mut ledger) = self.whole_ledger()? else { return Ok(()) };
        let broken = |source| damaged(&self.dir, source);
        for at in 0..ledger.len() {
            each(&ledger.entry(at).map_err(broken)?);
        }
        Ok(())
    }
}

pub(super) fn line(path: PathBuf, entry: &Entry) -> FileLine {
    let verdict = match entry.fate.clone() {
        Fate::Folder => Verdict::Folder,
        Fate::Indexed(warnings) => Verdict::Indexed(warnings),
        Fate::LeftOut(rule) => Verdict::LeftOut(rule),
        Fate::Unsupported(cause) => Verdict::Unsupported(cause),
        Fate::Failed(cause) => Verdict::Failed(cause),
    };
    let full = |text: &String| (!text.is_empty()).then(|| text.clone());
    FileLine {
        path,
        verdict,
        title: full(&entry.title),
        format: full(&entry.format),
        articles: entry.tally.articles,
        passages: entry.tally.passages + entry.tally.asides,
    }
}

/// Returns the size of the files of a generation folder and of those beside it.
fn size(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(meta) if meta.is_dir() => size(&entry.path()),
            Ok(meta) => meta.len(),
            Err(_) => 0,
        })
        .sum()
}
