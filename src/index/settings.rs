//! The settings file of an index. It may have come with a folder that somebody else made, so it says what is
//! indexed and nothing more: what opens, links or runs is for the user's own settings, and no path in it leads
//! outside.

use std::{
    fs, io,
    io::Read,
    path::{Component, Path, PathBuf},
};

use serde::Deserialize;

use super::{Index, absolute};
use crate::{
    error::{Error, Result},
    format::FieldNames,
    walk::{self, INDEX_MARK},
};

/// Synonyms past so many bytes are not read: they are looked through with each search.
const LONGEST_SYNONYMS: u64 = 1 << 20;

/// The file of synonyms where the settings name none.
const SYNONYMS: &str = "synonyms.txt";

/// What stands in the settings file of a new index.
pub(super) const NEW: &str = "\
# This folder is an index of excerpt. What may stand here:
#
# folders = [\"articles\"]            # folders beside this one, added by `excerpt index`
# exclude = [\"drafts/**\", \"*.bak\"]   # left out in every folder of this index
# fields = \"text=body,title=name\"   # names of fields in records, in every folder
# synonyms = \"synonyms.txt\"         # a file in this folder: words that mean the same, a group on each line:
#                                   # car, automobile, motor car
";

/// What the settings file of an index may say.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// Folders of the index, from the folder on that holds it.
    folders: Vec<String>,
    /// Globs of what is left out in every folder, as in a `.gitignore`.
    pub(crate) exclude: Vec<String>,
    /// Names that fields of records go by, as `--fields` takes them.
    fields: String,
    /// The file of synonyms, from the folder of the index on.
    synonyms: Option<String>,
}

/// Reads the settings of an index, and checks all of them.
///
/// # Errors
/// [`Error::Settings`] for what may not stand there.
pub(super) fn read(dir: &Path) -> Result<Settings> {
    let path = dir.join(INDEX_MARK);
    let text = fs::read_to_string(&path).map_err(|source| Error::Read { path: path.clone(), source })?;
    let refused = |cause: String| Error::Settings {
        path: path.clone(),
        source: cause.into(),
        expected: "the settings of an index are folders, exclude, fields and synonyms from inside its own \
                   folder; all else belongs in your own settings: `excerpt settings`",
    };
    let settings = match text.as_str() {
        // Nothing was added: the parser need not be woken for that.
        NEW => Settings::default(),
        text => toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start).min(text.len());
            refused(format!("line {}: {}", text[..at].matches('\n').count() + 1, error.message()))
        })?,
    };
    walk::check_globs(&settings.exclude)?;
    FieldNames::parse(&settings.fields).map_err(refused)?;
    settings.named(dir).map_err(refused)?;
    settings.synonyms(dir).map_err(refused)?;
    Ok(settings)
}

impl Settings {
    /// Returns the names that fields go by in a folder: those that are remembered for it first.
    pub(super) fn fields(&self, remembered: &FieldNames) -> FieldNames {
        remembered.before(FieldNames::parse(&self.fields).unwrap_or_default())
    }

    /// Returns the folders that are named, from the root on.
    fn named(&self, dir: &Path) -> std::result::Result<Vec<PathBuf>, String> {
        // All that there is lies beside an index at the root.
        let holder = dir.parent().filter(|holder| holder.parent().is_some());
        let inside = self.folders.iter().map(|name| {
            let within = |holder: &Path| {
                let path = absolute(&holder.join(name));
                (stays(name) && path.starts_with(holder)).then_some(path)
            };
            let found = holder.and_then(within);
            found.ok_or_else(|| format!("the folder `{name}` is outside of the folder that holds the index"))
        });
        inside.collect()
    }

    /// Returns the file of synonyms, where there is one.
    fn synonyms(&self, dir: &Path) -> std::result::Result<Option<PathBuf>, String> {
        let name = self.synonyms.as_deref().unwrap_or(SYNONYMS);
        let path = dir.join(name);
        if self.synonyms.is_none() && fs::symlink_metadata(&path).is_err() {
            return Ok(None);
        }
        if !stays(name) || !absolute(&path).starts_with(absolute(dir)) {
            return Err(format!("the synonyms `{name}` are outside of the folder of the index"));
        }
        if path.is_file() { Ok(Some(path)) } else { Err(format!("the synonyms `{name}` are no file")) }
    }
}

impl Index {
    /// Returns the folders that the settings of the index name and that it does not hold: an update of the
    /// whole index adds them.
    ///
    /// # Errors
    /// Those of [`Index::open`].
    pub fn named_folders(&self) -> Result<Vec<PathBuf>> {
        let named = read(&self.dir)?.named(&self.dir).unwrap_or_default();
        Ok(named.into_iter().filter(|path| !self.holds(path)).collect())
    }

    /// Returns the text of the synonyms that the user gave the index; nothing where there are none.
    pub(crate) fn synonyms(&self) -> Result<String> {
        let Ok(Some(path)) = read(&self.dir)?.synonyms(&self.dir) else { return Ok(String::new()) };
        let mut bytes = Vec::new();
        let read = fs::File::open(&path).and_then(|file| file.take(LONGEST_SYNONYMS).read_to_end(&mut bytes));
        read.map_err(|source: io::Error| Error::Read { path, source })?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// Returns the folders that the settings name, for an index that holds these.
pub(super) fn missing(settings: &Settings, dir: &Path, holds: &dyn Fn(&Path) -> bool) -> Vec<PathBuf> {
    settings.named(dir).unwrap_or_default().into_iter().filter(|path| !holds(path)).collect()
}

/// Whether a path goes down only, as it is written.
fn stays(name: &str) -> bool {
    Path::new(name).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Makes an index folder with these settings in it, beside a folder `articles`.
    fn with(text: &str) -> (tempfile::TempDir, PathBuf) {
        let place = tempfile::tempdir().expect("a temporary folder");
        let dir = absolute(place.path()).join("index");
        fs::create_dir_all(&dir).expect("it can be made");
        fs::create_dir(place.path().join("articles")).expect("it can be made");
        fs::write(dir.join(INDEX_MARK), text).expect("it can be written");
        (place, dir)
    }

    fn refused(dir: &Path) -> String {
        match read(dir) {
            Err(Error::Settings { source, .. }) => source.to_string(),
            other => panic!("it was not refused: {other:?}"),
        }
    }

    #[test]
    fn what_is_indexed_may_stand_in_the_settings_of_an_index() {
        let text =
            "folders = [\"articles\", \".\", \"later/on\"]\nexclude = [\"*.bak\"]\nfields = \"text=body\"\n";
        let (_place, dir) = with(text);
        let settings = read(&dir).expect("it may stand there");
        let holder = dir.parent().expect("it is in one");
        let named = settings.named(&dir).expect("they are inside");
        assert_eq!(named, [holder.join("articles"), holder.into(), holder.join("later/on")]);
        let own = FieldNames::parse("text=own").expect("it is written right");
        assert_eq!(settings.fields(&own).to_string(), "text=own,text=body");
        let (_place, dir) = with(NEW);
        read(&dir).expect("what a new index has can be read");
    }

    #[test]
    fn what_opens_links_or_runs_is_refused_and_named_with_its_line() {
        let forbidden = [
            "limit",
            "format",
            "hyperlinks",
            "refresh",
            "color",
            "index",
            "history",
            "editor",
            "browser",
            "jobs",
            "memory",
            "addr",
            "worker",
            "follow",
            "hidden",
        ];
        for name in forbidden {
            let (_place, dir) = with(&format!("exclude = []\n{name} = [\"x\"]\n"));
            let cause = refused(&dir);
            assert!(
                cause.starts_with(&format!("line 2: unknown field `{name}`, expected one of")),
                "{cause}"
            );
        }
    }

    #[test]
    fn no_folder_outside_is_named() {
        for name in ["..", "../..", "/", "/home", "articles/../..", "articles/..", "nowhere/../../.."] {
            let (_place, dir) = with(&format!("folders = [\"articles\", \"{name}\"]\n"));
            let cause = refused(&dir);
            assert_eq!(cause, format!("the folder `{name}` is outside of the folder that holds the index"));
        }
    }

    #[test]
    fn no_synonyms_are_read_from_outside() {
        for name in ["../words.txt", "/etc/passwd", "a/../../words.txt"] {
            let (_place, dir) = with(&format!("synonyms = \"{name}\"\n"));
            fs::write(dir.join("../words.txt"), "car, automobile\n").expect("it can be written");
            assert!(refused(&dir).contains("are outside of the folder of the index"), "{name}");
        }
        let (_place, dir) = with("synonyms = \"none.txt\"\n");
        assert!(refused(&dir).contains("are no file"));
    }

    #[cfg(unix)]
    #[test]
    fn no_link_leads_outside() {
        use std::os::unix::fs::symlink;
        let (_place, dir) = with("folders = [\"link\"]\n");
        let outside = tempfile::tempdir().expect("a temporary folder");
        symlink(outside.path(), dir.join("../link")).expect("a link can be made");
        assert!(refused(&dir).contains("the folder `link` is outside"));
        for text in ["", "synonyms = \"synonyms.txt\"\n"] {
            let (_place, dir) = with(text);
            fs::write(outside.path().join("words.txt"), "car, automobile\n").expect("it can be written");
            symlink(outside.path().join("words.txt"), dir.join("synonyms.txt")).expect("a link can be made");
            assert!(refused(&dir).contains("are outside of the folder of the index"));
        }
    }
}
