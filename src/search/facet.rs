//! How all that matches is spread: over folders, formats, languages and months.
//!
//! Nothing is kept in the index for it: a format's passages are a list there already, and are met with
//! the set of those that match.

use std::{collections::BTreeMap, path::PathBuf};

use tantivy::{
    DocSet, SegmentReader, TERMINATED,
    query::EnableScoring,
    schema::{Field, IndexRecordOption},
};

use super::{
    article::{Evidence, Marks},
    order::Asked,
    query::Unit,
};
use crate::{
    index::{Property, schema},
    walk,
};

/// How all passages or articles that match are spread; what is ranked is what is counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Facets {
    /// The folders that were searched in, each followed by those right inside it; by path.
    pub folders: Vec<FolderFacet>,
    /// The formats, the most frequent first.
    pub formats: Vec<Facet>,
    /// The languages, by their codes, the most frequent first; those of passages whose language is not known
    /// are in none.
    pub languages: Vec<Facet>,
    /// The months that articles are dated in, as `2025-01`, or the years where no more is known, as `2025`;
    /// in order.
    pub dates: Vec<Facet>,
}

/// How many match that have a property.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Facet {
    /// The property, as it is written in a query.
    pub name: String,
    /// How many match that have it.
    pub total: u64,
}

impl Facet {
    /// Returns what so many have.
    pub fn of(name: &str, total: u64) -> Self {
        Self { name: name.into(), total }
    }
}

/// How many match in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FolderFacet {
    /// The folder of the index.
    pub folder: PathBuf,
    /// The path inside it, as the system's bytes with `/` between the parts; empty where all of it is meant.
    pub path: Vec<u8>,
    /// Where it is on disk.
    pub file: PathBuf,
    /// How many match in it.
    pub total: u64,
}

impl Asked<'_> {
    /// Counts how what matches is spread.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub(super) fn facets(&self) -> tantivy::Result<Facets> {
        let index = self.compiler.index;
        let evidence = Evidence::new(&self.compiler, &self.names)?;
        let matching = match self.query.by {
            Unit::Article => self.matching(&evidence)?,
            Unit::Passage => None,
        };
        let matching = matching.map_or_else(|| self.all(), Ok)?;
        let (mut formats, mut languages) = (BTreeMap::new(), BTreeMap::new());
        let (mut dates, mut folders) = (BTreeMap::new(), BTreeMap::new());
        let segments = (0..).zip(index.searcher().segment_readers()).zip(matching);
        for ((number, segment), marks) in segments {
            self.compiler.go_on()?;
            let field = index.fields().property;
            by_property(segment, field, Property::Format, &marks, &mut formats)?;
            by_property(segment, field, Property::Language, &marks, &mut languages)?;
            by_date(segment, &marks, &mut dates)?;
            self.by_folder(number, &marks, &mut folders)?;
        }
        // A region is stated beside the language itself.
        languages.retain(|language, _| !language.contains('-'));
        let dates = dates.into_iter().map(|(month, total)| Facet { name: dated(month), total });
        Ok(Facets {
            folders: self.folders(folders),
            formats: most_first(formats),
            languages: most_first(languages),
            dates: dates.collect(),
        })
    }

    /// Returns what matches, in each segment: passages, or the first ones of articles.
    fn all(&self) -> tantivy::Result<Vec<Marks>> {
        let index = self.compiler.index;
        let weight = self.compiled.weight(EnableScoring::disabled_from_searcher(index.searcher()))?;
        let segments = (0..).zip(index.searcher().segment_readers()).zip(index.rows().iter());
        let of_segment = |((number, segment), rows): ((u32, &SegmentReader), &crate::index::Rows)| {
            self.compiler.go_on()?;
            let mut marks = Marks::none(segment.max_doc());
            let alive = segment.alive_bitset();
            weight.for_each_no_score(segment, &mut |docs| {
                for &doc in docs.iter().filter(|doc| alive.is_none_or(|alive| alive.is_alive(**doc))) {
                    match self.query.by {
                        Unit::Passage => marks.put(doc),
                        Unit::Article => marks.put(rows.first(doc)),
                    }
                }
            })?;
            let excepted = self.except.0.iter().filter(|(segment, _)| *segment == number);
            excepted.for_each(|(_, passages)| passages.clone().for_each(|doc| marks.take(doc)));
            Ok(marks)
        };
        segments.map(of_segment).collect()
    }

    /// Counts by the number of the folder and the path in it, of what was searched in and what lies right
    /// inside.
    fn by_folder(&self, segment: u32, marks: &Marks, into: &mut InFolders) -> tantivy::Result<()> {
        let (index, rows) = (self.compiler.index, &self.compiler.index.rows()[segment as usize]);
        let files = index.searcher().segment_reader(segment).inverted_index(index.fields().file)?;
        let mut of_files = vec![0_u64; files.terms().num_terms()];
        for doc in marks.iter() {
            if let Some(total) = of_files.get_mut(rows.place(doc).0 as usize) {
                *total += 1;
            }
        }
        let mut terms = files.terms().stream()?;
        for total in of_files {
            if !terms.advance() {
                break;
            }
            if total == 0 {
                continue;
            }
            let Some((folder, path)) = schema::of_file_key(terms.key()) else { continue };
            let within = self.within.iter().filter(|(of, _)| *of == folder).map(|(_, above)| &above[..]);
            let above = if self.within.is_empty() { vec![&b""[..]] } else { within.collect() };
            for above in above {
                let Some(rest) = path.strip_prefix(above) else { continue };
                let rest = match above {
                    b"" => rest,
                    _ => rest.strip_prefix(b"/").unwrap_or_default(),
                };
                *into.entry((folder, above.to_vec())).or_default() += total;
                if let Some(end) = rest.iter().position(|byte| *byte == b'/') {
                    let inside = path[..path.len() - rest.len() + end].to_vec();
                    *into.entry((folder, inside)).or_default() += total;
                }
            }
        }
        Ok(())
    }

    /// Returns counts by folder as they are shown.
    fn folders(&self, counts: InFolders) -> Vec<FolderFacet> {
        let index = self.compiler.index;
        let folder = |((id, path), total): ((u32, Vec<u8>), u64)| {
            let folder = index.manifest().folders.iter().find(|folder| folder.id == id)?;
            let home = folder.path(index.path());
            let file = if path.is_empty() { home.clone() } else { walk::join(&home, &path) };
            Some(FolderFacet { folder: home, path, file, total })
        };
        let mut folders: Vec<FolderFacet> = counts.into_iter().filter_map(folder).collect();
        folders.sort_by(|one, other| {
            one.folder.cmp(&other.folder).then_with(|| walk::order(&one.path, &other.path))
        });
        folders
    }
}

/// How many match in the folder of a number, at a path inside it.
type InFolders = BTreeMap<(u32, Vec<u8>), u64>;

/// Counts by the values of a property.
fn by_property(
    segment: &SegmentReader,
    field: Field,
    property: Property,
    marks: &Marks,
    into: &mut BTreeMap<String, u64>,
) -> tantivy::Result<()> {
    let inverted = segment.inverted_index(field)?;
    let beginning = property.value("");
    let mut terms = inverted.terms().range().ge(&beginning).into_stream()?;
    while terms.advance() {
        let Some(name) = terms.key().strip_prefix(beginning.as_bytes()) else { break };
        let name = String::from_utf8_lossy(name).into_owned();
        let mut docs = inverted.read_postings_from_terminfo(terms.value(), IndexRecordOption::Basic)?;
        let mut total = 0;
        while docs.doc() != TERMINATED {
            total += u64::from(marks.has(docs.doc()));
            docs.advance();
        }
        if total > 0 {
            *into.entry(name).or_default() += total;
        }
    }
    Ok(())
}

/// Counts by the month, as `YYYYMM`, or as `YYYY00` where only the year is known.
fn by_date(segment: &SegmentReader, marks: &Marks, into: &mut BTreeMap<u64, u64>) -> tantivy::Result<()> {
    let fast = segment.fast_fields();
    let (days, ends) = (fast.u64("day")?, fast.u64("day_end")?);
    for doc in marks.iter() {
        let Some((day, end)) = days.first(doc).zip(ends.first(doc)).filter(|(day, _)| *day > 0) else {
            continue;
        };
        let month = if day / 100 == end / 100 { day / 100 } else { day / 10_000 * 100 };
        *into.entry(month).or_default() += 1;
    }
    Ok(())
}

/// Returns a month, or a year, as it is written.
fn dated(month: u64) -> String {
    match (month / 100, month % 100) {
        (year, 0) => format!("{year:04}"),
        (year, month) => format!("{year:04}-{month:02}"),
    }
}

fn most_first(counts: BTreeMap<String, u64>) -> Vec<Facet> {
    let mut facets: Vec<Facet> = counts.into_iter().map(|(name, total)| Facet { name, total }).collect();
    // What is as frequent stays in the order of names.
    facets.sort_by_key(|facet| std::cmp::Reverse(facet.total));
    facets
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;
    use crate::{
        index::{Index, Update},
        search::Query,
    };

    fn named(facets: &[Facet]) -> Vec<(&str, u64)> {
        facets.iter().map(|facet| (facet.name.as_str(), facet.total)).collect()
    }

    fn inside(facets: &Facets) -> Vec<(String, u64)> {
        let inside = |facet: &FolderFacet| (String::from_utf8_lossy(&facet.path).into_owned(), facet.total);
        facets.folders.iter().map(inside).collect()
    }

    #[test]
    fn what_matches_is_counted_by_each_of_its_properties() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let folder = dir.path().join("articles");
        let write = |path: &str, text: &str| {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).expect("it can be made");
            fs::write(path, text).expect("it can be written");
        };
        write(
            "moon.md",
            "---\ndate: 2025-01-30\n---\nThe moon pulls at the sea, and the sea comes and goes.\n",
        );
        write("sea/tides.txt", "The sea rises twice a day because of the moon and of the sun.\n");
        write("sea/north/ebbe.txt", "Das Meer, englisch sea, weicht bei Ebbe von der Küste zurück.\n");
        write("sea/\u{2}odd.md", "---\ndate: 2024\n---\nOf the sea there is much to be said here.\n");
        write("land.txt", "Nothing is said of it here.\n");
        let mut index = Index::create(&dir.path().join("index")).expect("it can be made");
        let update = Update { folders: vec![folder.clone()], ..Update::default() };
        let cancel = std::sync::atomic::AtomicBool::new(false);
        index.update(&update, &mut |_| {}, &cancel).expect("it can be indexed");
        for by in [Unit::Passage, Unit::Article] {
            let query = Query { text: "sea".into(), facets: true, by, ..Query::default() };
            let facets = index.search(&query).expect("it answers").facets.expect("they were asked for");
            assert_eq!(named(&facets.formats), [("markdown", 2), ("text", 2)]);
            assert_eq!(named(&facets.languages), [("en", 3), ("de", 1)]);
            assert_eq!(named(&facets.dates), [("2024", 1), ("2025-01", 1)]);
            assert_eq!(inside(&facets), [("".into(), 4), ("sea".into(), 3)]);
            let within = Query { within: vec![folder.join("sea")], ..query };
            let facets = index.search(&within).expect("it answers").facets.expect("they were asked for");
            assert_eq!(named(&facets.formats), [("text", 2), ("markdown", 1)]);
            assert_eq!(inside(&facets), [("sea".into(), 3), ("sea/north".into(), 1)]);
        }
    }

    #[test]
    fn nobody_waits_for_a_search_that_is_cancelled() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let index = Index::create(&dir.path().join("index")).expect("it can be made");
        let raised = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
        fs::create_dir(dir.path().join("articles")).expect("it can be made");
        fs::write(dir.path().join("articles/a.txt"), "The sea.").expect("it can be written");
        let mut index = index;
        let update = Update { folders: vec![dir.path().join("articles")], ..Update::default() };
        index.update(&update, &mut |_| {}, &Default::default()).expect("it can be indexed");
        for text in ["sea", "s*", "/s.*/", "se~ +sea", "\"the sea\""] {
            for by in [Unit::Passage, Unit::Article] {
                let query = Query { text: text.into(), by, cancel: Some(raised.clone()), ..Query::default() };
                let answer = index.search(&query);
                assert!(matches!(answer, Err(crate::Error::Cancelled)), "{text}: {answer:?}");
            }
        }
    }
}
