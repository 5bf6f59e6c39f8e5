//! How what matches is spread, in a few lines for people.

use super::{Look, text::shown_path};
use crate::search::{Facet, Facets};

/// No line names more than this many.
const MOST_NAMED: usize = 12;

/// Returns a line for each property that anything that matches has.
pub(super) fn lines(facets: &Facets, look: &Look) -> Vec<String> {
    let folder = |folder: &crate::search::FolderFacet| Facet {
        name: shown_path(&folder.file, &look.from),
        total: folder.total,
    };
    let folders: Vec<Facet> = facets.folders.iter().map(folder).collect();
    let all = [
        ("folders", &folders),
        ("formats", &facets.formats),
        ("languages", &facets.languages),
        ("dates", &facets.dates),
    ];
    all.into_iter()
        .filter(|(_, facets)| !facets.is_empty())
        .map(|(name, facets)| line(name, facets))
        .collect()
}

fn line(name: &str, facets: &[Facet]) -> String {
    let named = facets.iter().take(MOST_NAMED).map(|facet| format!("{} {}", facet.name, facet.total));
    let more = facets.len().saturating_sub(MOST_NAMED);
    let more = (more > 0).then(|| format!("{more} more"));
    format!("{name}: {}", named.chain(more).collect::<Vec<_>>().join(" · "))
}
