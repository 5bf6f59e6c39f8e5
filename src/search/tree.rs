//! What a query means: a tree of words, phrases and filters, and what they are to each other. One
//! tree serves retrieval, ranking and highlighting.

use crate::{
    analysis,
    date::{Date, Span},
};

/// Groups are nested no deeper; see [`Group::into_node`].
pub(super) const DEEPEST: usize = 32;

/// What is kept of a word as it was typed, in bytes: enough for all that is kept of it folded.
const LONGEST_TYPED: usize = 1000;

/// What is looked for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    /// The forms of these words, typed in one piece: one word mostly, more in `GPT-4`.
    Words(Vec<Word>),
    /// Words that begin so, folded.
    Prefix(String),
    /// Words spelled like this one, folded, but for so many slips at most, 1 or 2: a letter too many, too
    /// few or another one, or two neighbours in each other's place.
    Fuzzy(String, u8),
    /// Folded words that fit a regular expression as a whole; with hyphens in it, words side by side.
    Shape(String),
    /// Exactly these words in this order, or within so many words of each other.
    Phrase(Vec<Word>, u32),
    /// One of the above but a group, in the title or the headings.
    Title(Box<Node>),
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

/// What a passage must be, whatever its rank: where several are named, one of them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Filter {
    /// The words of one of these in the author's name.
    Author(Vec<Vec<Word>>),
    /// The words of one of these in the path inside the folder.
    Path(Vec<Vec<Word>>),
    Tag(Vec<String>),
    Site(Vec<String>),
    Language(Vec<String>),
    Format(Vec<String>),
    Days(Span),
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
        let end = (0..=LONGEST_TYPED.min(typed.len())).rev().find(|&at| typed.is_char_boundary(at));
        let typed = &typed[..end.unwrap_or(0)];
        Self { typed: typed.into(), folded: analysis::fold(typed).into_owned(), pause: false }
    }

    /// Whether it is one character of a script that has no other words.
    pub(super) fn is_character(&self) -> bool {
        self.folded.chars().next().is_some_and(analysis::is_character_word)
    }
}

/// A word with more letters has no other spelling that would be worth its machine.
pub(super) const LONGEST_FUZZY: usize = 40;

/// Returns how many slips of the pen a word of so many letters may hold and still be known: none below
/// three letters, one below six, else two, the most that are looked for.
pub(super) fn usual_slips(letters: usize) -> u8 {
    match letters {
        0..3 => 0,
        3..6 => 1,
        _ => 2,
    }
}

impl Group {
    /// Calls back with each pattern.
    pub(super) fn each_shape(&self, each: &mut dyn FnMut(&str)) {
        self.must.iter().chain(&self.should).chain(&self.not).for_each(|node| node.each_shape(each));
    }
}

impl Node {
    fn each_shape(&self, each: &mut dyn FnMut(&str)) {
        match self {
            Self::Shape(pattern) => each(pattern),
            Self::Title(inner) => inner.each_shape(each),
            Self::Group(group) => group.each_shape(each),
            _ => {}
        }
    }

    /// Whether it names a field, and so restricts even where it is not marked with a plus.
    pub(crate) fn restricts(&self) -> bool {
        match self {
            Self::Filter(_) | Self::Title(_) => true,
            Self::Group(group) => {
                let mut all = group.must.iter().chain(&group.should).peekable();
                all.peek().is_some() && all.all(Self::restricts)
            }
            _ => false,
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

    fn height(&self) -> usize {
        match self {
            Self::Group(group) => {
                let inner = group.must.iter().chain(&group.should).chain(&group.not);
                1 + inner.map(Self::height).max().unwrap_or(0)
            }
            _ => 0,
        }
    }

    /// Puts all in it that is no group into one.
    fn spread(self, into: &mut Group) {
        match self {
            Self::Group(group) => {
                group.must.into_iter().chain(group.should).for_each(|node| node.spread(into));
                into.not.extend(group.not.into_iter().filter(|node| node.height() == 0));
            }
            node if node.restricts() => into.must.push(node),
            node => into.should.push(node),
        }
    }
}

impl Group {
    /// Returns the group as a node: what stands in it, where that is one thing. What would be nested
    /// deeper than [`DEEPEST`] is laid side by side, and `flat` says so.
    pub(super) fn into_node(mut self, flat: &mut bool) -> Node {
        if self.must.len() + self.should.len() == 1 && self.not.is_empty() {
            self.must.append(&mut self.should);
            return self.must.remove(0);
        }
        let node = Node::Group(self);
        if node.height() <= DEEPEST {
            return node;
        }
        *flat = true;
        let mut spread = Self::default();
        node.spread(&mut spread);
        spread.into_node(flat)
    }

    /// Whether there is nothing in it to rank by: fields that filter, and what is excluded.
    pub(crate) fn only_filters(&self) -> bool {
        self.must.iter().chain(&self.should).all(Node::only_filters)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.must.is_empty() && self.should.is_empty() && self.not.is_empty()
    }
}

impl Filter {
    /// Returns the filter that the caller's dates mean, if there are any.
    pub(crate) fn between(after: Option<Date>, before: Option<Date>) -> Option<Self> {
        if after.is_none() && before.is_none() {
            return None;
        }
        let first = after.map_or(0, Date::first_day);
        let last = before.map_or(Span::LATEST, Span::day_before);
        Some(Self::Days(Span { first, last }))
    }
}
