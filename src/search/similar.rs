//! More like this: what a text is about, in its telling words, asked of all other articles.

use std::collections::HashMap;

use super::{
    compile::Compiler,
    order::Except,
    query::Query,
    results::Results,
    tree::{Group, Node, Word},
    weight::Weights,
};
use crate::{
    analysis,
    error::Result,
    index::{ArticleText, Index},
};

/// So many words tell what a text is about, as in Lucene's `MoreLikeThis`, where more bring little.
const TELLING: usize = 25;

impl Index {
    /// Returns what is most like the passages of an article that were asked for, or like all of it; the
    /// article itself is no answer. The query says in what form and from where; its text is not read.
    ///
    /// # Errors
    /// [`crate::Error::Damaged`] when the index is not as it was written.
    pub fn similar(&self, article: &ArticleText, query: &Query) -> Result<Results> {
        let words = self.telling(article)?;
        let typed: Vec<&str> = words.iter().map(|(word, _)| word.folded.as_str()).collect();
        let query = Query { text: typed.join(" "), ..query.clone() };
        // What counts twice is named twice.
        let nodes = words.into_iter().flat_map(|(word, times)| {
            std::iter::repeat_n(Node::Words(vec![Word { pause: true, ..word }]), times)
        });
        let tree = Group { should: nodes.collect(), ..Group::default() };
        self.answer(&query, tree, Except(article.lies.clone()), Vec::new())
    }

    /// Returns the telling words of an article, each with how often it counts: those with the most of
    /// the score of BM25, a count of more than one by its logarithm.
    fn telling(&self, article: &ArticleText) -> Result<Vec<(Word, usize)>> {
        let asked = article.passages.iter().filter(|passage| passage.asked);
        let texts = asked.map(|passage| passage.text.as_str()).chain([article.title.as_str()]);
        // By stem: how often it stands there, and the form that was met first.
        let mut counts: HashMap<String, (usize, Word)> = HashMap::new();
        for text in texts {
            for range in analysis::words(text) {
                let folded = analysis::fold(&text[range]);
                // A letter or figure by itself tells nothing; a Chinese character is a word.
                if analysis::is_stop_word(&folded) || folded.len() == 1 {
                    continue;
                }
                let word = Word::of(&folded);
                counts.entry(word.stem.clone()).or_insert((0, word)).0 += 1;
            }
        }
        let compiler = Compiler::new(self, Weights::default());
        let weighed = counts.into_iter().map(|(stem, (count, word))| {
            let weight = 1.0 + (count as f32).ln();
            (weight * compiler.worth(&stem), weight, word)
        });
        let mut words: Vec<(f32, f32, Word)> = weighed.collect();
        words.sort_by(|one, other| other.0.total_cmp(&one.0).then_with(|| one.2.stem.cmp(&other.2.stem)));
        words.truncate(TELLING);
        Ok(words.into_iter().map(|(_, weight, word)| (word, weight.round() as usize)).collect())
    }
}
