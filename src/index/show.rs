//! A passage with what stands around it, or the text of an article, from the index alone.

use std::{
    ops::{Range, RangeInclusive},
    path::{Path, PathBuf},
};

use tantivy::{
    DocAddress, DocId, TantivyDocument,
    collector::DocSetCollector,
    query::{Query, TermQuery},
    schema::IndexRecordOption,
};

use super::{
    Index, absolute,
    rows::Rows,
    schema::{self, Stored},
};
use crate::{
    article::{Printer, Spot},
    error::{Error, Result},
};

/// Seconds that the last passage of a talk may take.
const LONGEST_TALK: u32 = 600;

/// How many passages before and after one are wanted.
pub type Neighbours = usize;

/// One passage as it is shown.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Shown {
    /// The passage's id.
    pub id: String,
    /// Headings above it, outermost first.
    pub headings: Vec<String>,
    /// Its text.
    pub text: String,
    /// Where it stands.
    pub place: crate::article::Place,
    /// Whether it is the one that was asked for, and not a neighbour.
    pub asked: bool,
}

/// An article, or part of one, as it is shown.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ArticleText {
    /// The file.
    pub file: PathBuf,
    /// The folder of the index that it is in.
    pub folder: PathBuf,
    /// Its path inside the folder.
    pub path: Vec<u8>,
    /// Which article of the file it is.
    pub member: Option<String>,
    /// The title.
    pub title: String,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// Its date.
    pub date: Option<crate::date::Date>,
    /// Where in the file the date stands; empty where there is none.
    pub date_source: String,
    /// Its URL.
    pub url: Option<String>,
    /// Its language.
    pub language: Option<String>,
    /// The format it was read as.
    pub format: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// The passages, in order.
    pub passages: Vec<Shown>,
    /// The text: of the whole article with title and headings, or of the passages shown.
    pub text: String,
    /// Whether the file on disk is not the one that was read: `changed` or `gone`.
    pub stale: Option<&'static str>,
    /// Where the passages of the articles lie that were asked for.
    pub(crate) lies: Vec<(u32, Range<DocId>)>,
}

/// A stored passage and where it lies.
pub(crate) struct Row {
    address: DocAddress,
    order: u64,
    pub(crate) stored: Stored,
}

impl Index {
    /// Returns the passage of this id, or of the one id that begins so, with its neighbours.
    ///
    /// # Errors
    /// [`Error::UnknownPassage`] and [`Error::AmbiguousId`].
    pub fn show_id(&self, id: &str, around: Neighbours) -> Result<ArticleText> {
        self.guarded(|| self.by_id(id, around))
    }

    fn by_id(&self, id: &str, around: Neighbours) -> Result<ArticleText> {
        let mut rows = self.begun(id)?;
        if rows.iter().any(|row| row.stored.id == id) {
            rows.retain(|row| row.stored.id == id);
        }
        if rows.windows(2).any(|pair| pair[0].stored.id != pair[1].stored.id) {
            return Err(Error::AmbiguousId { name: id.into() });
        }
        // Two folders may hold the same path and text: then it is that of the first.
        let first = rows.into_iter().min_by_key(|row| (row.stored.folder, row.order));
        let Some(asked) = first else { return Err(Error::UnknownPassage { name: id.into() }) };
        let (article, at) = self.article_of(asked.address)?;
        self.shown(&article, Some((at..at + 1, around)))
    }

    /// Returns the text of the articles in a file, or the passage at a line of it with its neighbours.
    ///
    /// # Errors
    /// [`Error::UnknownPassage`] where the index does not hold it.
    pub fn show_path(&self, path: &Path, line: Option<u32>, around: Neighbours) -> Result<ArticleText> {
        self.show_line(path, None, line, around)
    }

    /// Returns the same of one of the articles of a file, or of all.
    ///
    /// # Errors
    /// [`Error::UnknownPassage`] where the index does not hold it.
    pub fn show_line(
        &self,
        path: &Path,
        member: Option<&str>,
        line: Option<u32>,
        around: Neighbours,
    ) -> Result<ArticleText> {
        let passages = self.guarded(|| self.rows_of(path, member))?;
        let Some(line) = line else { return self.shown(&passages, None) };
        // A line between passages, a heading or an empty one, is one of the passage after it.
        let at = passages.iter().position(|row| row.stored.place.line_end >= line);
        let no_line = || Error::UnknownPassage { name: format!("{}:{line}", path.display()) };
        let at = at.filter(|_| line > 0).ok_or_else(no_line)?;
        // What stands around it is of the same article, also where the file holds many.
        let same = |one: &Row, other: &Row| one.order >> 32 == other.order >> 32;
        let mut before = at;
        for article in passages.chunk_by(same) {
            if before < article.len() {
                return self.shown(article, Some((before..before + 1, around)));
            }
            before -= article.len();
        }
        Err(no_line())
    }

    /// Returns the passages at these lines of a file, or of one of its articles, with their neighbours. Where a
    /// file holds several articles, they are those of the article at the first line.
    ///
    /// # Errors
    /// [`Error::UnknownPassage`] where the index does not hold the file, or it has no such line.
    pub fn show_lines(
        &self,
        path: &Path,
        member: Option<&str>,
        lines: RangeInclusive<u32>,
        around: Neighbours,
    ) -> Result<ArticleText> {
        let passages = self.guarded(|| self.rows_of(path, member))?;
        let (first, last) = (*lines.start(), *lines.end());
        let at = passages.iter().position(|row| row.stored.place.line_end >= first);
        let at = at
            .filter(|_| first > 0 && first <= last)
            .ok_or_else(|| Error::UnknownPassage { name: format!("{}:{first}-{last}", path.display()) })?;
        let same = |row: &&Row| row.order >> 32 == passages[at].order >> 32;
        let start = passages.iter().take_while(|row| !same(row)).count();
        let article: &[Row] = &passages[start..][..passages[start..].iter().take_while(same).count()];
        let count = article[at - start..].iter().take_while(|row| row.stored.place.line <= last).count();
        self.shown(article, Some((at - start..at - start + count.max(1), around)))
    }

    /// Returns the passages of a file, or of one of its articles, on a page, or the like: those that begin there, or the one that
    /// runs over it.
    ///
    /// # Errors
    /// [`Error::UnknownPassage`] where the index does not hold the file, or it has no such page.
    pub fn show_spot(&self, path: &Path, member: Option<&str>, spot: Spot) -> Result<ArticleText> {
        let unknown = || Error::UnknownPassage { name: format!("{} at {spot:?}", path.display()) };
        let passages = self.guarded(|| self.rows_of(path, member))?;
        let begun = passages.iter().enumerate().filter_map(|(at, row)| Some((at, row.stored.place.spot?)));
        let reached = begun.filter(|(_, begun)| begun.reaches(spot));
        // What stands around an article comes after it, wherever in the file it is.
        let nearest = reached.reduce(|near, other| if near.1.reaches(other.1) { other } else { near });
        let (last, near) = nearest.ok_or_else(unknown)?;
        // Past the last page there is none; the last words of a talk take some time.
        let on = match (near, spot) {
            (Spot::Time(near), Spot::Time(asked)) => asked <= near + LONGEST_TALK,
            _ => near == spot,
        };
        let beyond =
            |row: &Row| row.stored.place.spot.is_some_and(|begun| spot != begun && spot.reaches(begun));
        if !on && !passages.iter().any(beyond) {
            return Err(unknown());
        }
        let first = (0..=last).rev().take_while(|at| passages[*at].stored.place.spot == Some(spot)).last();
        self.shown(&passages, Some((first.unwrap_or(last)..last + 1, 0)))
    }

    /// Returns the text of one of the articles in a file that holds several.
    ///
    /// # Errors
    /// [`Error::UnknownPassage`] where the index does not hold it.
    pub fn show_member(&self, path: &Path, member: &str) -> Result<ArticleText> {
        self.show_line(path, Some(member), None, 0)
    }

    /// Returns the passages of a file, or of one of its articles, which a name that ends in `…` begins.
    fn rows_of(&self, path: &Path, member: Option<&str>) -> Result<Vec<Row>> {
        let unknown = || {
            let member = member.map_or(String::new(), |member| format!("#{member}"));
            Error::UnknownPassage { name: format!("{}{member}", path.display()) }
        };
        let (folder, inside) = self.owner(&absolute(path)).ok_or_else(unknown)?;
        let mut passages = self.file(folder.id, &inside)?;
        if let Some(member) = member {
            let whole = passages.iter().filter_map(|row| row.stored.member.clone());
            let begun = |name: &String| member.strip_suffix('…').is_some_and(|begin| name.starts_with(begin));
            let (exact, begun): (Vec<String>, Vec<String>) =
                whole.filter(|name| name == member || begun(name)).partition(|name| name == member);
            let name = exact.first().or(begun.first()).ok_or_else(unknown)?;
            passages.retain(|row| row.stored.member.as_ref() == Some(name));
        }
        if passages.is_empty() { Err(unknown()) } else { Ok(passages) }
    }

    /// Returns the passages whose id begins so, where no more than one hash does.
    fn begun(&self, id: &str) -> Result<Vec<Row>> {
        let Some(hashes) = schema::hashes_of(id) else { return Ok(Vec::new()) };
        let mut known = None;
        let mut rows = Vec::new();
        for (number, segment) in (0..).zip(self.searcher.segment_readers()) {
            let broken = |source| self.damaged(source);
            let column = segment.fast_fields().u64("id").map_err(broken)?;
            let mut docs = Vec::new();
            column.get_docids_for_value_range(hashes.clone(), 0..segment.max_doc(), &mut docs);
            for doc in docs.into_iter().filter(|doc| !segment.is_deleted(*doc)) {
                // Of a range below all values the column gives the least.
                let Some(hash) = column.first(doc).filter(|hash| hashes.contains(hash)) else { continue };
                if *known.get_or_insert(hash) != hash {
                    return Err(Error::AmbiguousId { name: id.into() });
                }
                rows.push(self.row(DocAddress::new(number, doc))?);
            }
        }
        rows.retain(|row| row.stored.id.starts_with(id));
        Ok(rows)
    }

    /// Returns the passages of a file in order.
    fn file(&self, folder: u32, path: &[u8]) -> Result<Vec<Row>> {
        let term = self.fields.file_term(folder, path);
        let mut passages = self.stored(&TermQuery::new(term, IndexRecordOption::Basic))?;
        passages.sort_by_key(|row| row.order);
        Ok(passages)
    }

    /// Returns what is stored of the first passage of a file.
    pub(super) fn first_of(&self, folder: u32, path: &[u8]) -> Result<Option<Stored>> {
        let term = TermQuery::new(self.fields.file_term(folder, path), IndexRecordOption::Basic);
        let broken = |source| self.damaged(source);
        let mut first: Option<(u64, DocAddress)> = None;
        for address in self.searcher.search(&term, &DocSetCollector).map_err(broken)? {
            let order = self.rows_of_segment(address.segment_ord).order(address.doc_id);
            if first.is_none_or(|(least, _)| order < least) {
                first = Some((order, address));
            }
        }
        first.map(|(_, address)| self.stored_at(address)).transpose()
    }

    /// Returns the passages of the article that a passage is of, in order, and which of them it is.
    pub(crate) fn article_of(&self, passage: DocAddress) -> Result<(Vec<Row>, usize)> {
        let rows = self.rows_of_segment(passage.segment_ord);
        let article = rows.article_of(passage.doc_id);
        let at = (passage.doc_id - article.start) as usize;
        let row = |doc| {
            let address = DocAddress::new(passage.segment_ord, doc);
            Ok(Row { address, order: rows.order(doc), stored: self.stored_at(address)? })
        };
        Ok((article.map(row).collect::<Result<_>>()?, at))
    }

    /// Returns the stored passage at an address.
    pub(crate) fn stored_at(&self, address: DocAddress) -> Result<Stored> {
        let document: TantivyDocument = self.searcher.doc(address).map_err(|source| self.damaged(source))?;
        schema::stored(&self.fields, &self.manifest.tables, &document).map_err(|source| self.damaged(source))
    }

    /// Puts together the whole article, or the passages around one.
    fn shown(&self, article: &[Row], part: Option<(Range<usize>, Neighbours)>) -> Result<ArticleText> {
        let range = part.as_ref().map_or(0..article.len(), |(asked, around)| {
            asked.start.saturating_sub(*around)..(asked.end + around).min(article.len())
        });
        let first = &article[range.start].stored;
        let folder = self.manifest.folder(first.folder);
        let base = folder.map(|folder| folder.base(&self.dir)).unwrap_or_default();
        let mut printer = Printer::new(if part.is_none() { &first.title } else { "" });
        let mut last: Option<(u64, u32)> = None;
        for Row { order, stored: passage, .. } in &article[range.clone()] {
            let section = (order >> 32, passage.section);
            if part.is_none() && last.is_some_and(|(article, _)| article != section.0) {
                printer.article(&passage.title);
            }
            if last != Some(section) {
                printer.section(&passage.headings, passage.role);
                last = Some(section);
            }
            printer.text(&passage.text);
        }
        let passages =
            article[range.clone()].iter().zip(range).map(|(Row { stored: passage, .. }, at)| Shown {
                id: passage.id.clone(),
                headings: passage.headings.clone(),
                text: passage.text.trim_end().into(),
                place: passage.place,
                asked: part.as_ref().is_none_or(|(asked, _)| asked.contains(&at)),
            });
        let stale = self.stale_files(&[(first.folder, &first.path)])?.into_iter().next().flatten();
        Ok(ArticleText {
            file: crate::walk::join(&base, &first.path),
            folder: base,
            path: first.path.clone(),
            member: first.member.clone(),
            title: first.title.clone(),
            authors: first.authors.clone(),
            date: first.date,
            date_source: first.date_source.clone(),
            url: first.url.clone(),
            language: first.language.clone(),
            format: first.format.clone(),
            tags: first.tags.clone(),
            passages: passages.collect(),
            text: printer.finish(),
            stale,
            lies: self.lie(part.as_ref().map_or(article, |(asked, _)| &article[asked.clone()]))?,
        })
    }

    /// Returns where the articles lie that these passages are of.
    fn lie(&self, passages: &[Row]) -> Result<Vec<(u32, Range<DocId>)>> {
        let mut lies: Vec<(u32, Range<DocId>)> = Vec::new();
        for DocAddress { segment_ord, doc_id } in passages.iter().map(|row| row.address) {
            if lies.last().is_none_or(|(segment, known)| *segment != segment_ord || !known.contains(&doc_id))
            {
                lies.push((segment_ord, self.rows_of_segment(segment_ord).article_of(doc_id)));
            }
        }
        Ok(lies)
    }

    /// Returns the stored passages that a query matches, each with its order in its file.
    fn stored(&self, query: &dyn Query) -> Result<Vec<Row>> {
        let broken = |source| self.damaged(source);
        let found = self.searcher.search(query, &DocSetCollector).map_err(broken)?;
        found.into_iter().map(|address| self.row(address)).collect()
    }

    fn rows_of_segment(&self, segment: u32) -> &Rows {
        &self.rows()[segment as usize]
    }

    /// Returns the passage at an address, with its order in its file.
    fn row(&self, address: DocAddress) -> Result<Row> {
        let order = self.rows_of_segment(address.segment_ord).order(address.doc_id);
        Ok(Row { address, order, stored: self.stored_at(address)? })
    }
}
