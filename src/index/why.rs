//! Why a file is in the index, or is not, and what it says of itself.

use std::path::{Path, PathBuf};

use super::{
    Folder, Index, absolute, aside, damaged, home,
    ledger::{Fate, LedgerFile},
    schema::Stored,
    status::{FileLine, Verdict, line},
};
use crate::{
    date::Date,
    error::Result,
    format,
    walk::{self, Kind, Part},
};

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
                let mut line = line(path.clone(), &entry);
                if let Verdict::Indexed(warnings) = &mut line.verdict {
                    warnings.extend(self.begun_beside(folder.id, &inside));
                }
                return Ok(Why { stale, modified, by_content, facts, ..Why::of(line, root) });
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

    /// Says how far a file was read that is being replaced beside the index; see [`super::aside`].
    fn begun_beside(&self, folder: u32, inside: &[u8]) -> Option<String> {
        let generation = home::generation(&self.dir).ok()??;
        let (generation, begun) = aside::begun(&self.dir, &generation, &self.manifest)?;
        let manifest = begun.manifest;
        let ledger = LedgerFile::open(&generation.join(manifest.ledger?), manifest.ledger_bytes).ok()?;
        let (_, entry) = ledger.entries().ok()?.find(folder, inside).ok()?;
        let articles = entry.filter(|entry| entry.begun > 0)?.begun;
        Some(format!("in progress: it is read anew, {articles} articles so far; searches find what it held"))
    }

    /// Says what would become of a file that the ledger does not know.
    fn unseen(&self, folder: &Folder, path: &Path, inside: &[u8]) -> Verdict {
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
}

impl Facts {
    fn of(stored: Stored) -> Self {
        let Stored { authors, date, date_source, url, language, tags, .. } = stored;
        Self { authors, date, date_source, url, language, tags }
    }
}
