//! The bands of a segment's passages: which of them have one in common with another text.
//!
//! For each band the passages stand in the order of its values, in buckets of as many values each as hold
//! [`IN_BUCKET`] passages or more. In its bucket a passage is a number: its value's place among those of the
//! bucket, then the passage. The gaps between numbers are written down in Golomb-Rice code (Rice and Plaunt
//! 1971, <https://doi.org/10.1109/TCOM.1971.1090789>). As values are hashes, gaps are 2^16 in the mean
//! however many passages there are: so many bits are written as they are, and what is above them in ones
//! with a zero behind.

use std::{
    any::Any,
    io::{self, Write},
};

use tantivy::{
    DocId, HasLen, PluginMergeContext, PluginWriter, PluginWriterContext, Segment, SegmentPlugin,
    SegmentReader,
    directory::{FileSlice, OwnedBytes, TerminatingWrite},
    index::SegmentComponent,
    indexer::doc_id_mapping::DocIdMapping,
    schema::{Schema, document::ErasedDocument},
};

use super::queue::Waiting;
use crate::analysis::BANDS;

/// How the file's name ends.
pub(super) const END: &str = "bands";

/// Where there are so many passages, there are two buckets.
const IN_BUCKET: u32 = 64;

/// Bits of a value, and of a gap as it is in the mean.
const BITS: u32 = u16::BITS;

/// The values of a passage's bands.
pub(super) type Row = [u16; BANDS];

/// The bands of a segment, to look passages up by.
pub(crate) struct Bands {
    layout: Layout,
    /// Where each bucket begins, band by band, and where the last one ends: 32 bits each.
    starts: OwnedBytes,
    buckets: FileSlice,
}

/// How values are parted.
#[derive(Clone, Copy)]
struct Layout {
    passages: u32,
    /// Buckets of a band: a power of two.
    buckets: u32,
}

impl Layout {
    fn of(passages: u32) -> Self {
        let buckets = (passages / IN_BUCKET).max(1).next_power_of_two();
        Self { passages, buckets: buckets.min(1 << BITS) }
    }

    /// Bits of a value that tell values of one bucket apart.
    fn below(self) -> u32 {
        BITS - self.buckets.trailing_zeros()
    }

    fn bucket(self, value: u16) -> u32 {
        u32::from(value) >> self.below()
    }

    fn number(self, value: u16, passage: DocId) -> u64 {
        let place = u64::from(value) & ((1 << self.below()) - 1);
        place * u64::from(self.passages) + u64::from(passage)
    }

    /// Returns the value and the passage of a number; none where no value is so large.
    fn of_number(self, bucket: u32, number: u64) -> Option<(u16, DocId)> {
        let passages = u64::from(self.passages.max(1));
        let value = (u64::from(bucket) << self.below()) + number / passages;
        Some((u16::try_from(value).ok()?, (number % passages) as DocId))
    }

    fn starts(self) -> usize {
        BANDS * self.buckets as usize + 1
    }
}

impl Bands {
    pub(crate) fn open(segment: &SegmentReader) -> tantivy::Result<Self> {
        let file = segment.open_read(SegmentComponent::Custom(END.into()))?;
        Ok(Self::of(file, segment.max_doc())?)
    }

    fn of(file: FileSlice, passages: u32) -> io::Result<Self> {
        let layout = Layout::of(passages);
        let length = 4 * layout.starts();
        if file.len() < length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let (starts, buckets) = file.split(length);
        Ok(Self { layout, starts: starts.read_bytes()?, buckets })
    }

    /// Calls back with each passage whose band has this value, in order, also with those that are deleted.
    pub(crate) fn each(&self, band: usize, value: u16, each: &mut dyn FnMut(DocId)) -> io::Result<()> {
        let first = self.layout.number(value, 0);
        let last = first + u64::from(self.layout.passages);
        self.each_number(band, self.layout.bucket(value), &mut |number| {
            if (first..last).contains(&number) {
                each((number - first) as DocId);
            }
            number < last
        })
    }

    /// Returns the bands of all passages.
    fn rows(&self) -> io::Result<Vec<Row>> {
        let mut rows = vec![Row::default(); self.layout.passages as usize];
        let all = (0..BANDS).flat_map(|band| (0..self.layout.buckets).map(move |bucket| (band, bucket)));
        for (band, bucket) in all {
            let mut wrong = false;
            self.each_number(band, bucket, &mut |number| {
                match self.layout.of_number(bucket, number) {
                    Some((value, passage)) => rows[passage as usize][band] = value,
                    None => wrong = true,
                }
                !wrong
            })?;
            if wrong {
                return Err(io::ErrorKind::InvalidData.into());
            }
        }
        Ok(rows)
    }

    /// Calls back with the numbers of a bucket, in order, while more are wanted.
    fn each_number(&self, band: usize, bucket: u32, each: &mut dyn FnMut(u64) -> bool) -> io::Result<()> {
        let at = 4 * (band * self.layout.buckets as usize + bucket as usize);
        let start = |at: usize| {
            let bytes = self.starts[at..].first_chunk().ok_or(io::ErrorKind::UnexpectedEof)?;
            io::Result::Ok(u32::from_le_bytes(*bytes) as usize)
        };
        let (start, end) = (start(at)?, start(at + 4)?);
        if start > end || end > self.buckets.len() {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let bytes = self.buckets.read_bytes_slice(start..end)?;
        let mut number = 0;
        for gap in (Gaps { bytes: &bytes, at: 0 }) {
            number += gap;
            if !each(number) {
                break;
            }
        }
        Ok(())
    }
}

/// The gaps of a bucket.
struct Gaps<'a> {
    bytes: &'a [u8],
    /// Bits read.
    at: usize,
}

impl Gaps<'_> {
    /// Returns the next 32 bits, the first of them lowest; behind the end there are ones.
    fn ahead(&self) -> u32 {
        let bytes = &self.bytes[(self.at / 8).min(self.bytes.len())..];
        let eight = bytes.first_chunk().copied().unwrap_or_else(|| {
            let mut eight = [u8::MAX; 8];
            eight[..bytes.len()].copy_from_slice(bytes);
            eight
        });
        (u64::from_le_bytes(eight) >> (self.at % 8)) as u32
    }
}

impl Iterator for Gaps<'_> {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let mut above = 0;
        loop {
            let ones = self.ahead().trailing_ones();
            above += u64::from(ones);
            self.at += ones as usize;
            if self.at >= 8 * self.bytes.len() {
                return None;
            }
            if ones < u32::BITS {
                break;
            }
        }
        self.at += 1;
        let gap = above << BITS | u64::from(self.ahead() as u16);
        self.at += BITS as usize;
        Some(gap)
    }
}

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

/// Writes the bands of so many passages down.
fn write(rows: &[Row], out: &mut impl Write) -> io::Result<()> {
    let passages = u32::try_from(rows.len()).map_err(io::Error::other)?;
    let layout = Layout::of(passages);
    let (mut starts, mut bits) = (Vec::with_capacity(layout.starts()), Bits::default());
    let mut keys = Vec::with_capacity(rows.len());
    for band in 0..BANDS {
        keys.clear();
        keys.extend(
            (0..passages).zip(rows).map(|(passage, row)| u64::from(row[band]) << 32 | u64::from(passage)),
        );
        keys.sort_unstable();
        let mut keys = keys.iter().map(|key| ((key >> 32) as u16, *key as DocId)).peekable();
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
    out.write_all(&bits.bytes)
}

fn write_to(segment: &Segment, rows: &[Row]) -> tantivy::Result<()> {
    let mut out = segment.open_write(SegmentComponent::Custom(END.into()))?;
    write(rows, &mut out)?;
    Ok(out.terminate()?)
}

/// Keeps the bands of passages beside the other parts of a segment.
pub(super) struct Plugin;

impl SegmentPlugin for Plugin {
    fn extensions(&self) -> &[&str] {
        &[END]
    }

    fn create_writer(&self, _: &PluginWriterContext<'_>) -> tantivy::Result<Box<dyn PluginWriter>> {
        Ok(Box::new(Writer(Vec::new())))
    }

    fn merge(&self, merge: PluginMergeContext<'_>) -> tantivy::Result<()> {
        // Nothing is sorted: what is alive follows upon what was before it.
        let mut rows = Vec::new();
        for segment in merge.readers {
            let all = Bands::open(segment)?.rows()?;
            rows.extend(segment.doc_ids_alive().map(|passage| all[passage as usize]));
        }
        write_to(merge.target_segment, &rows)
    }
}

struct Writer(Vec<Row>);

impl PluginWriter for Writer {
    fn add_document(&mut self, _: DocId, document: &dyn ErasedDocument, _: &Schema) -> tantivy::Result<()> {
        let waiting = document.as_any().downcast_ref::<Waiting>();
        self.0.push(waiting.map(Waiting::bands).unwrap_or_default());
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(rows: &[Row]) -> Vec<u8> {
        let mut bytes = Vec::new();
        write(rows, &mut bytes).expect("it can be written");
        bytes
    }

    fn read(bytes: Vec<u8>, passages: usize) -> io::Result<Bands> {
        Bands::of(FileSlice::from(bytes), passages as u32)
    }

    fn check(rows: &[Row]) {
        let bands = read(written(rows), rows.len()).expect("it can be read");
        assert_eq!(bands.rows().expect("it reads"), rows);
        for (passage, row) in rows.iter().enumerate().step_by(rows.len() / 20 + 1) {
            for (band, &value) in row.iter().enumerate() {
                let mut found = Vec::new();
                bands.each(band, value, &mut |passage| found.push(passage as usize)).expect("it reads");
                let expected: Vec<usize> =
                    (0..rows.len()).filter(|other| rows[*other][band] == value).collect();
                assert_eq!(found, expected, "passage {passage}, band {band}");
            }
        }
    }

    #[test]
    fn passages_are_found_by_each_of_their_bands() {
        for count in [0, 1, 2, 63, 64, 128, 5_000] {
            let value = |passage: u64, band: u64| crate::analysis::mix(passage << 8 | band) as u16;
            let rows: Vec<Row> = (0..count)
                .map(|passage| std::array::from_fn(|band| value(passage / 2, band as u64)))
                .collect();
            check(&rows);
            // A passage takes hardly more than its values do.
            let length = written(&rows).len() as u64;
            assert!(length < 32 + count * 15, "{count}: {length}");
        }
        check(&vec![[7; BANDS]; 1_000]);
        check(&[[0; BANDS], [u16::MAX; BANDS], [0; BANDS]]);
    }

    proptest! {
        #[test]
        fn any_bands_are_read_as_they_were_written(rows in prop::collection::vec(any::<Row>(), 0..300)) {
            check(&rows);
        }

        #[test]
        fn other_bytes_are_an_error_or_other_passages(
            bytes in prop::collection::vec(any::<u8>(), 0..400),
            passages in 0_usize..200,
        ) {
            if let Ok(bands) = read(bytes, passages) {
                let _ = bands.each(0, 7, &mut |passage| assert!((passage as usize) < passages.max(1)));
            }
        }
    }
}
