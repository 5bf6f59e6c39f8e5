//! Answers as bytes: one small file and one row of [`RENDERERS`] for each output format.

use std::{
    io::{self, Write},
    path::PathBuf,
    time::SystemTime,
};

use crate::search::Results;

mod text;
mod place;
mod advice;
mod hyperlinks;
mod facets;
pub mod object;
pub mod evaluation;
pub mod understood;
mod json;
mod jsonl;
mod markdown;
mod csv;
mod paths;

pub use advice::{advice, spent};
pub use hyperlinks::{ALIASES, Hyperlinks, Piece};
pub use place::shown_place;
pub use text::{harmless, shown_path};

/// One output format.
pub trait Render: Sync {
    /// Returns the name the user asks for it by, such as `json`.
    fn name(&self) -> &'static str;
    /// Writes an answer.
    ///
    /// # Errors
    /// Whatever `out` says.
    fn render(&self, results: &Results, look: &Look, out: &mut dyn Write) -> io::Result<()>;
}

/// How an answer is to look.
#[derive(Clone, Debug)]
pub struct Look {
    /// Columns to fit text into; none where lines must not be broken.
    pub width: Option<usize>,
    /// Whether to use colours.
    pub colour: bool,
    /// How places are made links that a terminal opens (OSC 8).
    pub links: Hyperlinks,
    /// Whether the answer goes to a terminal, which names of files must not drive.
    pub terminal: bool,
    /// The folder that paths are shown from.
    pub from: PathBuf,
    /// The present time, to tell ages.
    pub now: SystemTime,
}

impl Look {
    /// Returns how answers look to programs.
    pub fn plain(now: SystemTime) -> Self {
        let links = Hyperlinks::None;
        Self { width: None, colour: false, links, terminal: false, from: PathBuf::new(), now }
    }
}

/// Every output format.
pub const RENDERERS: &[&dyn Render] =
    &[&text::Text, &json::Json, &jsonl::Jsonl, &markdown::Markdown, &csv::Csv, &paths::Paths];

/// Returns the output format of this name.
pub fn by_name(name: &str) -> Option<&'static dyn Render> {
    RENDERERS.iter().find(|renderer| renderer.name() == name).copied()
}
