//! More like this: what a text is about, in its telling words, asked of all other articles.

use std::{collections::HashMap, ops::Range};

use super::{
    compile::Compiler,
    order::{Asked, Except},
    query::Query,
    results::Results,
    tree::{Group, Node, Word},
};
use crate::{
    analysis::{self, Languages, StopWords},
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
    /// [`crate::Error::Damaged`] when the index is not as it was written, [`crate::Error::Cancelled`] when nobody
    /// waits for the answer.
    pub fn similar(&self, article: &ArticleText, query: &Query) -> Result<Results> {
        self.unless_cancelled(query, || self.like(article, query))
    }

    fn like(&self, article: &ArticleText, query: &Query) -> Result<Results> {
        let words = self.telling(article)?;
        let typed: Vec<String> =
            words.iter().map(|(words, _)| words.iter().map(|word| word.folded.as_str()).collect()).collect();
        let query = Query { text: typed.join(" "), ..query.clone() };
        // What counts twice is named twice.
        let nodes = words.into_iter().flat_map(|(mut words, times)| {
            words.iter_mut().for_each(|word| word.pause = true);
            std::iter::repeat_n(Node::Words(words), times)
        });
        let tree = Group { should: nodes.collect(), ..Group::default() };
        let asked = self.asked(&query, tree, &mut Vec::new())?;
        let except = Except(article.lies.clone());
        self.answer(&Asked { except, ..asked }, Vec::new())
    }

    /// Returns the telling words of an article, each with how often it counts: those with the most of
    /// the score of BM25, a count of more than one by its logarithm.
    fn telling(&self, article: &ArticleText) -> Result<Vec<(Vec<Word>, usize)>> {
        let asked = article.passages.iter().filter(|passage| passage.asked);
        let texts = asked.map(|passage| passage.text.as_str()).chain([article.title.as_str()]);
        let text: String = texts.collect::<Vec<_>>().join("\n");
        let language = Languages::of(None, std::iter::once(text.as_str())).article();
        let stop = StopWords::of(language);
        // By stem: how often it stands there, and the form that was met first.
        let mut counts: HashMap<String, (usize, Vec<Word>)> = HashMap::new();
        let ranges: Vec<Range<usize>> = analysis::words(&text).collect();
        for (at, range) in ranges.iter().enumerate() {
            let mut words = vec![Word::of(&text[range.clone()])];
            // A character tells little without the one beside it.
            if let Some(next) = ranges.get(at + 1).filter(|next| next.start == range.end) {
                let next = Word::of(&text[next.clone()]);
                if words[0].is_character() && next.is_character() {
                    words.push(next);
                }
            }
            // A letter or figure by itself tells nothing.
            if stop.contains(&words[0].folded) || words[0].folded.len() == 1 {
                continue;
            }
            let key = words.iter().map(|word| word.folded.as_str()).collect::<String>();
            let key = if words.len() > 1 { key } else { analysis::stem(&key, language).into_owned() };
            counts.entry(key).or_insert((0, words)).0 += 1;
        }
        let compiler = Compiler::new(self, &Query { text, ..Query::default() });
        let weighed = counts.into_iter().map(|(stem, (count, words))| {
            let weight = 1.0 + (count as f32).ln();
            let worth = compiler
                .lexicon
                .sought(&words)
                .first()
                .map_or(0.0, |first| compiler.lexicon.worth(&first.stems));
            (weight * worth, weight, stem, words)
        });
        let mut words: Vec<(f32, f32, String, Vec<Word>)> = weighed.collect();
        words.sort_by(|one, other| other.0.total_cmp(&one.0).then_with(|| one.2.cmp(&other.2)));
        words.truncate(TELLING);
        Ok(words.into_iter().map(|(_, weight, _, words)| (words, weight.round() as usize)).collect())
    }
}
