//! The fields a query can name.

use crate::date::Date;

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

/// Returns the days that a date or a range of dates means in a field.
pub(super) fn days(field: Field, content: &str) -> Option<(u64, u64)> {
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
