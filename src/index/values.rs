//! What the index is handed of a passage: values by field, and rows of terms.

use std::{ops::Range, slice};

use tantivy::schema::{
    Field,
    document::{self, ReferenceValue, ReferenceValueLeaf},
};

use super::term_row::Row;

/// The values of a passage.
pub(super) struct Values {
    values: Vec<(Field, Kept)>,
    /// All rows of terms, one after another, and where each stands.
    texts: String,
    rows: Vec<(Field, Range<usize>)>,
    data: Vec<u8>,
}

/// What is kept of a value.
enum Kept {
    Number(u64),
    Data,
}

impl Values {
    /// Makes room for so many bytes of rows.
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self {
            values: Vec::with_capacity(6),
            texts: String::with_capacity(bytes),
            rows: Vec::with_capacity(6),
            data: Vec::new(),
        }
    }

    pub(super) fn add_number(&mut self, field: Field, number: u64) {
        self.values.push((field, Kept::Number(number)));
    }

    /// Adds terms, for a field that has none yet.
    pub(super) fn add_row(&mut self, field: Field, row: &Row) {
        if !row.is_empty() {
            let start = self.texts.len();
            self.texts.push_str(row.text());
            self.rows.push((field, start..self.texts.len()));
        }
    }

    /// Returns the texts of all rows, and where in them the row of each field stands.
    pub(super) fn rows(&self) -> (&str, &[(Field, Range<usize>)]) {
        (&self.texts, &self.rows)
    }

    /// Adds bytes, for one field alone.
    pub(super) fn add_data(&mut self, field: Field, data: Vec<u8>) {
        self.data = data;
        self.values.push((field, Kept::Data));
    }

    /// Returns those bytes.
    pub(super) fn data(&mut self) -> &mut Vec<u8> {
        &mut self.data
    }

    /// Hands on the values that are no terms.
    pub(super) fn each(&self) -> Each<'_> {
        Each { values: self, left: self.values.iter() }
    }
}

/// The values of a passage that are no terms, one after another.
pub(super) struct Each<'a> {
    values: &'a Values,
    left: slice::Iter<'a, (Field, Kept)>,
}

impl<'a> Iterator for Each<'a> {
    type Item = (Field, Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let (field, kept) = self.left.next()?;
        let value = match kept {
            Kept::Number(number) => Value::Number(*number),
            Kept::Data => Value::Data(&self.values.data),
        };
        Some((*field, value))
    }
}

/// A value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'a> {
    Number(u64),
    Data(&'a [u8]),
}

impl<'a> document::Value<'a> for Value<'a> {
    type ArrayIter = std::iter::Empty<Self>;
    type ObjectIter = std::iter::Empty<(&'a str, Self)>;

    fn as_value(&self) -> ReferenceValue<'a, Self> {
        ReferenceValue::Leaf(match *self {
            Self::Number(number) => ReferenceValueLeaf::U64(number),
            Self::Data(data) => ReferenceValueLeaf::Bytes(data),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_handed_on_as_they_were_added() {
        let [one, other] = [1, 2].map(Field::from_field_id);
        let mut row = Row::default();
        let mut values = Values::with_capacity(0);
        values.add_number(other, 7);
        values.add_row(one, &row);
        row.add("tide");
        values.add_row(other, &row);
        values.add_row(one, &row);
        values.add_data(other, vec![1, 2]);
        values.data().push(3);
        let found: Vec<_> = values.each().map(|(field, value)| (field, format!("{value:?}"))).collect();
        let expected = [(other, "Number(7)"), (other, "Data([1, 2, 3])")];
        assert_eq!(found, expected.map(|(field, value)| (field, value.to_owned())));
        let (texts, rows) = values.rows();
        let rows: Vec<_> = rows.iter().map(|(field, range)| (*field, &texts[range.clone()])).collect();
        assert_eq!(rows, [(other, row.text()), (one, row.text())]);
    }
}
