//! The same thing, written otherwise: a name however it is spaced (`Llama 4`, `Llama-4`, `llama4`), and the
//! synonyms that the user gave the index.

use super::tree::{Node, Word};
use crate::analysis;

/// A name in one piece is parted into no more than so many.
const MOST_PARTS: usize = 4;

/// Figures of a number that are parted into groups, as in `10 000`; with fewer it may be a year.
const LONG_NUMBER: usize = 5;

/// More words that mean the same as one are no synonyms but a list.
const MOST_MEMBERS: usize = 32;

/// So much may stand for words of a query: each costs time.
const MOST_OTHERS: usize = 64;

/// Groups of words that mean the same.
#[derive(Debug, Default)]
pub(super) struct Synonyms(Vec<Vec<Vec<Word>>>);

/// What may stand for some words of a query: words side by side, or one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Other {
    pub(super) words: Vec<Word>,
    /// The folded words that it may stand for.
    pub(super) of: Vec<String>,
    /// Whether it is another word, and not the same spaced otherwise.
    pub(super) synonym: bool,
}

impl Synonyms {
    /// Reads groups, one a line, their members parted by commas, up to 32 of them. What follows `#` is a
    /// remark.
    pub(super) fn read(text: &str) -> Self {
        let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default());
        let groups = lines.map(|line| {
            let mut members: Vec<Vec<Word>> = Vec::new();
            for words in line.split(',').map(parted).filter(|words| !words.is_empty()) {
                if members.len() < MOST_MEMBERS && !members.iter().any(|known| same(known, &words)) {
                    members.push(words);
                }
            }
            members
        });
        Self(groups.filter(|group| group.len() > 1).collect())
    }

    /// Returns what else may stand for words at the start of some, with how many they are.
    fn of<'a>(&'a self, words: &'a [&Word]) -> impl Iterator<Item = (usize, &'a [Word])> {
        self.0.iter().flat_map(move |group| {
            let begins = |member: &&Vec<Word>| {
                member.len() <= words.len()
                    && member.iter().zip(words).all(|(one, other)| one.folded == other.folded)
            };
            let found = group.iter().find(begins);
            found.into_iter().flat_map(move |found| {
                group.iter().filter(move |other| *other != found).map(|other| (found.len(), other.as_slice()))
            })
        })
    }
}

fn same(one: &[Word], other: &[Word]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one.folded == other.folded)
}

/// Returns the words of a member: so many as can stand side by side in a query.
fn parted(text: &str) -> Vec<Word> {
    analysis::words(text).take(MOST_MEMBERS).map(|range| Word::of(&text[range])).collect()
}

/// Returns what may stand for words of these nodes instead, in the order of the words.
pub(super) fn others(nodes: &[Node], synonyms: &Synonyms) -> Vec<Other> {
    let mut others: Vec<Other> = Vec::new();
    let mut add = |of: &[&Word], words: Vec<Word>, synonym: bool| {
        let of = of.iter().map(|word| word.folded.clone()).collect();
        let other = Other { words, of, synonym };
        if others.len() < MOST_OTHERS && !others.contains(&other) {
            others.push(other);
        }
    };
    for run in nodes.chunk_by(|one, other| matches!((one, other), (Node::Words(_), Node::Words(_)))) {
        let pieces: Vec<&[Word]> = run
            .iter()
            .filter_map(|node| match node {
                Node::Words(words) => Some(words.as_slice()),
                _ => None,
            })
            .collect();
        for (at, piece) in pieces.iter().enumerate() {
            let piece: Vec<&Word> = piece.iter().collect();
            match piece.as_slice() {
                [word] => {
                    let parts = parts(word);
                    if parts.len() > 1 {
                        add(&piece, parts, false);
                    }
                    // A name and its number.
                    if let Some([number]) = pieces.get(at + 1)
                        && is_number(number)
                        && !word.pause
                        && !is_number(word)
                        && !word.is_character()
                    {
                        add(&[word, number], vec![joined(&[word, number])], false);
                    }
                }
                // Without a figure it is hardly a name: `left-wing` as one word costs time .007 nDCG@10.
                _ if is_name(&piece) => add(&piece, vec![joined(&piece)], false),
                _ => {}
            }
        }
        let words: Vec<&Word> = pieces.iter().flat_map(|piece| piece.iter()).collect();
        for start in 0..words.len() {
            for (length, other) in synonyms.of(&words[start..]) {
                add(&words[start..start + length], other.to_vec(), true);
            }
        }
    }
    others
}

/// Whether words that were typed in one piece are a name with a figure, or the groups of a number.
fn is_name(words: &[&Word]) -> bool {
    let numbers = words.iter().filter(|word| is_number(word)).count();
    let groups = || words[1..].iter().all(|word| word.folded.len() == 3);
    numbers > 0 && !words.iter().any(|word| word.is_character()) && (numbers < words.len() || groups())
}

fn joined(words: &[&Word]) -> Word {
    Word::of(&words.iter().map(|word| word.typed.as_str()).collect::<String>())
}

/// Returns the parts of a word between letters and figures, or the groups of a long number; the word
/// alone where it has none, or too many for a name.
fn parts(word: &Word) -> Vec<Word> {
    let typed = word.folded.as_str();
    if is_number(word) {
        let first = (typed.len() + 2) % 3 + 1;
        let groups = typed.len().div_ceil(3);
        if typed.len() < LONG_NUMBER || groups > MOST_PARTS {
            return vec![word.clone()];
        }
        let rest = typed.as_bytes()[first..].chunks(3).map(|group| String::from_utf8_lossy(group));
        return std::iter::once(typed[..first].into()).chain(rest).map(|group| Word::of(&group)).collect();
    }
    let mut parts: Vec<String> = Vec::new();
    for letter in typed.chars() {
        match parts.last_mut() {
            Some(part) if part.ends_with(|last: char| last.is_ascii_digit() == letter.is_ascii_digit()) => {
                part.push(letter);
            }
            _ => parts.push(letter.into()),
        }
    }
    if parts.len() > MOST_PARTS {
        return vec![word.clone()];
    }
    parts.iter().map(|part| Word::of(part)).collect()
}

pub(super) fn is_number(word: &Word) -> bool {
    !word.folded.is_empty() && word.folded.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::{
        super::{parse::parse, query::Query},
        *,
    };

    fn shown(query: &str, synonyms: &str) -> String {
        let tree = parse(&Query { text: query.into(), ..Query::default() }).tree;
        let others = others(&tree.should, &Synonyms::read(synonyms)).into_iter().map(|other| {
            let words: Vec<&str> = other.words.iter().map(|word| word.folded.as_str()).collect();
            format!("{}={}", other.of.join("+"), words.join("+"))
        });
        others.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn names_are_found_however_they_are_spaced() {
        let check = |query: &str, expected: &str| assert_eq!(shown(query, ""), expected, "{query}");
        check("Llama 4 agentic", "llama+4=llama4");
        check("GPT-4", "gpt+4=gpt4");
        check("gpt4o", "gpt4o=gpt+4+o");
        check("covid19", "covid19=covid+19");
        check("left-wing", "");
        check("in 2025", "in+2025=in2025");
        check("10000 tons", "10000=10+000");
        check("1234567", "1234567=1+234+567");
        check("10,000", "10+000=10000");
        check("3,5 12.5 2025-01-30", "");
        check("b3f09c2e1a", "");
        check("tide pools", "");
        check("人工智能", "");
    }

    #[test]
    fn synonyms_stand_for_each_other() {
        let synonyms = "# cars\ncar, automobile, motor car\n\nlonely\nUSA, United States # countries\n";
        let check = |query: &str, expected: &str| assert_eq!(shown(query, synonyms), expected, "{query}");
        check("old car", "car=automobile car=motor+car");
        check("united states law", "united+states=usa");
        check("Motor Car", "motor+car=car motor+car=automobile car=automobile car=motor+car");
        check("lonely", "");
        let endless =
            "a, b, ".repeat(10_000) + &(0..10_000).map(|word| format!("w{word},")).collect::<String>();
        let others = shown("a", &endless);
        assert!(others.starts_with("a=b a=w0") && others.split(' ').count() < MOST_MEMBERS);
    }
}
