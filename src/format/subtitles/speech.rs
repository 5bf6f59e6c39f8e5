//! What was said, put together from cues: paragraphs, each with the times that pass in it.

use super::{
    super::outline::Outline,
    cue::Cue,
    markup::{Said, parts},
};
use crate::article::{Kind, Section, Spot};

/// Thousandths of a second of silence that end a paragraph.
const PAUSE: u64 = 3_000;

/// Thousandths of a second between cues of which the second may still show what the first did.
const ROLL: u64 = 1_000;

/// Bytes after which a paragraph ends with its sentence, and after which it ends with its cue:
/// captions that a machine wrote have no sentences.
const LONG: (usize, usize) = (800, 1_600);

/// Letters of the longest name that is written before what somebody says.
const LONGEST_NAME: usize = 30;

/// Paragraphs that are being put together.
pub(super) struct Speech {
    outline: Outline,
    /// The paragraph so far, and the times in it.
    text: String,
    times: Vec<(usize, Spot)>,
    speaker: Option<String>,
    /// The lines of the last cue that are still seen, and when it ends.
    seen: Vec<String>,
    end: Option<u64>,
}

impl Speech {
    /// Begins with nothing said.
    pub(super) fn new(outline: Outline) -> Self {
        let (text, times, seen) = (String::new(), Vec::new(), Vec::new());
        Self { outline, text, times, speaker: None, seen, end: None }
    }

    /// Adds what a cue says.
    pub(super) fn cue(&mut self, cue: &Cue) {
        let lines: Vec<Vec<Said>> = cue.lines.iter().map(|line| parts(line)).collect();
        let lines: Vec<Vec<Said>> = lines.into_iter().filter(|parts| !parts.is_empty()).collect();
        if lines.is_empty() {
            return;
        }
        let gap = cue.times.zip(self.end).map_or(0, |((start, _), end)| start.saturating_sub(end));
        let sentence_ends =
            self.text.ends_with(['.', '!', '?', '…', '"', '”', '。', '！', '？', '♪', ']', ')']);
        let long = self.text.len() >= if sentence_ends { LONG.0 } else { LONG.1 };
        if gap >= PAUSE || long {
            self.end_paragraph();
        }
        let shown: Vec<String> = lines.iter().map(|parts| line_of(parts)).collect();
        let (known, prefix) = if gap <= ROLL { repeated(&self.seen, &shown) } else { (0, 0) };
        let mut due = cue.times.map(|(start, _)| Spot::Time(u32::try_from(start / 1000).unwrap_or(u32::MAX)));
        for (number, parts) in lines.iter().enumerate().skip(known) {
            if number == known && prefix > 0 {
                self.say(None, shown[number].get(prefix..).unwrap_or_default().trim(), &mut due);
                continue;
            }
            for part in parts {
                let (text, turn) = turn(&part.text);
                let changed = part.speaker.is_some() && part.speaker != self.speaker;
                if turn || changed {
                    self.end_paragraph();
                    self.speaker.clone_from(&part.speaker);
                }
                self.say(part.speaker.as_deref().filter(|_| changed), text, &mut due);
            }
        }
        self.seen = shown;
        self.end = cue.times.map(|(_, end)| end).or(self.end);
    }

    /// Returns all that was said.
    pub(super) fn finish(mut self) -> Vec<Section> {
        self.end_paragraph();
        self.outline.finish()
    }

    fn say(&mut self, speaker: Option<&str>, text: &str, due: &mut Option<Spot>) {
        if text.is_empty() {
            return;
        }
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        if let Some(spot) = due.take() {
            self.times.push((self.text.len(), spot));
        }
        if let Some(speaker) = speaker {
            self.text.push_str(speaker);
            self.text.push_str(": ");
        }
        self.text.push_str(text);
    }

    fn end_paragraph(&mut self) {
        self.outline.push_over(Kind::Prose, &self.text, 0, &self.times);
        self.text.clear();
        self.times.clear();
    }
}

fn line_of(parts: &[Said]) -> String {
    parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// Returns how many lines of a cue, and how many bytes of the line after them, were seen before.
fn repeated(seen: &[String], shown: &[String]) -> (usize, usize) {
    let most = seen.len().min(shown.len());
    let known = (1..=most).rev().find(|&count| seen[seen.len() - count..] == shown[..count]);
    if let Some(known) = known {
        return (known, 0);
    }
    // A line may grow word by word.
    let grown = seen
        .last()
        .zip(shown.first())
        .filter(|(before, now)| now.strip_prefix(before.as_str()).is_some_and(|rest| rest.starts_with(' ')));
    (0, grown.map_or(0, |(before, _)| before.len()))
}

/// Takes off a line what says that another begins to speak, and whether anything says so.
fn turn(text: &str) -> (&str, bool) {
    let chevrons = text.trim_start_matches('>');
    if text.len() - chevrons.len() >= 2 {
        return (chevrons.trim_start(), true);
    }
    let dash = text
        .strip_prefix(['-', '–', '—'])
        .filter(|rest| rest.starts_with([' ', '"', '“', '(', '[']) || begins_name(rest));
    match dash {
        Some(rest) => (rest.trim_start(), true),
        None => (text, names_speaker(text)),
    }
}

/// Whether a text begins with a capital letter.
fn begins_name(text: &str) -> bool {
    text.starts_with(char::is_uppercase)
}

/// Whether a line begins with a name in capitals and a colon.
fn names_speaker(text: &str) -> bool {
    let Some((name, rest)) = text.split_once(':') else { return false };
    let letters = name.chars().filter(|char| char.is_alphabetic()).count();
    letters > 1
        && name.chars().count() <= LONGEST_NAME
        && rest.starts_with(' ')
        && begins_name(name)
        && !name.chars().any(char::is_lowercase)
}
