//! What a passage must be, whatever its rank, as a query: of a field, of some days, in a part of the index.

use std::ops::Bound;

use tantivy::{
    Term,
    query::{BooleanQuery, EmptyQuery, Occur, PhraseQuery, Query, RangeQuery, TermQuery},
    schema::IndexRecordOption,
};

use super::{
    compile::{Compiler, folded},
    spread::Spread,
    tree::Filter,
};
use crate::{
    analysis::Language,
    date::Span,
    index::{
        Property,
        schema::{self, Fields},
    },
};

/// A part of the index to search in: a folder's number and a path inside it.
pub(super) type Within = (u32, Vec<u8>);

impl Compiler<'_> {
    /// Returns a query for some parts of the index; none for all of it.
    pub(super) fn any_within(&self, within: &[Within]) -> Option<Box<dyn Query>> {
        let parts = within.iter().map(|part| (Occur::Should, self.within(part))).collect();
        (!within.is_empty()).then(|| Box::new(BooleanQuery::new(parts)) as Box<dyn Query>)
    }

    /// Returns a query for what a filter lets through.
    pub(super) fn filter(&self, filter: &Filter) -> Box<dyn Query> {
        let fields = self.index.fields();
        let spread = |firsts| Spread::of(firsts, self.index.rows());
        let has = |property, value: &str| has(fields, property, value);
        let phrase = |property, words: &[String]| phrase(fields, property, words);
        match filter {
            Filter::Author(names) => spread(any_of(names, |words| phrase(Property::Author, &folded(words)))),
            Filter::Path(names) => spread(any_of(names, |words| phrase(Property::Path, &folded(words)))),
            Filter::Tag(names) => spread(any_of(names, |name| has(Property::Tag, name))),
            Filter::Site(names) => spread(any_of(names, |name| has(Property::Site, name))),
            // `nb` is Norwegian too, and `deu` German; with a region the tag is meant as it is written.
            Filter::Language(names) => {
                any_of(names, |name| match Language::of_tag(name).filter(|_| !name.contains('-')) {
                    Some(language) => has(Property::Language, language.code()),
                    None => has(Property::Language, name),
                })
            }
            Filter::Format(names) => any_of(names, |name| has(Property::Format, name)),
            Filter::Days(Span { first, last }) => {
                // A month meets a range that holds one of its days.
                let ends = RangeQuery::new(
                    Bound::Included(Term::from_field_u64(fields.day_end, *first)),
                    Bound::Unbounded,
                );
                let begins = RangeQuery::new(
                    Bound::Unbounded,
                    Bound::Included(Term::from_field_u64(fields.day, *last)),
                );
                Box::new(BooleanQuery::new(vec![
                    (Occur::Must, Box::new(ends)),
                    (Occur::Must, Box::new(begins)),
                ]))
            }
        }
    }

    fn within(&self, (folder, path): &Within) -> Box<dyn Query> {
        let fields = self.index.fields();
        let in_folder = has(fields, Property::Folder, &folder.to_string());
        if path.is_empty() {
            return in_folder;
        }
        // Everything below a folder lies between its name with a separator and that with the next byte.
        let key = schema::path_key(path);
        let below = RangeQuery::new(
            Bound::Included(Term::from_field_text(fields.file, &format!("{key}\u{1}"))),
            Bound::Excluded(Term::from_field_text(fields.file, &format!("{key}\u{2}"))),
        );
        let itself = TermQuery::new(fields.file_term(*folder, path), IndexRecordOption::Basic);
        let path =
            BooleanQuery::new(vec![(Occur::Should, Box::new(below)), (Occur::Should, Box::new(itself))]);
        Box::new(BooleanQuery::new(vec![(Occur::Must, in_folder), (Occur::Must, Box::new(path))]))
    }
}

/// Returns a query for what has a value of a property.
pub(super) fn has(fields: &Fields, property: Property, value: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(property.term(fields, value), IndexRecordOption::Basic))
}

/// Returns a query for words side by side in a value of a property.
fn phrase(fields: &Fields, property: Property, words: &[String]) -> Box<dyn Query> {
    match words {
        [] => Box::new(EmptyQuery),
        [word] => has(fields, property, word),
        _ => Box::new(PhraseQuery::new(words.iter().map(|word| property.term(fields, word)).collect())),
    }
}

/// Returns a query for any of these.
fn any_of<T>(all: &[T], each: impl Fn(&T) -> Box<dyn Query>) -> Box<dyn Query> {
    match all {
        [one] => each(one),
        all => Box::new(BooleanQuery::new(all.iter().map(|one| (Occur::Should, each(one))).collect())),
    }
}
