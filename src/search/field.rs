//! The fields a query can name.

use super::{
    parse::is_quote,
    tree::{Filter, Word},
};
use crate::{
    analysis,
    date::{Date, Span, Unread},
    index::schema::folded,
};

/// No name of an author or file is of more words.
const MOST_WORDS: usize = 64;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Field {
    Title,
    Author,
    Path,
    Tag,
    Site,
    Language,
    Format,
    Date,
    After,
    Before,
}

/// The names of the fields, as a query writes them before a colon.
pub const FIELD_NAMES: [&str; 10] =
    ["title", "author", "path", "tag", "site", "lang", "format", "date", "after", "before"];

/// The fields in the order of their names.
const FIELDS: [Field; 10] = [
    Field::Title,
    Field::Author,
    Field::Path,
    Field::Tag,
    Field::Site,
    Field::Language,
    Field::Format,
    Field::Date,
    Field::After,
    Field::Before,
];

/// Returns the field a chunk names and what follows the colon; none where there is no such field.
pub(super) fn split_field(chunk: &str) -> Option<(Field, &str)> {
    let (name, content) = chunk.split_once([':', '：'])?;
    let at = FIELD_NAMES.iter().position(|known| *known == name)?;
    Some((FIELDS[at], content))
}

impl Field {
    /// Returns its name in a query.
    pub(super) fn name(self) -> &'static str {
        FIELDS.iter().position(|field| *field == self).map_or("", |at| FIELD_NAMES[at])
    }

    /// Whether an article has one at most.
    pub(super) fn holds_one(self) -> bool {
        matches!(self, Self::Site | Self::Language | Self::Format)
    }

    /// Returns what a passage must be to have one of these values in the field; none where no value
    /// says anything, and in a field that is no filter of names.
    pub(super) fn one_of(self, values: &[&str]) -> Option<Filter> {
        let words = || -> Vec<Vec<Word>> {
            let each = values.iter().map(|value| {
                analysis::words(value).take(MOST_WORDS).map(|range| Word::of(&value[range])).collect()
            });
            each.filter(|words: &Vec<Word>| !words.is_empty()).collect()
        };
        let names = |name: &dyn Fn(&str) -> String| -> Vec<String> {
            values.iter().map(|value| name(value)).filter(|name| !name.is_empty()).collect()
        };
        let filter = match self {
            Self::Author => Filter::Author(words()),
            Self::Path => Filter::Path(words()),
            Self::Tag => Filter::Tag(names(&name)),
            Self::Site => Filter::Site(names(&site)),
            Self::Language => Filter::Language(names(&name)),
            Self::Format => Filter::Format(names(&format)),
            Self::Title | Self::Date | Self::After | Self::Before => return None,
        };
        let is_empty = match &filter {
            Filter::Author(names) | Filter::Path(names) => names.is_empty(),
            Filter::Tag(names) | Filter::Site(names) | Filter::Language(names) | Filter::Format(names) => {
                names.is_empty()
            }
            Filter::Days(_) => false,
        };
        (!is_empty).then_some(filter)
    }

    /// Returns the days that a text means in a field of dates.
    pub(super) fn days(self, text: &str, today: Option<Date>) -> Result<Span, Unread> {
        match self {
            Self::After => Span::after(text, today),
            Self::Before => Span::before(text, today),
            _ => Span::parse(text, today),
        }
    }
}

/// Returns a name as it is compared. It holds no quotation marks, so that it can be written between
/// some.
fn name(text: &str) -> String {
    let mut name = folded(text);
    name.retain(|letter| !is_quote(letter));
    // Folding makes blanks of some accents.
    let name = name.trim();
    if name.chars().all(|letter| letter.is_ascii_punctuation()) { String::new() } else { name.into() }
}

/// Returns the host of what may be a whole address.
fn site(text: &str) -> String {
    // Folded first: some characters hold a slash.
    let address = name(text);
    let host = address.split_once("://").map_or(address.as_str(), |(_, rest)| rest);
    name(host.split('/').next().unwrap_or(host))
}

/// Returns the name of a format, which may be given by a common extension.
fn format(text: &str) -> String {
    let name = name(text);
    match name.trim_start_matches('.') {
        "md" => "markdown".into(),
        "txt" => "text".into(),
        "htm" => "html".into(),
        other => other.into(),
    }
}
