//! Folders → files worth reading, in a fixed order, each with its stamp, or with the rule that left
//! it out.
//!
//! The order is that of the paths' bytes with the separator before every other byte: what a sorted
//! walk meets, and what the ledger keeps, so that the two can be compared side by side. Rules are
//! asked from the strongest to the weakest: an excerpt index, `--exclude`, hidden names, then the
//! ignore files from the nearest folder outwards, in each `.excerptignore` before `.ignore` before
//! a git repository's `.gitignore`.

mod ignores;

use std::{
    borrow::Cow,
    cmp::Ordering,
    ffi::{OsStr, OsString},
    fs, io,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use ignore::{
    Match,
    overrides::{Override, OverrideBuilder},
};
use serde::{Deserialize, Serialize};

use self::ignores::Ignores;
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

/// What tells one state of a file from another without opening it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Size in bytes.
    pub size: u64,
    /// When the content was last changed, in nanoseconds since 1970.
    pub modified: i64,
    /// When the file was last changed in any way, in nanoseconds since 1970; unlike `modified` no
    /// program can set it back. 0 where the system does not tell.
    pub changed: i64,
    /// Which file of its file system it is: a folder that is renamed changes no time of what is in
    /// it, but brings other files to the old names. 0 where the system does not tell.
    pub inode: u64,
}

/// One thing met in a folder.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Path inside the folder with `/` between its parts, as the system's bytes; empty for the
    /// folder itself.
    pub path: Vec<u8>,
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
    each: &mut dyn FnMut(Found) -> bool,
) -> Result<()> {
    let meta = fs::metadata(root).map_err(|_| Error::MissingFolder { path: root.into() })?;
    if !meta.is_dir() {
        let kind = if meta.is_file() { Kind::File } else { Kind::LeftOut("not a regular file".into()) };
        each(Found { path: file_name(root), stamp: stamp(&meta), kind });
        return Ok(());
    }
    let exclude = globs(root, &rules.exclude)?;
    let (start, depth) = match part {
        Part::Whole => (root.to_path_buf(), usize::MAX),
        Part::Within(path) => (join(root, path), 1),
    };
    let mut walk = Walk {
        rules,
        apart,
        exclude,
        ignores: Ignores::above(root, &start, rules),
        depth,
        path: inside(root, &start),
        place: start,
        frames: Vec::new(),
    };
    let named = Item { name: OsString::new(), kind: Ok(meta.file_type()), entry: None };
    let mut go_on = walk.meet(named, each);
    while go_on && let Some(item) = walk.next() {
        go_on = walk.meet(item, each);
    }
    Ok(())
}

/// So deep in folders their entries are no longer held open: a process can hold only so many.
const HELD: usize = 32;

/// A walk on its way.
struct Walk<'a> {
    rules: &'a Rules,
    apart: &'a [PathBuf],
    exclude: Override,
    ignores: Ignores,
    /// How many folders deep it goes.
    depth: usize,
    /// The folder it stands in, and then what it meets there.
    place: PathBuf,
    /// The same inside the folder that is walked.
    path: Vec<u8>,
    /// The folders around it, the outermost first.
    frames: Vec<Frame>,
}

/// A folder that is being walked.
struct Frame {
    /// What is yet to be met in it.
    items: std::vec::IntoIter<Item>,
    /// The length of its path.
    path: usize,
    /// Its place without links, where they are followed: one that leads back here is not.
    real: Option<PathBuf>,
}

/// What a folder holds under one name.
struct Item {
    name: OsString,
    kind: io::Result<fs::FileType>,
    /// To ask for its state; by its path where there is none.
    entry: Option<fs::DirEntry>,
}

impl Walk<'_> {
    /// Returns what is met next, and goes there.
    fn next(&mut self) -> Option<Item> {
        while let Some(frame) = self.frames.last_mut() {
            self.path.truncate(frame.path);
            if let Some(item) = frame.items.next() {
                if !self.path.is_empty() {
                    self.path.push(b'/');
                }
                self.path.extend_from_slice(&raw(&item.name));
                return Some(item);
            }
            self.frames.pop();
            self.ignores.leave();
            self.place.pop();
        }
        None
    }

    /// Hands on what stands here, and what follows from it. Says whether to go on.
    fn meet(&mut self, item: Item, each: &mut dyn FnMut(Found) -> bool) -> bool {
        let named = item.name.is_empty();
        if !named {
            self.place.push(&item.name);
        }
        let followed = self.rules.follow && item.kind.as_ref().is_ok_and(fs::FileType::is_symlink);
        let meta = followed.then(|| fs::metadata(&self.place));
        let kind = match (&meta, item.kind) {
            (Some(Ok(meta)), _) => Ok(meta.file_type()),
            (Some(Err(error)), _) => Err(plain(error)),
            (None, kind) => kind.map_err(|error| plain(&error)),
        };
        let real = (self.rules.follow && kind.as_ref().is_ok_and(fs::FileType::is_dir))
            .then(|| fs::canonicalize(&self.place));
        let real = real.and_then(io::Result::ok);
        let back = followed && real.is_some() && self.frames.iter().any(|frame| frame.real == real);
        let kind = if back { Err("a symbolic link to a folder that holds it".into()) } else { kind };
        let is_dir = kind.as_ref().is_ok_and(fs::FileType::is_dir);
        let mut go_on;
        let mut enter = None;
        match kind {
            Err(cause) => go_on = each(self.found(Stamp::default(), Kind::Unreadable(cause))),
            Ok(kind) => {
                let rule = self.left_out(kind, named);
                // What a folder holds is looked at where that is wanted anyhow.
                let inner = is_dir && rule.is_none() && self.frames.len() < self.depth;
                let items = inner.then(|| items(&self.place, self.frames.len() < HELD));
                let rule = match &items {
                    Some(Ok(items)) if !holds(items, INDEX_MARK) => rule,
                    _ if is_dir && self.place.join(INDEX_MARK).is_file() => Some("an excerpt index".into()),
                    _ => rule,
                };
                let state = match (&rule, meta, &item.entry) {
                    // What is left out is not asked for its state: it cannot matter.
                    (Some(_), ..) => None,
                    (None, Some(meta), _) => Some(meta),
                    (None, None, Some(entry)) => Some(entry.metadata()),
                    (None, None, None) if named => Some(fs::metadata(&self.place)),
                    (None, None, None) => Some(fs::symlink_metadata(&self.place)),
                };
                let (stamp, kind) = match (rule, state) {
                    (Some(rule), _) => (Stamp::default(), Kind::LeftOut(rule)),
                    (None, Some(Err(error))) => (Stamp::default(), Kind::Unreadable(plain(&error))),
                    (None, Some(Ok(meta))) => (stamp(&meta), if is_dir { Kind::Folder } else { Kind::File }),
                    (None, None) => (Stamp::default(), if is_dir { Kind::Folder } else { Kind::File }),
                };
                enter = items.filter(|_| kind == Kind::Folder);
                go_on = each(self.found(stamp, kind));
            }
        }
        match enter {
            Some(Ok(items)) if go_on => {
                let names = |name: &str| holds(&items, name);
                self.ignores.enter(&self.place, self.rules, &names);
                let (items, path) = (items.into_iter(), self.path.len());
                self.frames.push(Frame { items, path, real });
                return true;
            }
            Some(Err(error)) if go_on => {
                go_on = each(self.found(Stamp::default(), Kind::Unreadable(plain(&error))));
            }
            _ => {}
        }
        if !named {
            self.place.pop();
        }
        go_on
    }

    fn found(&self, stamp: Stamp, kind: Kind) -> Found {
        Found { path: self.path.clone(), stamp, kind }
    }

    /// Returns the rule that leaves out what stands here, but for that of indexes.
    fn left_out(&self, kind: fs::FileType, named: bool) -> Option<String> {
        if named {
            return None;
        }
        let (place, is_dir) = (self.place.as_path(), kind.is_dir());
        if self.apart.iter().any(|other| other == place) {
            return Some("a folder of this index by itself".into());
        }
        if kind.is_symlink() {
            return Some("a symbolic link (--follow takes them)".into());
        }
        if !is_dir && !kind.is_file() {
            return Some("not a regular file".into());
        }
        // Override turns globs round: what it calls ignored is what a `!glob` matched.
        if let Match::Ignore(_) = self.exclude.matched(place, is_dir) {
            return Some("--exclude".into());
        }
        let hidden = self.path.rsplit(|&byte| byte == b'/').next().is_some_and(|name| name.starts_with(b"."));
        if hidden && !self.rules.hidden {
            return Some("hidden (--hidden takes such names)".into());
        }
        self.ignores.rule(place, is_dir)
    }
}

/// Returns what a folder holds, by name.
fn items(folder: &Path, held: bool) -> io::Result<Vec<Item>> {
    let mut items = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (name, kind) = (entry.file_name(), entry.file_type());
        items.push(Item { name, kind, entry: held.then_some(entry) });
    }
    items.sort_unstable_by(|one, other| one.name.cmp(&other.name));
    Ok(items)
}

/// Says whether a folder holds something of this name.
fn holds(items: &[Item], name: &str) -> bool {
    items.binary_search_by(|item| item.name.as_os_str().cmp(OsStr::new(name))).is_ok()
}

fn globs(root: &Path, patterns: &[String]) -> Result<Override> {
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

/// Returns a file's stamp.
pub fn stamp(meta: &fs::Metadata) -> Stamp {
    let modified = meta.modified().map_or(0, nanoseconds);
    Stamp { size: meta.len(), modified, changed: changed(meta), inode: inode(meta) }
}

#[cfg(unix)]
fn inode(meta: &fs::Metadata) -> u64 {
    use std::os::unix::fs::MetadataExt;
    meta.ino()
}

#[cfg(not(unix))]
fn inode(_: &fs::Metadata) -> u64 {
    0
}

#[cfg(unix)]
fn changed(meta: &fs::Metadata) -> i64 {
    use std::os::unix::fs::MetadataExt;
    meta.ctime().saturating_mul(1_000_000_000).saturating_add(meta.ctime_nsec())
}

#[cfg(not(unix))]
fn changed(_: &fs::Metadata) -> i64 {
    0
}

/// Returns a time in nanoseconds since 1970, negative before.
pub fn nanoseconds(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |nanos| -nanos),
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

fn file_name(path: &Path) -> Vec<u8> {
    path.file_name().map(|name| raw(name).into_owned()).unwrap_or_default()
}

#[cfg(unix)]
fn raw(text: &OsStr) -> Cow<'_, [u8]> {
    use std::os::unix::ffi::OsStrExt;
    text.as_bytes().into()
}

#[cfg(unix)]
fn native(path: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    OsStr::from_bytes(path).into()
}

#[cfg(not(unix))]
fn raw(text: &OsStr) -> Cow<'_, [u8]> {
    text.to_string_lossy().into_owned().into_bytes().into()
}

#[cfg(not(unix))]
fn native(path: &[u8]) -> PathBuf {
    String::from_utf8_lossy(path).replace('/', std::path::MAIN_SEPARATOR_STR).into()
}

fn plain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "permission denied".into(),
        io::ErrorKind::NotFound => "gone while it was looked at".into(),
        _ => error.to_string(),
    }
}
