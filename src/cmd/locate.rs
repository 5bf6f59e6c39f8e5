//! Which index a command uses: `--index`, `EXCERPT_INDEX`, the nearest `index/` that is one, or the
//! user's own, where the user's settings say or in the platform's data folder.

use std::{
    env,
    path::{Path, PathBuf},
};

use anyhow::Context;
use etcetera::BaseStrategy;
use excerpt::index::is_index;

use super::Shared;

/// Returns the folder of the index; it need not exist yet.
pub(super) fn locate(shared: &Shared) -> anyhow::Result<PathBuf> {
    if let Some(folder) = &shared.index {
        return Ok(folder.clone());
    }
    if let Some(folder) = env::var_os("EXCERPT_INDEX").filter(|folder| !folder.is_empty()) {
        return Ok(folder.into());
    }
    let here = env::current_dir().context("cannot tell the current folder")?;
    if let Some(folder) = nearest(&here) {
        return Ok(folder);
    }
    if let Some(folder) = &shared.settings.index {
        return Ok(folder.clone());
    }
    let base = etcetera::choose_base_strategy()
        .context("cannot tell the home folder: name an index with --index")?;
    Ok(base.data_dir().join("excerpt").join("index"))
}

fn nearest(here: &Path) -> Option<PathBuf> {
    here.ancestors().map(|folder| folder.join("index")).find(|folder| is_index(folder))
}
