//! Tables of symbols, made of texts, and texts on their way into the index.

use std::{
    panic,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use fsst::{Compressor, Symbol};

use super::{Table, Tables};

/// Bytes of texts that are packed by one table, which may be chosen by them.
pub(in crate::index) const LOT: usize = 32 << 10;

/// Bytes of texts that a table can be made of: FSST looks at 16 KB.
const ENOUGH: usize = 16 << 10;

/// After so many bytes of texts a table is chosen again.
const LASTS: usize = 8 << 20;

/// An index has at most so many tables, of about a kilobyte: every search reads them with the commit.
const MOST: usize = 8;

/// Texts, packed.
pub(in crate::index) struct Packed {
    /// The table's number; 0 where they stay as they are.
    number: u8,
    /// Of all of them, one after another.
    codes: Vec<u8>,
    /// Where those of each end.
    ends: Vec<u64>,
}

/// What packs texts by one table.
struct Packer {
    number: u8,
    compressor: Compressor,
}

/// The tables of an index that is written to.
pub(in crate::index) struct Packers(Mutex<State>);

struct State {
    all: Vec<Arc<Packer>>,
    /// What was chosen last, with how many bytes of texts it was; none at first.
    chosen: Option<(Option<Arc<Packer>>, usize)>,
}

impl Packers {
    /// Takes the tables of an index; none where FSST did not make them.
    pub(in crate::index) fn of(tables: &Tables) -> Option<Self> {
        let all =
            || (1..).zip(&tables.0).map(|(number, table)| Arc::new(Packer::of(number, table))).collect();
        Some(Self(Mutex::new(State { all: panic::catch_unwind(all).ok()?, chosen: None })))
    }

    /// Returns the tables.
    pub(in crate::index) fn tables(&self) -> Tables {
        Tables(self.state().all.iter().map(|packer| Arc::new(packer.table())).collect())
    }

    /// Packs texts together.
    pub(in crate::index) fn pack(&self, texts: &[&str]) -> Packed {
        self.choose(texts).map_or_else(Packed::nothing, |packer| packer.pack(texts))
    }

    /// Returns what to pack these texts by; none where they had better stay as they are.
    fn choose(&self, texts: &[&str]) -> Option<Arc<Packer>> {
        let bytes: usize = texts.iter().map(|text| text.len()).sum();
        let mut state = self.state();
        if let Some((packer, used)) = &mut state.chosen
            && *used < LASTS
        {
            *used += bytes;
            return packer.clone();
        }
        let packed = state.all.iter().map(|packer| (packer.pack(texts).codes.len(), packer));
        let best = packed.min_by_key(|(packed, _)| *packed);
        let mut best = best.map(|(packed, packer)| (packed, Arc::clone(packer)));
        // A table is made of the first texts of an index; an update of a few files does with those there are.
        let may_make = state.all.is_empty() || state.chosen.is_some() && state.all.len() < MOST;
        if may_make && bytes >= ENOUGH {
            let new = Packer::trained(state.all.len() as u8 + 1, texts);
            let packed = new.pack(texts).codes.len();
            // It is worth its place where texts take a fifth less, as those in another script.
            if best.as_ref().is_none_or(|(least, _)| packed * 5 < least * 4) {
                let new = Arc::new(new);
                best = Some((packed, Arc::clone(&new)));
                state.all.push(new);
            }
        }
        let best = best.filter(|(packed, _)| *packed < bytes).map(|(_, packer)| packer);
        // By few texts it is not chosen for long.
        let used = if bytes < ENOUGH { LASTS } else { bytes };
        state.chosen = Some((best.clone(), used));
        best
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Packer {
    fn of(number: u8, Table(symbols): &Table) -> Self {
        let (symbols, lengths): (Vec<Symbol>, Vec<u8>) =
            symbols.iter().map(|(symbol, length)| (Symbol::from_slice(symbol), *length)).unzip();
        Self { number, compressor: Compressor::rebuild_from(symbols, lengths) }
    }

    fn trained(number: u8, texts: &[&str]) -> Self {
        let texts = texts.iter().map(|text| text.as_bytes()).collect();
        Self { number, compressor: Compressor::train(&texts) }
    }

    fn table(&self) -> Table {
        let symbols = self.compressor.symbol_table().iter().map(|symbol| symbol.to_u64().to_le_bytes());
        Table(symbols.zip(self.compressor.symbol_lengths().iter().copied()).collect())
    }

    fn pack(&self, texts: &[&str]) -> Packed {
        const AT_ONCE: usize = Compressor::DEFAULT_BULK_LANES;
        let texts: Vec<&[u8]> = texts.iter().map(|text| text.as_bytes()).collect();
        let (mut codes, mut ends) = (Vec::new(), Vec::new());
        self.compressor.compress_bulk_into::<AT_ONCE>(&texts, &mut codes, &mut ends);
        Packed { number: self.number, codes, ends }
    }
}

impl Packed {
    fn nothing() -> Self {
        Self { number: 0, codes: Vec::new(), ends: Vec::new() }
    }

    /// Adds what is stored of the text that stood there among them.
    pub(in crate::index) fn store(&self, at: usize, text: &str, stored: &mut Vec<u8>) {
        let end = |at: usize| self.ends.get(at).map(|end| *end as usize);
        let codes = end(at).map(|to| &self.codes[at.checked_sub(1).and_then(end).unwrap_or(0)..to]);
        let (number, bytes) = match codes.filter(|codes| codes.len() < text.len()) {
            Some(codes) => (self.number, codes),
            None => (0, text.as_bytes()),
        };
        stored.push(number);
        stored.extend_from_slice(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_made_of_the_first_texts_and_of_those_in_another_script() {
        let english = "The harbour wall was mended again, stone by stone, before the winter. ".repeat(400);
        let greek =
            "Το τείχος του λιμανιού επισκευάστηκε ξανά, πέτρα με πέτρα, πριν τον χειμώνα. ".repeat(400);
        let packers = Packers::of(&Tables::default()).expect("there is none");
        let number = |packers: &Packers, text: &str| packers.pack(&[text]).number;
        let lasts = |packers: &Packers, text: &str| {
            (0..LASTS / text.len()).for_each(|_| drop(packers.pack(&[text])));
        };
        assert_eq!(number(&packers, &english[..140]), 0);
        assert_eq!(number(&packers, &english), 1);
        lasts(&packers, &english);
        assert_eq!(number(&packers, &greek), 2);
        lasts(&packers, &greek);
        assert_eq!(number(&packers, &english), 1);
        // An update does with what there is, by however few texts it chooses.
        let packers = Packers::of(&packers.tables()).expect("they are FSST's");
        assert_eq!(number(&packers, &greek[..154]), 2);
        assert_eq!(number(&packers, &english), 1);
        assert_eq!(packers.tables().0.len(), 2);
    }

    #[test]
    fn tables_that_fsst_did_not_make_are_refused() {
        let table =
            |symbols: &[(&[u8; 8], u8)]| Arc::new(Table(symbols.iter().map(|(s, l)| (**s, *l)).collect()));
        let (long, short) = ((b"the \0\0\0\0", 4), (b"e \0\0\0\0\0\0", 2));
        assert!(Packers::of(&Tables(vec![table(&[short, long])])).is_some());
        assert!(Packers::of(&Tables(vec![table(&[long, short])])).is_none());
    }
}
