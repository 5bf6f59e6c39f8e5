//! What tantivy is handed of a passage: values by field.

use std::{ops::Range, slice};

use tantivy::schema::{
    Field,
    document::{self, ReferenceValue, ReferenceValueLeaf},
};

/// The values of a passage.
pub(super) struct Values {
    values: Vec<(Field, Kept)>,
    /// All texts, one after another.
    texts: String,
    data: Vec<u8>,
}

/// What is kept of a value.
enum Kept {
    Number(u64),
    /// Where it stands among the texts.
    Text(Range<usize>),
    Data,
}

impl Values {
    /// Makes room for so many bytes of texts.
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self { values: Vec::with_capacity(16), texts: String::with_capacity(bytes), data: Vec::new() }
    }

    pub(super) fn add_number(&mut self, field: Field, number: u64) {
        self.values.push((field, Kept::Number(number)));
    }

    pub(super) fn add_text(&mut self, field: Field, text: &str) {
        let start = self.texts.len();
        self.texts.push_str(text);
        self.values.push((field, Kept::Text(start..self.texts.len())));
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

    /// Hands on the values.
    pub(super) fn each(&self) -> Each<'_> {
        Each { values: self, left: self.values.iter() }
    }
}

/// The values of a passage, one after another.
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
            Kept::Text(range) => Value::Text(&self.values.texts[range.clone()]),
            Kept::Data => Value::Data(&self.values.data),
        };
        Some((*field, value))
    }
}

/// A value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'a> {
    Number(u64),
    Text(&'a str),
    Data(&'a [u8]),
}

impl<'a> document::Value<'a> for Value<'a> {
    type ArrayIter = std::iter::Empty<Self>;
    type ObjectIter = std::iter::Empty<(&'a str, Self)>;

    fn as_value(&self) -> ReferenceValue<'a, Self> {
        ReferenceValue::Leaf(match *self {
            Self::Number(number) => ReferenceValueLeaf::U64(number),
            Self::Text(text) => ReferenceValueLeaf::Str(text),
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
        let mut values = Values::with_capacity(0);
        values.add_text(one, "moon");
        values.add_number(other, 7);
        values.add_text(other, "");
        values.add_text(one, "tide");
        values.add_data(other, vec![1, 2]);
        values.data().push(3);
        let found: Vec<_> = values.each().map(|(field, value)| (field, format!("{value:?}"))).collect();
        let expected = [
            (one, "Text(\"moon\")"),
            (other, "Number(7)"),
            (other, "Text(\"\")"),
            (one, "Text(\"tide\")"),
            (other, "Data([1, 2, 3])"),
        ];
        assert_eq!(found, expected.map(|(field, value)| (field, value.to_owned())));
    }
}
