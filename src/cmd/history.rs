//! The hits of the last search, kept for `excerpt open`: one small file in the user's own state folder,
//! which nobody else can read. The texts are not kept, only where to find them.

use std::{
    fs, io,
    io::{IsTerminal, Write},
    path::{Path, PathBuf},
};

use etcetera::BaseStrategy;
use excerpt::{
    render::{harmless, shown_place},
    search::Results,
};
use serde::{Deserialize, Serialize};

use super::{failure::Failure, ui};

/// The form of the file.
const SCHEMA: u32 = 1;

/// Nobody opens a hit further down by its number.
const MOST: usize = 1000;

/// A search that was made.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Search {
    schema: u32,
    /// The index that answered.
    pub(super) index: PathBuf,
    pub(super) query: String,
    pub(super) hits: Vec<Found>,
}

/// A hit of it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Found {
    pub(super) rank: usize,
    pub(super) id: String,
    /// File and place, as they are shown.
    pub(super) place: String,
}

/// Keeps the hits of a search, instead of those before.
pub(super) fn keep(results: &Results) {
    let Some(path) = path() else { return };
    let hits = results.hits.iter().take(MOST).map(|hit| Found {
        rank: hit.rank,
        id: hit.id.clone(),
        place: shown_place(&hit.file, &hit.place, hit.member.as_deref(), Path::new("")),
    });
    let (index, query) = (results.index.clone(), results.query.clone());
    let Err(error) = write(&path, &Search { schema: SCHEMA, index, query, hits: hits.collect() }) else {
        return;
    };
    // Better none than those of another search.
    let _ = fs::remove_file(&path);
    if io::stderr().is_terminal() {
        let error = error.to_string();
        ui::say(&format!("note: the hits are not kept for `excerpt open`: {}", harmless(&error)));
    }
}

/// Returns the last search.
///
/// # Errors
/// Where none was kept.
pub(super) fn last() -> Result<Search, Failure> {
    let none = |message: &str| Failure {
        kind: "no-search",
        message: message.into(),
        hint: "run `excerpt search WORDS`; nothing is kept with --no-history, or `history = false` in the settings",
    };
    let bytes = path().and_then(|path| fs::read(path).ok()).ok_or_else(|| none("no search is remembered"))?;
    let search: Option<Search> = serde_json::from_slice(&bytes).ok();
    search
        .filter(|search| search.schema == SCHEMA)
        .ok_or_else(|| none("what was kept of the last search cannot be understood"))
}

fn path() -> Option<PathBuf> {
    let base = etcetera::choose_base_strategy().ok()?;
    let folder = base.state_dir().unwrap_or_else(|| base.cache_dir());
    Some(folder.join("excerpt").join("last-search.json"))
}

/// Writes the file whole or not at all, for its owner alone.
fn write(path: &Path, search: &Search) -> io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(&serde_json::to_vec(search)?)?;
    file.persist(path)?;
    Ok(())
}
