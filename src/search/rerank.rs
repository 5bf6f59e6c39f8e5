//! The order: every part of a score, computed for the candidates one part after another, so that it
//! is the same sum however the passages lie in the index.

use std::collections::HashSet;

use tantivy::{
    DocAddress, DocSet, SeekDangerResult, Term,
    query::{BoostQuery, EnableScoring, Query},
};

use super::{
    article::Bag,
    best_of::BestOf,
    compile::{Compiler, any},
    lexicon::{Sought, drops_stop_words},
    nearest::{Near, nearest},
    otherwise::{Other, is_number},
    print::single,
    tree::{Group, Node, Word},
};
use crate::{
    analysis,
    index::{Lookup, of_form, of_stem},
};

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
    /// The stems of that word.
    pub(super) stems: Vec<String>,
    /// How it counts in whole articles; none for what counts in one passage.
    pub(super) bag: Option<Bag>,
    /// Whether candidates are retrieved by it.
    pub(super) retrieves: bool,
    /// What the reader of the answer should know of it.
    pub(super) note: Option<String>,
}

impl Part {
    fn of_several(label: String, query: Box<dyn Query>) -> Self {
        Self {
            label,
            query: BestOf::of_some(query),
            weight: 1.0,
            word: None,
            stems: Vec::new(),
            bag: None,
            retrieves: false,
            note: None,
        }
    }
}

/// Returns the parts that rank what a tree matches.
pub(super) fn parts(compiler: &Compiler<'_>, tree: &Group) -> tantivy::Result<Vec<Part>> {
    let mut terms = Terms::default();
    terms.collect(tree, compiler);
    let (fields, weights) = (compiler.index.fields(), &compiler.weights);
    let mut parts = Vec::new();
    for (sought, times) in &terms.words {
        // A pair of characters has no name that a reader would know it by, and what stands there otherwise
        // is not missed.
        let named = sought.exact.is_some() && !terms.otherwise.contains(&sought.word);
        let name = named.then(|| sought.word.clone());
        let stems = |field| sought.stems.iter().map(|stem| of_stem(field, stem)).collect::<Vec<_>>();
        let form = |field, text: &str| vec![of_form(fields, field, text)];
        let titles =
            if sought.is_character() { form(fields.title, &sought.word) } else { stems(fields.title) };
        let lookups = |terms: &[Term]| -> tantivy::Result<Vec<Lookup>> {
            terms.iter().map(|term| compiler.lexicon.statistics.lookup(term)).collect()
        };
        let mut add = |label: &str, weight: f32, terms: &[Term], whole: bool, retrieves: bool| {
            let bag = || tantivy::Result::Ok(Bag { terms: lookups(terms)?, titles: lookups(&titles)? });
            parts.push(Part {
                label: format!("{label} `{}`", sought.word),
                query: any(compiler.terms(terms, weight * times)?),
                weight: weight * times,
                word: name.clone(),
                stems: sought.stems.clone(),
                bag: whole.then(bag).transpose()?,
                retrieves,
                note: None,
            });
            tantivy::Result::Ok(())
        };
        let (stem, exact) = weights.of(sought);
        if !sought.stems.is_empty() {
            add("forms of", stem, &stems(fields.words), true, true)?;
        }
        if let Some(text) = &sought.exact {
            let alone = sought.is_character() && sought.retrieves;
            add("exactly", exact, &form(fields.words, text), true, alone)?;
        }
        add("in title or headings", weights.title, &titles, false, false)?;
        if !sought.stems.is_empty() {
            add("beside the article, forms of", weights.aside, &stems(fields.aside), false, true)?;
        } else if sought.retrieves {
            add("beside the article", weights.aside, &form(fields.aside, &sought.word), false, true)?;
        }
    }
    let mut unknown = 0;
    for (sought, times) in terms.words.iter().filter(|(sought, _)| !sought.stems.is_empty()) {
        let named = sought.exact.is_some() && !terms.otherwise.contains(&sought.word);
        if named && compiler.lexicon.is_unknown(sought)? {
            unknown += 1;
            if unknown <= MOST_UNKNOWN {
                parts.extend(spelled_like(compiler, &sought.word, *times)?);
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
    for word in terms.quoted.iter().filter(|word| !compiler.lexicon.stop.contains(word)) {
        let query = compiler.form(fields.words, word, weights.stem + weights.exact)?;
        parts.push(Part::of_several(format!("exactly `{word}`, of a phrase"), query));
    }
    let typed = |words: &[&Word]| words.iter().map(|word| word.folded.as_str()).collect::<Vec<_>>().join(" ");
    for other in &terms.in_place {
        let label = format!("said as `{}`", typed(&other.words.iter().collect::<Vec<_>>()));
        parts.push(Part { retrieves: true, ..Part::of_several(label, compiler.in_place(other)?) });
    }
    let mut add = |label: &str, words: &[&Word], slop: u32, weight: f32| {
        let query = BoostQuery::new(compiler.side_by_side(fields.words, words, slop)?, weight);
        parts.push(Part::of_several(format!("{label} `{}`", typed(words)), Box::new(query)));
        tantivy::Result::Ok(())
    };
    for pair in &terms.pairs {
        add("near each other", pair, NEAR, weights.pair)?;
    }
    for unit in &terms.units {
        add("as one name", unit, 0, weights.unit)?;
    }
    Ok(parts)
}

/// Returns the words that stand for one that no article of the index holds, as one part.
fn spelled_like(compiler: &Compiler<'_>, word: &str, times: f32) -> tantivy::Result<Option<Part>> {
    let fields = compiler.index.fields();
    let near = nearest(compiler, word)?;
    let names: Vec<String> = near.iter().map(|near| format!("`{}`", near.word)).collect();
    let weighed = |near: &Near| -> tantivy::Result<Box<dyn Query>> {
        let weight = compiler.weights.near * near.alike * times;
        compiler.form(fields.words, &near.word, weight)
    };
    let each = near.iter().map(weighed).collect::<tantivy::Result<_>>()?;
    let query = Box::new(BestOf(each));
    let names = names.join(", ");
    let label = format!("for want of `{word}`: {names}");
    Ok((!near.is_empty()).then(|| Part::of_several(label, query)))
}

/// What a tree looks for, leaving out what it excludes.
#[derive(Default)]
struct Terms<'a> {
    /// Words, each with what it counts: as often as it was typed.
    words: Vec<(Sought, f32)>,
    /// Neighbours in the query.
    pairs: Vec<[&'a Word; 2]>,
    /// What was typed in one piece, and names with their numbers.
    units: Vec<Vec<&'a Word>>,
    others: Vec<&'a Node>,
    /// Words side by side that may stand for some of these.
    in_place: Vec<Other>,
    /// Words that something else may stand for, and words that do.
    otherwise: HashSet<String>,
    /// The words of phrases that need not be there: without the phrase they still tell something.
    quoted: Vec<&'a str>,
}

impl<'a> Terms<'a> {
    fn collect(&mut self, group: &'a Group, compiler: &Compiler<'_>) {
        let lexicon = &compiler.lexicon;
        let drop = drops_stop_words(group, &lexicon.stop);
        for other in lexicon.others(&group.must).into_iter().chain(lexicon.others(&group.should)) {
            let share = compiler.share(&other);
            self.otherwise.extend(other.of.iter().cloned());
            if let [word] = other.words.as_slice() {
                self.otherwise.insert(word.folded.clone());
                for sought in lexicon.sought(&other.words) {
                    if !self.words.iter().any(|(known, _)| known.word == sought.word) {
                        self.words.push((sought, share));
                    }
                }
            } else {
                self.in_place.push(other);
            }
        }
        let mut last: Option<&Word> = None;
        let mut kind_follows = false;
        for (node, should) in
            group.must.iter().map(|node| (node, false)).chain(group.should.iter().map(|node| (node, true)))
        {
            match node {
                Node::Words(words) => {
                    let stop = |word: &str| should && drop && lexicon.stop.contains(word);
                    let count = if kind_follows { compiler.weights.kind } else { 1.0 };
                    kind_follows = words
                        .last()
                        .is_some_and(|word| analysis::asks_for_kind(&analysis::lower(&word.typed)));
                    for sought in lexicon.sought(words).into_iter().filter(|sought| !stop(&sought.word)) {
                        match self.words.iter_mut().find(|(known, _)| known.word == sought.word) {
                            Some((_, times)) => *times += count,
                            None => self.words.push((sought, count)),
                        }
                    }
                    for word in words.iter().filter(|word| !stop(&word.folded)) {
                        // Characters side by side are looked for as pairs already.
                        let neighbours = |last: &&Word| {
                            !(last.is_character() && word.is_character())
                                && lexicon.forms(last) != lexicon.forms(word)
                        };
                        if let Some(last) = last.filter(neighbours) {
                            self.pairs.push([last, word]);
                            if words.len() == 1 && is_number(word) && !is_number(last) {
                                self.units.push(vec![last, word]);
                            }
                        }
                        last = (!word.pause).then_some(word);
                    }
                    // `user's` and `and/or` are no names.
                    let named: Vec<&Word> = words.iter().filter(|word| !lexicon.is_stop(word)).collect();
                    let characters = words.iter().all(Word::is_character);
                    if named.len() > 1 && named.len() == words.len() && !characters {
                        self.units.push(named);
                    }
                }
                Node::Group(inner) => {
                    self.collect(inner, compiler);
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

/// Calls back with the number of a passage, that of a part, and what it adds to the passage's score, for
/// some of the parts.
pub(super) fn score(
    compiler: &Compiler<'_>,
    parts: &[Part],
    some: fn(&Part) -> bool,
    passages: impl Iterator<Item = DocAddress>,
    mut each: impl FnMut(usize, usize, f32),
) -> tantivy::Result<()> {
    let searcher = compiler.index.searcher();
    let mut sorted: Vec<(DocAddress, usize)> = passages.zip(0..).collect();
    sorted.sort_unstable();
    for (number, part) in parts.iter().enumerate().filter(|(_, part)| some(part)) {
        let weight = part.query.weight(EnableScoring::enabled_from_statistics_provider(
            &compiler.lexicon.statistics,
            searcher,
        ))?;
        for of_segment in sorted.chunk_by(|(one, _), (other, _)| one.segment_ord == other.segment_ord) {
            compiler.go_on()?;
            let mut scorer = weight.scorer(searcher.segment_reader(of_segment[0].0.segment_ord), 1.0)?;
            for (address, at) in of_segment {
                // What is not there is not looked for behind it.
                if scorer.seek_danger(address.doc_id) == SeekDangerResult::Found {
                    each(*at, number, scorer.score());
                }
            }
        }
    }
    Ok(())
}

/// Returns the score by what candidates are retrieved by, in an exact sum.
pub(super) fn words_alone(parts: &[Part], scores: &[f32]) -> f64 {
    parts.iter().zip(scores).filter(|(part, _)| part.retrieves).map(|(_, score)| f64::from(*score)).sum()
}
