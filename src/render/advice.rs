//! What an answer says of itself where it is none, or a thin one.

use super::text::{counted, unit};
use crate::search::{RELAXED, Results, Spent, Suggestion, Without};

/// Unknown words past so many are counted.
const MOST_NAMED: usize = 12;

/// Says what the hits answer, where they do not answer what was asked.
pub(super) fn relaxed(results: &Results) -> Option<String> {
    let note = results.notes.iter().find(|note| results.relaxed && note.starts_with(RELAXED))?;
    Some(format!("N{}", &note[1..]))
}

/// Returns the other notes.
pub(super) fn plain_notes(results: &Results) -> impl Iterator<Item = &String> {
    results.notes.iter().filter(|note| !(results.relaxed && note.starts_with(RELAXED)))
}

/// Says what a budget was spent on and what it left out, where there was one.
pub fn spent(results: &Results) -> Option<String> {
    let spent = results.spent.filter(|_| results.total > 0);
    let Spent { budget, used, left_out, too_long, needed, .. } = spent?;
    let more = if results.total_exact { "" } else { "at least " };
    let left_out = match (left_out, too_long) {
        _ if needed.is_some() => {
            let needed = needed.unwrap_or_default();
            format!("too few: the best {} takes {needed}; raise the budget", unit(results))
        }
        (0, _) => "nothing left out".into(),
        (out, 0) => format!("{more}{} left out", counted(out, unit(results))),
        (out, long) => {
            format!(
                "{more}{} left out, {long} of them too long for what was left",
                counted(out, unit(results))
            )
        }
    };
    Some(format!("{used} of {budget} tokens used, {left_out}"))
}

/// Says what the words of the query may have been meant for, and what its filters kept away.
pub fn advice(results: &Results) -> Vec<String> {
    let mut lines = Vec::new();
    let alike = |word: &&String| results.suggestions.iter().any(|one| one.word == **word);
    let unknown: Vec<String> =
        results.unknown.iter().filter(|word| !alike(word)).map(|word| format!("`{word}`")).collect();
    if !unknown.is_empty() {
        let verb = if unknown.len() == 1 { "is" } else { "are" };
        let named = unknown[..unknown.len().min(MOST_NAMED)].join(", ");
        let more = unknown.len().saturating_sub(MOST_NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        lines.push(format!("{named}{more} {verb} nowhere in the index"));
    }
    for Suggestion { word, passages, near, .. } in &results.suggestions {
        let near: Vec<String> = near
            .iter()
            .map(|near| format!("{} ({})", near.word, counted(near.passages, "passage")))
            .collect();
        let held = match passages {
            0 => format!("`{word}` is nowhere in the index"),
            passages => format!("`{word}` is in {} only", counted(*passages, "passage")),
        };
        lines.push(format!("{held}; spelled like it: {}", near.join(", ")));
    }
    if let Some(corrected) = &results.corrected {
        lines.push(format!("Did you mean: {corrected}"));
    }
    for Without { filter, total, .. } in &results.without {
        let verb = if *total == 1 { "matches" } else { "match" };
        lines.push(format!("{} {verb} without `{filter}`", counted(*total, unit(results))));
    }
    lines
}
