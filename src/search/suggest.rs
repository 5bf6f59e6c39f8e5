//! What to say where little or nothing was found: words that the index does not hold or spells otherwise,
//! and what the filters kept away. What answers a looser query is put in the place of nothing.

use unicode_normalization::char::is_combining_mark;

use super::{
    compile::Compiler,
    lexicon::Lexicon,
    nearest::nearest,
    order::Asked,
    print::single,
    query::Query,
    relax::{looser, respelled},
    results::{Near, Results, Suggestion, Without},
    tree::{Filter, Group, Node, Word},
};
use crate::{error::Result, index::Index};

/// With fewer matches than this it is said what the filters kept away.
const FEW: u64 = 3;

/// A word that no more passages hold may be misspelled.
const RARE: u64 = 3;

/// It is, where a word with a slip less is held by so many times more passages.
const TIMES: u64 = 20;

/// So many words of a query are looked at: each takes a walk through the words of the index.
const MOST_WORDS: usize = 8;

/// So many words are named for one.
const MOST_NEAR: usize = 3;

/// So many filters are tried one by one.
const MOST_WAYS: usize = 8;

/// Shorter words have too many neighbours.
const LEAST_LETTERS: usize = 4;

impl Index {
    /// Adds to an answer what helps where it is none, or a thin one.
    pub(super) fn helped(&self, asked: &Asked<'_>, tree: &Group, mut results: Results) -> Result<Results> {
        let broken = |source| self.damaged(source);
        let (query, compiler) = (asked.query, &asked.compiler);
        results.unknown = unknown(compiler, tree);
        results.suggestions = suggestions(compiler, tree).map_err(broken)?;
        let corrected = respelled(tree, &results.suggestions, compiler).map_err(broken)?;
        results.corrected = corrected.as_ref().map(Group::to_string);
        if results.total < FEW {
            results.without = self.without(query, tree, results.total)?;
        }
        if results.total > 0 {
            return Ok(results);
        }
        if asked.tree.is_empty() {
            results.notes.push("there is nothing to look for in the query".into());
        }
        for node in tree.must.iter().filter(|node| matches!(node, Node::Filter(_))) {
            let alone = Group { must: vec![node.clone()], ..Group::default() };
            if self.total(query, alone)? == 0 {
                results.notes.push(format!("nothing in the index is of `{}`", single(node)));
            }
        }
        for (looser, note) in looser(tree, corrected) {
            let looser = self.asked(query, looser, &mut Vec::new())?;
            let answer = self.answer(&looser, Vec::new())?;
            if answer.total > 0 {
                results.notes.push(note);
                results.relaxed = true;
                (results.total, results.total_exact) = (answer.total, answer.total_exact);
                (results.hits, results.facets) = (answer.hits, answer.facets);
                results.spent = answer.spent;
                break;
            }
        }
        Ok(results)
    }

    /// Says of each filter of a query how many more would match without it; where that is none, how many
    /// without all of them.
    fn without(&self, query: &Query, tree: &Group, total: u64) -> Result<Vec<Without>> {
        let mut ways: Vec<(String, Query, Group)> = Vec::new();
        for (at, node) in tree.must.iter().enumerate().filter(|(_, node)| node.restricts()) {
            let mut tree = tree.clone();
            tree.must.remove(at);
            ways.push((single(node), query.clone(), tree));
        }
        for (at, node) in tree.not.iter().enumerate() {
            let mut tree = tree.clone();
            tree.not.remove(at);
            ways.push((format!("-{}", single(node)), query.clone(), tree));
        }
        if let Some(days) = Filter::between(query.after, query.before) {
            let query = Query { after: None, before: None, ..query.clone() };
            ways.push((single(&Node::Filter(days)), query, tree.clone()));
        }
        if !query.within.is_empty() {
            let names = query.within.iter().map(|path| format!("--in {}", path.display()));
            let query = Query { within: Vec::new(), ..query.clone() };
            ways.push((names.collect::<Vec<_>>().join(" "), query, tree.clone()));
        }
        let all = ways.len().min(MOST_WAYS);
        if ways.len() > 1 {
            let names: Vec<&str> = ways.iter().map(|(name, ..)| name.as_str()).collect();
            let query = Query { after: None, before: None, within: Vec::new(), ..query.clone() };
            let must = tree.must.iter().filter(|node| !node.restricts()).cloned().collect();
            ways.push((names.join(" "), query, Group { must, not: Vec::new(), ..tree.clone() }));
        }
        let each = ways.len() - usize::from(ways.len() > 1);
        let mut without = Vec::new();
        for (at, (filter, query, tree)) in ways.into_iter().enumerate() {
            // With nothing left to look for, all passages would match.
            let empty = tree.must.is_empty() && tree.should.is_empty();
            let all_of_them = at >= each;
            if empty || (!all_of_them && at >= all) || (all_of_them && !without.is_empty()) {
                continue;
            }
            let found = self.total(&query, tree)?;
            if found > total {
                without.push(Without { filter, total: found });
            }
        }
        Ok(without)
    }

    /// Counts what a tree matches, within what the query is about.
    fn total(&self, query: &Query, mut tree: Group) -> Result<u64> {
        tree.must.extend(Filter::between(query.after, query.before).map(Node::Filter));
        let within = self.within(&query.within, &mut Vec::new());
        let asked = Asked::to_count(self, query, tree, within);
        asked.and_then(|asked| asked.count()).map_err(|source| self.damaged(source))
    }
}

/// Returns the words of a query that the index does not hold in any form, nor what may stand for them.
fn unknown(compiler: &Compiler<'_>, tree: &Group) -> Vec<String> {
    let (mut words, mut known) = (Vec::new(), Vec::new());
    plain_words(tree, &mut words);
    said_otherwise(tree, &compiler.lexicon, &mut known);
    let mut unknown: Vec<String> = Vec::new();
    for word in words {
        let named = unknown.contains(&word.folded) || known.contains(&word.folded);
        if !named && !word.folded.is_empty() && compiler.lexicon.is_missing(word) {
            unknown.push(word.folded.clone());
        }
    }
    unknown
}

/// Collects the words that something else in the index may stand for.
fn said_otherwise(group: &Group, lexicon: &Lexicon<'_>, known: &mut Vec<String>) {
    for nodes in [&group.must, &group.should] {
        known.extend(lexicon.others(nodes).into_iter().flat_map(|other| other.of));
        for node in nodes {
            if let Node::Group(inner) = node {
                said_otherwise(inner, lexicon, known);
            }
        }
    }
}

/// Returns the words of a query that the index does not hold, or hardly, and those like them that it does.
fn suggestions(compiler: &Compiler<'_>, tree: &Group) -> tantivy::Result<Vec<Suggestion>> {
    let mut words = Vec::new();
    plain_words(tree, &mut words);
    let mut suggestions: Vec<Suggestion> = Vec::new();
    let lexicon = &compiler.lexicon;
    let mut looked = 0;
    for word in words {
        let known = suggestions.iter().any(|one| one.word == word.folded);
        let letters = word.folded.chars().count();
        let is_letter = |letter: char| letter.is_alphabetic() || is_combining_mark(letter);
        let is_word = word.folded.chars().all(is_letter) && !word.is_character();
        if known || letters < LEAST_LETTERS || !is_word || lexicon.is_stop(word) {
            continue;
        }
        let passages = lexicon.passages(word);
        if passages > RARE || looked == MOST_WORDS {
            continue;
        }
        looked += 1;
        let near = match passages {
            0 => {
                let near = nearest(compiler, &word.folded)?;
                let near = near.iter();
                near.map(|near| Near { word: near.word.clone(), passages: near.passages }).collect()
            }
            _ => far_more_frequent(compiler, word, passages)?,
        };
        if !near.is_empty() {
            suggestions.push(Suggestion { word: word.folded.clone(), passages, near });
        }
    }
    Ok(suggestions)
}

/// Returns other words than this one, a slip of the pen from it, that far more passages hold than the few
/// that hold it; the most frequent first.
fn far_more_frequent(compiler: &Compiler<'_>, word: &Word, passages: u64) -> tantivy::Result<Vec<Near>> {
    let lexicon = &compiler.lexicon;
    if compiler.index.passages() < TIMES * passages {
        return Ok(Vec::new());
    }
    let forms = &lexicon.forms(word).stems;
    let mut near = Vec::new();
    for (other, _) in compiler.spelled_nearly(&word.folded, 1)? {
        let other = Word::of(&other);
        let same = lexicon.forms(&other).stems.iter().any(|stem| forms.contains(stem));
        let passages_of_other = lexicon.passages(&other);
        if !same && passages_of_other >= TIMES * passages {
            near.push(Near { word: other.folded, passages: passages_of_other });
        }
    }
    near.sort_by(|one, other| other.passages.cmp(&one.passages).then_with(|| one.word.cmp(&other.word)));
    near.truncate(MOST_NEAR);
    Ok(near)
}

/// Collects the words that are looked for by their forms.
fn plain_words<'a>(group: &'a Group, words: &mut Vec<&'a Word>) {
    for node in group.must.iter().chain(&group.should) {
        let node = if let Node::Title(inner) = node { inner } else { node };
        match node {
            Node::Words(each) | Node::Phrase(each, _) => words.extend(each),
            Node::Group(inner) => plain_words(inner, words),
            _ => {}
        }
    }
}
