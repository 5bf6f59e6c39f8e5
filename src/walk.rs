//! Folders → files worth reading, in a fixed order, each with its stamp, or with the rule that left
//! it out.
//!
//! The order is that of the paths' bytes with the separator before every other byte: what a sorted
//! walk meets, and what the ledger keeps, so that the two can be compared side by side. Rules are
//! asked from the strongest to the weakest: an excerpt index, `--exclude`, hidden names, then the
//! ignore files from the nearest folder outwards, in each `.excerptignore` before `.ignore` before
//! a git repository's `.gitignore`.

mod beside;
mod ignores;
mod stamp;

use std::{
    borrow::Cow,
    cmp::Ordering,
    fs, io,
    path::{Path, PathBuf},
};

use ignore::{
    Match,
    overrides::{Override, OverrideBuilder},
};
use serde::{Deserialize, Serialize};
use walkdir::{DirEntry, WalkDir};

pub use self::stamp::{Stamp, nanoseconds, stamp};
use self::{
    beside::{Beside, There},
    ignores::Ignores,
};
use crate::error::{Error, Result};

/// The file whose presence makes a folder an excerpt index, which is never walked.
pub const INDEX_MARK: &str = "excerpt.toml";

/// What to pass over while walking; the same for a whole folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rules {
    /// Take hidden files too: those whose name begins with a dot.
    pub hidden: bool,
    /// Pay no heed to ignore files.
    pub no_ignore: bool,
    /// Follow symbolic links.
    pub follow: bool,
    /// Leave out what these globs match, written as in a `.gitignore`.
    pub exclude: Vec<String>,
}

/// One thing met in a folder.
#[derive(Clone, Debug, PartialEq)]
pub struct Found<'a> {
    /// Path inside the folder with `/` between its parts, as the system's bytes; empty for the
    /// folder itself.
    pub path: Cow<'a, [u8]>,
    /// Its state; all zero where it could not be asked for.
    pub stamp: Stamp,
    /// What it is.
    pub kind: Kind,
}

/// What was met in a folder.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A file worth reading.
    File,
    /// A folder that is walked.
    Folder,
    /// Left out, with what is below it, by this rule.
    LeftOut(String),
    /// Could not be looked at, for this reason.
    Unreadable(String),
}

/// Which part of a folder to walk.
#[derive(Clone, Copy, Debug)]
pub enum Part<'a> {
    /// All of it.
    Whole,
    /// Only what stands directly in this folder inside it.
    Within(&'a [u8]),
}

/// Walks a folder, or a single file, and hands on what it meets, in order, until told to stop.
///
/// The folder itself is taken even if a rule would leave it out: it was named outright. What is in
/// `apart` is left to others: folders of the index that lie inside this one.
///
/// # Errors
/// [`Error::MissingFolder`] when it is not there, [`Error::Pattern`] for a glob that is none. What
/// cannot be looked at below it is handed on as [`Kind::Unreadable`].
pub fn walk(
    root: &Path,
    rules: &Rules,
    apart: &[PathBuf],
    part: Part<'_>,
    each: &mut dyn FnMut(Found<'_>) -> bool,
) -> Result<()> {
    let meta = fs::metadata(root).map_err(|_| Error::MissingFolder { path: root.into() })?;
    if !meta.is_dir() {
        let kind = if meta.is_file() { Kind::File } else { Kind::LeftOut("not a regular file".into()) };
        each(Found { path: file_name(root).into(), stamp: stamp(&meta), kind });
        return Ok(());
    }
    let exclude = globs(root, &rules.exclude)?;
    let (start, depth) = match part {
        Part::Whole => (root.to_path_buf(), usize::MAX),
        Part::Within(path) => (join(root, path), 1),
    };
    let mut ignores = Ignores::above(root, &start, rules);
    let mut beside = Beside::default();
    let mut walk = WalkDir::new(&start)
        .follow_links(rules.follow)
        .follow_root_links(true)
        .max_depth(depth)
        // They are of one folder, so that their paths are in the order of their names.
        .sort_by(|one, other| bytes(one.path()).cmp(bytes(other.path())))
        .into_iter();
    // A folder that was met last, if its ignore files may count.
    let mut opened: Option<DirEntry> = None;
    // Of the paths of what was met last, from the folder itself inwards, in bytes.
    let mut lengths = Vec::new();
    while let Some(entry) = walk.next() {
        if let Some(folder) = opened.take().filter(|folder| may_have_rules(folder, entry.as_ref().ok())) {
            ignores.enter(folder.path(), rules, &mut |name| beside.there(&folder, name));
        }
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let Some(path) = error.path() else { continue };
                let kind = Kind::Unreadable(unreadable(&error));
                if !each(Found { path: inside(root, path).into(), stamp: Stamp::default(), kind }) {
                    return Ok(());
                }
                continue;
            }
        };
        let path = entry.path();
        let is_dir = entry.file_type().is_dir();
        let named = entry.depth() == 0;
        lengths.truncate(entry.depth());
        let parts = lengths.last().and_then(|length| folder_and_name(bytes(path), *length));
        lengths.push(bytes(path).len());
        let rule = if !named && apart.iter().any(|other| other == path) {
            Some("a folder of this index by itself".into())
        } else {
            let hidden = !rules.hidden && parts.is_some_and(|(_, name)| name.starts_with(b"."));
            left_out(&entry, hidden, &exclude, &mut ignores, &mut beside)
        };
        let kind = match rule {
            Some(rule) => Kind::LeftOut(rule),
            None if is_dir => Kind::Folder,
            None => Kind::File,
        };
        // Folders and files that are left out are not asked for their state: it cannot matter.
        let stamp = match &kind {
            Kind::LeftOut(_) => Ok(Stamp::default()),
            _ => beside.stamp(&entry, parts),
        };
        let (stamp, kind) = match stamp {
            Ok(stamp) => (stamp, kind),
            Err(error) => (Stamp::default(), Kind::Unreadable(unreadable(&error))),
        };
        let opens = is_dir && kind == Kind::Folder && entry.depth() < depth;
        // The contents of the folder a shallow walk starts from are what is wanted.
        if is_dir && !opens && !(named && kind == Kind::Folder) {
            walk.skip_current_dir();
        }
        let place = met(root, path).map_or_else(|| inside(root, path).into(), Cow::from);
        if !each(Found { path: place, stamp, kind }) {
            return Ok(());
        }
        opened = opens.then_some(entry);
    }
    Ok(())
}

/// Whether ignore files may stand in a folder after which this was met: the names of all begin with a dot, and what
/// stands in a folder is met in the order of names.
fn may_have_rules(folder: &DirEntry, next: Option<&DirEntry>) -> bool {
    next.is_none_or(|next| {
        let parts = folder_and_name(bytes(next.path()), bytes(folder.path()).len());
        next.depth() > folder.depth() && parts.is_none_or(|(_, name)| name.first() <= Some(&b'.'))
    })
}

/// Returns what of a path is behind a folder, where a walk put names behind it one after the other.
fn met<'a>(root: &Path, path: &'a Path) -> Option<&'a [u8]> {
    bytes(path).strip_prefix(bytes(root))?.strip_prefix(b"/").filter(|_| cfg!(unix))
}

fn left_out(
    entry: &DirEntry,
    hidden: bool,
    exclude: &Override,
    ignores: &mut Ignores,
    beside: &mut Beside,
) -> Option<String> {
    let (path, file_type) = (entry.path(), entry.file_type());
    let is_dir = file_type.is_dir();
    if is_dir && beside.there(entry, INDEX_MARK) == There::File {
        return Some("an excerpt index".into());
    }
    if entry.depth() == 0 {
        return None;
    }
    ignores.leave_to(path);
    if file_type.is_symlink() {
        return Some("a symbolic link (--follow takes them)".into());
    }
    if !is_dir && !file_type.is_file() {
        return Some("not a regular file".into());
    }
    // Override turns globs round: what it calls ignored is what a `!glob` matched.
    if let Match::Ignore(_) = exclude.matched(path, is_dir) {
        return Some("--exclude".into());
    }
    if hidden {
        return Some("hidden (--hidden takes such names)".into());
    }
    ignores.rule(path, is_dir)
}

fn globs(root: &Path, patterns: &[String]) -> Result<Override> {
    if patterns.is_empty() {
        return Ok(Override::empty());
    }
    let mut builder = OverrideBuilder::new(root);
    for pattern in patterns {
        if pattern.trim().is_empty() {
            return Err(Error::Pattern { pattern: pattern.clone(), source: "it is empty".into() });
        }
        builder
            .add(&format!("!{pattern}"))
            .map_err(|source| Error::Pattern { pattern: pattern.clone(), source: source.into() })?;
    }
    builder.build().map_err(|source| Error::Pattern { pattern: patterns.join(" "), source: source.into() })
}

/// Says whether these can all be used as [`Rules::exclude`].
///
/// # Errors
/// [`Error::Pattern`] for the first that cannot.
pub fn check_globs(patterns: &[String]) -> Result<()> {
    globs(Path::new("."), patterns).map(drop)
}

/// A pattern for the paths of files, as in a `.gitignore`.
pub(crate) struct Pattern(Override);

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// [`Error::Pattern`] where it is none.
    pub(crate) fn of(pattern: &str) -> Result<Self> {
        globs(Path::new("/"), &[pattern.into()]).map(Self)
    }

    /// Says whether a path inside a folder, or a folder above it, is of this pattern.
    pub(crate) fn matches(&self, path: &[u8]) -> bool {
        let path = join(Path::new("/"), path);
        let mut parts = path.ancestors().take_while(|part| part.parent().is_some()).enumerate();
        parts.any(|(above, part)| self.0.matched(part, above > 0).is_ignore())
    }
}

/// Orders two paths as a sorted walk meets them.
pub fn order(one: &[u8], other: &[u8]) -> Ordering {
    let rank = |byte: &u8| if *byte == b'/' { 0 } else { u16::from(*byte) + 1 };
    one.iter().map(rank).cmp(other.iter().map(rank))
}

/// Returns the path inside a folder that these bytes name.
pub fn join(root: &Path, path: &[u8]) -> PathBuf {
    if path.is_empty() { root.into() } else { root.join(native(path)) }
}

/// Returns bytes that name a path inside `root`, with `/` between its parts.
pub fn inside(root: &Path, path: &Path) -> Vec<u8> {
    if let Some(rest) = below(root, path) {
        return rest.into();
    }
    let rest = path.strip_prefix(root).unwrap_or(path);
    let mut bytes = Vec::new();
    for part in rest.components() {
        if !bytes.is_empty() {
            bytes.push(b'/');
        }
        bytes.extend_from_slice(&raw(part.as_os_str()));
    }
    bytes
}

/// Returns what of a path is behind a folder, where it can be told without being taken apart.
fn below<'a>(root: &Path, path: &'a Path) -> Option<&'a [u8]> {
    let rest = bytes(path).strip_prefix(bytes(root))?.strip_prefix(b"/")?;
    let is_name = |part: &[u8]| !part.is_empty() && part != b".";
    (cfg!(unix) && rest.split(|byte| *byte == b'/').all(is_name)).then_some(rest)
}

/// Takes a path that a walk met apart into its folder, which is so many bytes long, and its name.
fn folder_and_name(path: &[u8], folder: usize) -> Option<(&[u8], &[u8])> {
    let (folder, rest) = path.split_at_checked(folder)?;
    let separator = |first: &u8| std::path::is_separator(char::from(*first));
    Some((folder, if rest.first().is_some_and(separator) { &rest[1..] } else { rest }))
}

fn bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}

fn file_name(path: &Path) -> Vec<u8> {
    path.file_name().map(raw).unwrap_or_default()
}

#[cfg(unix)]
fn raw(text: &std::ffi::OsStr) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt;
    text.as_bytes().into()
}

#[cfg(unix)]
fn native(path: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    std::ffi::OsStr::from_bytes(path).into()
}

#[cfg(not(unix))]
fn raw(text: &std::ffi::OsStr) -> Vec<u8> {
    text.to_string_lossy().into_owned().into_bytes()
}

#[cfg(not(unix))]
fn native(path: &[u8]) -> PathBuf {
    String::from_utf8_lossy(path).replace('/', std::path::MAIN_SEPARATOR_STR).into()
}

fn unreadable(error: &walkdir::Error) -> String {
    match error.loop_ancestor() {
        Some(_) => "a symbolic link to a folder that holds it".into(),
        None => plain(error.io_error()),
    }
}

fn plain(error: Option<&io::Error>) -> String {
    match error.map(io::Error::kind) {
        Some(io::ErrorKind::PermissionDenied) => "permission denied".into(),
        Some(io::ErrorKind::NotFound) => "gone while it was looked at".into(),
        _ => error.map_or_else(|| "cannot be looked at".into(), ToString::to_string),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn what_is_inside_a_folder_is_told_however_it_is_written() {
        let check = |root: &str, path: &str, expected: &str| {
            assert_eq!(inside(Path::new(root), Path::new(path)), expected.as_bytes(), "{path} in {root}");
        };
        check("/articles", "/articles/a/b.txt", "a/b.txt");
        check("/articles", "/articles", "");
        check("/articles/", "/articles/a", "a");
        check("/articles", "/articles//a/./b/", "a/b");
        check("/", "/a/b", "a/b");
        check("articles", "articles/ä b", "ä b");
    }

    #[test]
    fn ignore_files_count_whatever_is_met_before_them() {
        for first in ["!a.txt", "-a.txt", "a.txt"] {
            let dir = tempfile::tempdir().expect("a temporary folder");
            let write =
                |name: &str, text: &str| fs::write(dir.path().join(name), text).expect("it can be written");
            for name in ["0", "sub", "sub/deep"] {
                fs::create_dir(dir.path().join(name)).expect("it can be made");
            }
            for name in [first, "b.txt", "sub/b.txt", "sub/c.txt", "sub/deep/c.txt", "sub/deep/d.txt"] {
                write(name, "");
            }
            write(".ignore", "b.txt");
            write("sub/.ignore", "c.txt");
            let mut met = Vec::new();
            let mut each = |found: Found<'_>| {
                met.extend(
                    (found.kind == Kind::File)
                        .then(|| String::from_utf8(found.path.into()).expect("it is text")),
                );
                true
            };
            walk(dir.path(), &Rules::default(), &[], Part::Whole, &mut each).expect("it is there");
            assert_eq!(met, [first, "sub/deep/d.txt"]);
        }
    }
}
