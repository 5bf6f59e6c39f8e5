//! For other programs: the files of the hits, each once, one a line.

use std::{
    collections::HashSet,
    io::{self, Write},
};

use super::{Look, Render, shown_path};
use crate::search::Results;

/// Paths alone, as they are.
pub(super) struct Paths;

impl Render for Paths {
    fn name(&self) -> &'static str {
        "paths"
    }

    fn render(&self, results: &Results, look: &Look, out: &mut dyn Write) -> io::Result<()> {
        let mut seen = HashSet::new();
        for hit in results.hits.iter().filter(|hit| seen.insert(&hit.file)) {
            let path = hit.file.strip_prefix(&look.from).unwrap_or(&hit.file);
            match look.terminal {
                true => writeln!(out, "{}", shown_path(path, &look.from))?,
                false => {
                    out.write_all(path.as_os_str().as_encoded_bytes())?;
                    writeln!(out)?;
                }
            }
        }
        Ok(())
    }
}
