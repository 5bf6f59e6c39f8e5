//! Near copies of a passage, wherever in the index they stand: what grouping folds in one answer,
//! and all there are.

use std::collections::{BTreeSet, HashMap, hash_map::Entry};

use tantivy::{
    DocAddress, DocSet, SegmentReader, TERMINATED, Term, columnar::Column, schema::IndexRecordOption,
};

use super::{group::Face, order::Ranked, query::Unit};
use crate::{
    analysis::{self, Sketch},
    index::{Index, Rows},
};

/// Of a long article so many passages are compared.
const MOST_COMPARED: usize = 16;

/// The columns of a segment that grouping reads.
struct Columns {
    sketch: Column<u64>,
    length: Column<u64>,
    day: Column<u64>,
    rows: Rows,
}

impl Columns {
    fn open(segment: &SegmentReader) -> tantivy::Result<Self> {
        let fast = segment.fast_fields();
        let (sketch, length, day) = (fast.u64("sketch")?, fast.u64("length")?, fast.u64("day")?);
        Ok(Self { sketch, length, day, rows: Rows::new(segment)? })
    }
}

/// Returns what decides where each candidate is shown.
pub(super) fn faces(index: &Index, ranked: &[Ranked], by: Unit) -> tantivy::Result<Vec<Face>> {
    let mut segments: HashMap<u32, Columns> = HashMap::new();
    let mut faces = Vec::with_capacity(ranked.len());
    for Ranked { candidate, passages, .. } in ranked {
        let DocAddress { segment_ord, doc_id } = passages[0];
        let columns = match segments.entry(segment_ord) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                place.insert(Columns::open(index.searcher().segment_reader(segment_ord))?)
            }
        };
        let value = |column: &Column<u64>, doc| column.first(doc).unwrap_or(0);
        let whole = || {
            let all = columns.rows.article_of(doc_id).take(MOST_COMPARED);
            (all.map(|doc| value(&columns.sketch, doc)).collect(), value(&columns.length, doc_id))
        };
        faces.push(Face {
            article: candidate.article(),
            sketch: value(&columns.sketch, doc_id),
            whole: (by == Unit::Article).then(whole),
            day: value(&columns.day, doc_id),
            score: candidate.key,
        });
    }
    Ok(faces)
}

/// Returns the near copies of a passage in other articles, and those in its own that are alike in every
/// bit, without itself: those that grouping found, and what else shares a band with it.
pub(super) fn copies(
    index: &Index,
    passage: DocAddress,
    sketch: &Sketch,
    grouped: &[DocAddress],
) -> tantivy::Result<BTreeSet<DocAddress>> {
    let bands = sketch.bands.map(|band| Term::from_field_u64(index.fields().band, band));
    let searcher = index.searcher();
    let sketches = index.sketches()?;
    let mut found: BTreeSet<DocAddress> = grouped.iter().copied().collect();
    for ((segment, reader), sketches) in (0..).zip(searcher.segment_readers()).zip(sketches) {
        let home = match segment == passage.segment_ord {
            true => Some(Rows::new(reader)?.article_of(passage.doc_id)),
            false => None,
        };
        let inverted = reader.inverted_index(index.fields().band)?;
        for band in &bands {
            let Some(mut docs) = inverted.read_postings(band, IndexRecordOption::Basic)? else { continue };
            while docs.doc() != TERMINATED {
                let doc = docs.doc();
                let bits = sketches.first(doc).unwrap_or(0);
                let alike = match home.as_ref().is_some_and(|home| home.contains(&doc)) {
                    true => bits == sketch.bits,
                    false => analysis::alike(bits, sketch.bits),
                };
                if alike && reader.alive_bitset().is_none_or(|alive| alive.is_alive(doc)) {
                    found.insert(DocAddress::new(segment, doc));
                }
                docs.advance();
            }
        }
    }
    found.remove(&passage);
    Ok(found)
}

/// Returns so many of these passages, the earliest first, those without a date last, and equal ones in
/// the order of path and place.
pub(super) fn earliest(
    index: &Index,
    passages: &BTreeSet<DocAddress>,
    most: usize,
) -> tantivy::Result<Vec<DocAddress>> {
    let mut keyed = Vec::with_capacity(passages.len());
    let mut file = String::new();
    for (segment, reader) in (0..).zip(index.searcher().segment_readers()) {
        let columns = Columns::open(reader)?;
        let files = reader.fast_fields().str("file")?;
        let of_segment = DocAddress::new(segment, 0)..=DocAddress::new(segment, TERMINATED);
        for address in passages.range(of_segment) {
            file.clear();
            if let Some(files) = &files {
                files.ord_to_str(files.ords().first(address.doc_id).unwrap_or(0), &mut file)?;
            }
            let day = columns.day.first(address.doc_id).unwrap_or(u64::MAX);
            keyed.push((day, file.clone(), columns.rows.order(address.doc_id), *address));
        }
    }
    keyed.sort_unstable();
    keyed.truncate(most);
    Ok(keyed.into_iter().map(|(.., address)| address).collect())
}
