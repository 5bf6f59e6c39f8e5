//! What a query means: a tree of words, phrases and filters, and what they are to each other. One
//! tree serves retrieval, ranking and highlighting.

use crate::{analysis, date::Date};

/// What is looked for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    /// The forms of these words, typed in one piece: one word mostly, more in `GPT-4`.
    Words(Vec<Word>),
    /// Words that begin so.
    Prefix(String),
    /// Exactly these words in this order, or within so many words of each other.
    Phrase(Vec<String>, u32),
    /// The forms of these words, in the title or the headings.
    Title(Vec<Word>),
    /// Nothing to rank by.
    Filter(Filter),
    /// Several of these.
    Group(Group),
}

/// A word as it is looked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Word {
    /// As it was typed.
    pub(crate) typed: String,
    pub(crate) folded: String,
    /// Whether a comma, full stop or the like was typed behind it: what follows is no neighbour.
    pub(crate) pause: bool,
}

/// What a passage must be, whatever its rank.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Filter {
    /// These words in the author's name.
    Author(Vec<String>),
    /// These words in the path inside the folder.
    Path(Vec<String>),
    Tag(String),
    Site(String),
    Language(String),
    Format(String),
    /// Dated from this day to that one, as `YYYYMMDD`, both included.
    Days(u64, u64),
}

/// Nodes and what they are to each other.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Group {
    pub(crate) must: Vec<Node>,
    pub(crate) should: Vec<Node>,
    pub(crate) not: Vec<Node>,
}

impl Word {
    /// Returns a word as it is looked for.
    pub(super) fn of(typed: &str) -> Self {
        Self { typed: typed.into(), folded: analysis::fold(typed).into_owned(), pause: false }
    }

    /// Whether it is one character of a script that has no other words.
    pub(super) fn is_character(&self) -> bool {
        self.folded.chars().next().is_some_and(analysis::is_character_word)
    }
}

impl Node {
    /// Whether it names a field, and so restricts even where it is not marked with a plus.
    pub(crate) fn restricts(&self) -> bool {
        match self {
            Self::Filter(_) | Self::Title(_) => true,
            Self::Group(group) => {
                let mut all = group.must.iter().chain(&group.should).peekable();
                all.peek().is_some() && all.all(Self::restricts)
            }
            Self::Words(_) | Self::Prefix(_) | Self::Phrase(..) => false,
        }
    }

    /// Whether there is nothing in it to rank by.
    pub(crate) fn only_filters(&self) -> bool {
        match self {
            Self::Filter(_) => true,
            Self::Group(group) => group.only_filters(),
            _ => false,
        }
    }
}

impl Group {
    /// Returns the group as a node: what stands in it, where that is one thing.
    pub(super) fn into_node(mut self) -> Node {
        if self.must.len() + self.should.len() == 1 && self.not.is_empty() {
            self.must.append(&mut self.should);
            self.must.remove(0)
        } else {
            Node::Group(self)
        }
    }

    /// Whether there is nothing in it to rank by: fields that filter, and what is excluded.
    pub(crate) fn only_filters(&self) -> bool {
        self.must.iter().chain(&self.should).all(Node::only_filters)
    }
}

impl Filter {
    /// Returns the filter that the caller's dates mean, if there are any.
    pub(crate) fn between(after: Option<Date>, before: Option<Date>) -> Option<Self> {
        if after.is_none() && before.is_none() {
            return None;
        }
        let from = after.map_or(0, Date::first_day);
        Some(Self::Days(from, before.map_or(99_991_231, |date| date.first_day().saturating_sub(1))))
    }
}
