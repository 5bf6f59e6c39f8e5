//! Near copies of a passage, wherever in the index they stand: what grouping folds in one answer,
//! and all there are.

use std::collections::HashMap;

use tantivy::{
    DocAddress, DocSet, TERMINATED, Term,
    columnar::Column,
    query::{BooleanQuery, EnableScoring, Occur, Query, TermQuery},
    schema::IndexRecordOption,
};

use super::{
    group::Face,
    order::{MOST_COUNTED, Ranked},
};
use crate::{
    analysis,
    index::{Index, Rows},
};

/// The columns of a segment that grouping reads.
struct Columns {
    sketch: Column<u64>,
    length: Column<u64>,
    day: Column<u64>,
}

/// Returns what decides where each candidate is shown.
pub(super) fn faces(index: &Index, ranked: &[Ranked], by_article: bool) -> tantivy::Result<Vec<Face>> {
    let mut segments: HashMap<u32, Columns> = HashMap::new();
    let mut faces = Vec::with_capacity(ranked.len());
    for Ranked { candidate, passages, .. } in ranked {
        let Some(DocAddress { segment_ord, doc_id }) = passages.first().copied() else { continue };
        let columns = match segments.entry(segment_ord) {
            std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::hash_map::Entry::Vacant(place) => {
                let fast = index.searcher().segment_reader(segment_ord).fast_fields();
                place.insert(Columns {
                    sketch: fast.u64("sketch")?,
                    length: fast.u64("length")?,
                    day: fast.u64("day")?,
                })
            }
        };
        let value = |column: &Column<u64>| column.first(doc_id).unwrap_or(0);
        faces.push(Face {
            article: (candidate.file.clone(), candidate.order >> 32),
            sketch: value(&columns.sketch),
            length: if by_article { value(&columns.length) } else { 0 },
            day: value(&columns.day),
        });
    }
    Ok(faces)
}

/// Returns the near copies of a passage of this text in other articles, and those in its own that are
/// alike in every bit, without itself; at most [`MOST_COUNTED`].
pub(super) fn copies(index: &Index, passage: DocAddress, text: &str) -> tantivy::Result<Vec<DocAddress>> {
    let sketch = analysis::sketch(text);
    let terms = sketch.bands.map(|band| {
        let term = Term::from_field_u64(index.fields().band, band);
        (Occur::Should, Box::new(TermQuery::new(term, IndexRecordOption::Basic)) as Box<dyn Query>)
    });
    let query = BooleanQuery::new(terms.into());
    let searcher = index.searcher();
    let weight = query.weight(EnableScoring::disabled_from_searcher(searcher))?;
    let mut found = Vec::new();
    for (segment, reader) in (0..).zip(searcher.segment_readers()) {
        let bits = reader.fast_fields().u64("sketch")?;
        let rows = Rows::new(reader)?;
        let same_article =
            |doc| segment == passage.segment_ord && rows.first(doc) == rows.first(passage.doc_id);
        let mut docs = weight.scorer(reader, 1.0)?;
        while docs.doc() != TERMINATED && (found.len() as u64) < MOST_COUNTED {
            let doc = docs.doc();
            let alive = reader.alive_bitset().is_none_or(|alive| alive.is_alive(doc));
            let address = DocAddress::new(segment, doc);
            let bits = bits.first(doc).unwrap_or(0);
            let alike =
                if same_article(doc) { bits == sketch.bits } else { analysis::alike(bits, sketch.bits) };
            if alive && alike && address != passage {
                found.push(address);
            }
            docs.advance();
        }
    }
    Ok(found)
}
