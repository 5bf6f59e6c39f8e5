//! The fields a query can name.

use super::tree::Filter;
use crate::{analysis, date::Date};

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

const FIELDS: &[(&str, Field)] = &[
    ("title", Field::Title),
    ("author", Field::Author),
    ("path", Field::Path),
    ("tag", Field::Tag),
    ("site", Field::Site),
    ("lang", Field::Language),
    ("format", Field::Format),
    ("date", Field::Date),
    ("after", Field::After),
    ("before", Field::Before),
];

/// Returns the field a chunk names and what follows the colon; none where there is no such field.
pub(super) fn split_field(chunk: &str) -> Option<(Field, &str)> {
    let (name, content) = chunk.split_once(':')?;
    let field = FIELDS.iter().find(|(known, _)| *known == name)?.1;
    Some((field, content))
}

/// Returns what a passage must be to have this in a field; none in a field that ranks too, and for a
/// date that is none.
pub(super) fn filter(field: Field, content: &str) -> Option<Filter> {
    let words = || {
        let words = analysis::words(content).take(MOST_WORDS);
        words.map(|range| analysis::fold(&content[range]).into_owned()).collect()
    };
    let name = || crate::index::schema::folded(content);
    Some(match field {
        Field::Author => Filter::Author(words()),
        Field::Path => Filter::Path(words()),
        Field::Tag => Filter::Tag(name()),
        Field::Site => Filter::Site(name()),
        Field::Language => Filter::Language(name()),
        Field::Format => Filter::Format(match name().as_str() {
            "md" => "markdown".into(),
            "txt" => "text".into(),
            "htm" => "html".into(),
            other => other.into(),
        }),
        Field::Title => return None,
        Field::Date | Field::After | Field::Before => {
            let (from, to) = days(field, content)?;
            Filter::Days(from, to)
        }
    })
}

/// Returns the days that a date or a range of dates means in a field.
fn days(field: Field, content: &str) -> Option<(u64, u64)> {
    const LAST: u64 = 99_991_231;
    match field {
        Field::After => Some((Date::parse(content)?.first_day(), LAST)),
        Field::Before => Some((0, Date::parse(content)?.first_day().saturating_sub(1))),
        _ => match content.split_once("..") {
            Some(("", "")) => None,
            Some(("", to)) => Some((0, Date::parse(to)?.last_day())),
            Some((from, "")) => Some((Date::parse(from)?.first_day(), LAST)),
            Some((from, to)) => Some((Date::parse(from)?.first_day(), Date::parse(to)?.last_day())),
            None => Date::parse(content).map(|date| (date.first_day(), date.last_day())),
        },
    }
}
