//! Queries: what is asked, how that is written, and how to make one up.

use std::{fmt, slice};

use proptest::prelude::*;

use crate::world::LANGUAGES;

/// A part of a query.
#[derive(Clone, Debug)]
pub(crate) enum Ask {
    /// Words typed in one piece.
    Piece(&'static str),
    Prefix(&'static str),
    /// With a sign of how many slips are allowed, or without.
    Fuzzy(&'static str, Option<u8>),
    /// The number of one of [`SHAPES`].
    Shape(usize),
    Phrase(Vec<&'static str>, u32),
    /// In the title only.
    Title(&'static str),
    Group(Join, Vec<Clause>),
}

/// A part of a query with its sign.
#[derive(Clone)]
pub(crate) struct Clause {
    pub(crate) sign: Sign,
    pub(crate) ask: Ask,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Sign {
    Plain,
    Must,
    Not,
}

/// What stands between the parts of a group; signs mean nothing but between parts side by side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Join {
    Beside,
    And,
    Or,
}

/// A shape as it is written, and what each of its words is like.
pub(crate) type Shape = (&'static str, &'static [fn(&str) -> bool]);

/// Patterns of words.
pub(crate) const SHAPES: &[Shape] = &[
    ("/c.t/", &[|word| word.chars().count() == 3 && word.starts_with('c') && word.ends_with('t')]),
    ("/gpt[0-9]/", &[|word| word.len() == 4 && word.starts_with("gpt") && is_number(&word[3..])]),
    ("/gpt-[45]/", &[|word| word == "gpt", |word| word == "4" || word == "5"]),
    ("*aus*", &[|word| word.contains("aus")]),
    ("gpt-4*", &[|word| word == "gpt", |word| word.starts_with('4')]),
];

/// What is asked for: words that tell something in every language, with other forms and near misses.
const PIECES: &[&str] = &[
    "cat",
    "cats",
    "Cat",
    "dog",
    "runs",
    "running",
    "capability",
    "capital",
    "llama",
    "Llama-4",
    "llama4",
    "GPT-4",
    "GPT4",
    "gpt",
    "4",
    "5",
    "U.S.",
    "us",
    "C++",
    "c",
    "cafe",
    "Cafés",
    "résumé",
    "resume",
    "Haus",
    "Häuser",
    "hauser",
    "Straße",
    "strasse",
    "10000",
    "10,000",
    "人工智能",
    "人工",
    "智能",
    "猫",
    "한국의",
    "한국",
    "ガス",
    "usa",
    "car",
];

const PHRASED: &[&str] = &[
    "cat", "cats", "dog", "the", "GPT-4", "gpt", "4", "Haus", "und", "人工", "智能", "猫", "한국", "cafés",
    "U.S.",
];

pub(crate) fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}

impl fmt::Debug for Clause {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "`{}`", written(slice::from_ref(self)))
    }
}

/// Writes clauses as a query.
pub(crate) fn written(clauses: &[Clause]) -> String {
    let each = clauses.iter().map(|Clause { sign, ask }| {
        let sign = match sign {
            Sign::Plain => "",
            Sign::Must => "+",
            Sign::Not => "-",
        };
        format!("{sign}{}", ask.written())
    });
    each.collect::<Vec<_>>().join(" ")
}

impl Ask {
    fn written(&self) -> String {
        match self {
            Self::Piece(piece) => (*piece).into(),
            Self::Prefix(prefix) => format!("{prefix}*"),
            Self::Fuzzy(word, None) => format!("{word}~"),
            Self::Fuzzy(word, Some(slips)) => format!("{word}~{slips}"),
            Self::Shape(number) => SHAPES[*number].0.into(),
            Self::Phrase(words, 0) => format!("\"{}\"", words.join(" ")),
            Self::Phrase(words, slop) => format!("\"{}\"~{slop}", words.join(" ")),
            Self::Title(word) => format!("title:{word}"),
            Self::Group(join, clauses) => {
                let between = match join {
                    Join::Beside => return format!("({})", written(clauses)),
                    Join::And => " && ",
                    Join::Or => " || ",
                };
                let each: Vec<String> = clauses.iter().map(|clause| clause.ask.written()).collect();
                format!("({})", each.join(between))
            }
        }
    }
}

fn piece() -> impl Strategy<Value = Ask> {
    prop::sample::select(PIECES).prop_map(Ask::Piece)
}

fn phrase() -> impl Strategy<Value = Ask> {
    let slop = prop_oneof![3 => Just(0), 4 => 1_u32..6, 1 => Just(400)];
    (prop::collection::vec(prop::sample::select(PHRASED), 1..5), slop)
        .prop_map(|(words, slop)| Ask::Phrase(words, slop))
}

/// Makes up what is no group.
pub(crate) fn single() -> impl Strategy<Value = Ask> {
    let fuzzy = prop::sample::select(&["agentc", "haus", "lama", "capabilty", "cast"]);
    let slips = prop::sample::select(&[None, Some(1), Some(2)]);
    prop_oneof![
        6 => piece(),
        5 => phrase(),
        2 => prop::sample::select(&["ca", "run", "haus", "人", "gp", "1"]).prop_map(Ask::Prefix),
        2 => (fuzzy, slips).prop_map(|(word, slips)| Ask::Fuzzy(word, slips)),
        2 => (0..SHAPES.len()).prop_map(Ask::Shape),
    ]
}

fn clause(ask: impl Strategy<Value = Ask>) -> impl Strategy<Value = Clause> {
    let sign = prop_oneof![8 => Just(Sign::Plain), 2 => Just(Sign::Must), 1 => Just(Sign::Not)];
    (sign, ask).prop_map(|(sign, ask)| Clause { sign, ask })
}

/// Makes up a query.
pub(crate) fn query() -> impl Strategy<Value = Vec<Clause>> {
    let join = prop::sample::select(&[Join::Beside, Join::And, Join::Or]);
    let group = (join, prop::collection::vec(clause(single()), 2..4)).prop_map(|(join, mut clauses)| {
        if join != Join::Beside {
            clauses.iter_mut().for_each(|clause| clause.sign = Sign::Plain);
        }
        Ask::Group(join, clauses)
    });
    let title = prop::sample::select(&["cat", "Häuser", "llama", "猫"]).prop_map(Ask::Title);
    let ask = prop_oneof![12 => single(), 2 => group, 1 => title];
    prop::collection::vec(clause(ask), 1..5)
}

#[test]
fn what_is_asked_for_tells_something_in_every_language() {
    use excerpt::analysis::{Language, StopWords, fold, words};
    for tag in LANGUAGES.iter().chain(&[""]) {
        let stop = StopWords::of(Language::of_tag(tag));
        for piece in PIECES {
            let words: Vec<String> = words(piece).map(|word| fold(&piece[word]).into_owned()).collect();
            let all = words.iter().cloned().chain(words.windows(2).map(|pair| pair.concat()));
            for word in all {
                assert!(!stop.contains(&word), "{word} is one of `{tag}`");
            }
        }
    }
}
