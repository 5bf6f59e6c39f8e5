//! How the passages of a segment lie: those of one article side by side, in their order, for they are added
//! together, and neither merges nor deletions part them.
//!
//! A bit for each passage says whether an article begins with it; how many articles begin before each 512th is
//! kept beside them (a rank directory, Jacobson 1989, <https://doi.org/10.1109/SFCS.1989.63533>). Of each article
//! its file and its number there are kept, in as many bits as the largest takes. Nothing of it is unpacked when
//! it is opened, however many passages there are.

mod write;

use std::{io, ops::Range};

use tantivy::{
    DocId, SegmentReader,
    directory::OwnedBytes,
    index::{SegmentComponent, SegmentId},
};
use tantivy_bitpacker::BitUnpacker;

pub(super) use self::write::Plugin;

/// How the file's name ends.
pub(super) const END: &str = "rows";

/// Passages that a word of bits tells of.
const WORD: u32 = u64::BITS;

/// Words of bits that stand together: before them it is said how many articles begin.
const BLOCK: usize = 8;

/// Bytes that say how the others are to be read.
const HEAD: usize = 6;

/// The passages of a segment.
#[derive(Clone)]
pub(crate) struct Rows {
    segment: SegmentId,
    end: DocId,
    articles: u32,
    /// Which passages begin an article.
    bits: OwnedBytes,
    /// How many do before each block.
    ranks: OwnedBytes,
    files: Packed,
    numbers: Packed,
}

/// Numbers of so many bits each.
#[derive(Clone)]
struct Packed {
    unpacker: BitUnpacker,
    bytes: OwnedBytes,
}

impl Packed {
    fn get(&self, at: u32) -> u64 {
        self.unpacker.get(at, &self.bytes)
    }
}

impl Rows {
    pub(crate) fn open(segment: &SegmentReader) -> tantivy::Result<Self> {
        let file = segment.open_read(SegmentComponent::Custom(END.into()))?;
        Ok(Self::of(file.read_bytes()?, segment.segment_id(), segment.max_doc())?)
    }

    fn of(bytes: OwnedBytes, segment: SegmentId, end: DocId) -> io::Result<Self> {
        let short = || io::Error::from(io::ErrorKind::UnexpectedEof);
        let head = bytes.first_chunk::<HEAD>().ok_or_else(short)?;
        let [articles @ .., file_bits, number_bits] = head;
        let articles = u32::from_le_bytes(*articles);
        let words = end.div_ceil(WORD) as usize;
        let packed = |bits: u8| (articles as usize * usize::from(bits)).div_ceil(8);
        let lengths = [8 * words, 4 * words.div_ceil(BLOCK), packed(*file_bits), packed(*number_bits)];
        let fits = *file_bits <= 32 && *number_bits <= 32 && articles <= end && (articles > 0 || end == 0);
        if !fits || bytes.len() != HEAD + lengths.iter().sum::<usize>() {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let unpackers = [*file_bits, *number_bits].map(BitUnpacker::new);
        let mut at = HEAD;
        let [bits, ranks, files, numbers] = lengths.map(|length| {
            at += length;
            bytes.slice(at - length..at)
        });
        let [file, number] = unpackers;
        let (files, numbers) =
            (Packed { unpacker: file, bytes: files }, Packed { unpacker: number, bytes: numbers });
        Ok(Self { segment, end, articles, bits, ranks, files, numbers })
    }

    /// Returns the segment that they are of.
    pub(crate) fn segment(&self) -> SegmentId {
        self.segment
    }

    /// Returns the number of a passage's file, which is that of its term in the segment, in the order of their keys
    /// (see [`super::schema::file_key`]), and the passage's [order](Self::order).
    pub(crate) fn place(&self, passage: DocId) -> (u64, u64) {
        let article = self.number(passage);
        (self.files.get(article), self.order_in(article, passage))
    }

    /// Returns the number of a passage's article in its file, and its own in the article, as one number.
    pub(crate) fn order(&self, passage: DocId) -> u64 {
        self.order_in(self.number(passage), passage)
    }

    fn order_in(&self, article: u32, passage: DocId) -> u64 {
        self.numbers.get(article) << 32 | u64::from(passage - self.first(passage))
    }

    /// Returns the first passage of the article that a passage is of.
    pub(crate) fn first(&self, passage: DocId) -> DocId {
        let mut at = (passage / WORD) as usize;
        let mut bits = self.word(at) & (u64::MAX >> (WORD - 1 - passage % WORD));
        while bits == 0 && at > 0 {
            at -= 1;
            // Of a long article whole blocks have none.
            while at % BLOCK == BLOCK - 1 && at > BLOCK && self.rank(at / BLOCK) == self.rank(at / BLOCK + 1)
            {
                at -= BLOCK;
            }
            bits = self.word(at);
        }
        bits.checked_ilog2().map_or(0, |bit| at as DocId * WORD + bit)
    }

    /// Returns the first passage of the article that a passage is of; none behind the last passage.
    pub(crate) fn first_of(&self, passage: DocId) -> Option<DocId> {
        (passage < self.end).then(|| self.first(passage))
    }

    /// Returns the passages of the article that begins with this one.
    pub(crate) fn article(&self, first: DocId) -> Range<DocId> {
        let mut at = (first / WORD) as usize;
        // Behind the passage, of whose word none may be left.
        let mut bits = self.word(at) & (u64::MAX << (first % WORD)) << 1;
        let words = self.bits.len() / 8;
        while bits == 0 && at + 1 < words {
            at += 1;
            bits = self.word(at);
        }
        let end = if bits == 0 { self.end } else { at as DocId * WORD + bits.trailing_zeros() };
        first..end.min(self.end)
    }

    /// Returns the passages of the article that a passage is of.
    pub(crate) fn article_of(&self, passage: DocId) -> Range<DocId> {
        self.article(self.first(passage))
    }

    /// Returns the number of a passage's article in the segment.
    fn number(&self, passage: DocId) -> u32 {
        let at = (passage / WORD) as usize;
        let before: u32 = (at - at % BLOCK..at).map(|at| self.word(at).count_ones()).sum();
        let here = (self.word(at) & (u64::MAX >> (WORD - 1 - passage % WORD))).count_ones();
        let begun = self.rank(at / BLOCK).saturating_add(before + here);
        begun.clamp(1, self.articles.max(1)) - 1
    }

    fn word(&self, at: usize) -> u64 {
        self.bits[8 * at..].first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
    }

    fn rank(&self, block: usize) -> u32 {
        self.ranks[4 * block..].first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes))
    }
}

#[cfg(test)]
impl Rows {
    /// Makes those of passages of these orders, all of one file.
    pub(crate) fn of_orders(segment: SegmentId, orders: &[u64]) -> Self {
        Self::of(OwnedBytes::new(tests::written(orders, &|_| 0)), segment, orders.len() as DocId)
            .expect("they are read as they were written")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{write::Growing, *};

    pub(super) fn written(orders: &[u64], file: &dyn Fn(DocId) -> u64) -> Vec<u8> {
        let mut growing = Growing::default();
        orders.iter().for_each(|order| growing.push(*order));
        let firsts = (0..).zip(orders).filter(|(passage, order)| *passage == 0 || **order as u32 == 0);
        let files: Vec<u64> = firsts.map(|(passage, _)| file(passage)).collect();
        let mut bytes = Vec::new();
        growing.write(&files, &mut bytes).expect("it can be written");
        bytes
    }

    fn read(bytes: Vec<u8>, end: usize) -> io::Result<Rows> {
        Rows::of(OwnedBytes::new(bytes), SegmentId::generate_random(), end as DocId)
    }

    /// Checks what is read of articles of so many passages, each with its file and its number there.
    fn check(articles: &[(u32, u64, u32)]) {
        let all = || articles.iter().flat_map(|article| (0..article.0).map(move |at| (article, at)));
        let orders: Vec<u64> =
            all().map(|((_, _, number), at)| u64::from(*number) << 32 | u64::from(at)).collect();
        let files: Vec<u64> = all().map(|((_, file, _), _)| *file).collect();
        let bytes = written(&orders, &|passage| files[passage as usize]);
        let rows = read(bytes, orders.len()).expect("it can be read");
        for (passage, ((length, file, _), at)) in (0..).zip(all()) {
            let first = passage - at;
            assert_eq!(rows.place(passage), (*file, orders[passage as usize]), "{passage}");
            assert_eq!(rows.first_of(passage), Some(first), "{passage}");
            assert_eq!(rows.article_of(passage), first..first + length, "{passage}");
        }
        assert_eq!(rows.first_of(orders.len() as DocId), None);
    }

    #[test]
    fn passages_are_of_the_articles_that_they_were_added_with() {
        check(&[]);
        check(&[(1, 0, 0)]);
        check(&[(64, 3, 0), (1, 3, 1), (63, 7, 0), (128, 0, u32::MAX)]);
        check(&[(3, 1, 0), (5_000, 2, 0), (511, 2, 1), (513, 9, 0), (1, 9, 1)]);
        // Records of one file take hardly more than their numbers do.
        let orders: Vec<u64> = (0..10_000).map(|number| number << 32).collect();
        assert!(written(&orders, &|_| 5).len() < 10_000 * 5 / 2);
    }

    proptest! {
        #[test]
        fn any_articles_are_read_as_they_were_written(
            articles in prop::collection::vec((1_u32..200, 0_u64..1 << 32, any::<u32>()), 0..40),
        ) {
            check(&articles);
        }

        #[test]
        fn other_bytes_are_an_error_or_other_passages(
            bytes in prop::collection::vec(any::<u8>(), 0..80),
            end in 0_usize..200,
        ) {
            let _ = read(bytes, end);
        }

        #[test]
        fn what_was_written_over_names_passages_that_are_there(
            articles in prop::collection::vec(1_u64..90, 1..30),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..9),
        ) {
            let orders: Vec<u64> = articles.iter().flat_map(|length| 0..*length).collect();
            let mut bytes = written(&orders, &|passage| u64::from(passage));
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            if let Ok(rows) = read(bytes, orders.len()) {
                for passage in 0..orders.len() as DocId {
                    let article = rows.article_of(passage);
                    prop_assert!(article.start <= passage && article.end <= orders.len() as DocId);
                    rows.place(passage);
                }
            }
        }
    }
}
