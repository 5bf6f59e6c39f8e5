//! What the commit of a generation says, read without the engine: an update needs no more to see what there is to do,
//! and mostly there is nothing.

use std::{collections::BTreeSet, fs, path::Path};

use serde::Deserialize;
use tantivy::SegmentMeta;

use super::{bands, damaged, forms, home, manifest::Manifest, pieces::is_of_a_segment, rows, seal::unsealed};
use crate::error::Result;

/// What a commit says.
pub(super) struct Committed {
    pub(super) manifest: Manifest,
    pub(super) segments: Vec<Segment>,
}

/// A segment of a commit.
#[derive(Deserialize)]
pub(super) struct Segment {
    segment_id: String,
    deletes: Option<Deletes>,
}

#[derive(Deserialize)]
struct Deletes {
    opstamp: u64,
}

/// How the names end of the files that each segment has.
const ENDS: [&str; 9] =
    ["term", "idx", "pos", "fieldnorm", "fast", "store", forms::END, bands::END, rows::END];

impl Committed {
    /// Reads the commit of a generation.
    ///
    /// # Errors
    /// [`Damaged`](crate::error::Error::Damaged) where there is none, or it is not as it was written.
    pub(super) fn read(dir: &Path, generation: &Path) -> Result<Self> {
        let commit = fs::read(generation.join(home::META)).and_then(unsealed);
        let commit = commit.map_err(|source| damaged(dir, source))?;
        Self::of(&commit).map_err(|source| damaged(dir, source))
    }

    fn of(commit: &[u8]) -> serde_json::Result<Self> {
        #[derive(Deserialize)]
        struct Said {
            segments: Vec<Segment>,
            payload: Option<String>,
        }
        let Said { segments, payload } = serde_json::from_slice(commit)?;
        let manifest = payload.map(|payload| serde_json::from_str(&payload)).transpose()?;
        Ok(Self { manifest: manifest.unwrap_or_default(), segments })
    }

    /// Says whether all files are read again for it.
    pub(super) fn is_anew(&self) -> bool {
        self.manifest.aside.as_ref().is_some_and(|aside| aside.anew)
    }

    /// Says whether a run that was cut off left files behind, so many in the generation, or in them what was to be
    /// forgotten.
    pub(super) fn is_untidy(&self, dir: &Path, left_over: u64) -> bool {
        let kept = home::kept_folders(dir).is_ok_and(|kept| kept == self.manifest.of_folders());
        let removed = || self.segments.iter().any(|segment| segment.deletes.is_some());
        !kept || left_over > 0 || (self.manifest.forgetting && removed())
    }
}

impl From<&SegmentMeta> for Segment {
    fn from(meta: &SegmentMeta) -> Self {
        Self {
            segment_id: meta.id().uuid_string(),
            deletes: meta.delete_opstamp().map(|opstamp| Deletes { opstamp }),
        }
    }
}

impl Segment {
    /// Returns the names of its files.
    pub(super) fn files(&self) -> impl Iterator<Item = String> + use<> {
        let id = self.segment_id.replace('-', "");
        let deleted = self.deletes.as_ref().map(|deletes| format!("{id}.{}.del", deletes.opstamp));
        ENDS.map(|end| format!("{id}.{end}")).into_iter().chain(deleted)
    }
}

/// The files of a generation beside those that its commit needs.
pub(super) struct Listed {
    /// One that is needed and not there, if there is one.
    pub(super) missing: Option<String>,
    /// How many were made for it and are not needed.
    pub(super) left_over: u64,
}

/// Lists the files of a generation.
pub(super) fn listed(generation: &Path, manifest: &Manifest, segments: &[Segment]) -> Listed {
    let mut needed: BTreeSet<String> = segments.iter().flat_map(Segment::files).collect();
    needed.extend(manifest.ledger.clone());
    let mut left_over = 0;
    for entry in fs::read_dir(generation).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(name) = name.to_str().filter(|name| !needed.remove(*name)) else { continue };
        left_over += u64::from(home::is_replaced(name) || is_of_a_segment(name));
    }
    Listed { missing: needed.pop_first(), left_over }
}
