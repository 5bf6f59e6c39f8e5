//! The bands of a segment's passages: which of them have one in common with another text.
//!
//! For each band the passages stand in the order of its values, in buckets of as many values each as hold
//! [`IN_BUCKET`] passages or more. In its bucket a passage is a number: its value's place among those of the
//! bucket, then the passage. The gaps between numbers are written down in Golomb-Rice code (Rice and Plaunt
//! 1971, <https://doi.org/10.1109/TCOM.1971.1090789>). As values are hashes, gaps are 2^16 in the mean
//! however many passages there are: so many bits are written as they are, and what is above them in ones
//! with a zero behind.
//!
//! Most passages have no near copy in their segment: a bit tells which do, so that the others need not be
//! looked up there.

mod write;

use std::io;

use tantivy::{
    DocId, HasLen, SegmentReader,
    directory::{FileSlice, OwnedBytes},
    index::SegmentComponent,
};

pub(super) use self::write::Plugin;
use crate::analysis::BANDS;

/// How the file's name ends.
pub(super) const END: &str = "bands";

/// Where there are so many passages, there are two buckets.
const IN_BUCKET: u32 = 64;

/// Bits of a value, and of a gap as it is in the mean.
const BITS: u32 = u16::BITS;

/// A passage by the value of a band.
type Key = (u16, DocId);

/// The bands of a segment, to look passages up by.
pub(crate) struct Bands {
    layout: Layout,
    buckets: FileSlice,
    /// Where each bucket begins, band by band, and where the last one ends: 32 bits each.
    starts: OwnedBytes,
    /// A bit for each passage that may have a near copy here.
    copied: OwnedBytes,
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
    fn of_number(self, bucket: u32, number: u64) -> Option<Key> {
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
        let starts = 4 * layout.starts();
        let length = starts + passages.div_ceil(u8::BITS) as usize;
        let end = file.len().checked_sub(length).ok_or(io::ErrorKind::UnexpectedEof)?;
        // They stand behind the buckets: who writes those need not hold them.
        let (buckets, tables) = file.split(end);
        let (starts, copied) = tables.read_bytes()?.split(starts);
        Ok(Self { layout, buckets, starts, copied })
    }

    /// Says whether a passage has a near copy that shares a band with it, or may have one: true of all that
    /// share one with very many.
    pub(crate) fn may_be_copied(&self, passage: DocId) -> bool {
        let byte = self.copied.get((passage / u8::BITS) as usize);
        byte.is_none_or(|byte| byte >> (passage % u8::BITS) & 1 == 1)
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

    /// Calls back with the value of a band of each passage, in the order of values, then of passages.
    fn each_of(&self, band: usize, each: &mut dyn FnMut(Key)) -> io::Result<()> {
        for bucket in 0..self.layout.buckets {
            let mut wrong = false;
            self.each_number(band, bucket, &mut |number| {
                match self.layout.of_number(bucket, number) {
                    Some(key) => each(key),
                    None => wrong = true,
                }
                !wrong
            })?;
            if wrong {
                return Err(io::ErrorKind::InvalidData.into());
            }
        }
        Ok(())
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::analysis::{Sketch, alike, mix};

    /// The values of a passage's bands.
    type Row = [u16; BANDS];

    fn written(sketches: &[Sketch]) -> Vec<u8> {
        let mut bytes = Vec::new();
        write::of_sketches(sketches, &mut bytes).expect("it can be written");
        bytes
    }

    fn read(bytes: Vec<u8>, passages: usize) -> io::Result<Bands> {
        Bands::of(FileSlice::from(bytes), passages as u32)
    }

    fn check(sketches: &[Sketch]) {
        let bands = read(written(sketches), sketches.len()).expect("it can be read");
        let rows: Vec<Row> = sketches.iter().map(|sketch| sketch.bands).collect();
        for band in 0..BANDS {
            let (mut keys, mut expected) = (Vec::new(), Vec::new());
            bands.each_of(band, &mut |key| keys.push(key)).expect("it reads");
            expected.extend(rows.iter().zip(0..).map(|(row, passage)| (row[band], passage)));
            expected.sort_unstable();
            assert_eq!(keys, expected, "band {band}");
        }
        for (passage, sketch) in sketches.iter().enumerate().step_by(sketches.len() / 20 + 1) {
            let mut is_copied = false;
            for (band, &value) in sketch.bands.iter().enumerate() {
                let mut found = Vec::new();
                bands.each(band, value, &mut |passage| found.push(passage as usize)).expect("it reads");
                let expected: Vec<usize> =
                    (0..rows.len()).filter(|other| rows[*other][band] == value).collect();
                assert_eq!(found, expected, "passage {passage}, band {band}");
                let is_copy = |other: &usize| *other != passage && alike(sketches[*other].bits, sketch.bits);
                is_copied |= found.iter().any(is_copy) || found.len() > write::MOST_COMPARED;
            }
            assert_eq!(bands.may_be_copied(passage as DocId), is_copied, "passage {passage}");
        }
        assert!(bands.may_be_copied(u32::MAX));
    }

    fn sketches(rows: impl IntoIterator<Item = Row>) -> Vec<Sketch> {
        rows.into_iter().map(|bands| Sketch { bits: 0, bands }).collect()
    }

    #[test]
    fn passages_are_found_by_each_of_their_bands() {
        for count in [0, 1, 2, 63, 64, 128, 5_000] {
            let value = |passage: u64, band: u64| mix(passage << 8 | band) as u16;
            let sketch = |passage: u64| Sketch {
                bits: mix(passage / 3),
                bands: std::array::from_fn(|band| value(passage / 2, band as u64)),
            };
            let sketches: Vec<Sketch> = (0..count).map(sketch).collect();
            check(&sketches);
            // A passage takes a bit, and hardly more than its values do.
            let length = written(&sketches).len() as u64 - count.div_ceil(8);
            assert!(length < 32 + count * 15, "{count}: {length}");
        }
        check(&sketches([[7; BANDS]; 1_000]));
        check(&sketches([[0; BANDS], [u16::MAX; BANDS], [0; BANDS]]));
    }

    proptest! {
        #[test]
        fn any_bands_are_read_as_they_were_written(
            rows in prop::collection::vec((any::<Row>(), 0_u64..1 << 12), 0..300),
        ) {
            check(&rows.into_iter().map(|(bands, bits)| Sketch { bits, bands }).collect::<Vec<_>>());
        }

        #[test]
        fn other_bytes_are_an_error_or_other_passages(
            bytes in prop::collection::vec(any::<u8>(), 0..400),
            passages in 0_usize..200,
        ) {
            if let Ok(bands) = read(bytes, passages) {
                let known = |passage: DocId| assert!((passage as usize) < passages.max(1));
                let _ = bands.each(0, 7, &mut |passage| known(passage));
                let _ = bands.each_of(0, &mut |(_, passage)| known(passage));
                let _ = bands.may_be_copied(passages as DocId / 2);
            }
        }
    }
}
