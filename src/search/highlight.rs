//! The part of a passage worth showing, with the matches marked.

use std::ops::Range;

use super::{
    matches::{Match, Targets},
    query::Extent,
};
use crate::analysis::{self, Language};

/// A piece of a snippet.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Part {
    /// The text.
    pub text: String,
    /// Whether it is what was looked for.
    pub matched: bool,
}

/// A snippet of sentences is about this long at most, in characters.
const LENGTH: usize = 320;

/// Returns the part of a text that is worth showing. The parts joined are the text, or its best
/// sentences with `…` for what is left out and a blank for each line break.
pub(super) fn snippet(
    text: &str,
    language: Option<Language>,
    targets: &Targets,
    extent: Extent,
) -> Vec<Part> {
    let text = text.trim_end();
    let matches = targets.matches(text, language);
    if extent == Extent::Whole {
        return mark(text, 0..text.len(), &matches);
    }
    let mut chosen = best(text, &matches);
    chosen.sort_by_key(|range| range.start);
    let mut parts = Vec::new();
    let mut end = 0;
    for (number, range) in chosen.iter().enumerate() {
        let gap = !text[end..range.start].trim().is_empty();
        if gap || number > 0 {
            let between = if !gap {
                " "
            } else if number == 0 {
                "… "
            } else {
                " … "
            };
            parts.push(Part { text: between.into(), matched: false });
        }
        let trimmed = text[range.clone()].trim_end();
        parts.extend(mark(text, range.start..range.start + trimmed.len(), &matches));
        end = range.start + trimmed.len();
    }
    if !text[end..].trim().is_empty() {
        parts.push(Part { text: " …".into(), matched: false });
    }
    for part in &mut parts {
        part.text = flat(&part.text);
    }
    join(parts)
}

/// Puts one blank for every run of blanks with a line break in it.
fn flat(text: &str) -> String {
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
    flat
}

/// Returns the ranges to show: the sentence with the most of the query, and the one that adds most.
fn best(text: &str, matches: &[Match]) -> Vec<Range<usize>> {
    let sentences: Vec<Range<usize>> = analysis::sentences(text)
        .into_iter()
        .filter(|range| !text[range.clone()].trim().is_empty())
        .collect();
    let within = |range: &Range<usize>| {
        let from = matches.partition_point(|one| one.range.start < range.start);
        let to = matches.partition_point(|one| one.range.start < range.end);
        from..to
    };
    let value = |range: &Range<usize>, known: &[usize]| -> f32 {
        let mut seen = known.to_vec();
        let mut sum = 0.0;
        for one in &matches[within(range)] {
            if seen.contains(&one.what) {
                // Saying it again is worth a little.
                sum += if known.contains(&one.what) { 0.0 } else { 0.1 * one.worth };
            } else {
                seen.push(one.what);
                sum += one.worth;
            }
        }
        sum
    };
    let pick = |known: &[usize], taken: Option<usize>| {
        let mut top: Option<(usize, f32)> = None;
        for (at, range) in sentences.iter().enumerate().filter(|(at, _)| Some(*at) != taken) {
            let value = value(range, known);
            if top.is_none_or(|(_, most)| value > most) {
                top = Some((at, value));
            }
        }
        top
    };
    let Some((first, _)) = pick(&[], None) else { return Vec::new() };
    let mut chosen = vec![shorten(text, &sentences[first], &matches[within(&sentences[first])])];
    let room = |chosen: &[Range<usize>]| {
        LENGTH.saturating_sub(chosen.iter().map(|range| text[range.clone()].chars().count()).sum())
    };
    let known: Vec<usize> = matches[within(&sentences[first])].iter().map(|one| one.what).collect();
    let second = match pick(&known, Some(first)) {
        Some((at, value)) if value > 0.0 => Some(at),
        // Nothing to add: what follows tells more than silence.
        _ => (first + 1 < sentences.len()).then_some(first + 1),
    };
    if let Some(range) = second.map(|at| sentences[at].clone())
        && text[range.clone()].chars().count() <= room(&chosen)
    {
        chosen.push(range);
    }
    chosen
}

/// Cuts a long sentence to the words around its matches.
fn shorten(text: &str, range: &Range<usize>, matches: &[Match]) -> Range<usize> {
    if text[range.clone()].chars().count() <= LENGTH {
        return range.clone();
    }
    // The window of the wanted length that holds most worth.
    let bytes = |from: usize| {
        text[from..range.end].char_indices().nth(LENGTH - 40).map_or(range.end, |(at, _)| from + at)
    };
    let mut top = (range.start, -1.0);
    for (number, one) in matches.iter().enumerate() {
        let end = bytes(one.range.start);
        let sum: f32 = matches[number..]
            .iter()
            .take_while(|other| other.range.end <= end)
            .map(|other| other.worth)
            .sum();
        if sum > top.1 {
            top = (one.range.start, sum);
        }
    }
    let lead =
        text[range.start..top.0].char_indices().rev().nth(40).map_or(range.start, |(at, _)| range.start + at);
    let start = word_start(text, lead, range.start);
    let end = word_start(text, bytes(start), range.start);
    start..if end > start { end } else { bytes(start) }
}

/// Returns where the word begins that a place is in, not before `least`; the place itself in a text
/// without blanks nearby.
fn word_start(text: &str, at: usize, least: usize) -> usize {
    if at == text.len() || at <= least {
        return at;
    }
    let from = text[least..at].char_indices().rev().nth(40).map_or(least, |(back, _)| least + back);
    text[from..at].rfind(char::is_whitespace).map_or(at, |back| {
        let blank = from + back;
        blank + text[blank..].chars().next().map_or(1, char::len_utf8)
    })
}

fn mark(text: &str, range: Range<usize>, matches: &[Match]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut at = range.start;
    for one in matches.iter().filter(|one| one.range.start >= range.start && one.range.end <= range.end) {
        if one.range.start < at {
            continue;
        }
        if one.range.start > at {
            parts.push(Part { text: text[at..one.range.start].into(), matched: false });
        }
        parts.push(Part { text: text[one.range.clone()].into(), matched: true });
        at = one.range.end;
    }
    if at < range.end {
        parts.push(Part { text: text[at..range.end].into(), matched: false });
    }
    join(parts)
}

/// Joins neighbours that are alike, and matches with nothing but a blank or hyphen between them.
fn join(parts: Vec<Part>) -> Vec<Part> {
    let mut joined: Vec<Part> = Vec::with_capacity(parts.len());
    for part in parts {
        if part.text.is_empty() {
            continue;
        }
        if part.matched && joined.len() > 1 {
            let thin = |part: &Part| !part.matched && matches!(part.text.as_str(), " " | "-" | "\u{a0}");
            if joined.last().is_some_and(thin) && joined[joined.len() - 2].matched {
                let between = joined.pop().map(|part| part.text).unwrap_or_default();
                if let Some(last) = joined.last_mut() {
                    last.text.push_str(&between);
                    last.text.push_str(&part.text);
                }
                continue;
            }
        }
        match joined.last_mut() {
            Some(last) if last.matched == part.matched => last.text.push_str(&part.text),
            _ => joined.push(part),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::{
            lexicon,
            matches::Reading,
            otherwise::{self, Synonyms},
            parse::parse,
            query::Query,
            tree::{Node, Word},
        },
        *,
    };
    use crate::analysis::StopWords;

    fn targets(query: &str) -> Targets {
        let query = Query { text: query.into(), ..Query::default() };
        let stem = |word: &Word| vec![analysis::stem(&word.typed, None).into_owned()];
        let sought =
            |words: &[Word]| lexicon::sought(words, &stem).into_iter().map(|sought| (sought, 1.0)).collect();
        let others = |nodes: &[Node]| otherwise::others(nodes, &Synonyms::default());
        let expand = |node: &Node| -> tantivy::Result<Vec<Vec<String>>> {
            let words = ["agent", "agents", "agentic", "cat"].into_iter().filter(|word| match node {
                Node::Prefix(prefix) => word.starts_with(prefix.as_str()),
                _ => false,
            });
            Ok(words.map(|word| vec![word.into()]).collect())
        };
        let meaning =
            Reading { stop: &StopWords::of(None), sought: &sought, others: &others, expand: &expand };
        Targets::of(&parse(&query).tree, &meaning).expect("there is no index to fail")
    }

    /// Writes a snippet with brackets around what is marked.
    fn shown(text: &str, query: &str, extent: Extent) -> String {
        snippet(text, None, &targets(query), extent)
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
        fn the_parts_of_a_whole_passage_joined_are_the_passage(text in "(\\PC|[ \n.]|cat|dog){0,80}", query in "(cat|dog|c\\*|\"cat dog\"~2| ){0,5}") {
            let parts = snippet(&text, None, &targets(&query), Extent::Whole);
            let joined: String = parts.iter().map(|part| part.text.as_str()).collect();
            prop_assert_eq!(joined, text.trim_end());
            snippet(&text, None, &targets(&query), Extent::Sentences);
        }
    }
}
