//! The fields of a notebook's file, each cell kept as it is read: one that breaks off loses only what
//! follows.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::Value;

/// Bytes of all cells that are read.
const LONGEST_TEXT: usize = 16 << 20;

/// What was read of a file.
#[derive(Default)]
pub(super) struct File {
    pub(super) cells: Vec<Cell>,
    pub(super) metadata: Metadata,
    /// Whether cells were left out, because there is too much text.
    pub(super) left_out: bool,
    bytes: usize,
}

/// What the notebook says of itself; the state of its controls, which may be long, is passed over.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Metadata {
    pub(super) title: Value,
    pub(super) authors: Value,
    pub(super) kernelspec: Value,
    pub(super) language_info: Value,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Cell {
    #[serde(rename = "cell_type")]
    pub(super) kind: String,
    pub(super) source: Text,
    /// The source of a cell of code, in older notebooks.
    pub(super) input: Text,
    pub(super) level: Option<u8>,
    pub(super) outputs: Vec<Output>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Output {
    pub(super) text: Text,
    pub(super) data: Data,
    /// The name of an error.
    #[serde(rename = "ename")]
    pub(super) name: Option<String>,
    /// What that says.
    #[serde(rename = "evalue")]
    pub(super) value: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Data {
    #[serde(rename = "text/plain")]
    pub(super) plain: Text,
}

/// Text, in one piece or line by line; anything else is no text.
#[derive(Default)]
pub(super) struct Text(pub(super) String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }

    fn visit_str<E>(self, text: &str) -> Result<Text, E> {
        Ok(Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Text, A::Error> {
        let mut text = String::new();
        while let Some(part) = parts.next_element::<Value>()? {
            text.push_str(part.as_str().unwrap_or(""));
        }
        Ok(Text(text))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Text, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Text::default())
    }

    fn visit_unit<E>(self) -> Result<Text, E> {
        Ok(Text::default())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Text, E> {
        Ok(Text::default())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Text, E> {
        Ok(Text::default())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Text, E> {
        Ok(Text::default())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Text, E> {
        Ok(Text::default())
    }
}

/// Reads a file, or a part of one that holds cells.
pub(super) struct Whole<'a>(pub(super) &'a mut File);

impl<'de> DeserializeSeed<'de> for Whole<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Whole<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a notebook")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            match name.as_str() {
                "cells" => map.next_value_seed(Cells(self.0))?,
                "worksheets" => map.next_value_seed(Sheets(self.0))?,
                "metadata" => self.0.metadata = map.next_value()?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// Reads a list of cells.
struct Cells<'a>(&'a mut File);

impl<'de> DeserializeSeed<'de> for Cells<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Cells<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of cells")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut cells: A) -> Result<(), A::Error> {
        while !self.0.left_out {
            let Some(cell) = cells.next_element::<Cell>()? else { return Ok(()) };
            let printed = cell.outputs.iter().map(|one| one.text.0.len() + one.data.plain.0.len());
            self.0.bytes += cell.source.0.len() + cell.input.0.len() + printed.sum::<usize>() + 100;
            self.0.cells.push(cell);
            self.0.left_out = self.0.bytes > LONGEST_TEXT;
        }
        while cells.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }
}

/// Reads the sheets of an older notebook, which hold its cells.
struct Sheets<'a>(&'a mut File);

impl<'de> DeserializeSeed<'de> for Sheets<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Sheets<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of sheets")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sheets: A) -> Result<(), A::Error> {
        while sheets.next_element_seed(Whole(self.0))?.is_some() {}
        Ok(())
    }
}
