//! Which lines of a message are its own.
//!
//! Quotes are marked by `>`, or follow a line that only programs write: `On … wrote:`, the word
//! `Original Message` between dashes, the block of headers that Outlook puts above an answer. Where
//! nothing but such a line marks them, all that follows is quoted.

use super::{
    letter::Voice,
    words::{self, Label, Marker, Sure},
};

/// Lines over which a credit such as `On … wrote:` may run.
const LONGEST_CREDIT: usize = 3;

/// Lines of text that a signature may have: a longer one is no signature but more text.
const LONGEST_SIGNATURE: usize = 30;

/// Lines of text that the footer of a list may have.
const LONGEST_FOOTER: usize = 15;

/// Lines in which all of a block of headers stands.
const LONGEST_BLOCK: usize = 12;

/// A line of a message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    /// Its text.
    pub text: &'a str,
    /// Whose voice its markup says it is.
    told: Voice,
    /// What it says of the lines below.
    marker: Option<Marker>,
    /// What it names, if it is a header.
    label: Option<Label>,
}

impl<'a> Line<'a> {
    /// Looks at a line.
    pub(super) fn new(text: &'a str, told: Voice) -> Self {
        Self { text, told, marker: words::marker(bare(text).trim()), label: words::label(text) }
    }

    fn is_quoted(&self) -> bool {
        self.told == Voice::Quoted || depth(self.text) > 0
    }

    fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// Returns the voice of each line, and whether what is quoted is handed on rather than answered.
pub(super) fn voices(lines: &[Line<'_>]) -> (Vec<Voice>, bool) {
    let mut voices: Vec<Voice> = Vec::with_capacity(lines.len());
    let mut forward = false;
    // Whose all that follows is.
    let mut rest = None;
    for (at, &line) in lines.iter().enumerate() {
        let text = line.text.trim();
        if rest == Some(Voice::Quoted) {
            voices.push(Voice::Quoted);
            continue;
        }
        forward |= line.marker == Some(Marker::Forward);
        let voice = if line.is_quoted() {
            if at > 0 && !lines[at - 1].is_quoted() {
                take_credit(lines, &mut voices);
            }
            Voice::Quoted
        } else if text.is_empty() {
            voices.last().copied().unwrap_or(Voice::Own)
        } else if line.marker.is_some() || begins_headers(lines, at) || ends_credit(lines, &mut voices, at) {
            rest = Some(Voice::Quoted);
            Voice::Quoted
        } else if let Some(rest) = rest {
            rest
        } else if line.told == Voice::Foot {
            Voice::Foot
        } else if begins_signature(lines, at) || begins_footer(lines, at) {
            rest = Some(Voice::Foot);
            Voice::Foot
        } else {
            Voice::Own
        };
        voices.push(voice);
    }
    (voices, forward)
}

/// Returns how often a line is quoted.
pub(super) fn depth(line: &str) -> usize {
    let marks = line.chars().take_while(|&char| char == '>' || char == ' ').filter(|&char| char == '>');
    // `From` at the start of a line is quoted by programs, not by people.
    if line.starts_with(">From ") { 0 } else { marks.count() }
}

/// Returns a line without its marks of quotation.
pub(super) fn bare(line: &str) -> &str {
    if depth(line) == 0 {
        return line;
    }
    let text = line.trim_start_matches(['>', ' ']);
    // The last mark is followed by one space; further ones are the line's own.
    let spaces = line.len() - text.len() - line[..line.len() - text.len()].trim_end().len();
    &line[line.len() - text.len() - spaces.saturating_sub(1)..]
}

/// Takes what credits a quote with the quote that begins after these lines.
fn take_credit(lines: &[Line<'_>], voices: &mut [Voice]) {
    let Some(last) = (0..voices.len()).rev().take(3).find(|&at| !lines[at].is_blank()) else { return };
    if let Some(first) = credit(lines, last, Sure::ByPlace) {
        voices[first..].fill(Voice::Quoted);
    }
}

/// Says whether a line ends a credit whose quote is not marked, and quotes the lines of it before.
fn ends_credit(lines: &[Line<'_>], voices: &mut [Voice], at: usize) -> bool {
    if !lines[at].text.trim_end().ends_with([':', '：']) {
        return false;
    }
    let next = lines[at + 1..].iter().find(|line| !line.is_blank());
    if next.is_none_or(|next| next.is_quoted()) {
        return false;
    }
    match credit(lines, at, Sure::ByItself) {
        Some(first) => {
            voices[first..].fill(Voice::Quoted);
            true
        }
        None => false,
    }
}

/// Returns the first line of the credit that ends with this line.
fn credit(lines: &[Line<'_>], last: usize, sure: Sure) -> Option<usize> {
    let firsts = (0..=last).rev().take(LONGEST_CREDIT);
    let firsts = firsts.take_while(|&first| !lines[first].is_blank() && !lines[first].is_quoted());
    let mut text = String::new();
    for first in firsts {
        text = format!("{} {text}", lines[first].text.trim());
        if words::is_credit(text.trim(), sure) {
            return Some(first);
        }
    }
    None
}

/// Says whether a line begins a block of headers as it stands above an answer: who, when, what.
fn begins_headers(lines: &[Line<'_>], at: usize) -> bool {
    let rule = |text: &str| text.len() >= 10 && text.bytes().all(|byte| byte == b'_');
    // A rule above belongs to the block.
    let at = at + usize::from(rule(lines[at].text.trim()));
    if lines.get(at).and_then(|line| line.label) != Some(Label::From) {
        return false;
    }
    let block = lines[at + 1..].iter().take(LONGEST_BLOCK).take_while(|line| !line.is_blank());
    let labels: Vec<Label> = block.filter_map(|line| line.label).collect();
    let has = |label| labels.contains(&label);
    has(Label::Subject) && (has(Label::Date) || has(Label::To))
}

/// Says whether a line parts the signature from the text.
fn begins_signature(lines: &[Line<'_>], at: usize) -> bool {
    // A program that takes spaces off the ends of lines takes off the one that makes it a signature.
    if lines[at].text.trim_end() != "--" {
        return false;
    }
    below(lines, at).take(LONGEST_SIGNATURE + 1).count() <= LONGEST_SIGNATURE
}

/// Says whether a line is the rule above the footer of a mailing list.
fn begins_footer(lines: &[Line<'_>], at: usize) -> bool {
    let text = lines[at].text.trim();
    let mark = text.chars().next().filter(|mark| "_-=*#~".contains(*mark));
    if text.len() < 10 || !mark.is_some_and(|mark| text.chars().all(|char| char == mark)) {
        return false;
    }
    let below: Vec<&str> = below(lines, at).take(LONGEST_FOOTER + 1).map(|line| line.text).collect();
    below.len() <= LONGEST_FOOTER && below.iter().any(|text| words::is_of_list(text))
}

/// Returns the lines of text below a line, up to the next quote.
fn below<'l, 'a>(lines: &'l [Line<'a>], at: usize) -> impl Iterator<Item = &'l Line<'a>> {
    let quote =
        |line: &Line<'_>| line.is_quoted() || line.marker.is_some() || line.label == Some(Label::From);
    lines[at + 1..].iter().take_while(move |line| !quote(line)).filter(|line| !line.is_blank())
}

/// Joins the lines of text that was sent as `format=flowed`: a line that ends with a space goes on in
/// the next. `glued` says that the space is no part of the text.
pub(super) fn unflowed(text: &str, glued: Glue) -> String {
    let mut out = String::with_capacity(text.len());
    // How deep the line is quoted that goes on.
    let mut open: Option<usize> = None;
    for line in text.lines() {
        let depth = line.bytes().take_while(|&byte| byte == b'>').count();
        let rest = &line[depth..];
        let rest = rest.strip_prefix(' ').unwrap_or(rest);
        let goes_on = rest.ends_with(' ') && rest != "-- ";
        if open != Some(depth) || rest == "-- " {
            if !out.is_empty() {
                out.push('\n');
            }
            out.extend((0..depth).map(|_| '>'));
            if depth > 0 {
                out.push(' ');
            }
        }
        let cut = goes_on && glued == Glue::Bare;
        out.push_str(if cut { &rest[..rest.len() - 1] } else { rest });
        open = goes_on.then_some(depth);
    }
    out
}

/// What stands between lines that are joined.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Glue {
    /// The space that the line ends with.
    Space,
    /// Nothing.
    Bare,
}
