//! A query as it was understood, for who asks why it finds what it finds.

use serde::Serialize;

use super::{
    lexicon::{Lexicon, drops_stop_words},
    parse::{Parsed, parse},
    print::single,
    query::Query,
    shape,
    tree::{Filter, Group, Node, Word},
};
use crate::index::Index;

/// A query as it was understood.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Understood {
    /// The query as it was typed.
    pub query: String,
    /// The same in canonical form: asked again, it means the same.
    pub understood: String,
    /// What it looks for: always a [`Meaning::Group`].
    pub tree: Meaning,
    /// What was read otherwise than it was typed.
    pub notes: Vec<String>,
    /// What its words stand for in an index; none where none was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<InIndex>,
}

/// What the words of a query stand for in an index.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct InIndex {
    /// The words that are looked for in any form.
    pub words: Vec<Forms>,
    /// What else may stand for some of them: the same name spaced otherwise, and synonyms.
    pub instead: Vec<Instead>,
}

/// The forms of a word.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Forms {
    /// The word, folded; of scripts without other words a pair of characters, or one.
    pub word: String,
    /// Its stems, behind the code of their language unless that is English.
    pub stems: Vec<String>,
    /// Passages that hold one of them, counted once for each.
    pub passages: u64,
    /// Whether it is passed over where others are looked for: it carries no subject.
    pub passed_over: bool,
}

/// What may stand for words of a query.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Instead {
    /// The words, folded.
    pub of: String,
    /// What may stand for them, folded.
    pub words: String,
}

/// What a part of a query means. Words are folded: without case and accents.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Meaning {
    /// Several parts.
    Group {
        /// What must be there.
        must: Vec<Meaning>,
        /// What the more of is there the better; where nothing but fields must be, some of it must.
        should: Vec<Meaning>,
        /// What must not be there.
        not: Vec<Meaning>,
    },
    /// The forms of these words, typed in one piece.
    Words {
        /// As it is written in a query.
        query: String,
        /// The words.
        words: Vec<String>,
    },
    /// Words that begin so.
    Prefix {
        /// As it is written in a query.
        query: String,
        /// How they begin.
        prefix: String,
    },
    /// Words spelled nearly so.
    Fuzzy {
        /// As it is written in a query.
        query: String,
        /// The word.
        word: String,
        /// So many slips at most.
        slips: u8,
    },
    /// Words that fit a regular expression.
    Shape {
        /// As it is written in a query.
        query: String,
        /// The pattern of each word; of words side by side where there are several.
        patterns: Vec<String>,
    },
    /// Exactly these words in this order.
    Phrase {
        /// As it is written in a query.
        query: String,
        /// The words.
        words: Vec<String>,
        /// So many places they may be moved to stand so.
        slop: u32,
    },
    /// Something in the title or the headings.
    Title {
        /// As it is written in a query.
        query: String,
        /// What.
        of: Box<Meaning>,
    },
    /// A field that is one of these.
    Field {
        /// As it is written in a query.
        query: String,
        /// Its name in a query.
        field: &'static str,
        /// What it may be.
        values: Vec<String>,
    },
    /// Days that the date lies in.
    Days {
        /// As it is written in a query.
        query: String,
        /// The first day; null where any before the last will do.
        from: Option<String>,
        /// The last day; null where any after the first will do.
        to: Option<String>,
    },
}

impl Index {
    /// Returns a query as it is understood, with what its words stand for in this index.
    pub fn understood(&self, query: &Query) -> Understood {
        let lexicon = Lexicon::new(self, &query.text);
        let mut index = InIndex::default();
        in_index(&parse(query).tree, &lexicon, &mut index);
        Understood { index: Some(index), ..understood(query) }
    }
}

fn in_index(group: &Group, lexicon: &Lexicon<'_>, index: &mut InIndex) {
    let drop = drops_stop_words(group, &lexicon.stop);
    let joined = |words: &mut dyn Iterator<Item = &str>| words.collect::<Vec<_>>().join(" ");
    for (nodes, should) in [(&group.must, false), (&group.should, true), (&group.not, false)] {
        for node in nodes {
            match node {
                Node::Words(words) => {
                    index.words.extend(lexicon.sought(words).into_iter().map(|sought| Forms {
                        passages: lexicon.holders_of(&sought),
                        passed_over: should && drop && lexicon.stop.contains(&sought.word),
                        word: sought.word,
                        stems: sought.stems,
                    }))
                }
                Node::Group(inner) => in_index(inner, lexicon, index),
                _ => {}
            }
        }
        index.instead.extend(lexicon.others(nodes).into_iter().map(|other| Instead {
            of: joined(&mut other.of.iter().map(String::as_str)),
            words: joined(&mut other.words.iter().map(|word| word.folded.as_str())),
        }));
    }
}

/// Returns a query as it is understood.
pub fn understood(query: &Query) -> Understood {
    let Parsed { mut tree, notes } = parse(query);
    tree.must.extend(Filter::between(query.after, query.before).map(Node::Filter));
    Understood {
        query: query.text.clone(),
        understood: tree.to_string(),
        tree: group(&tree),
        notes,
        index: None,
    }
}

fn group(group: &Group) -> Meaning {
    let each = |nodes: &[Node]| nodes.iter().map(meaning).collect();
    Meaning::Group { must: each(&group.must), should: each(&group.should), not: each(&group.not) }
}

fn meaning(node: &Node) -> Meaning {
    let query = single(node);
    let folded = |words: &[Word]| words.iter().map(|word| word.folded.clone()).collect();
    match node {
        Node::Group(inner) => group(inner),
        Node::Words(words) => Meaning::Words { query, words: folded(words) },
        Node::Prefix(prefix) => Meaning::Prefix { query, prefix: prefix.clone() },
        Node::Fuzzy(word, slips) => Meaning::Fuzzy { query, word: word.clone(), slips: *slips },
        Node::Shape(pattern) => {
            let patterns = shape::pieces(pattern).into_iter().map(String::from).collect();
            Meaning::Shape { query, patterns }
        }
        Node::Phrase(words, slop) => Meaning::Phrase { query, words: folded(words), slop: *slop },
        Node::Title(of) => Meaning::Title { query, of: Box::new(meaning(of)) },
        Node::Filter(filter) => filtered(query, filter),
    }
}

fn filtered(query: String, filter: &Filter) -> Meaning {
    let joined = |names: &[Vec<Word>]| -> Vec<String> {
        let name =
            |words: &Vec<Word>| words.iter().map(|word| word.folded.as_str()).collect::<Vec<_>>().join(" ");
        names.iter().map(name).collect()
    };
    let (field, values) = match filter {
        Filter::Author(names) => ("author", joined(names)),
        Filter::Path(names) => ("path", joined(names)),
        Filter::Tag(names) => ("tag", names.clone()),
        Filter::Site(names) => ("site", names.clone()),
        Filter::Language(names) => ("lang", names.clone()),
        Filter::Format(names) => ("format", names.clone()),
        Filter::Days(span) => {
            let day = |date: crate::date::Date| date.to_string();
            return Meaning::Days { query, from: span.begins().map(day), to: span.ends().map(day) };
        }
    };
    Meaning::Field { query, field, values }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::date::Date;

    #[test]
    fn what_the_caller_asks_for_beside_the_words_is_understood_too() {
        let query = Query {
            text: "tide -lang:de".into(),
            after: Date::parse("2024"),
            before: Date::parse("2025-02"),
            ..Query::default()
        };
        let understood = understood(&query);
        assert_eq!(understood.understood, "date:2024-01..2025-01 tide -lang:de");
        let Meaning::Group { must, should, not } = understood.tree else { panic!("a tree is a group") };
        assert_eq!((must.len(), should.len(), not.len()), (1, 1, 1));
    }
}
