//! Near copies of a passage, wherever in the index they stand: what grouping folds in one answer,
//! and all there are.

use std::{cell::LazyCell, collections::BTreeSet};

use tantivy::{DocAddress, TERMINATED, columnar::Column};

use super::{group::Face, order::Ranked, query::Unit};
use crate::{
    analysis::{self, Sketch},
    index::{Index, Rows},
};

/// Of a long article so many passages are compared.
const MOST_COMPARED: usize = 16;

/// The columns of a segment that grouping reads.
struct Columns<'a> {
    sketch: &'a Column<u64>,
    /// Of whole articles only.
    length: Option<Column<u64>>,
    day: Column<u64>,
    rows: &'a Rows,
}

impl<'a> Columns<'a> {
    fn open(index: &'a Index, segment: u32, by: Unit) -> tantivy::Result<Self> {
        let fast = index.searcher().segment_reader(segment).fast_fields();
        let (sketch, rows) = (&index.sketches()?[segment as usize], &index.rows()[segment as usize]);
        let length = (by == Unit::Article).then(|| fast.u64("length")).transpose()?;
        Ok(Self { sketch, length, day: fast.u64("day")?, rows })
    }
}

/// Returns what decides where each candidate is shown; the dates of the first so many.
pub(super) fn faces(index: &Index, ranked: &[Ranked], dated: usize, by: Unit) -> tantivy::Result<Vec<Face>> {
    let mut segments: Vec<Option<Columns<'_>>> = index.rows().iter().map(|_| None).collect();
    let mut faces = Vec::with_capacity(ranked.len());
    for (at, Ranked { candidate, lead: DocAddress { segment_ord, doc_id }, .. }) in ranked.iter().enumerate()
    {
        let (segment_ord, doc_id) = (*segment_ord, *doc_id);
        let columns = match &mut segments[segment_ord as usize] {
            Some(columns) => columns,
            place => place.insert(Columns::open(index, segment_ord, by)?),
        };
        let value = |column: &Column<u64>, doc| column.first(doc).unwrap_or(0);
        let whole = |length| {
            let all = columns.rows.article_of(doc_id).take(MOST_COMPARED);
            (all.map(|doc| value(columns.sketch, doc)).collect(), value(length, doc_id))
        };
        faces.push(Face {
            article: candidate.article(),
            sketch: value(columns.sketch, doc_id),
            whole: columns.length.as_ref().map(whole),
            day: if at < dated { value(&columns.day, doc_id) } else { 0 },
            score: candidate.key,
        });
    }
    Ok(faces)
}

/// Returns the near copies of a passage in other articles, and those in its own that are alike in every
/// bit, without itself: those that grouping found, and what else shares a band with it. Its sketch is asked
/// for where it is needed.
pub(super) fn copies(
    index: &Index,
    passage: DocAddress,
    sketch: impl FnOnce() -> Sketch,
    grouped: &[DocAddress],
) -> tantivy::Result<BTreeSet<DocAddress>> {
    let sketch = LazyCell::new(sketch);
    let (sketches, rows) = (index.sketches()?, index.rows());
    let mut found: BTreeSet<DocAddress> = grouped.iter().copied().collect();
    let segments = index.searcher().segment_readers().iter().zip(index.bands()).zip(sketches);
    for (segment, ((reader, bands), sketches)) in (0..).zip(segments) {
        let is_own = segment == passage.segment_ord;
        if is_own && !bands.may_be_copied(passage.doc_id) {
            continue;
        }
        let home = is_own.then(|| rows[segment as usize].article_of(passage.doc_id));
        let alive = reader.alive_bitset();
        for (band, value) in sketch.bands.into_iter().enumerate() {
            bands.each(band, value, &mut |doc| {
                let bits = sketches.first(doc).unwrap_or(0);
                let alike = match home.as_ref().is_some_and(|home| home.contains(&doc)) {
                    true => bits == sketch.bits,
                    false => analysis::alike(bits, sketch.bits),
                };
                if alike && alive.is_none_or(|alive| alive.is_alive(doc)) {
                    found.insert(DocAddress::new(segment, doc));
                }
            })?;
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
    let mut file = Vec::new();
    for (segment, reader) in (0..).zip(index.searcher().segment_readers()) {
        let (days, rows) = (reader.fast_fields().u64("day")?, &index.rows()[segment as usize]);
        let files = reader.inverted_index(index.fields().file)?;
        let of_segment = DocAddress::new(segment, 0)..=DocAddress::new(segment, TERMINATED);
        for address in passages.range(of_segment) {
            let (number, order) = rows.place(address.doc_id);
            files.terms().ord_to_term(number, &mut file)?;
            let day = days.first(address.doc_id).unwrap_or(u64::MAX);
            keyed.push((day, file.clone(), order, *address));
        }
    }
    keyed.sort_unstable();
    keyed.truncate(most);
    Ok(keyed.into_iter().map(|(.., address)| address).collect())
}

#[cfg(all(test, unix))]
mod tests {
    use std::{fs, sync::atomic::AtomicBool};

    use crate::{
        index::{Access, Index, Update},
        search::Query,
    };

    #[test]
    fn an_open_index_answers_though_a_writer_took_the_names_of_its_files_away() {
        for access in [Access::Broad, Access::Sparse] {
            let dir = tempfile::tempdir().expect("a temporary folder");
            let folder = dir.path().join("articles");
            fs::create_dir(&folder).expect("it can be made");
            for (name, text) in
                [("a", "The tide runs out."), ("b", "The tide runs out."), ("c", "Tides return.")]
            {
                fs::write(folder.join(format!("{name}.txt")), text).expect("it can be written");
            }
            let mut index = Index::create(&dir.path().join("index")).expect("it can be made");
            let update = Update { folders: vec![folder], ..Update::default() };
            index.update(&update, &mut |_| {}, &AtomicBool::new(false)).expect("it can be indexed");

            let index = Index::open_for(index.path(), access).expect("it is there");
            for file in fs::read_dir(index.path().join("g1")).expect("it is there") {
                fs::remove_file(file.expect("it can be read").path()).expect("it is there");
            }
            let query = Query { text: "tide running".into(), copies: true, ..Query::default() };
            let results = index.search(&query).expect("it is held open");
            assert_eq!((results.hits.len(), results.hits[0].copies), (2, 1), "{access:?}");
        }
    }

    #[test]
    fn near_copies_are_found_after_their_segments_were_merged_and_others_removed() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let folder = dir.path().join("articles");
        fs::create_dir(&folder).expect("it can be made");
        let path = |number: u32| folder.join(format!("{number}.txt"));
        let mut index = Index::create(&dir.path().join("index")).expect("it can be made");
        let mut update = Update { folders: vec![folder.clone()], ..Update::default() };
        let copied = 40;
        // Of each text two copies, far apart: mostly in different segments. A word tells them apart.
        for number in 0..2 * copied {
            let words = (0..60).map(|word| format!("reed{}x{word} ", number % copied));
            let text = words.collect::<String>() + &format!("heron{number}.");
            fs::write(path(number), text).expect("it can be written");
            if number % 10 == 9 {
                index.update(&update, &mut |_| {}, &AtomicBool::new(false)).expect("it can be indexed");
            }
        }
        for number in (0..copied).step_by(3) {
            fs::remove_file(path(number)).expect("it is there");
        }
        update.compact = true;
        index.update(&update, &mut |_| {}, &AtomicBool::new(false)).expect("it can be indexed");
        assert_eq!(index.rows().len(), 1);
        for number in 0..copied {
            let query = Query { text: format!("heron{}", copied + number), copies: true, ..Query::default() };
            let hits = index.search(&query).expect("it can be asked").hits;
            let copies: Vec<_> = hits.iter().map(|hit| hit.copies).collect();
            assert_eq!(copies, [u64::from(number % 3 > 0)], "{number}");
        }
    }
}
