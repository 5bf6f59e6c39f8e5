//! A candidate as it is shown.

use tantivy::DocAddress;

use super::{
    copies,
    highlight::{self, Snippet},
    link,
    matches::Targets,
    order::Ranked,
    query::{Extent, Query},
    results::{Copy, Hit, Inside},
};
use crate::{
    analysis::Language,
    article::Role,
    error::Result,
    index::{
        Index,
        schema::{self, Stored},
    },
    walk,
};

/// Copies of one passage are listed up to this many.
const MOST_LISTED: usize = 100;

impl Index {
    /// Returns a candidate as a hit; its rank and what stands behind it are the caller's to say.
    pub(super) fn hit(
        &self,
        ranked: &Ranked,
        stored: Stored,
        grouped: &[DocAddress],
        targets: &Targets,
        query: &Query,
    ) -> Result<Hit> {
        let broken = |source| self.damaged(source);
        let lead = ranked.lead;
        let passages = ranked.others.iter().map(|address| self.inside(*address, targets, query.snippet));
        let passages = passages.collect::<Result<Vec<Inside>>>()?;
        let sketch = || schema::sketch(&stored.title, &stored.headings, &stored.text);
        let same = copies::copies(self, lead, sketch, grouped).map_err(broken)?;
        let (before, after) = match query.context {
            0 => (Vec::new(), Vec::new()),
            around => self.around(lead, around)?,
        };
        let (folder, file) = self.home(&stored);
        let text = stored.text.trim_end();
        let Snippet { parts, found_in } = snippet(&stored, targets, query.snippet);
        Ok(Hit {
            rank: 0,
            score: if ranked.scores.is_empty() { 0.0 } else { super::order::sum(&ranked.scores) },
            link: link::of(&file, &stored.format, &stored.place, text, stored.member.as_deref()),
            snippet: parts,
            found_in,
            text: text.into(),
            copies: same.len() as u64,
            same: match query.copies {
                true => self.listed(&copies::earliest(self, &same, MOST_LISTED).map_err(broken)?)?,
                false => Vec::new(),
            },
            passages,
            id: stored.id,
            folder,
            path: stored.path,
            member: stored.member,
            file,
            title: stored.title,
            authors: stored.authors,
            url: stored.url,
            date_source: stored.date_source,
            date: stored.date,
            language: stored.language,
            format: stored.format,
            headings: stored.headings,
            place: stored.place,
            role: stored.role,
            more: 0,
            stale: None,
            before,
            after,
            explanation: Vec::new(),
        })
    }

    /// Returns the indexed folder that a passage is of, and its file.
    pub(super) fn home(&self, stored: &Stored) -> (std::path::PathBuf, std::path::PathBuf) {
        let folder = self.manifest().folder(stored.folder).map(|folder| folder.base(self.path()));
        let folder = folder.unwrap_or_default();
        let file = walk::join(&folder, &stored.path);
        (folder, file)
    }

    /// Returns a further passage of an article that is a hit.
    fn inside(&self, address: DocAddress, targets: &Targets, extent: Extent) -> Result<Inside> {
        let stored = self.stored_at(address)?;
        let (_, file) = self.home(&stored);
        let text = stored.text.trim_end();
        let Snippet { parts, found_in } = snippet(&stored, targets, extent);
        Ok(Inside {
            link: link::of(&file, &stored.format, &stored.place, text, stored.member.as_deref()),
            snippet: parts,
            found_in,
            text: text.into(),
            id: stored.id,
            headings: stored.headings,
            place: stored.place,
        })
    }

    /// Returns copies as they are listed.
    fn listed(&self, copies: &[DocAddress]) -> Result<Vec<Copy>> {
        let listed = copies.iter().map(|address| {
            let stored = self.stored_at(*address)?;
            let (_, file) = self.home(&stored);
            Ok(Copy {
                id: stored.id,
                path: stored.path,
                member: stored.member,
                file,
                title: stored.title,
                date: stored.date,
                place: stored.place,
            })
        });
        listed.collect()
    }

    /// Returns the texts of the passages before and after one.
    fn around(&self, passage: DocAddress, around: usize) -> Result<(Vec<String>, Vec<String>)> {
        let (article, at) = self.article_of(passage)?;
        let text = |range: std::ops::Range<usize>| {
            article[range].iter().map(|row| row.stored.text.trim_end().to_string()).collect()
        };
        Ok((
            text(at.saturating_sub(around)..at),
            text((at + 1).min(article.len())..(at + 1 + around).min(article.len())),
        ))
    }

    /// Says of each hit whether its file is no longer what was read.
    pub(super) fn mark_stale(&self, hits: &mut [Hit]) -> Result<()> {
        let files: Vec<(u32, &[u8])> = hits
            .iter()
            .map(|hit| {
                let folder = self.owner(&hit.file).map_or(0, |(folder, _)| folder.id);
                (folder, hit.path.as_slice())
            })
            .collect();
        let stale = self.stale_files(&files)?;
        for (hit, stale) in hits.iter_mut().zip(stale) {
            hit.stale = stale;
        }
        Ok(())
    }
}

/// Returns what is shown of a passage. What stands beside an article is not found by what is above it.
fn snippet(stored: &Stored, targets: &Targets, extent: Extent) -> Snippet {
    let language = stored.language.as_deref().and_then(Language::of_tag);
    let above = std::iter::once(stored.title.as_str()).chain(stored.headings.iter().map(String::as_str));
    let above: Vec<&str> = above.filter(|_| stored.role == Role::Main).collect();
    highlight::snippet(&above, &stored.text, language, targets, extent)
}
