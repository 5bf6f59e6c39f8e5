//! Reading what stands behind the colon of a field.

use std::ops::Range;

use super::{
    Field, Parser, Sign,
    glyph::{Quotes, plain},
};
use crate::{
    date::Unread,
    format::FORMATS,
    search::tree::{Filter, Node},
};

/// So many values of a list are read.
const MOST_VALUES: usize = 64;

impl Parser<'_> {
    /// Reads the value of a field that was named at `start`, or of the field of the whole group.
    pub(super) fn value(&mut self, field: Field, start: usize) {
        match self.next() {
            Some(letter) if plain(letter) == '(' && self.at > start => return self.open(Some(field)),
            Some(letter) if !letter.is_whitespace() && plain(letter) != ')' => {}
            _ => {
                self.notes.add(start..self.at, "{} says no value: read as a word");
                let name = start..start + field.name().len();
                return self.piece(None, name);
            }
        }
        let quoted = self.next().is_some_and(|letter| Quotes::opened_by(letter).is_some());
        match field {
            Field::Title if quoted => self.phrase(Some(field)),
            Field::Title if self.next() == Some('/') && self.shape(Some(field)) => {}
            Field::Title => {
                let begins = self.at;
                self.at = self.end_of_chunk(|_| false);
                self.piece(Some(field), begins..self.at);
            }
            Field::Date | Field::After | Field::Before => self.days(field),
            _ => self.list(field, start),
        }
    }

    fn days(&mut self, field: Field) {
        let range = self.one_value(|_| false);
        let text = self.text[range.clone()].trim_end_matches([',', ';', '?', '!']);
        let what = match field.days(text, self.today) {
            Ok(span) => return self.add(None, Node::Filter(Filter::Days(span))),
            Err(Unread::Form) => {
                "{} was read as words: it is no date such as 2025-01-30, 2025-01 or \"last week\""
            }
            Err(Unread::NoToday) => "{} was read as words: which day is today is not known here",
        };
        self.notes.add(range.clone(), what);
        self.piece(None, range);
    }

    /// Reads a list of names with commas between them.
    fn list(&mut self, field: Field, start: usize) {
        let mut values = Vec::new();
        loop {
            let begins = self.at;
            let range = self.one_value(|letter| letter == ',');
            let mut value = &self.text[range.clone()];
            if range.start == begins {
                value = value.trim_end_matches(['*', '~', '＊', '～']);
            }
            if value.len() < range.len() {
                self.notes.add(range.clone(), "{} is looked for as a whole: names are not spelled otherwise");
            }
            if values.len() < MOST_VALUES {
                values.push(value);
            }
            let comma = self.next().filter(|letter| plain(*letter) == ',');
            let Some(comma) = comma else { break };
            self.at += comma.len_utf8();
            let ends = |letter: char| letter.is_whitespace() || matches!(plain(letter), '(' | ')');
            if self.next().is_none_or(ends) {
                break;
            }
        }
        let Some(filter) = field.one_of(&values) else {
            self.notes.add(start..self.at, "{} says no value and was passed over");
            self.top().sign = Sign::Plain;
            return;
        };
        if let Filter::Format(names) = &filter
            && names.iter().any(|name| FORMATS.iter().all(|format| format.name() != name))
        {
            let known: Vec<&str> = FORMATS.iter().map(|format| format.name()).collect();
            let what = "{} names a format that is not read; those that are: ";
            self.notes.add_with(start..self.at, what, &known.join(", "));
        }
        self.add(None, Node::Filter(filter));
    }

    /// Reads what stands in quotes, or up to a blank, a parenthesis or what `ends` it.
    fn one_value(&mut self, ends: impl Fn(char) -> bool) -> Range<usize> {
        if self.next().is_some_and(|letter| Quotes::opened_by(letter).is_some())
            && let Some(range) = self.between_quotes()
        {
            return range;
        }
        let start = self.at;
        self.at = self.end_of_chunk(ends);
        start..self.at
    }
}
