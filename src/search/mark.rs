//! What of a query stands in a text, to be marked there.

use super::{
    highlight::{self, Part},
    matches::{Reading, Targets},
    order::Asked,
    parse,
    query::{Extent, Query},
};
use crate::{
    analysis::Language,
    error::Result,
    index::{ArticleText, Index},
};

impl Index {
    /// Returns the text of each passage of an article in parts, those marked that stand for something of a
    /// query.
    ///
    /// # Errors
    /// [`crate::Error::Damaged`] when the index is not as it was written, [`crate::Error::Cancelled`] when nobody waits for
    /// the answer.
    pub fn marked(&self, article: &ArticleText, query: &Query) -> Result<Vec<Vec<Part>>> {
        let language = article.language.as_deref().and_then(Language::of_tag);
        self.unless_cancelled(query, || {
            let asked = self.asked(query, parse::parse(query).tree, &mut Vec::new())?;
            let targets = asked.targets().map_err(|source| self.damaged(source))?;
            let of_passage = |passage: &crate::index::Shown| {
                asked.compiler.go_on().map_err(|source| self.damaged(source))?;
                Ok(highlight::snippet(&[], &passage.text, language, &targets, Extent::Whole).parts)
            };
            article.passages.iter().map(of_passage).collect()
        })
    }
}

impl Asked<'_> {
    /// Returns what a query looks for in texts.
    pub(super) fn targets(&self) -> tantivy::Result<Targets> {
        let lexicon = &self.compiler.lexicon;
        let reading = Reading {
            case: self.query.case,
            stop: &lexicon.stop,
            sought: &|words| lexicon.weighed(words),
            others: &|nodes| lexicon.others(nodes),
            expand: &|node| {
                let expansions = self.compiler.expansions(node)?;
                Ok(expansions.iter().map(|expansion| expansion.words.clone()).collect())
            },
        };
        Targets::of(&self.tree, &reading)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::Update;

    #[test]
    fn every_passage_of_an_article_is_marked_and_stays_whole() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let file = dir.path().join("a.md");
        std::fs::write(
            &file,
            "# Seas\n\nThe tides turn.\n\n## Ships\n\nNo word of it.\n\n## Moon\n\nA tide again.\n",
        )
        .expect("it can be written");
        let mut index = Index::create(&dir.path().join("index")).expect("it can be made");
        let update = Update { folders: vec![file.clone()], ..Update::default() };
        index.update(&update, &mut |_| {}, &Default::default()).expect("it can be indexed");
        let article = index.show_path(&file, None, 0).expect("it is there");
        let query = Query { text: "tide seas".into(), ..Query::default() };
        let marked = index.marked(&article, &query).expect("it answers");
        let words: Vec<Vec<&str>> = marked
            .iter()
            .map(|parts| parts.iter().filter(|part| part.matched).map(|part| part.text.as_str()).collect())
            .collect();
        assert_eq!(words, [vec!["tides"], vec![], vec!["tide"]]);
        for (parts, passage) in marked.iter().zip(&article.passages) {
            let text: String = parts.iter().map(|part| part.text.as_str()).collect();
            assert_eq!(text, passage.text.trim_end());
        }
    }
}
