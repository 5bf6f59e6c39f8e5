//! A line of JSON Lines as the texts in its fields.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};

/// The names that the facts of an article go by, the likeliest first.
pub(super) const ID: &[&str] = &["id", "_id", "docid", "doc_id", "uid", "uuid", "guid"];
pub(super) const TITLE: &[&str] = &["title", "headline", "name", "subject"];
pub(super) const TEXT: &[&str] =
    &["text", "body", "contents", "content", "article", "passage", "abstract", "summary"];
pub(super) const AUTHOR: &[&str] = &["author", "authors", "byline", "creator"];
pub(super) const DATE: &[&str] = &[
    "date",
    "published",
    "date_published",
    "published_at",
    "pub_date",
    "created",
    "created_at",
    "timestamp",
];
pub(super) const URL: &[&str] = &["url", "link", "permalink", "canonical_url", "uri"];
pub(super) const LANGUAGE: &[&str] = &["language", "lang"];
pub(super) const TAGS: &[&str] = &["tags", "keywords", "categories"];

/// What of a record is an article's: the fields of known names. Others are passed over as they are
/// read, so that a record takes no more memory than its text.
pub(super) struct Record(Vec<(&'static str, Texts)>);

impl Record {
    /// Returns the texts in the first of these fields that has any.
    pub(super) fn first(&self, names: &[&str]) -> Option<&[String]> {
        names.iter().find_map(|name| {
            let fields = self.0.iter().rev().filter(|(known, _)| known == name);
            fields.map(|(_, texts)| texts.0.as_slice()).find(|texts| !texts.is_empty())
        })
    }
}

impl<'de> Deserialize<'de> for Record {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Record;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Record, A::Error> {
                let known = [ID, TITLE, TEXT, AUTHOR, DATE, URL, LANGUAGE, TAGS];
                let mut record = Record(Vec::new());
                while let Some(key) = map.next_key::<Cow<'_, str>>()? {
                    match known.iter().copied().flatten().find(|name| **name == key) {
                        Some(name) => record.0.push((*name, map.next_value()?)),
                        None => _ = map.next_value::<IgnoredAny>()?,
                    }
                }
                Ok(record)
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

/// The texts in a value: a string, a number, the `name` of an object, or those of a list.
pub(super) struct Texts(Vec<String>);

/// A value has at most so many texts; further ones are passed over.
const MOST_TEXTS: usize = 1 << 16;

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextsOf)
    }
}

struct TextsOf;

impl TextsOf {
    fn one<E>(text: &str) -> Result<Texts, E> {
        let text = text.trim();
        Ok(Texts(if text.is_empty() { Vec::new() } else { vec![text.into()] }))
    }
}

impl<'de> Visitor<'de> for TextsOf {
    type Value = Texts;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Texts, E> {
        Self::one(text)
    }

    fn visit_u64<E>(self, number: u64) -> Result<Texts, E> {
        Self::one(&number.to_string())
    }

    fn visit_i64<E>(self, number: i64) -> Result<Texts, E> {
        Self::one(&number.to_string())
    }

    fn visit_f64<E>(self, number: f64) -> Result<Texts, E> {
        Self::one(&number.to_string())
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
        let mut texts = Texts(Vec::new());
        while let Some(key) = map.next_key::<Cow<'_, str>>()? {
            if key == "name" {
                texts = map.next_value()?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(texts)
    }
}

/// Puts what is text in the place of what JSON does not take for it, and programs write nevertheless:
/// bytes that are not UTF-8, control characters, and halves of surrogate pairs.
pub(super) fn mend(line: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(line).replace(|letter: char| letter.is_ascii_control(), " ");
    let mut mended = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find('\\') {
        let unit = |at: usize| {
            let digits = rest.get(at..at + 6)?.strip_prefix("\\u")?;
            u16::from_str_radix(digits, 16).ok()
        };
        let (low, high) = (0xDC00..=0xDFFF, 0xD800..=0xDBFF);
        let end = match unit(at) {
            Some(first) if high.contains(&first) && unit(at + 6).is_some_and(|next| low.contains(&next)) => {
                at + 12
            }
            Some(first) if high.contains(&first) || low.contains(&first) => {
                mended.push_str(&rest[..at]);
                mended.push_str("\\ufffd");
                rest = &rest[at + 6..];
                continue;
            }
            // An escape of one letter, that of the backslash itself among them.
            _ => at + 1 + rest[at + 1..].chars().next().map_or(0, char::len_utf8),
        };
        mended.push_str(&rest[..end]);
        rest = &rest[end..];
    }
    mended.push_str(rest);
    mended.into_bytes()
}
