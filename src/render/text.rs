//! For people: rank, title, headings and date, the place as a link, and the best sentences.

use std::{
    borrow::Cow,
    io::{self, Write},
    ops::Range,
    path::Path,
    time::UNIX_EPOCH,
};

use unicode_width::UnicodeWidthStr;

use super::{
    Look, Render,
    advice::{advice, plain_notes, relaxed, spent},
    facets,
    place::{shown_place, spot_name},
};
use crate::{
    article::{Lines, Role},
    search::{FoundIn, Hit, Inside, Part, Results, Unit},
};

/// Lines longer than this are hard to read, however wide the terminal.
pub(super) const WIDEST: usize = 100;

/// What stands before every line of a hit but its first.
const INDENT: &str = "    ";

pub(super) const BOLD: &str = "\x1b[1m";
pub(super) const DIM: &str = "\x1b[2m";
const PATH: &str = "\x1b[35m";
const MATCH: &str = "\x1b[1;31m";
pub(super) const WARNING: &str = "\x1b[33m";
pub(super) const PLAIN: &str = "\x1b[0m";

/// The format for people.
pub(super) struct Text;

impl Render for Text {
    fn name(&self) -> &'static str {
        "text"
    }

    fn render(&self, results: &Results, look: &Look, out: &mut dyn Write) -> io::Result<()> {
        let page = Page { look, out };
        page.results(results)
    }
}

struct Page<'a> {
    look: &'a Look,
    out: &'a mut dyn Write,
}

impl Page<'_> {
    fn results(mut self, results: &Results) -> io::Result<()> {
        if let Some(relaxed) = relaxed(results) {
            self.paragraph("", &harmless(&relaxed), WARNING)?;
            writeln!(self.out)?;
        }
        for hit in &results.hits {
            self.hit(hit)?;
            writeln!(self.out)?;
        }
        if results.hits.is_empty() {
            let query = harmless(&results.query);
            let unit = unit(results);
            match results.total {
                0 => writeln!(self.out, "No {unit} matches `{query}`.\n")?,
                total if results.spent.is_some_and(|spent| spent.needed.is_some()) => {
                    writeln!(self.out, "No {unit} fits the budget; {total} match `{query}`.\n")?;
                }
                total => writeln!(self.out, "No further {unit}s; {total} match `{query}`.\n")?,
            }
        }
        for line in advice(results) {
            self.paragraph("", &harmless(&line), "")?;
        }
        for note in plain_notes(results).chain(&results.freshness.notes) {
            self.paragraph("", &format!("note: {}", harmless(note)), WARNING)?;
        }
        for folder in &results.freshness.missing {
            let folder = shown_path(folder, &self.look.from);
            self.paragraph(
                "",
                &format!("note: the folder {folder} is missing; its articles are shown as they were"),
                WARNING,
            )?;
        }
        for line in results.facets.iter().flat_map(|facets| facets::lines(facets, self.look)) {
            self.paragraph("", &harmless(&line), "")?;
        }
        if let Some(spent) = spent(results) {
            self.paragraph("", &spent, DIM)?;
        }
        self.paragraph("", &facts(results, self.look), DIM)
    }

    fn hit(&mut self, hit: &Hit) -> io::Result<()> {
        let number = format!("{:>2}. ", hit.rank);
        let mut heading = harmless(&one_line(&hit.title)).into_owned();
        for part in &hit.headings {
            heading.push_str(" › ");
            heading.push_str(&harmless(&one_line(part)));
        }
        let date = hit.date.map(|date| date.to_string()).unwrap_or_default();
        let width = self.look.width.map(|width| width.clamp(20, WIDEST));
        let lines = match width {
            None => vec![heading],
            Some(width) => {
                // The date stands at the right end of the first line.
                let room =
                    width.saturating_sub(INDENT.len() + if date.is_empty() { 0 } else { date.len() + 2 });
                textwrap::wrap(&heading, room.max(10)).into_iter().map(Cow::into_owned).collect()
            }
        };
        for (at, line) in lines.iter().enumerate() {
            let lead = if at == 0 { number.as_str() } else { INDENT };
            write!(self.out, "{lead}{}", self.styled(line, BOLD))?;
            if at == 0 && !date.is_empty() {
                let gap = width
                    .map_or(2, |width| width.saturating_sub(lead.len() + line.width() + date.len()).max(2));
                write!(self.out, "{:gap$}{}", "", self.styled(&date, DIM))?;
            }
            writeln!(self.out)?;
        }
        self.place(hit)?;
        for text in &hit.before {
            self.paragraph(INDENT, &harmless(text), DIM)?;
        }
        self.snippet(&hit.snippet)?;
        if let Some(by) = found_by(hit.found_in) {
            self.paragraph(INDENT, by, DIM)?;
        }
        for text in &hit.after {
            self.paragraph(INDENT, &harmless(text), DIM)?;
        }
        for inside in &hit.passages {
            self.inside(hit, inside)?;
        }
        let mut also = Vec::new();
        if hit.role == Role::Aside {
            also.push("beside the article itself".to_string());
        }
        if hit.more > 0 {
            also.push(format!("{} more in this article", hit.more));
        }
        if hit.copies > 0 {
            also.push(if hit.copies == 1 {
                "1 near copy".into()
            } else {
                format!("{} near copies", hit.copies)
            });
        }
        if !also.is_empty() {
            self.paragraph(INDENT, &also.join(" · "), DIM)?;
        }
        for copy in &hit.same {
            let place = shown_place(&copy.file, &copy.place, copy.member.as_deref(), &self.look.from);
            let date = copy.date.map(|date| format!("  {date}")).unwrap_or_default();
            self.paragraph(INDENT, &format!("= {place}{date}"), DIM)?;
        }
        if !hit.explanation.is_empty() {
            self.paragraph(INDENT, &format!("score {:.3}", hit.score), DIM)?;
        }
        for (label, score) in &hit.explanation {
            self.paragraph(INDENT, &format!("{score:8.3}  {}", harmless(label)), DIM)?;
        }
        Ok(())
    }

    /// Prints a further passage of an article: its headings, where they are others, its line, what it was
    /// found by, and the part worth showing.
    fn inside(&mut self, hit: &Hit, inside: &Inside) -> io::Result<()> {
        let headings: Vec<String> =
            inside.headings.iter().map(|part| harmless(&one_line(part)).into_owned()).collect();
        let headings = if inside.headings == hit.headings { String::new() } else { headings.join(" › ") };
        let line = match (inside.place.spot, inside.place.of) {
            (Some(spot), _) => spot_name(spot),
            (None, Lines::File) if inside.place.record.is_none() => format!("line {}", inside.place.line),
            _ => String::new(),
        };
        let by = found_by(inside.found_in).unwrap_or_default();
        let mark: Vec<&str> =
            [line.as_str(), &headings, by].into_iter().filter(|part| !part.is_empty()).collect();
        let mark = format!("… {}", mark.join(" · "));
        let link = self.look.links.of(&hit.file, &inside.place, hit.member.as_deref(), &inside.link);
        let linked = linked(&self.styled(mark.trim_end(), PATH), link);
        writeln!(self.out, "{INDENT}{linked}")?;
        self.snippet(&inside.snippet)
    }

    fn place(&mut self, hit: &Hit) -> io::Result<()> {
        let place = shown_place(&hit.file, &hit.place, hit.member.as_deref(), &self.look.from);
        let link = self.look.links.of(&hit.file, &hit.place, hit.member.as_deref(), &hit.link);
        let linked = linked(&self.styled(&place, PATH), link);
        let stale = match hit.stale {
            Some("gone") => self.styled("  the file is gone", WARNING),
            Some(_) => self.styled("  the file has changed since", WARNING),
            None => String::new(),
        };
        writeln!(self.out, "{INDENT}{linked}{stale}")
    }

    fn snippet(&mut self, parts: &[Part]) -> io::Result<()> {
        // What is marked, in the text as it is printed.
        let mut text = String::new();
        let mut marked: Vec<Range<usize>> = Vec::new();
        for part in parts {
            let start = text.len();
            text.push_str(&harmless(&part.text));
            if part.matched {
                marked.push(start..text.len());
            }
        }
        for line in self.lines(&text, INDENT.len()) {
            if text[line.clone()].is_empty() {
                writeln!(self.out)?;
                continue;
            }
            write!(self.out, "{INDENT}")?;
            let mut at = line.start;
            for mark in &marked {
                let (start, end) = (mark.start.max(at), mark.end.min(line.end));
                if start >= end {
                    continue;
                }
                write!(self.out, "{}{}", &text[at..start], self.styled(&text[start..end], MATCH))?;
                at = end;
            }
            writeln!(self.out, "{}", &text[at..line.end])?;
        }
        Ok(())
    }

    fn paragraph(&mut self, indent: &str, text: &str, style: &str) -> io::Result<()> {
        for line in self.lines(text, indent.len()) {
            writeln!(self.out, "{indent}{}", self.styled(&text[line], style))?;
        }
        Ok(())
    }

    /// Returns the byte ranges of the lines a text is printed on.
    fn lines(&self, text: &str, indent: usize) -> Vec<Range<usize>> {
        let mut ranges = Vec::new();
        let mut start = 0;
        for line in text.split('\n') {
            match self.look.width {
                None => ranges.push(start..start + line.len()),
                Some(width) => {
                    let room = width.min(WIDEST).saturating_sub(indent).max(10);
                    let mut at = 0;
                    for piece in textwrap::wrap(line, room) {
                        // Pieces are parts of the line, less the blanks they were broken at.
                        let from = line[at..].find(&*piece).map_or(at, |skip| at + skip);
                        at = (from + piece.len()).min(line.len());
                        ranges.push(start + from..start + at);
                    }
                }
            }
            start += line.len() + 1;
        }
        ranges
    }

    fn styled(&self, text: &str, style: &str) -> String {
        if self.look.colour && !text.is_empty() { format!("{style}{text}{PLAIN}") } else { text.into() }
    }
}

/// Returns text that a terminal opens a link by (OSC 8).
fn linked(text: &str, link: Option<String>) -> String {
    link.map_or_else(|| text.into(), |link| format!("\x1b]8;;{link}\x1b\\{text}\x1b]8;;\x1b\\"))
}

/// Says what a passage was found by that holds no word of the query itself.
fn found_by(found_in: Option<FoundIn>) -> Option<&'static str> {
    match found_in {
        Some(FoundIn::Title) => Some("found by its title"),
        Some(FoundIn::Heading) => Some("found by its heading"),
        Some(FoundIn::Text) | None => None,
    }
}

/// Returns what was ranked.
pub(super) fn unit(results: &Results) -> &'static str {
    match results.by {
        Unit::Passage => "passage",
        Unit::Article => "article",
    }
}

/// Says what was searched and how far that can be trusted.
fn facts(results: &Results, look: &Look) -> String {
    let fresh = &results.freshness;
    let more = if results.total_exact { "" } else { "at least " };
    let mut facts = vec![
        format!("{more}{} found", counted(results.total, unit(results))),
        format!("{} in the index", counted(results.articles, "article")),
    ];
    if let Some(updated) = results.updated {
        facts.push(format!("indexed {}", age(updated, look)));
    }
    facts.push(match fresh.compared {
        0 if fresh.files > 0 => "not compared with the files".into(),
        compared if compared < fresh.files => {
            format!("{compared} of {} compared", counted(fresh.files, "file"))
        }
        _ => format!("{} compared", counted(fresh.files, "file")),
    });
    let found = [(fresh.changed, "changed"), (fresh.new, "new"), (fresh.gone, "gone")];
    let found: Vec<String> = found
        .iter()
        .filter_map(|(count, what)| Some(format!("{} {what}", (*count)?)).filter(|_| *count > Some(0)))
        .collect();
    if !found.is_empty() {
        facts.push(format!("{}: run `excerpt index`", found.join(", ")));
    }
    if results.unread > 0 {
        facts.push(format!("{} unread: `excerpt status --failures`", results.unread));
    }
    facts.join(" · ")
}

pub(super) fn counted(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

pub(super) fn age(updated: i64, look: &Look) -> String {
    let now = look.now.duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs() as i64);
    match now - updated {
        ..60 => "just now".into(),
        seconds @ ..3_600 => format!("{} min ago", seconds / 60),
        seconds @ ..86_400 => format!("{} h ago", seconds / 3_600),
        seconds => format!("{} ago", counted((seconds / 86_400) as u64, "day")),
    }
}

pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns a path as seen from a folder, harmless to a terminal.
pub fn shown_path(path: &Path, from: &Path) -> String {
    let shown = path.strip_prefix(from).unwrap_or(path);
    let shown = if shown.as_os_str().is_empty() { Path::new(".") } else { shown };
    harmless(&shown.to_string_lossy()).replace('\n', "\u{fffd}")
}

/// Returns text that cannot drive a terminal: control characters other than line breaks, and those
/// that turn the direction of writing (Unicode bidi controls), are shown as replacement characters.
pub fn harmless(text: &str) -> Cow<'_, str> {
    let harmful = |letter: char| match letter {
        '\n' => false,
        '\u{061C}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => true,
        _ => letter.is_control(),
    };
    if !text.contains(harmful) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(
        text.chars()
            .map(|letter| match letter {
                '\t' => ' ',
                letter if harmful(letter) => '\u{fffd}',
                letter => letter,
            })
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn article_text_cannot_drive_the_terminal() {
        let check = |text: &str, expected: &str| assert_eq!(harmless(text), expected);
        check("plain\nשלום", "plain\nשלום");
        check("a\x1b[31mb\rc\x07", "a\u{fffd}[31mb\u{fffd}c\u{fffd}");
        check("a\u{202e}b\u{9b}c\td", "a\u{fffd}b\u{fffd}c d");
    }
}
