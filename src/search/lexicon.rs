//! The words of a query in the languages of an index: what forms each has there.

use std::{cell::RefCell, rc::Rc};

use foldhash::{HashMap, HashSet};
use tantivy::{Term, query::Bm25StatisticsProvider};

use super::{
    otherwise::{Other, Synonyms, others},
    tree::{Group, Node, Word},
};
use crate::{
    analysis::{self, ACCENT_MARK, Language, StopWords},
    index::{Index, Statistics, of_form, of_stem},
};

/// A word typed without accents stands for at most so many words that have some.
const MOST_ACCENTED: usize = 8;

/// A query is held against so many languages at most to tell which it is asked in.
const MOST_GUESSES: usize = 6;

/// What a query's words mean in an index.
pub(super) struct Lexicon<'a> {
    index: &'a Index,
    pub(super) statistics: Statistics<'a>,
    /// The languages that the index holds, most passages first; none for what is in no known one.
    languages: Vec<Option<Language>>,
    /// Words of the query's language that carry no subject.
    pub(super) stop: Rc<StopWords>,
    /// The same of other languages, once they were asked for.
    stops: Stops,
    synonyms: Synonyms,
    known: RefCell<HashMap<String, Rc<Forms>>>,
}

/// Words without a subject by language, each list made once.
#[derive(Default)]
struct Stops(RefCell<HashMap<Option<Language>, Rc<StopWords>>>);

impl Stops {
    fn of(&self, language: Option<Language>) -> Rc<StopWords> {
        Rc::clone(self.0.borrow_mut().entry(language).or_insert_with(|| Rc::new(StopWords::of(language))))
    }
}

/// The forms of a word.
#[derive(Debug, PartialEq)]
pub(super) struct Forms {
    /// Its stem in each language of the lexicon.
    by_language: Vec<String>,
    /// Its stems that the index has, each once; at least one.
    pub(super) stems: Vec<String>,
}

/// What is looked for as one thing.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sought {
    /// The folded word, or the characters.
    pub(super) word: String,
    /// Its stems; none for a character that others stand beside.
    pub(super) stems: Vec<String>,
    /// Its term in the fields of folded words; none for a pair of characters.
    pub(super) exact: Option<String>,
    /// Whether passages are found by it, and not only ranked.
    pub(super) retrieves: bool,
}

impl<'a> Lexicon<'a> {
    /// Makes a lexicon for a query of this text. Synonyms that cannot be read are none.
    pub(super) fn new(index: &'a Index, text: &str) -> Self {
        let languages: Vec<Option<Language>> =
            index.languages().into_iter().map(|(language, _)| language).collect();
        let stops = Stops::default();
        let stop = stops.of(spoken(text, &languages, &stops));
        let synonyms = Synonyms::read(&index.synonyms().unwrap_or_default());
        Self {
            index,
            statistics: index.statistics(),
            languages,
            stop,
            stops,
            synonyms,
            known: RefCell::default(),
        }
    }

    /// Returns the words of a language that carry no subject.
    pub(super) fn stop_words(&self, language: Option<Language>) -> Rc<StopWords> {
        self.stops.of(language)
    }

    /// Says whether a word carries no subject in the query's language.
    pub(super) fn is_stop(&self, word: &Word) -> bool {
        self.stop.contains(&word.folded)
    }

    /// Returns the forms of a word.
    pub(super) fn forms(&self, word: &Word) -> Rc<Forms> {
        if let Some(forms) = self.known.borrow().get(&word.typed) {
            return Rc::clone(forms);
        }
        let forms = Rc::new(self.find_forms(word));
        self.known.borrow_mut().insert(word.typed.clone(), Rc::clone(&forms));
        forms
    }

    fn find_forms(&self, word: &Word) -> Forms {
        let stem = |typed: &str, language: &Option<Language>| analysis::stem(typed, *language).into_owned();
        let by_language: Vec<String> =
            self.languages.iter().map(|language| stem(&word.typed, language)).collect();
        let mut stems = by_language.clone();
        // Accents never matter: what was typed with them may stand there without, and the other way
        // round.
        if word.typed != word.folded {
            stems.extend(self.languages.iter().map(|language| stem(&word.folded, language)));
        }
        if analysis::lower(&word.typed) == word.folded.as_str() {
            for language in &self.languages {
                stems.extend(analysis::plain_stem(&word.folded, *language));
                let restored = analysis::restored(&word.folded, *language);
                stems.extend(restored.map(|accented| stem(&accented, language)));
            }
            for accented in self.accented(&word.folded) {
                // A stem that keeps its accents has one without beside it.
                let others = self.languages.iter().filter(|language| !analysis::keeps_accents(**language));
                stems.extend(others.map(|language| stem(&accented, language)));
            }
        }
        let mut seen = HashSet::default();
        stems.retain(|stem| seen.insert(stem.clone()));
        if stems.len() > 1 {
            let first = stems[0].clone();
            stems.retain(|stem| self.holders(stem) > 0);
            if stems.is_empty() {
                stems.push(first);
            }
        }
        if stems.is_empty() {
            stems.push(stem(&word.typed, &None));
        }
        Forms { by_language, stems }
    }

    /// Returns words of the index with accents that are the same as a folded word without.
    fn accented(&self, folded: &str) -> Vec<String> {
        let start = format!("{folded}{ACCENT_MARK}");
        let mut found: Vec<String> = Vec::new();
        for segment in self.index.searcher().segment_readers() {
            let stream = segment.inverted_index(self.index.fields().beside).and_then(|inverted| {
                Ok(inverted.terms().range().ge(&start).into_stream().map(|mut terms| {
                    while terms.advance() && terms.key().starts_with(start.as_bytes()) {
                        let word = std::str::from_utf8(&terms.key()[start.len()..]).unwrap_or_default();
                        if !found.iter().any(|known| known == word) {
                            found.push(word.into());
                        }
                    }
                })?)
            });
            // What cannot be read here cannot be searched either, and is told of there.
            let _ = stream;
        }
        // A word of deleted passages stays in the dictionary until segments merge.
        let field = self.index.fields().beside;
        let passages = |word: &String| {
            let term = Term::from_field_text(field, &format!("{start}{word}"));
            self.statistics.doc_freq(&term).unwrap_or(0)
        };
        let mut held: Vec<(u64, String)> = found
            .into_iter()
            .map(|word| (passages(&word), word))
            .filter(|(passages, _)| *passages > 0)
            .collect();
        held.sort_by(|one, other| other.0.cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
        held.truncate(MOST_ACCENTED);
        held.into_iter().map(|(_, word)| word).collect()
    }

    /// Returns how many passages hold a stem, in the text itself or around it.
    fn holders(&self, stem: &str) -> u64 {
        let fields = self.index.fields();
        self.count(&of_stem(fields.words, stem)) + self.count(&of_stem(fields.aside, stem))
    }

    /// Returns how many passages hold a form of a word, at most.
    pub(super) fn passages(&self, word: &Word) -> u64 {
        self.forms(word).stems.iter().map(|stem| self.holders(stem)).sum()
    }

    /// Says whether no article holds any form of a word.
    pub(super) fn is_unknown(&self, sought: &Sought) -> tantivy::Result<bool> {
        let words = self.index.fields().words;
        for stem in &sought.stems {
            if self.statistics.doc_freq(&of_stem(words, stem))? > 0 {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Returns how telling a word is by its stems: the idf of BM25 over passages, of all of them together.
    pub(super) fn worth(&self, stems: &[String]) -> f32 {
        let words = self.index.fields().words;
        let count: u64 = stems.iter().map(|stem| self.count(&of_stem(words, stem))).sum();
        let all = (self.index.passages() as f32).max(1.0);
        idf(count as f32, all)
    }

    /// Says whether the index holds no form of a word at all.
    pub(super) fn is_missing(&self, word: &Word) -> bool {
        let fields = self.index.fields();
        let exact = || self.count(&of_form(fields, fields.words, &word.folded)) == 0;
        self.forms(word).stems.iter().all(|stem| self.holders(stem) == 0) && exact()
    }

    /// Returns what the words that were typed in one piece are looked for as, and what finding each is
    /// worth.
    pub(super) fn weighed(&self, words: &[Word]) -> Vec<(Sought, f32)> {
        let worth = |sought: Sought| {
            let worth = self.worth(&sought.stems);
            (sought, worth)
        };
        self.sought(words).into_iter().map(worth).collect()
    }

    /// Returns what the words that were typed in one piece are looked for as.
    pub(super) fn sought(&self, words: &[Word]) -> Vec<Sought> {
        sought(words, &|word| self.forms(word).stems.clone())
    }

    /// Returns what of the index may stand for words of these nodes.
    pub(super) fn others(&self, nodes: &[Node]) -> Vec<Other> {
        let mut others = others(nodes, &self.synonyms);
        others.retain(|other| match other.words.as_slice() {
            [word] => self.sought(std::slice::from_ref(word)).iter().any(|sought| self.is_held(sought)),
            words => !self.series(&words.iter().collect::<Vec<_>>()).is_empty(),
        });
        others
    }

    /// Returns what finding something is worth that may stand for words, as a share of what its own words
    /// are worth: as much as finding all of those, none of them rarer than it is itself.
    pub(super) fn share(&self, other: &Other) -> f32 {
        let all = (self.index.passages() as f32).max(1.0);
        let words = self.index.fields().words;
        let holders = |word: &Word| -> f32 {
            let count = |stem: &String| self.count(&of_stem(words, stem));
            self.forms(word).stems.iter().map(count).sum::<u64>() as f32
        };
        let own: Vec<f32> = other.words.iter().map(holders).collect();
        let itself = own.iter().copied().fold(f32::MAX, f32::min);
        let of = other.of.iter().map(|word| idf(holders(&Word::of(word)).max(itself).min(all), all));
        of.sum::<f32>() / own.into_iter().map(|holders| idf(holders, all)).sum::<f32>()
    }

    fn is_held(&self, sought: &Sought) -> bool {
        sought.stems.iter().any(|stem| self.holders(stem) > 0) || self.holders_of(sought) > 0
    }

    /// Returns how many passages hold something that is looked for, counted once for each of its stems.
    pub(super) fn holders_of(&self, sought: &Sought) -> u64 {
        match sought.stems.as_slice() {
            [] => sought.exact.iter().map(|word| self.exactly(word)).sum(),
            stems => stems.iter().map(|stem| self.holders(stem)).sum(),
        }
    }

    /// Returns how many passages hold a folded word, in the text itself or around it.
    pub(super) fn exactly(&self, word: &str) -> u64 {
        let fields = self.index.fields();
        [fields.words, fields.aside].map(|field| self.count(&of_form(fields, field, word))).iter().sum()
    }

    /// Returns how many passages hold a term. What cannot be read is told of where it is searched.
    fn count(&self, term: &Term) -> u64 {
        self.statistics.doc_freq(term).unwrap_or(0)
    }

    /// Returns the words as stems side by side, with their positions: one series for each way in which the
    /// languages of the index have them.
    pub(super) fn series(&self, words: &[&Word]) -> Vec<Vec<(usize, String)>> {
        let mut all: Vec<Vec<(usize, String)>> = Vec::new();
        for language in 0..self.languages.len().max(1) {
            let mut series = Vec::with_capacity(words.len());
            for (at, word) in words.iter().enumerate() {
                if !word.is_character() {
                    let forms = self.forms(word);
                    let stem = forms.by_language.get(language).unwrap_or(&forms.stems[0]);
                    series.push((at, stem.clone()));
                } else if let Some(next) = words.get(at + 1).filter(|next| next.is_character()) {
                    series.push((at, format!("{}{}", word.folded, next.folded)));
                } else if at == 0 || !words[at - 1].is_character() {
                    series.push((at, word.folded.clone()));
                }
            }
            let is_there = |(at, term): &(usize, String)| match words[*at].is_character() {
                true if words[*at].folded == *term => self.exactly(term) > 0,
                _ => self.holders(term) > 0,
            };
            if !all.contains(&series) && series.iter().all(is_there) {
                all.push(series);
            }
        }
        all
    }
}

impl Sought {
    /// Whether it is a single character of a script that has no other words.
    pub(super) fn is_character(&self) -> bool {
        self.stems.is_empty()
    }
}

/// Returns what the words that were typed in one piece are looked for as: each word by its stems, and of
/// characters that stand side by side each pair, and each by itself.
pub(super) fn sought(words: &[Word], stems: &dyn Fn(&Word) -> Vec<String>) -> Vec<Sought> {
    let mut sought = Vec::with_capacity(words.len());
    for run in words.chunk_by(|one, other| one.is_character() && other.is_character()) {
        if !run[0].is_character() {
            sought.extend(run.iter().map(|word| Sought {
                word: word.folded.clone(),
                stems: stems(word),
                exact: Some(word.folded.clone()),
                retrieves: true,
            }));
            continue;
        }
        sought.extend(run.windows(2).map(|pair| {
            let pair = format!("{}{}", pair[0].folded, pair[1].folded);
            Sought { stems: vec![pair.clone()], word: pair, exact: None, retrieves: true }
        }));
        sought.extend(run.iter().map(|word| Sought {
            word: word.folded.clone(),
            stems: Vec::new(),
            exact: Some(word.folded.clone()),
            retrieves: run.len() == 1,
        }));
    }
    sought
}

/// Returns the idf of BM25 for a term that so many of all hold (Robertson and Zaragoza 2009,
/// <https://doi.org/10.1561/1500000019>), with Lucene's addition of 1 that keeps it positive.
pub(super) fn idf(holders: f32, all: f32) -> f32 {
    (1.0 + (all - holders + 0.5).max(0.5) / (holders + 0.5)).ln()
}

/// Returns the language that a query is asked in, of those that the index holds: the one of most passages,
/// unless the query has more function words of another that it looks like, or that cannot be told at a
/// glance. A name or two look like many a language.
fn spoken(text: &str, languages: &[Option<Language>], lists: &Stops) -> Option<Language> {
    let main = languages.first().copied().flatten();
    let others = languages.iter().flatten().filter(|language| Some(**language) != main);
    let glance = analysis::glance(text);
    let others = others.filter(|other| Some(**other) == glance || !analysis::is_glanced(**other));
    let words: Vec<_> = analysis::words(text).map(|range| analysis::fold(&text[range])).collect();
    let stop = lists.of(main);
    let mut best = (words.iter().filter(|word| stop.contains(word)).count(), main);
    for other in others.take(MOST_GUESSES) {
        let stops = StopWords::among(*other, &words);
        if stops > best.0 {
            best = (stops, Some(*other));
        }
    }
    best.1
}

/// Whether the stop words among the words of a group that it need not have are passed over: not
/// where there is nothing else to look for.
pub(super) fn drops_stop_words(group: &Group, stop_words: &StopWords) -> bool {
    let stop = |node: &Node| match node {
        Node::Words(words) => words.iter().all(|word| stop_words.contains(&word.folded)),
        _ => false,
    };
    !group.should.iter().all(stop) || !group.must.iter().all(Node::restricts)
}
