//! A generation that is made beside the one in force: one that is built anew, or a copy in which a file
//! is replaced that takes more than a stage. Readers go on with the one in force until it is put in its
//! place; should its making be cut off, the next update goes on with it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{committed::Committed, damaged, engine, home, manifest::Manifest, schema, seal};
use crate::error::{Error, Result};

/// What a generation is made beside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Aside {
    /// The state of the generation in force: were that changed meanwhile, this one is of no use.
    pub(crate) of: String,
    /// Whether all files are read again for it.
    pub(crate) anew: bool,
}

impl Aside {
    /// Returns what says that a generation is made beside this one.
    pub(super) fn of(generation: &Path, manifest: &Manifest, anew: bool) -> Self {
        let name = generation.file_name().unwrap_or_default().to_string_lossy();
        let ledger = manifest.ledger.as_deref().unwrap_or_default();
        Self { of: format!("{name} {ledger} {}", manifest.ledger_sum), anew }
    }
}

/// Returns the generation whose making beside this one was cut off, where it can be gone on with.
pub(super) fn begun(dir: &Path, generation: &Path, manifest: &Manifest) -> Option<(PathBuf, Committed)> {
    home::generations(dir).filter(|(_, path)| path != generation).find_map(|(_, path)| {
        let begun = Committed::read(dir, &path).ok()?;
        let aside = begun.manifest.aside.as_ref()?;
        let same = *aside == Aside::of(generation, manifest, aside.anew);
        (same && begun.manifest.version == schema::VERSION).then_some((path, begun))
    })
}

/// Begins a generation that holds what the one in force does.
pub(super) fn copy(dir: &Path) -> Result<()> {
    let Some(from) = home::generation(dir)? else { return Ok(()) };
    let to = home::new_generation(dir)?;
    let entries = fs::read_dir(&from).map_err(|source| Error::Read { path: from.clone(), source })?;
    for name in entries.flatten().map(|entry| entry.file_name()) {
        // Files are never changed, only replaced: both generations can have the same. Locks are not shared.
        if name != home::META && !name.to_string_lossy().ends_with(".lock") {
            let (from, to) = (from.join(&name), to.join(&name));
            let linked = fs::hard_link(&from, &to).or_else(|_| fs::copy(&from, &to).map(drop));
            linked.map_err(|source| Error::Write { path: to, source })?;
        }
    }
    let broken = |source: io::Error| damaged(dir, source);
    let meta = fs::read(from.join(home::META)).and_then(seal::unsealed).map_err(broken)?;
    let mut meta: serde_json::Value = serde_json::from_slice(&meta).map_err(|source| damaged(dir, source))?;
    let payload = meta.get("payload").and_then(|payload| payload.as_str()).unwrap_or_default();
    let mut manifest: Manifest = serde_json::from_str(payload).map_err(|source| damaged(dir, source))?;
    manifest.aside = Some(Aside::of(&from, &manifest, false));
    manifest.unfinished = true;
    meta["payload"] = serde_json::to_string(&manifest).map_err(|source| engine(dir, source))?.into();
    let meta = serde_json::to_vec_pretty(&meta).map_err(|source| engine(dir, source))?;
    home::write_whole(&to.join(home::META), &seal::sealed(&meta))
}
