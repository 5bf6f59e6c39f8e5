//! For pipes: each hit as one line of JSON, the object that `json` has under `hits`.

use std::io::{self, Write};

use super::{
    Look, Render,
    json::{HitObject, escaped},
};
use crate::search::Results;

/// One hit a line.
pub(super) struct Jsonl;

impl Render for Jsonl {
    fn name(&self) -> &'static str {
        "jsonl"
    }

    fn render(&self, results: &Results, _: &Look, out: &mut dyn Write) -> io::Result<()> {
        for hit in &results.hits {
            writeln!(out, "{}", escaped(serde_json::to_string(&HitObject::of(hit))?))?;
        }
        Ok(())
    }
}
