//! The order: every part of a score, computed for the candidates one part after another, so that it
//! is the same sum however the passages lie in the index.

use tantivy::{
    DocAddress, DocSet, Term,
    query::{Bm25StatisticsProvider, BoostQuery, DisjunctionMaxQuery, EnableScoring, Query},
    schema::Field,
};

use super::{
    article::Bag,
    compile::{Compiler, drops_stop_words, phrase, term},
    nearest::nearest,
    print::single,
    tree::{Group, Node, Word},
    weight::Weights,
};
use crate::analysis;

/// How many positions words of a pair may be moved to stand side by side.
const NEAR: u32 = 2;

/// For so many words that the index does not hold others are looked for: each takes a walk through all
/// words that begin with its letter.
const MOST_UNKNOWN: usize = 8;

/// One part of a score.
pub(super) struct Part {
    /// What it is, in plain words.
    pub(super) label: String,
    pub(super) query: Box<dyn Query>,
    /// What the score of `query` was multiplied by.
    pub(super) weight: f32,
    /// The query word it is about, as it was typed and folded; none for what is about several.
    pub(super) word: Option<String>,
    /// How it counts in whole articles; none for what counts in one passage.
    pub(super) bag: Option<Bag>,
    /// Whether candidates are retrieved by it.
    pub(super) retrieves: bool,
    /// What the reader of the answer should know of it.
    pub(super) note: Option<String>,
}

impl Part {
    fn of_several(label: String, query: Box<dyn Query>) -> Self {
        Self { label, query, weight: 1.0, word: None, bag: None, retrieves: false, note: None }
    }
}

/// Returns the parts that rank what a tree matches.
pub(super) fn parts(compiler: &Compiler<'_>, tree: &Group) -> tantivy::Result<Vec<Part>> {
    let mut terms = Terms::default();
    terms.collect(tree, &compiler.weights);
    let (fields, weights) = (compiler.index.fields(), &compiler.weights);
    let mut parts = Vec::new();
    for (word, times) in &terms.words {
        let mut add = |label: &str, weight: f32, (field, text): (Field, &str), retrieves: bool| {
            let query = Box::new(BoostQuery::new(term(field, text), weight * *times));
            let whole = field == fields.stem || field == fields.exact;
            parts.push(Part {
                label: format!("{label} `{}`", word.folded),
                query,
                weight: weight * *times,
                word: Some(word.folded.clone()),
                bag: whole.then(|| Bag {
                    term: Term::from_field_text(field, text),
                    title: Term::from_field_text(fields.title, &word.stem),
                }),
                retrieves,
                note: None,
            });
        };
        add("forms of", weights.stem, (fields.stem, &word.stem), true);
        add("exactly", weights.exact, (fields.exact, &word.folded), false);
        add("in title or headings", weights.title, (fields.title, &word.stem), false);
        add("beside the article, forms of", weights.aside, (fields.aside, &word.stem), true);
    }
    let mut unknown = 0;
    for (word, times) in &terms.words {
        if compiler.statistics.doc_freq(&Term::from_field_text(fields.stem, &word.stem))? == 0 {
            unknown += 1;
            if unknown <= MOST_UNKNOWN {
                parts.extend(spelled_like(compiler, word, *times)?);
            }
        }
    }
    for node in terms.others {
        let typed = single(node);
        let label = match node {
            Node::Phrase(..) => format!("phrase {typed}"),
            Node::Prefix(prefix) => format!("words beginning `{prefix}`"),
            Node::Fuzzy(..) => format!("words spelled like `{typed}`"),
            Node::Shape(_) => format!("words of the shape {typed}"),
            _ => typed,
        };
        let inner = if let Node::Title(inner) = node { inner } else { node };
        let note = match inner {
            Node::Prefix(_) | Node::Fuzzy(..) | Node::Shape(_) if compiler.expansions(inner)?.is_empty() => {
                Some(format!("`{}` stands for no word of the index", single(inner)))
            }
            _ => None,
        };
        parts.push(Part { retrieves: true, note, ..Part::of_several(label, compiler.node(node)?) });
    }
    for word in terms.quoted.iter().filter(|word| !analysis::is_stop_word(word)) {
        let query = BoostQuery::new(term(fields.exact, word), weights.stem + weights.exact);
        parts.push(Part::of_several(format!("exactly `{word}`, of a phrase"), Box::new(query)));
    }
    let side_by_side = |words: &[&Word], slop, weight| -> (String, Box<dyn Query>) {
        let stems: Vec<String> = words.iter().map(|word| word.stem.clone()).collect();
        let typed = words.iter().map(|word| word.folded.as_str()).collect::<Vec<_>>().join(" ");
        (typed, Box::new(BoostQuery::new(phrase(fields.stem, &stems, slop), weight)))
    };
    for pair in &terms.pairs {
        let (typed, query) = side_by_side(pair, NEAR, weights.pair);
        parts.push(Part::of_several(format!("near each other `{typed}`"), query));
    }
    for unit in &terms.units {
        let (typed, query) = side_by_side(unit, 0, weights.unit);
        parts.push(Part::of_several(format!("as one name `{typed}`"), query));
    }
    Ok(parts)
}

/// Returns the words that stand for one that no article of the index holds, as one part.
fn spelled_like(compiler: &Compiler<'_>, word: &Word, times: f32) -> tantivy::Result<Option<Part>> {
    let fields = compiler.index.fields();
    let near = nearest(compiler, &word.folded)?;
    let names: Vec<String> = near.iter().map(|(other, _)| format!("`{other}`")).collect();
    let weighed = |(other, alike): &(String, f32)| -> Box<dyn Query> {
        Box::new(BoostQuery::new(term(fields.exact, other), compiler.weights.near * alike * times))
    };
    let query = Box::new(DisjunctionMaxQuery::new(near.iter().map(weighed).collect()));
    let (word, names) = (&word.folded, names.join(", "));
    let label = format!("for want of `{word}`: {names}");
    let note = Some(format!("{names} {} spelled like `{word}`", if near.len() == 1 { "is" } else { "are" }));
    Ok((!near.is_empty()).then(|| Part { note, ..Part::of_several(label, query) }))
}

/// What a tree looks for, leaving out what it excludes.
#[derive(Default)]
struct Terms<'a> {
    /// Words, each with what it counts: as often as it was typed.
    words: Vec<(&'a Word, f32)>,
    /// Neighbours in the query.
    pairs: Vec<[&'a Word; 2]>,
    /// What was typed in one piece, and names with their numbers.
    units: Vec<Vec<&'a Word>>,
    others: Vec<&'a Node>,
    /// The words of phrases that need not be there: without the phrase they still tell something.
    quoted: Vec<&'a str>,
}

impl<'a> Terms<'a> {
    fn collect(&mut self, group: &'a Group, weights: &Weights) {
        let drop = drops_stop_words(group);
        let mut last: Option<&Word> = None;
        let mut kind_follows = false;
        for (node, should) in
            group.must.iter().map(|node| (node, false)).chain(group.should.iter().map(|node| (node, true)))
        {
            match node {
                Node::Words(words) => {
                    let counted = |word: &&Word| !(should && drop && analysis::is_stop_word(&word.folded));
                    let count = if kind_follows { weights.kind } else { 1.0 };
                    kind_follows = words.last().is_some_and(|word| analysis::asks_for_kind(&word.folded));
                    for word in words.iter().filter(counted) {
                        match self.words.iter_mut().find(|(known, _)| known.folded == word.folded) {
                            Some((_, times)) => *times += count,
                            None => self.words.push((word, count)),
                        }
                        if let Some(last) = last.filter(|last| last.stem != word.stem) {
                            self.pairs.push([last, word]);
                            if words.len() == 1 && is_number(word) && !is_number(last) {
                                self.units.push(vec![last, word]);
                            }
                        }
                        last = (!word.pause).then_some(word);
                    }
                    // `user's` and `and/or` are no names.
                    let named: Vec<&Word> =
                        words.iter().filter(|word| !analysis::is_stop_word(&word.folded)).collect();
                    if named.len() > 1 && named.len() == words.len() {
                        self.units.push(named);
                    }
                }
                Node::Group(inner) => {
                    self.collect(inner, weights);
                    last = None;
                }
                Node::Filter(_) => {}
                _ => {
                    if let (Node::Phrase(words, _), true) = (node, should && group.should.len() > 1) {
                        self.quoted.extend(words.iter().map(|word| word.folded.as_str()));
                    }
                    self.others.push(node);
                    last = None;
                }
            }
        }
    }
}

fn is_number(word: &Word) -> bool {
    word.folded.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns, for each of these passages, what each part adds to its score.
pub(super) fn score(
    compiler: &Compiler<'_>,
    parts: &[Part],
    passages: &[DocAddress],
) -> tantivy::Result<Vec<Vec<f32>>> {
    let searcher = compiler.index.searcher();
    let mut scores = vec![vec![0.0; parts.len()]; passages.len()];
    let mut sorted: Vec<usize> = (0..passages.len()).collect();
    sorted.sort_by_key(|&at| passages[at]);
    for (number, part) in parts.iter().enumerate() {
        let weight = part
            .query
            .weight(EnableScoring::enabled_from_statistics_provider(&compiler.statistics, searcher))?;
        for passages_of_segment in
            sorted.chunk_by(|&one, &other| passages[one].segment_ord == passages[other].segment_ord)
        {
            let segment = searcher.segment_reader(passages[passages_of_segment[0]].segment_ord);
            let mut scorer = weight.scorer(segment, 1.0)?;
            for &at in passages_of_segment {
                let doc = passages[at].doc_id;
                if scorer.doc() < doc {
                    scorer.seek(doc);
                }
                if scorer.doc() == doc {
                    scores[at][number] = scorer.score();
                }
            }
        }
    }
    Ok(scores)
}

/// Returns the score by what candidates are retrieved by, in an exact sum.
pub(super) fn words_alone(parts: &[Part], scores: &[f32]) -> f64 {
    parts.iter().zip(scores).filter(|(part, _)| part.retrieves).map(|(_, score)| f64::from(*score)).sum()
}
