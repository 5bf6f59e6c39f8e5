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
    // Behind it may stand what is left of a longer one, where two searches ended at once.
    let search = serde_json::Deserializer::from_slice(&bytes).into_iter::<Search>().next();
    search
        .and_then(Result::ok)
        .filter(|search| search.schema == SCHEMA)
        .ok_or_else(|| none("what was kept of the last search cannot be understood"))
}

fn path() -> Option<PathBuf> {
    let base = etcetera::choose_base_strategy().ok()?;
    let folder = base.state_dir().unwrap_or_else(|| base.cache_dir());
    Some(folder.join("excerpt").join("last-search.json"))
}

/// Writes the file for its owner alone. It is written over, in one piece: making another one to take its
/// place costs a short search a twentieth of its time.
fn write(path: &Path, search: &Search) -> io::Result<()> {
    let bytes = serde_json::to_vec(search)?;
    let mut file = open(path).or_else(|_| {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(path.parent().unwrap_or(path))?;
        open(path)
    })?;
    if file.metadata()?.len() > bytes.len() as u64 {
        file.set_len(bytes.len() as u64)?;
    }
    file.write_all(&bytes)
}

fn open(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
