//! What stands where, of a segment that is being written: for each term the passages that have it, and its positions
//! in them.
//!
//! tantivy can gather this itself, and did. It looks for one term after the other in a table, and the processor
//! waits for memory at nearly each. Here all terms of a passage are looked for together. What is written is the
//! same, byte for byte, and by tantivy's own hand.

use std::{hash::BuildHasher, hint::black_box, mem, ops::Range};

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use tantivy::{
    DocId, Segment, TantivyError,
    fieldnorm::{FieldNormReaders, FieldNormsWriter},
    postings::{FieldSerializer, InvertedIndexSerializer},
    schema::Field,
};

use super::{
    super::term_row,
    arena::{Arena, List, next, short},
};

/// The terms of a segment and where they stand.
pub(super) struct Postings {
    hasher: RandomState,
    /// The numbers of terms, each behind half of its hash.
    table: HashTable<(u32, u32)>,
    terms: Vec<Term>,
    /// The texts of long terms, one behind the other.
    texts: Vec<u8>,
    arena: Arena,
    /// How many words each field has, repeated ones too.
    words: Vec<u64>,
    sought: Vec<Sought>,
}

/// So many bytes of a term stand with it; all bytes of most.
const HEAD: usize = 16;

/// So many terms are fetched from memory together when they are written down.
const TOGETHER: usize = 32;

/// A term of a field.
struct Term {
    head: Head,
    /// Where all of its text is, if that is longer.
    start: u32,
    /// How many passages have it, and the last of them.
    passages: u32,
    last: DocId,
    /// For each passage how many passages it is behind the one before, one more than each position, and 0, which
    /// the last does not have yet. All in as many bytes as they need; see [`short`].
    list: List,
}

/// What tells most terms from all others.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Head {
    /// How the text begins, with zeros behind a short one.
    bytes: [u8; HEAD],
    length: u16,
    field: u16,
}

/// A term in order: its field, the number that its head is, and its own.
pub(super) type Place = (u16, u128, u32);

/// A term that is looked for with others.
struct Sought {
    head: Head,
    /// Where it is in the texts of the passage.
    start: u32,
    position: u32,
    hash: u32,
    /// The number of the term that it may be.
    term: Option<u32>,
}

impl Postings {
    /// Makes room for nothing yet; there are so many fields.
    pub(super) fn new(fields: usize) -> Self {
        Self {
            hasher: RandomState::default(),
            table: HashTable::new(),
            terms: Vec::new(),
            texts: Vec::new(),
            arena: Arena::default(),
            words: vec![0; fields],
            sought: Vec::new(),
        }
    }

    /// Adds the terms of the next passage: [rows](term_row) of its texts, at most one a field.
    ///
    /// # Errors
    /// When terms do not fit in four gigabytes.
    pub(super) fn add(
        &mut self,
        passage: DocId,
        texts: &str,
        rows: &[(Field, Range<usize>)],
        norms: &mut FieldNormsWriter,
    ) -> tantivy::Result<()> {
        let mut sought = mem::take(&mut self.sought);
        for (field, row) in rows {
            let before = sought.len();
            for (position, term) in term_row::terms(&texts[row.clone()]) {
                let start = row.start + term.start;
                let (head, rest) = Head::of(*field, texts.as_bytes(), start..start + term.len());
                let hash = self.hash(head, rest);
                sought.push(Sought { head, start: start as u32, position, hash, term: None });
            }
            let words = sought.len() - before;
            self.words[field.field_id() as usize] += words as u64;
            norms.record(passage, *field, words as u32);
        }
        // None of these steps needs what the one before it finds of the term before.
        for sought in &mut sought {
            let is_it = |(hash, _): &(u32, u32)| *hash == sought.hash;
            sought.term = self.table.find(spread(sought.hash), is_it).map(|(_, term)| *term);
        }
        for sought in &mut sought {
            sought.term = sought.term.filter(|term| self.terms[*term as usize].head == sought.head);
        }
        for term in sought.iter().filter_map(|sought| sought.term) {
            black_box(self.arena.touch(&self.terms[term as usize].list));
        }
        for sought in sought.drain(..) {
            let text = &texts.as_bytes()[sought.start as usize..][..usize::from(sought.head.length)];
            let known = sought.term.filter(|term| text.len() <= HEAD || self.text(*term) == text);
            let term = known.map_or_else(|| self.find_or_begin(&sought, text), Ok)?;
            self.record(term, passage, sought.position);
        }
        self.sought = sought;
        Ok(())
    }

    /// Returns about how many bytes of memory it takes.
    pub(super) fn bytes(&self) -> usize {
        let table = self.table.capacity() * (mem::size_of::<(u32, u32)>() + 1);
        self.arena.bytes() + table + self.terms.capacity() * mem::size_of::<Term>() + self.texts.capacity()
    }

    /// Writes everything down, in the [order](Self::order) of the terms.
    pub(super) fn write_down(
        &self,
        order: &[Place],
        segment: &Segment,
        norms: &FieldNormReaders,
    ) -> tantivy::Result<()> {
        let (mut out, schema) = (InvertedIndexSerializer::open(segment)?, segment.schema());
        let (mut numbers, mut gaps) = (Vec::new(), Vec::new());
        for terms in order.chunk_by(|(one, ..), (other, ..)| one == other) {
            let field = Field::from_field_id(terms[0].0.into());
            let record = schema.get_field_entry(field).field_type().index_record_option();
            let with_positions = record.is_some_and(|record| record.has_positions());
            let mut out =
                out.new_field(field, self.words[field.field_id() as usize], norms.get_field(field)?)?;
            for terms in terms.chunks(TOGETHER) {
                for (.., term) in terms {
                    black_box(self.arena.touch_first(&self.terms[*term as usize].list));
                }
                for (.., term) in terms {
                    let Term { list, passages, .. } = &self.terms[*term as usize];
                    numbers.clear();
                    self.arena.read(list, &mut numbers);
                    let (text, count) = (self.text(*term), if with_positions { *passages } else { 0 });
                    out.new_term(text, count, with_positions)?;
                    write_passages(&numbers, with_positions, &mut gaps, &mut out);
                    out.close_term()?;
                }
            }
            out.close()?;
        }
        Ok(out.close()?)
    }

    /// Returns the terms in the order of their fields and texts.
    pub(super) fn order(&self) -> Vec<Place> {
        let key = |Head { bytes, field, .. }: &Head| (*field, u128::from_be_bytes(*bytes));
        let keys = self.terms.iter().map(|term| key(&term.head));
        let mut order: Vec<Place> = keys.zip(0..).map(|((field, head), term)| (field, head, term)).collect();
        order.sort_unstable_by(|(field, head, one), (other_field, other_head, other)| {
            let order = (field, head).cmp(&(other_field, other_head));
            order.then_with(|| self.text(*one).cmp(self.text(*other)))
        });
        order
    }

    /// Returns these terms, each with its field.
    pub(super) fn texts<'a>(&'a self, order: &'a [Place]) -> impl Iterator<Item = (Field, &'a [u8])> {
        order.iter().map(|(field, _, term)| (Field::from_field_id((*field).into()), self.text(*term)))
    }

    fn hash(&self, Head { bytes, length, field }: Head, rest: &[u8]) -> u32 {
        let mut hash = self.hasher.hash_one((u128::from_ne_bytes(bytes), length, field));
        if !rest.is_empty() {
            hash ^= self.hasher.hash_one(rest);
        }
        (hash >> 32) as u32
    }

    fn text(&self, term: u32) -> &[u8] {
        let Term { head, start, .. } = &self.terms[term as usize];
        let length = usize::from(head.length);
        head.bytes.get(..length).unwrap_or_else(|| &self.texts[*start as usize..][..length])
    }

    /// Returns the number of a term, which is a new one where it was not met.
    fn find_or_begin(&mut self, sought: &Sought, text: &[u8]) -> tantivy::Result<u32> {
        let is_it = |(hash, term): &(u32, u32)| {
            *hash == sought.hash
                && self.terms[*term as usize].head == sought.head
                && (text.len() <= HEAD || self.text(*term) == text)
        };
        if let Some((_, term)) = self.table.find(spread(sought.hash), is_it) {
            return Ok(*term);
        }
        let too_many = |_| TantivyError::InvalidArgument("there are too many words for one segment".into());
        let start = u32::try_from(self.texts.len()).map_err(too_many)?;
        let term = u32::try_from(self.terms.len()).map_err(too_many)?;
        if text.len() > HEAD {
            self.texts.extend_from_slice(text);
        }
        let list = self.arena.begin();
        self.terms.push(Term { head: sought.head, start, passages: 0, last: 0, list });
        self.table.insert_unique(spread(sought.hash), (sought.hash, term), |(hash, _)| spread(*hash));
        Ok(term)
    }

    fn record(&mut self, term: u32, passage: DocId, position: u32) {
        let term = &mut self.terms[term as usize];
        if term.passages == 0 || term.last != passage {
            let (gap, bytes) = short(passage - term.last);
            // Behind the positions in the passage before.
            let end = usize::from(term.passages > 0);
            self.arena.push(&mut term.list, gap << (8 * end), bytes + end);
            term.passages += 1;
            term.last = passage;
        }
        let (position, bytes) = short(position + 1);
        self.arena.push(&mut term.list, position, bytes);
    }
}

impl Head {
    /// Returns the head of a term that stands here, and the rest of it.
    #[inline]
    fn of(field: Field, texts: &[u8], term: Range<usize>) -> (Self, &[u8]) {
        let length = term.len();
        let bytes = match texts[term.start..].first_chunk() {
            Some(bytes) if length >= HEAD => *bytes,
            Some(bytes) => {
                let kept = (1 << (8 * length)) - 1;
                (u128::from_le_bytes(*bytes) & kept).to_le_bytes()
            }
            None => {
                let mut bytes = [0; HEAD];
                bytes[..length].copy_from_slice(&texts[term.clone()]);
                bytes
            }
        };
        let rest = texts[term].get(HEAD..).unwrap_or_default();
        (Self { bytes, length: length as u16, field: field.field_id() as u16 }, rest)
    }
}

/// Makes a hash of half of one: a table uses the highest bits and the lowest.
fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Writes down the passages of a term, as its list has them. `gaps` is memory for those between positions.
fn write_passages(
    mut numbers: &[u8],
    with_positions: bool,
    gaps: &mut Vec<u32>,
    out: &mut FieldSerializer<'_>,
) {
    let mut passage = 0;
    while let Some(gap) = next(&mut numbers) {
        passage += gap;
        gaps.clear();
        let mut before = 1;
        while let Some(position) = next(&mut numbers).filter(|position| *position > 0) {
            gaps.push(position - before);
            before = position;
        }
        if with_positions {
            out.write_doc(passage, gaps.len() as u32, gaps);
        } else {
            out.write_doc(passage, 0, &[]);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tantivy::{
        Index, TantivyDocument,
        fieldnorm::FieldNormsSerializer,
        index::SegmentComponent,
        indexer::{AddOperation, SegmentWriter},
        schema::{IndexRecordOption, Schema, TextFieldIndexing, TextOptions},
        tokenizer::{PreTokenizedString, Token},
    };

    use super::{super::super::term_row::Row, *};

    /// For each passage its rows: a field, and terms each so many positions behind the one before.
    type Passages = Vec<Vec<(u32, Vec<(u32, String)>)>>;

    fn segment() -> tantivy::Result<Segment> {
        let text = |record, norms| {
            let indexing = TextFieldIndexing::default().set_tokenizer("raw").set_index_option(record);
            TextOptions::default().set_indexing_options(indexing.set_fieldnorms(norms))
        };
        let mut schema = Schema::builder();
        schema.add_text_field("file", text(IndexRecordOption::Basic, false));
        schema.add_text_field("words", text(IndexRecordOption::WithFreqsAndPositions, true));
        schema.add_text_field("property", text(IndexRecordOption::WithFreqsAndPositions, false));
        Ok(Index::create_in_ram(schema.build()).new_segment())
    }

    fn by_tantivy(passages: &Passages) -> tantivy::Result<Segment> {
        let segment = segment()?;
        let mut writer = SegmentWriter::for_segment(15_000_000, segment.clone())?;
        for rows in passages {
            let mut document = TantivyDocument::default();
            for (field, terms) in rows {
                let mut position = 0;
                let tokens = terms.iter().map(|(gap, term)| {
                    position += *gap as usize;
                    Token { position, text: term.clone(), ..Token::default() }
                });
                let text = PreTokenizedString { text: String::new(), tokens: tokens.collect() };
                document.add_pre_tokenized_text(Field::from_field_id(*field), text);
            }
            writer.add_document(AddOperation { opstamp: 0, document })?;
        }
        writer.finalize()?;
        Ok(segment)
    }

    fn by_us(passages: &Passages) -> tantivy::Result<Segment> {
        let segment = segment()?;
        let mut norms = FieldNormsWriter::for_schema(&segment.schema());
        let mut postings = Postings::new(segment.schema().num_fields());
        for (passage, rows) in (0..).zip(passages) {
            let (mut texts, mut ranges) = (String::from("x"), Vec::new());
            for (field, terms) in rows {
                let mut row = Row::default();
                for (gap, term) in terms {
                    (0..*gap).for_each(|_| row.next());
                    row.add(term);
                }
                let start = texts.len();
                texts.push_str(row.text());
                ranges.push((Field::from_field_id(*field), start..texts.len()));
            }
            postings.add(passage, &texts, &ranges, &mut norms)?;
        }
        norms.fill_up_to_max_doc(passages.len() as DocId);
        let out = FieldNormsSerializer::from_write(segment.open_write(SegmentComponent::FieldNorms)?)?;
        norms.serialize(out, None)?;
        let norms = FieldNormReaders::open(segment.open_read(SegmentComponent::FieldNorms)?)?;
        postings.write_down(&postings.order(), &segment, &norms)?;
        Ok(segment)
    }

    fn parts(segment: tantivy::Result<Segment>) -> tantivy::Result<Vec<Vec<u8>>> {
        use SegmentComponent::{FieldNorms, Positions, Postings, Terms};
        let segment = segment?;
        let bytes = |part| Ok(segment.open_read(part)?.read_bytes()?.to_vec());
        [FieldNorms, Terms, Postings, Positions].into_iter().map(bytes).collect()
    }

    fn rows() -> impl Strategy<Value = Passages> {
        let term = prop_oneof![8 => "[ab]{0,2}", 2 => "[a-c人é]{0,9}", 1 => "[a-b]{250}"];
        let terms = prop::collection::vec((0_u32..3, term), 1..30);
        let row = prop::collection::btree_map(0_u32..3, terms, 0..4);
        prop::collection::vec(row.prop_map(|rows| rows.into_iter().collect()), 1..40)
    }

    proptest! {
        #[test]
        fn what_is_written_is_what_tantivy_writes(passages in rows(), times in 1_usize..20) {
            // Of some terms there are many blocks.
            let passages: Passages = (0..times).flat_map(|_| passages.clone()).collect();
            let theirs = parts(by_tantivy(&passages)).expect("it is written");
            let ours = parts(by_us(&passages)).expect("it is written");
            prop_assert!(theirs == ours);
        }
    }
}
