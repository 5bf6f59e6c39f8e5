//! The bands of a segment's passages, on their way into a file.

use std::{
    any::Any,
    io::{self, Write},
};

use tantivy::{
    DocId, PluginMergeContext, PluginWriter, PluginWriterContext, Segment, SegmentPlugin, SegmentReader,
    directory::TerminatingWrite,
    index::SegmentComponent,
    indexer::doc_id_mapping::DocIdMapping,
    schema::{Schema, document::ErasedDocument},
};

use super::{super::ready::Ready, BITS, Bands, END, Key, Layout};
use crate::analysis::{BANDS, Sketch, alike};

/// Gaps on their way into a file.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    /// Bits that do not fill a byte yet, the first of them lowest, and how many they are.
    rest: u64,
    count: u32,
}

impl Bits {
    fn push(&mut self, bits: u64, count: u32) {
        self.rest |= bits << self.count;
        self.count += count;
        while self.count >= 8 {
            self.bytes.push(self.rest as u8);
            self.rest >>= 8;
            self.count -= 8;
        }
    }

    fn push_gap(&mut self, gap: u64) {
        for _ in 0..gap >> BITS {
            self.push(1, 1);
        }
        self.push(0, 1);
        self.push(gap & u64::from(u16::MAX), BITS);
    }

    /// Fills the last byte of a bucket with ones, behind which there is no gap.
    fn close(&mut self) {
        let missing = (8 - self.count) % 8;
        self.push((1 << missing) - 1, missing);
    }
}

/// Of more passages that share a value all may be copied: each would be compared with each.
pub(super) const MOST_COMPARED: usize = 64;

/// Passages that may have near copies, a bit each.
struct Copied(Vec<u8>);

impl Copied {
    fn put(&mut self, passage: DocId) {
        self.0[(passage / u8::BITS) as usize] |= 1 << (passage % u8::BITS);
    }

    /// Looks for near copies among passages that share the value of a band.
    fn look_in(&mut self, same: &[Key], bits: &dyn Fn(DocId) -> u64) {
        for (at, (_, one)) in same.iter().enumerate() {
            if same.len() > MOST_COMPARED {
                self.put(*one);
                continue;
            }
            for (_, other) in same[..at].iter().filter(|(_, other)| alike(bits(*one), bits(*other))) {
                self.put(*one);
                self.put(*other);
            }
        }
    }
}

/// Writes the bands of passages down. `keys` adds those of a band, and `bits` are those of a passage's sketch. No
/// more than one band is held at once: merges are of millions of passages.
fn write(
    passages: DocId,
    bits: &dyn Fn(DocId) -> u64,
    keys: &dyn Fn(usize, &mut Vec<Key>) -> io::Result<()>,
    out: &mut impl Write,
) -> io::Result<()> {
    let layout = Layout::of(passages);
    let (mut starts, mut end) = (Vec::with_capacity(layout.starts()), 0);
    let mut copied = Copied(vec![0; passages.div_ceil(u8::BITS) as usize]);
    let (mut of_band, mut gaps) = (Vec::with_capacity(passages as usize), Bits::default());
    for band in 0..BANDS {
        of_band.clear();
        keys(band, &mut of_band)?;
        of_band.sort_unstable();
        for same in of_band.chunk_by(|(one, _), (other, _)| one == other) {
            copied.look_in(same, bits);
        }
        let mut keys = of_band.iter().copied().peekable();
        for bucket in 0..layout.buckets {
            starts.push(u32::try_from(end).map_err(io::Error::other)?);
            let mut last = 0;
            while let Some((value, passage)) = keys.next_if(|(value, _)| layout.bucket(*value) == bucket) {
                let number = layout.number(value, passage);
                gaps.push_gap(number - last);
                last = number;
            }
            gaps.close();
            out.write_all(&gaps.bytes)?;
            end += gaps.bytes.len();
            gaps.bytes.clear();
        }
    }
    starts.push(u32::try_from(end).map_err(io::Error::other)?);
    for start in starts {
        out.write_all(&start.to_le_bytes())?;
    }
    out.write_all(&copied.0)
}

/// Writes the bands of passages with these sketches down.
pub(super) fn of_sketches(sketches: &[Sketch], out: &mut impl Write) -> io::Result<()> {
    let passages = DocId::try_from(sketches.len()).map_err(io::Error::other)?;
    let keys = |band: usize, keys: &mut Vec<Key>| {
        keys.extend(sketches.iter().map(|sketch| sketch.bands[band]).zip(0..passages));
        Ok(())
    };
    write(passages, &|passage| sketches[passage as usize].bits, &keys, out)
}

/// A segment that is merged with others.
struct Part {
    bands: Bands,
    /// The number of its first passage among those of all.
    first: DocId,
    /// Its passages that are gone, in order.
    removed: Vec<DocId>,
}

impl Part {
    fn open(segment: &SegmentReader, first: DocId) -> tantivy::Result<Self> {
        let mut removed = Vec::new();
        if segment.has_deletes() {
            removed.extend((0..segment.max_doc()).filter(|passage| segment.is_deleted(*passage)));
        }
        Ok(Self { bands: Bands::open(segment)?, first, removed })
    }

    /// Returns the number of a passage among those of all; none where it is gone.
    fn number(&self, passage: DocId) -> Option<DocId> {
        let before = self.removed.binary_search(&passage).err()?;
        Some(self.first + passage - before as DocId)
    }
}

/// Keeps the bands of passages beside the other parts of a segment.
pub(in crate::index) struct Plugin;

impl SegmentPlugin for Plugin {
    fn extensions(&self) -> &[&str] {
        &[END]
    }

    fn create_writer(&self, _: &PluginWriterContext<'_>) -> tantivy::Result<Box<dyn PluginWriter>> {
        Ok(Box::new(Writer(Vec::new())))
    }

    fn merge(&self, merge: PluginMergeContext<'_>) -> tantivy::Result<()> {
        // Nothing is sorted: what is alive follows upon what was before it.
        let passages: DocId = merge.readers.iter().map(SegmentReader::num_docs).sum();
        let (mut bits, mut parts) = (Vec::with_capacity(passages as usize), Vec::new());
        for segment in merge.readers {
            parts.push(Part::open(segment, bits.len() as DocId)?);
            let sketches = segment.fast_fields().u64("sketch")?;
            bits.extend(segment.doc_ids_alive().map(|passage| sketches.first(passage).unwrap_or(0)));
        }
        let keys = |band: usize, keys: &mut Vec<Key>| {
            parts.iter().try_for_each(|part| {
                let mut add = |(value, old)| keys.extend(part.number(old).map(|new| (value, new)));
                part.bands.each_of(band, &mut add)
            })
        };
        let mut out = merge.target_segment.open_write(SegmentComponent::Custom(END.into()))?;
        write(passages, &|passage| bits[passage as usize], &keys, &mut out)?;
        Ok(out.terminate()?)
    }
}

struct Writer(Vec<Sketch>);

impl PluginWriter for Writer {
    fn add_document(&mut self, _: DocId, document: &dyn ErasedDocument, _: &Schema) -> tantivy::Result<()> {
        let ready = document.as_any().downcast_ref::<Ready>();
        self.0.push(ready.map(Ready::sketch).unwrap_or_default());
        Ok(())
    }

    fn serialize(self: Box<Self>, segment: &Segment, _: Option<&DocIdMapping>) -> tantivy::Result<()> {
        let mut out = segment.open_write(SegmentComponent::Custom(END.into()))?;
        of_sketches(&self.0, &mut out)?;
        Ok(out.terminate()?)
    }

    fn mem_usage(&self) -> usize {
        size_of_val(self.0.as_slice())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}
