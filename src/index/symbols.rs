//! Texts of passages as they are stored: pieces of up to eight bytes that are frequent are a byte each, by a table.
//! A text takes half of its bytes so, and is read by itself. What lies side by side tantivy packs once more, by LZ4,
//! which alone leaves more: it knows nothing yet where each block begins.
//!
//! This is FSST (P. Boncz, T. Neumann, V. Leis: FSST: Fast Random Access String Compression, PVLDB 13, 2020). Its
//! tables are made of texts of the index, and kept in the commit. A stored text begins with the number of its table,
//! from 1; with 0 where it is stored as it is.

mod write;

use std::sync::Arc;

use base64::{Engine as _, prelude::BASE64_STANDARD as BASE64};
use serde::{Deserialize, Serialize};

pub(super) use write::{LOT, Packed, Packers};

/// Says that the byte behind it stands for itself.
const ESCAPE: u8 = u8::MAX;

/// The most bytes that a symbol stands for.
const LONGEST: usize = 8;

/// All tables of an index.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub(crate) struct Tables(Vec<Arc<Table>>);

/// What each byte of a stored text stands for: bytes, and how many of them count. [`ESCAPE`] is none of them.
#[derive(Debug, PartialEq, Eq)]
struct Table(Vec<([u8; LONGEST], u8)>);

impl Tables {
    /// Returns a text by what is stored of it; none where that is no text.
    pub(crate) fn text(&self, stored: &[u8]) -> Option<String> {
        let (number, codes) = stored.split_first()?;
        let bytes = match usize::from(*number).checked_sub(1) {
            None => codes.to_vec(),
            Some(at) => self.0.get(at)?.bytes(codes)?,
        };
        String::from_utf8(bytes).ok()
    }
}

impl Table {
    /// Returns what these codes stand for; none where one stands for nothing.
    fn bytes(&self, codes: &[u8]) -> Option<Vec<u8>> {
        let mut bytes = Vec::with_capacity(3 * codes.len() + LONGEST);
        let mut codes = codes.iter();
        while let Some(code) = codes.next() {
            match self.0.get(usize::from(*code)) {
                Some((symbol, length)) => {
                    // All eight bytes are one step for the processor.
                    let end = bytes.len() + usize::from(*length);
                    bytes.extend_from_slice(symbol);
                    bytes.truncate(end);
                }
                None if *code == ESCAPE => bytes.push(*codes.next()?),
                None => return None,
            }
        }
        Some(bytes)
    }

    /// Returns the lengths of all symbols, and behind them their bytes.
    fn written(&self) -> String {
        let lengths = self.0.iter().map(|(_, length)| *length);
        let symbols = self.0.iter().flat_map(|(symbol, length)| &symbol[..usize::from(*length)]);
        let bytes: Vec<u8> =
            [self.0.len() as u8].into_iter().chain(lengths).chain(symbols.copied()).collect();
        BASE64.encode(bytes)
    }

    /// Reads a table as it is written; none where it is none.
    fn read(written: &str) -> Option<Self> {
        let mut bytes = BASE64.decode(written).ok()?;
        // So that eight bytes can be read of the last symbol too.
        bytes.extend([0; LONGEST]);
        let (count, rest) = bytes.split_first()?;
        let (lengths, mut rest) = rest.split_at_checked(usize::from(*count))?;
        let mut symbols = Vec::with_capacity(lengths.len());
        for length in lengths.iter().copied().map(usize::from) {
            let symbol = u64::from_le_bytes(*rest.first_chunk()?);
            let others = LONGEST.checked_sub(length).filter(|others| *others < LONGEST)?;
            symbols.push(((symbol & u64::MAX >> (8 * others)).to_le_bytes(), length as u8));
            rest = rest.get(length..)?;
        }
        (rest.len() == LONGEST).then_some(Self(symbols))
    }
}

impl TryFrom<Vec<String>> for Tables {
    type Error = &'static str;

    fn try_from(written: Vec<String>) -> Result<Self, Self::Error> {
        let tables: Option<Vec<_>> = written.iter().map(|table| Table::read(table).map(Arc::new)).collect();
        tables.map(Self).ok_or("a table of symbols is broken")
    }
}

impl From<Tables> for Vec<String> {
    fn from(tables: Tables) -> Self {
        tables.0.iter().map(|table| table.written()).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_table_is_read_as_it_is_written_and_nothing_else_is_one() {
        let table = Table(vec![(*b"the \0\0\0\0", 4), (*b"\xc3\0\0\0\0\0\0\0", 1)]);
        let written = table.written();
        assert_eq!(Table::read(&written), Some(table));
        let wrong: [&[u8]; 5] = [b"", b"\x01", b"\x01\x02a", b"\x01\x00", b"\x01\x09123456789"];
        for wrong in wrong {
            assert_eq!(Table::read(&BASE64.encode(wrong)), None, "{wrong:?}");
        }
        assert_eq!(Table::read(&written[1..]), None);
    }

    #[test]
    fn what_is_no_stored_text_is_none() {
        let tables = Tables(vec![Arc::new(Table(vec![(*b"tide\0\0\0\0", 4)]))]);
        let check = |stored: &[u8], expected: Option<&str>| {
            assert_eq!(tables.text(stored).as_deref(), expected, "{stored:?}");
        };
        check(b"\0", Some(""));
        check(b"\0tide", Some("tide"));
        check(b"\x01\0\xffs\0", Some("tidestide"));
        check(b"", None);
        check(b"\0\xff", None);
        check(b"\x01\x01", None);
        check(b"\x01\0\xff", None);
        check(b"\x01\xff\xff", None);
        check(b"\x02\0", None);
    }

    proptest! {
        #[test]
        fn every_text_comes_back(texts: Vec<String>, others: Vec<String>) {
            let all = || texts.iter().chain(&others).map(String::as_str);
            let packers = Packers::of(&Tables::default()).expect("there is none");
            // Of texts again and again, so that there are enough.
            packers.pack(&all().cycle().take(4_000).collect::<Vec<_>>());
            let written: Vec<String> = packers.tables().into();
            let tables = Tables::try_from(written).expect("they are as they were written");
            for packers in [packers, Packers::of(&tables).expect("they are FSST's")] {
                let packed = packers.pack(&all().collect::<Vec<_>>());
                for (at, text) in all().enumerate() {
                    let mut stored = Vec::new();
                    packed.store(at, text, &mut stored);
                    prop_assert!(stored.len() <= text.len() + 1);
                    let read = tables.text(&stored);
                    prop_assert_eq!(read.as_deref(), Some(text));
                }
            }
        }
    }
}
