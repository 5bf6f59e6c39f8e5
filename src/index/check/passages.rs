//! The passages of a segment: each is read back, and compared with the columns that it is found by.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
};

use tantivy::{Segment, SegmentReader, TantivyDocument};

use crate::index::{
    Rows,
    schema::{self, Fields},
    symbols::Tables,
};

/// Counts the passages of each file, and returns how many there are.
///
/// # Errors
/// Says what does not fit together.
pub(super) fn count(
    segment: &Segment,
    tables: &Tables,
    held: &mut BTreeMap<(u32, Vec<u8>), u64>,
    cancel: &AtomicBool,
) -> Result<u64, String> {
    let failed = |error: tantivy::TantivyError| error.to_string();
    let (_, fields) = Fields::build();
    let reader = SegmentReader::open(segment).map_err(failed)?;
    let columns = reader.fast_fields();
    let files = reader.inverted_index(fields.file).map_err(failed)?;
    let (ids, rows) = (columns.u64("id").map_err(failed)?, Rows::open(&reader).map_err(failed)?);
    let store = reader.get_store_reader(1).map_err(|error| error.to_string())?;
    let mut read = 0;
    // The passages of a file lie side by side: its name is looked up once.
    let (mut last, mut place) = (None, (0, Vec::new()));
    let (mut key, mut before) = (Vec::new(), None);
    let documents = store.iter::<TantivyDocument>(reader.alive_bitset());
    for (doc, document) in reader.doc_ids_alive().zip(documents) {
        if cancel.load(Relaxed) {
            break;
        }
        let passage = schema::stored(&fields, tables, &document.map_err(failed)?)
            .map_err(|error| format!("passage {doc} cannot be read back: {error}"))?;
        let misplaced = || format!("passage {doc} is not the one that its columns name");
        let (file, order) = rows.place(doc);
        if last != Some(file) {
            files.terms().ord_to_term(file, &mut key).map_err(|error| error.to_string())?;
            (last, place) = (Some(file), (passage.folder, passage.path.clone()));
        }
        // Those of an article lie side by side, in their order.
        let follows = order as u32 == 0 || before == Some((doc, order));
        before = Some((doc + 1, order + 1));
        let id = ids.first(doc).map(|hash| passage.id.starts_with(&format!("{hash:016x}:")));
        if (passage.folder, &passage.path) != (place.0, &place.1)
            || key != schema::file_key(place.0, &place.1).as_bytes()
            || id != Some(true)
            || !follows
        {
            return Err(misplaced());
        }
        *held.entry(place.clone()).or_default() += 1;
        read += 1;
    }
    if !cancel.load(Relaxed) && read != u64::from(reader.num_docs()) {
        return Err(format!("{read} passages can be read back of {}", reader.num_docs()));
    }
    Ok(read)
}
