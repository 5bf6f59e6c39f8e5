//! The bands of a segment's passages, on their way into a file.

use std::{
    any::Any,
    io::{self, Write},
};

use tantivy::{
    DocId, PluginMergeContext, PluginWriter, PluginWriterContext, Segment, SegmentPlugin,
    directory::TerminatingWrite,
    index::SegmentComponent,
    indexer::doc_id_mapping::DocIdMapping,
    schema::{Schema, document::ErasedDocument},
};

use super::{super::ready::Ready, BITS, Bands, END, Layout};
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
    fn look_in(&mut self, same: &[(u16, DocId)], sketches: &[Sketch]) {
        let bits = |passage: DocId| sketches[passage as usize].bits;
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

/// Writes the bands of passages with these sketches down.
pub(super) fn write(sketches: &[Sketch], out: &mut impl Write) -> io::Result<()> {
    let passages = u32::try_from(sketches.len()).map_err(io::Error::other)?;
    let layout = Layout::of(passages);
    let (mut starts, mut bits) = (Vec::with_capacity(layout.starts()), Bits::default());
    let mut copied = Copied(vec![0; passages.div_ceil(u8::BITS) as usize]);
    let mut keys = Vec::with_capacity(sketches.len());
    for band in 0..BANDS {
        keys.clear();
        keys.extend(sketches.iter().map(|sketch| sketch.bands[band]).zip(0..passages));
        keys.sort_unstable();
        for same in keys.chunk_by(|(one, _), (other, _)| one == other) {
            copied.look_in(same, sketches);
        }
        let mut keys = keys.iter().copied().peekable();
        for bucket in 0..layout.buckets {
            starts.push(u32::try_from(bits.bytes.len()).map_err(io::Error::other)?);
            let mut last = 0;
            while let Some((value, passage)) = keys.next_if(|(value, _)| layout.bucket(*value) == bucket) {
                let number = layout.number(value, passage);
                bits.push_gap(number - last);
                last = number;
            }
            bits.close();
        }
    }
    starts.push(u32::try_from(bits.bytes.len()).map_err(io::Error::other)?);
    for start in starts {
        out.write_all(&start.to_le_bytes())?;
    }
    out.write_all(&copied.0)?;
    out.write_all(&bits.bytes)
}

fn write_to(segment: &Segment, sketches: &[Sketch]) -> tantivy::Result<()> {
    let mut out = segment.open_write(SegmentComponent::Custom(END.into()))?;
    write(sketches, &mut out)?;
    Ok(out.terminate()?)
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
        let mut sketches = Vec::new();
        for segment in merge.readers {
            let bands = Bands::open(segment)?.rows()?;
            let bits = segment.fast_fields().u64("sketch")?;
            sketches.extend(segment.doc_ids_alive().map(|passage| Sketch {
                bits: bits.first(passage).unwrap_or(0),
                bands: bands[passage as usize],
            }));
        }
        write_to(merge.target_segment, &sketches)
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
        write_to(segment, &self.0)
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
