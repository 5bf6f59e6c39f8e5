//! What is to be known of the records of a file, said in a few words for all of them.

use crate::format::Warnings;

/// So many of the lines that hold no article are named.
const MOST_NAMED: usize = 3;

/// The lines that hold no article, and those that hold less than one.
#[derive(Default)]
pub(in crate::format) struct Missed {
    count: u64,
    named: Vec<String>,
    /// What is to be known of others: the line it was met on first, and how many there are.
    notes: Vec<(&'static str, u64, u64)>,
}

impl Missed {
    /// Counts a record that could not be read.
    pub(in crate::format) fn take(&mut self, line: u64, why: &str) {
        self.count += 1;
        if self.named.len() < MOST_NAMED {
            self.named.push(format!("line {line} {why}"));
        }
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
        let rest = self.count - self.named.len() as u64;
        let more = if rest > 0 { format!("; and {rest} more lines were passed over") } else { String::new() };
        let missed = (self.count > 0).then(|| self.named.join("; ") + &more);
        let notes = self.notes.into_iter().map(|(what, line, count)| match count {
            1 => format!("line {line} {what}"),
            _ => format!("line {line} {what}, and so do {} more", count - 1),
        });
        (missed, notes.collect())
    }
}
