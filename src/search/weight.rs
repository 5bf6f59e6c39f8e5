//! The weights of the parts of a score, each with the measurement behind it.
//!
//! Measured on four English collections (time, cran, cisi, SQuAD's paragraphs: whole articles,
//! nDCG@10), on XQuAD in Spanish and Chinese, and on the passages of SQuAD's articles and of this
//! repository's corpus. `excerpt eval --compare exact=0` measures a part again. All weights were set for
//! all of these together; where a figure is not named, it changed by no more than .001.

use super::lexicon::Sought;

/// How soon a word that is said again counts no more, and how much the length of a text takes off: the
/// constants of BM25 (Robertson and Zaragoza 2009, <https://doi.org/10.1561/1500000019>), which the engine
/// has too. Lucene's research defaults, .9 and .4, lost .007 to .038 on the four English collections.
pub(super) const K1: f32 = 1.2;
/// See [`K1`].
pub(super) const B: f32 = 0.75;

/// What each part of a score counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    /// A word's stem in title, headings and text.
    pub stem: f32,
    /// The word as it was typed, in the same. Without it cisi loses .008, SQuAD .005, Spanish .003, time
    /// .002.
    pub exact: f32,
    /// In scripts whose words are not parted, a character by itself: of what stem and exact form count
    /// together; the pair that it makes with the next one counts the rest. At .3 Chinese loses .001; in
    /// earlier experiments halves were best for Chinese, Japanese and Korean alike.
    pub character: f32,
    /// Its stem in title and headings alone. Without it cran loses .016, cisi .006, time .003; at .3 cran
    /// gains .004 and cisi loses .013.
    pub title: f32,
    /// Two neighbours of the query near each other. Without it Chinese loses .006, SQuAD and cran .003,
    /// and cisi, whose queries are long, gains .002.
    pub pair: f32,
    /// What was typed in one piece, such as `GPT-4`, or a name with its number, such as `Llama 4`, word
    /// by word. Few queries of these collections have one: cisi gains .002 without it and loses .003
    /// at .3. In earlier experiments .3 brought .009 on SciFact, .005 on SQuAD.
    pub unit: f32,
    /// A word's stem around an article. By judgement: a page's navigation must stay findable and
    /// never win against an article on the subject.
    pub aside: f32,
    /// Words that look like those of the query without being forms of them. Without it cisi loses
    /// .009, SQuAD, cran and Spanish .003, SQuAD's passages .005 right at 1.
    pub likeness: f32,
    /// A word of the index that is spelled like one of the query that no article holds. Without it
    /// SQuAD and Spanish lose .001, cisi gains .002.
    pub near: f32,
    /// What a word counts that names the kind of what is asked for, as in `what year`. With 1 cisi
    /// loses .003, SQuAD and cran .001.
    pub kind: f32,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            stem: 0.7,
            exact: 0.3,
            character: 0.5,
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
    /// Returns what the stems and the exact form of something count.
    pub(super) fn of(&self, sought: &Sought) -> (f32, f32) {
        let all = self.stem + self.exact;
        match (&sought.exact, sought.stems.is_empty()) {
            (None, _) => (all - self.character, 0.0),
            // A character is as good as a word where no other stands beside it.
            (_, true) if sought.retrieves => (0.0, all),
            (_, true) => (0.0, self.character),
            _ => (self.stem, self.exact),
        }
    }

    /// Returns each weight with its name.
    pub fn named(&mut self) -> [(&'static str, &mut f32); 10] {
        [
            ("stem", &mut self.stem),
            ("exact", &mut self.exact),
            ("character", &mut self.character),
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
