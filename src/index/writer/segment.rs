//! A segment that is open.

use tantivy::{
    Segment, SegmentMeta,
    indexer::{AddOperation, SegmentWriter},
};

use super::{
    super::{
        ready::Ready,
        symbols::{LOT, Packers},
    },
    Writer,
};

/// A segment that is being written.
pub(super) struct Open {
    segment: Segment,
    writer: SegmentWriter,
    /// When so much of memory is taken, it is full.
    full: usize,
}

impl Open {
    pub(super) fn new(of: &Writer) -> tantivy::Result<Self> {
        let segment = of.index.new_segment();
        let writer = SegmentWriter::for_segment(of.begun as usize, segment.clone())?;
        Ok(Self { segment, writer, full: of.buffer as usize })
    }

    /// Adds passages, and calls back with each of them then.
    pub(super) fn add(
        &mut self,
        packers: &Packers,
        passages: impl IntoIterator<Item = Ready>,
        written: &mut dyn FnMut(Ready),
    ) -> tantivy::Result<()> {
        let mut passages = passages.into_iter();
        loop {
            let (mut lot, mut texts) = (Vec::new(), 0);
            while texts < LOT
                && let Some(passage) = passages.next()
            {
                texts += passage.text().len();
                lot.push(passage);
            }
            if lot.is_empty() {
                return Ok(());
            }
            let packed = packers.pack(&lot.iter().map(Ready::text).collect::<Vec<_>>());
            for (at, mut document) in lot.into_iter().enumerate() {
                document.store(&packed, at);
                self.writer.add_document(AddOperation { opstamp: 0, document: document.clone() })?;
                written(document);
            }
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.writer.mem_usage() >= self.full
    }

    pub(super) fn write_down(self) -> tantivy::Result<SegmentMeta> {
        let passages = self.writer.max_doc();
        self.writer.finalize()?;
        let meta = self.segment.with_max_doc(passages).meta().clone();
        meta.untrack_temp_docstore();
        Ok(meta)
    }
}
