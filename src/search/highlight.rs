//! The part of a passage worth showing, with the matches marked.

use std::{borrow::Cow, ops::Range};

use super::{
    extract::{best, marks},
    matches::{Match, Targets},
    query::Extent,
    results::FoundIn,
};
use crate::analysis::Language;

/// A piece of a snippet.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Part {
    /// The text.
    pub text: String,
    /// Whether it is what was looked for.
    pub matched: bool,
}

/// What is shown of a passage.
pub(super) struct Snippet {
    pub(super) parts: Vec<Part>,
    /// Where what was looked for stands.
    pub(super) found_in: Option<FoundIn>,
}

/// Returns the part of a text that is worth showing. The parts joined are the text, or its best
/// sentences with `…` for what is left out and a blank for each line break. `above` is the title and the
/// headings that the text is found by too.
pub(super) fn snippet(
    above: &[&str],
    text: &str,
    language: Option<Language>,
    targets: &Targets,
    extent: Extent,
) -> Snippet {
    let text = text.trim_end();
    let texts: Vec<&str> = above.iter().copied().chain([text]).collect();
    let mut found = targets.matches(&texts, language);
    let matches = found.pop().unwrap_or_default();
    let found_in = match found.iter().position(|matches| !matches.is_empty()) {
        _ if !matches.is_empty() => Some(FoundIn::Text),
        Some(0) => Some(FoundIn::Title),
        Some(_) => Some(FoundIn::Heading),
        None => None,
    };
    let marks = marks(text, &matches);
    let parts = match extent {
        Extent::Whole => mark(text, 0..text.len(), &marks, &|text| text.into()),
        Extent::Sentences => sentences(text, &matches, &marks),
    };
    Snippet { parts, found_in }
}

/// Returns the best sentences of a text.
fn sentences(text: &str, matches: &[Match], marks: &[Range<usize>]) -> Vec<Part> {
    let mut chosen = best(text, matches, marks);
    chosen.sort_by_key(|range| range.start);
    let mut parts = Vec::new();
    let mut end = 0;
    for (number, range) in chosen.iter().enumerate() {
        let gap = !text[end..range.start].trim().is_empty();
        let between = match (gap, number) {
            (true, 0) => "… ",
            (true, _) => " … ",
            (false, 0) => "",
            (false, _) => " ",
        };
        push(&mut parts, between, false);
        end = range.start + text[range.clone()].trim_end().len();
        for part in mark(text, range.start..end, marks, &flat) {
            push(&mut parts, &part.text, part.matched);
        }
    }
    if !text[end..].trim().is_empty() {
        push(&mut parts, " …", false);
    }
    parts
}

/// Puts one blank for every run of blanks with a line break in it.
fn flat(text: &str) -> Cow<'_, str> {
    if !text.contains('\n') {
        return text.into();
    }
    let mut lines = text.split('\n');
    let mut flat = lines.next().unwrap_or_default().trim_end().to_string();
    for line in lines {
        if !flat.ends_with(' ') {
            flat.push(' ');
        }
        flat.push_str(line.trim());
    }
    // Blanks at the ends part words of neighbouring pieces.
    if text.ends_with(char::is_whitespace) && !flat.ends_with(' ') {
        flat.push(' ');
    }
    flat.into()
}

/// Returns a part of a text as it is written, with what is marked in it; marks with nothing but a blank or
/// hyphen between them are one.
fn mark(
    text: &str,
    range: Range<usize>,
    marks: &[Range<usize>],
    written: &dyn Fn(&str) -> Cow<'_, str>,
) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut at = range.start;
    for one in marks.iter().filter(|one| one.start >= range.start && one.end <= range.end) {
        let gap = written(&text[at..one.start]);
        let thin = matches!(&*gap, " " | "-" | "\u{a0}") && !parts.is_empty();
        push(&mut parts, &gap, thin);
        push(&mut parts, &written(&text[one.clone()]), true);
        at = one.end;
    }
    push(&mut parts, &written(&text[at..range.end]), false);
    parts
}

/// Adds a text to parts, to the last of them if that is alike.
fn push(parts: &mut Vec<Part>, text: &str, matched: bool) {
    match parts.last_mut() {
        _ if text.is_empty() => {}
        Some(last) if last.matched == matched => last.text.push_str(text),
        _ => parts.push(Part { text: text.into(), matched }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::trial::targets, *};

    /// Writes a snippet with brackets around what is marked.
    fn shown(text: &str, query: &str, extent: Extent) -> String {
        snippet(&[], text, None, &targets(query), extent)
            .parts
            .into_iter()
            .map(|part| if part.matched { format!("[{}]", part.text) } else { part.text })
            .collect()
    }

    #[test]
    fn what_matched_is_marked_and_nothing_else() {
        let check = |query: &str, text: &str, expected: &str| {
            assert_eq!(shown(text, query, Extent::Whole), expected, "{query}")
        };
        check("capability", "New capabilities, capital.", "New [capabilities], capital.");
        check("Llama 4", "Llama 4 and llama four", "[Llama 4] and [llama] four");
        check("\"big cat\"", "A big dog, a cat, a big cat.", "A big dog, a cat, a [big cat].");
        check(
            "\"big cat\"~2",
            "A big bad cat. A big dog and then a cat.",
            "A [big] bad [cat]. A big dog and then a cat.",
        );
        check("\"big cat\"~2", "Cat big, then a big bad cat.", "[Cat big], then a [big] bad [cat].");
        check("\"big cat\"~1", "Cat big, then a big bad cat.", "Cat big, then a [big] bad [cat].");
        check("\"cat cat\"~3", "A cat. A dog, cat.", "A [cat]. A dog, [cat].");
        check("\"cat cat\"~3", "A cat. A dog.", "A cat. A dog.");
        check("\"big cat\" cat", "A cat, a big cat.", "A [cat], a [big cat].");
        check("cat dog", "cat\n\ndog\ncat", "[cat]\n\n[dog]\n[cat]");
        check("agent*", "Agentic agents age.", "[Agentic agents] age.");
        check("cat -dog", "A cat, a dog.", "A [cat], a dog.");
        check("the cat", "The cat.", "The [cat].");
        check("the", "The cat.", "[The] cat.");
        check("GPT-4", "GPT-4 and GPT 4, and GPT4.", "[GPT-4] and [GPT 4], and [GPT4].");
        check("gpt4", "GPT-4 and GPT 4, 4 GPT.", "[GPT-4] and [GPT 4], 4 GPT.");
        check("智能", "人工智能很智慧，能。", "人工[智能]很智慧，能。");
        check("人工智能", "人工智能很智慧，能。", "[人工智能]很智慧，能。");
        check("猫", "猫和狗。", "[猫]和狗。");
        check("U.S.", "In the U.S. and the US.", "In the [U.S]. and the [US].");
        check("C++", "C++ is no C.", "[C++] is no C.");
    }

    #[test]
    fn the_sentences_with_most_of_the_query_are_shown() {
        let filler = "Nothing of note is said in this one at all, whatever one looks for. ".repeat(5);
        let text = format!("{filler}A cat sat. {filler}A dog ran after the cat.");
        assert_eq!(shown(&text, "cat dog", Extent::Sentences), "… A [dog] ran after the [cat].");
        assert!(shown(&text, "nowhere", Extent::Sentences).starts_with("Nothing of note"));
        let text = format!("{filler}A big dog, a cat, a cat. {filler}A big cat.");
        assert_eq!(shown(&text, "big cat \"big cat\"", Extent::Sentences), "… A [big cat].");
        assert_eq!(shown("A cat\n\nCat", "cat", Extent::Sentences), "A [cat] [Cat]");
        let long = "word ".repeat(200) + "needle " + &"word ".repeat(200);
        let part = shown(&long, "needle", Extent::Sentences);
        assert!(
            part.contains("[needle]")
                && part.len() < 400
                && part.starts_with("… word")
                && part.ends_with(" …"),
            "{part}"
        );
    }

    proptest! {
        #[test]
        fn a_snippet_says_what_its_text_does(text in "(\\PC|[ \n.]|cat|dog){0,80}", query in "(cat|dog|c\\*|\"cat dog\"~2| ){0,5}") {
            super::super::trial::highlight(format!("{query}\n{text}").as_bytes());
        }
    }
}
