//! The values of JSON as the texts in them.

use std::{borrow::Cow, collections::HashSet, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use super::{super::decode::plain, Names, Record};

/// Names of fields whose value is the record, and what stands around it is the program's that wrote it.
const WRAPPERS: &[&str] = &["_source", "attributes"];

/// Names of the field that is the text of an object, the likeliest first.
const INNER: &[&str] = &["name", "rendered", "text", "value", "term", "label"];

/// Reads an object as a record with these names.
pub(super) struct Fields<'n>(pub(super) &'n Names);

impl<'de, 'n> DeserializeSeed<'de> for Fields<'n> {
    type Value = Record<'n>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Record<'n>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, 'n> Visitor<'de> for Fields<'n> {
    type Value = Record<'n>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Record<'n>, A::Error> {
        let mut record = Record::new(self.0);
        while let Some(key) = map.next_key::<Cow<'_, str>>()? {
            if let Some(number) = self.0.number(&key) {
                record.add(number, map.next_value()?);
            } else if WRAPPERS.contains(&&*key) {
                let wrapped = map.next_value::<serde_json::Value>()?;
                for (name, value) in wrapped.as_object().into_iter().flatten() {
                    if let (Some(number), Ok(texts)) = (self.0.number(name), Texts::deserialize(value)) {
                        record.add(number, texts);
                    }
                }
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(record)
    }
}

/// The texts in a value: a string, a number, the name or text of an object, or those of a list.
pub(in crate::format) struct Texts(pub(in crate::format) Vec<String>);

/// A value has at most so many texts; further ones are passed over.
const MOST_TEXTS: usize = 1 << 16;

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextsOf)
    }
}

impl Texts {
    /// Returns what a field of this text holds: nothing where it is blank.
    pub(in crate::format) fn of(text: &str) -> Self {
        let text = plain(text.trim().into());
        Self(if text.is_empty() { Vec::new() } else { vec![text] })
    }
}

struct TextsOf;

impl<'de> Visitor<'de> for TextsOf {
    type Value = Texts;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Texts, E> {
        Ok(Texts::of(text))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Texts, E> {
        Ok(Texts::of(&number.to_string()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Texts, E> {
        Ok(Texts::of(&number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Texts, E> {
        Ok(Texts::of(&number.to_string()))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Texts, E> {
        Ok(Texts(Vec::new()))
    }

    fn visit_unit<E>(self) -> Result<Texts, E> {
        Ok(Texts(Vec::new()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Texts, A::Error> {
        let mut texts = Vec::new();
        while texts.len() < MOST_TEXTS {
            let Some(Texts(more)) = list.next_element()? else { return Ok(Texts(texts)) };
            texts.extend(more);
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Texts(texts))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Texts, A::Error> {
        let (mut texts, mut best) = (Texts(Vec::new()), INNER.len());
        while let Some(key) = map.next_key::<Cow<'_, str>>()? {
            match INNER[..best].iter().position(|name| *name == key) {
                Some(rank) => {
                    let found: Texts = map.next_value()?;
                    if !found.0.is_empty() {
                        (texts, best) = (found, rank);
                    }
                }
                None => _ = map.next_value::<IgnoredAny>()?,
            }
        }
        Ok(texts)
    }
}

/// The strings in a value, however deep, that are longer than a few words; each once.
pub(in crate::format) struct Strings(pub(in crate::format) Vec<String>);

/// A string of so many words says something.
const FEW_WORDS: usize = 4;

impl<'de> Deserialize<'de> for Strings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut gathered = Gathered::default();
        StringsOf(&mut gathered).deserialize(deserializer)?;
        Ok(Self(gathered.strings))
    }
}

#[derive(Default)]
struct Gathered {
    strings: Vec<String>,
    known: HashSet<String>,
}

struct StringsOf<'a>(&'a mut Gathered);

impl<'de> DeserializeSeed<'de> for StringsOf<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for StringsOf<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a value")
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        let says = text.split_whitespace().nth(FEW_WORDS - 1).is_some();
        if says && self.0.known.insert(text.to_owned()) {
            self.0.strings.push(text.to_owned());
        }
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(StringsOf(self.0))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while map.next_key::<IgnoredAny>()?.is_some() {
            map.next_value_seed(StringsOf(self.0))?;
        }
        Ok(())
    }
}
