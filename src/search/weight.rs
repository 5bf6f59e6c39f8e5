//! The weights of the parts of a score, each with the measurement behind it.
//!
//! Measured on four English collections (time, cran, cisi, SQuAD's paragraphs; nDCG@10) and on the
//! passages of SQuAD's articles and of this repository's corpus; `excerpt eval --compare` measures
//! them again. All were set for all of these together. By the notes of earlier experiments, on twelve
//! held-out collections stems, exact words, titles and pairs raise the mean of Lucene's BM25 from
//! .683 to .707.

/// What each part of a score counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    /// A word's stem in title, headings and text.
    pub stem: f32,
    /// The word as it was typed, in the same: without it time loses .005, SQuAD .009.
    pub exact: f32,
    /// Its stem in title and headings alone: without it cran loses .019. With .3 cran gains .004 and
    /// cisi loses .005.
    pub title: f32,
    /// Two neighbours of the query near each other: without it time loses .007, SQuAD .003; with .15
    /// cisi loses .004.
    pub pair: f32,
    /// What was typed in one piece, such as `GPT-4`, or a name with its number, such as `Llama 4`,
    /// word by word: +.005 on SQuAD, +.009 on SciFact at .3; at .15 cisi loses .001 and not .006.
    pub unit: f32,
    /// A word's stem around an article. By judgement: a page's navigation must stay findable and
    /// never win against an article on the subject.
    pub aside: f32,
    /// Words that look like those of the query without being forms of them: +.002 on SQuAD, +.006 on
    /// its passages right at 1, +.003 on the corpus.
    pub likeness: f32,
    /// A word of the index that is spelled like one of the query that no article holds: +.001 on
    /// SQuAD, +.002 on the corpus.
    pub near: f32,
    /// What a word counts that names the kind of what is asked for, as in `what year`: with 1 cisi
    /// loses .003, SQuAD .001.
    pub kind: f32,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            stem: 0.7,
            exact: 0.3,
            title: 0.2,
            pair: 0.1,
            unit: 0.15,
            aside: 0.2,
            likeness: 0.5,
            near: 0.7,
            kind: 0.7,
        }
    }
}

impl Weights {
    /// Returns each weight with its name.
    pub fn named(&mut self) -> [(&'static str, &mut f32); 9] {
        [
            ("stem", &mut self.stem),
            ("exact", &mut self.exact),
            ("title", &mut self.title),
            ("pair", &mut self.pair),
            ("unit", &mut self.unit),
            ("aside", &mut self.aside),
            ("likeness", &mut self.likeness),
            ("near", &mut self.near),
            ("kind", &mut self.kind),
        ]
    }
}
