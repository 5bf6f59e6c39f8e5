//! What is to be known of the records of a file, said in a few words for all of them.

use crate::format::{Warnings, faults::Faults};

/// The lines that hold no article, and those that hold less than one.
#[derive(Default)]
pub(in crate::format) struct Missed {
    faults: Faults,
    /// What is to be known of others: the line it was met on first, and how many there are.
    notes: Vec<(&'static str, u64, u64)>,
}

impl Missed {
    /// Counts a record that could not be read.
    pub(in crate::format) fn take(&mut self, line: u64, why: &str) {
        self.faults.add(format_args!("line {line} {why}"));
    }

    /// Counts a record of which something is to be known.
    pub(in crate::format) fn note(&mut self, line: u64, what: &'static str) {
        match self.notes.iter_mut().find(|(known, ..)| *known == what) {
            Some((.., count)) => *count += 1,
            None => self.notes.push((what, line, 1)),
        }
    }

    /// Says what there is to say, that of lines without an article first.
    pub(in crate::format) fn say(self) -> (Option<String>, Warnings) {
        let faults = self.faults.say("lines were passed over");
        let missed = (!faults.is_empty()).then(|| faults.join("; "));
        let notes = self.notes.into_iter().map(|(what, line, count)| match count {
            1 => format!("line {line} {what}"),
            _ => format!("line {line} {what}, and so do {} more", count - 1),
        });
        (missed, notes.collect())
    }
}
