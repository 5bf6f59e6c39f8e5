//! What the index holds, and what became of a file.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use super::{
    Index, absolute, damaged,
    ledger::{Entry, Fate},
    manifest::Stated,
    schema::Stored,
};
use crate::{
    analysis::Language,
    date::Date,
    error::Result,
    format::{self, FieldNames},
    walk::{self, Kind, Part, Rules, Stamp},
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

/// The answer to why a file is, or is not, in the index.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Why {
    /// What became of it.
    pub file: FileLine,
    /// The folder of the index that it is in.
    pub folder: Option<PathBuf>,
    /// Whether the file on disk is not the one that was read: `changed` or `gone`.
    pub stale: Option<&'static str>,
    /// When it was last changed when it was read, in seconds since 1970. It is no date of an article.
    pub modified: Option<i64>,
    /// Whether its format was told by its content, against its name or where that says nothing.
    pub by_content: bool,
    /// What its first article says of itself.
    pub facts: Option<Facts>,
}

/// What an article says of itself.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Facts {
    /// Who wrote it.
    pub authors: Vec<String>,
    /// When it was published.
    pub date: Option<Date>,
    /// Where in the file the date stands; empty where there is none.
    pub date_source: String,
    /// Where it was published.
    pub url: Option<String>,
    /// The language of its first passage.
    pub language: Option<String>,
    /// Its subjects.
    pub tags: Vec<String>,
}

impl Why {
    fn of(file: FileLine, folder: Option<PathBuf>) -> Self {
        Self { file, folder, stale: None, modified: None, by_content: false, facts: None }
    }
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

    /// Returns why a file or folder is in the index or not, also for one that was never seen.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn why(&self, path: &Path) -> Result<Why> {
        // A link is asked about itself, not what it leads to.
        let path = match (path.parent(), path.file_name()) {
            (Some(parent), Some(name)) => {
                absolute(if parent.as_os_str().is_empty() { Path::new(".") } else { parent }).join(name)
            }
            _ => absolute(path),
        };
        let file = |verdict| FileLine {
            path: path.clone(),
            verdict,
            title: None,
            format: None,
            articles: 0,
            passages: 0,
        };
        let Some((folder, inside)) = self.owner(&path) else {
            return Ok(Why::of(file(Verdict::Outside), None));
        };
        let root = Some(folder.path(&self.dir));
        if let Some(mut ledger) = self.ledger()? {
            let mut find = |path: &[u8]| {
                ledger
                    .find(folder.id, path)
                    .map(|(_, entry)| entry)
                    .map_err(|source| damaged(&self.dir, source))
            };
            if let Some(entry) = find(&inside)? {
                let stale = self.stale(&entry);
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let named = format::by_extension(&name).map(|format| format.name());
                let by_content = !entry.format.is_empty() && named != Some(&entry.format);
                let facts = self.first_of(folder.id, &inside)?.map(Facts::of);
                let modified = Some(entry.stamp.modified / 1_000_000_000);
                return Ok(Why {
                    stale,
                    modified,
                    by_content,
                    facts,
                    ..Why::of(line(path.clone(), &entry), root)
                });
            }
            // What was left out as a folder has no entries for what is in it.
            let mut above = inside.as_slice();
            while let Some(end) = above.iter().rposition(|&byte| byte == b'/') {
                above = &above[..end];
                match find(above)?.map(|entry| entry.fate) {
                    Some(Fate::LeftOut(rule)) => {
                        let rule = format!("in {}, left out: {rule}", String::from_utf8_lossy(above));
                        return Ok(Why::of(file(Verdict::LeftOut(rule)), root));
                    }
                    Some(Fate::Failed(cause)) => {
                        let cause = format!("in {}: {cause}", String::from_utf8_lossy(above));
                        return Ok(Why::of(file(Verdict::Failed(cause)), root));
                    }
                    _ => {}
                }
            }
        }
        let verdict = self.unseen(folder, &path, &inside);
        Ok(Why::of(file(verdict), root))
    }

    /// Says what would become of a file that the ledger does not know.
    fn unseen(&self, folder: &super::Folder, path: &Path, inside: &[u8]) -> Verdict {
        if !path.exists() {
            return Verdict::NotSeen("there is no such file".into());
        }
        let parent = inside.iter().rposition(|&byte| byte == b'/').map_or(&b""[..], |end| &inside[..end]);
        let mut met = None;
        // A folder that cannot be walked now has nothing to say of it.
        let _ = walk::walk(&folder.base(&self.dir), &folder.rules, &[], Part::Within(parent), &mut |found| {
            let this = found.path == inside;
            if this {
                met = Some(found.kind);
            }
            !this
        });
        match met {
            Some(Kind::LeftOut(rule)) => Verdict::LeftOut(rule),
            Some(Kind::Unreadable(cause)) => Verdict::Failed(cause),
            _ => Verdict::NotSeen("it came after the folder was last indexed".into()),
        }
    }

    /// Says whether the file of an entry is no longer what was read.
    fn stale(&self, entry: &Entry) -> Option<&'static str> {
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

impl Facts {
    fn of(stored: Stored) -> Self {
        let Stored { authors, date, date_source, url, language, tags, .. } = stored;
        Self { authors, date, date_source, url, language, tags }
    }
}

fn line(path: PathBuf, entry: &Entry) -> FileLine {
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
