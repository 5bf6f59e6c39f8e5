//! How the passages of a segment lie, on its way into a file.

use std::{
    any::Any,
    io::{self, Write},
};

use tantivy::{
    DocId, PluginMergeContext, PluginWriter, PluginWriterContext, Segment, SegmentPlugin, SegmentReader,
    directory::TerminatingWrite,
    index::SegmentComponent,
    indexer::doc_id_mapping::DocIdMapping,
    schema::{IndexRecordOption, Schema, document::ErasedDocument},
};
use tantivy_bitpacker::BitPacker;

use super::{
    super::{lookup::each_of, ready::Ready, schema::Fields},
    BLOCK, END, Rows, WORD,
};

/// The passages of a segment that is being written.
#[derive(Default)]
pub(super) struct Growing {
    end: DocId,
    bits: Vec<u64>,
    /// Of each article its number in its file.
    numbers: Vec<u32>,
}

impl Growing {
    /// Adds a passage of this order.
    pub(super) fn push(&mut self, order: u64) {
        let bit = self.end % WORD;
        if bit == 0 {
            self.bits.push(0);
        }
        if order as u32 == 0 || self.end == 0 {
            self.numbers.push((order >> 32) as u32);
            *self.bits.last_mut().expect("there is a word of it") |= 1 << bit;
        }
        self.end += 1;
    }

    /// Writes all down, with the number of each article's file.
    pub(super) fn write(&self, files: &[u64], out: &mut impl Write) -> io::Result<()> {
        let numbers: Vec<u64> = self.numbers.iter().map(|number| u64::from(*number)).collect();
        let articles = u32::try_from(numbers.len()).map_err(io::Error::other)?;
        let width = |values: &[u64]| {
            let most = values.iter().max().copied().unwrap_or(0);
            (u64::BITS - most.leading_zeros()) as u8
        };
        out.write_all(&articles.to_le_bytes())?;
        out.write_all(&[width(files), width(&numbers)])?;
        for word in &self.bits {
            out.write_all(&word.to_le_bytes())?;
        }
        for rank in self.ranks().iter().step_by(BLOCK) {
            out.write_all(&rank.to_le_bytes())?;
        }
        for values in [files, &numbers] {
            let (width, mut packer) = (width(values), BitPacker::new());
            values.iter().try_for_each(|value| packer.write(*value, width, out))?;
            packer.close(out)?;
        }
        Ok(())
    }

    /// Returns how many articles begin before each word of bits.
    fn ranks(&self) -> Vec<u32> {
        let mut rank = 0;
        let before = |word: &u64| {
            rank += word.count_ones();
            rank - word.count_ones()
        };
        self.bits.iter().map(before).collect()
    }

    /// Returns the number of each article's file: its place among the terms of a segment.
    fn files(&self, written: &SegmentReader) -> tantivy::Result<Vec<u64>> {
        let (ranks, mut files) = (self.ranks(), vec![0; self.numbers.len()]);
        let inverted = written.inverted_index(Fields::build().1.file)?;
        let (mut terms, mut file) = (inverted.terms().stream()?, 0);
        while terms.advance() {
            let passages =
                inverted.read_block_postings_from_terminfo(terms.value(), IndexRecordOption::Basic)?;
            each_of(vec![passages], &mut |passages| {
                for passage in passages {
                    let (at, bit) = ((passage / WORD) as usize, passage % WORD);
                    if self.bits[at] >> bit & 1 == 1 {
                        let before = (self.bits[at] & ((1 << bit) - 1)).count_ones();
                        files[(ranks[at] + before) as usize] = file;
                    }
                }
            });
            file += 1;
        }
        Ok(files)
    }

    fn write_to(&self, segment: &Segment) -> tantivy::Result<()> {
        let files = self.files(&SegmentReader::open(segment)?)?;
        let mut out = segment.open_write(SegmentComponent::Custom(END.into()))?;
        self.write(&files, &mut out)?;
        Ok(out.terminate()?)
    }
}

/// Keeps how passages lie beside the other parts of a segment.
pub(in crate::index) struct Plugin;

impl SegmentPlugin for Plugin {
    fn extensions(&self) -> &[&str] {
        &[END]
    }

    fn create_writer(&self, _: &PluginWriterContext<'_>) -> tantivy::Result<Box<dyn PluginWriter>> {
        Ok(Box::new(Writer(Growing::default())))
    }

    fn merge(&self, merge: PluginMergeContext<'_>) -> tantivy::Result<()> {
        // Nothing is sorted: what is alive follows upon what was before it.
        let mut growing = Growing::default();
        for segment in merge.readers {
            let rows = Rows::open(segment)?;
            segment.doc_ids_alive().for_each(|passage| growing.push(rows.order(passage)));
        }
        growing.write_to(merge.target_segment)
    }
}

struct Writer(Growing);

impl PluginWriter for Writer {
    fn add_document(&mut self, _: DocId, document: &dyn ErasedDocument, _: &Schema) -> tantivy::Result<()> {
        let ready = document.as_any().downcast_ref::<Ready>();
        self.0.push(ready.map(Ready::order).unwrap_or_default());
        Ok(())
    }

    fn serialize(self: Box<Self>, segment: &Segment, _: Option<&DocIdMapping>) -> tantivy::Result<()> {
        self.0.write_to(segment)
    }

    fn mem_usage(&self) -> usize {
        size_of_val(self.0.bits.as_slice()) + size_of_val(self.0.numbers.as_slice())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}
