//! What is marked and shown of the passages that answer, against a slow implementation of the same that
//! knows nothing of the search.

mod ask;
mod oracle;
mod shown;
mod world;

use std::collections::BTreeMap;

use excerpt::search::{Extent, FoundIn, Hit, Query, Results};
use proptest::prelude::*;

use crate::{
    ask::{Ask, Clause, Sign},
    oracle::{Oracle, Thing, Token, tokens},
    shown::{bracketed, fault_of_sentences, fault_of_whole},
    world::{Article, World, article},
};

/// Where the things of a query stand in a passage: of each what it is worth and its places in the text.
pub(crate) type Found = Vec<(f64, Vec<Vec<usize>>)>;

fn search(world: &World, clauses: &[Clause], exact: bool, snippet: Extent) -> Results {
    let text = ask::written(clauses);
    let query = Query { text, exact, limit: 1000, per_article: 1000, snippet, ..Query::default() };
    let mut results = world.index.search(&query).expect("a query is never an error");
    if results.relaxed {
        // These answer another query.
        (results.total, results.hits) = (0, Vec::new());
    }
    results
}

/// Returns what of a query is to be found in the own text of a passage, and where the passage is said to be
/// found.
fn expected(things: &[Thing], tokens: &[Token], texts: usize) -> (Found, Option<FoundIn>) {
    let mut found = Found::new();
    let mut first = None;
    for thing in things {
        let own = |place: &Vec<usize>| tokens[place[0]].text + 1 == texts;
        let (own, above): (Vec<Vec<usize>>, _) = thing.places(tokens).into_iter().partition(own);
        let own = if thing.above { Vec::new() } else { own };
        let above = above.iter().map(|place| tokens[place[0]].text).min();
        // A text counts more than a title, and a title more than a heading.
        let place = if own.is_empty() { above.map(|text| text + 1) } else { Some(0) };
        first = first.into_iter().chain(place).min();
        found.push((thing.worth, own));
    }
    let found_in = first.map(|first| match first {
        0 => FoundIn::Text,
        1 => FoundIn::Title,
        _ => FoundIn::Heading,
    });
    (found, found_in)
}

/// Says what is wrong with a hit.
type Check<'a> = dyn Fn(&Hit, &[Token], &Found) -> Result<(), String> + 'a;

/// Looks at each hit with what is expected of it.
fn each_hit(
    world: &World,
    clauses: &[Clause],
    exact: bool,
    extent: Extent,
    check: &Check<'_>,
) -> Result<(), TestCaseError> {
    let all: Vec<Vec<Token>> = world.passages.iter().map(tokens).collect();
    let things = Oracle::new(world, &all, clauses, exact).things;
    let known: BTreeMap<&str, usize> =
        world.passages.iter().enumerate().map(|(at, passage)| (passage.id.as_str(), at)).collect();
    for hit in search(world, clauses, exact, extent).hits {
        let at = known[hit.id.as_str()];
        let texts = world.passages[at].texts.len();
        let (found, found_in) = expected(&things, &all[at], texts);
        let query = ask::written(clauses);
        prop_assert_eq!(hit.found_in, found_in, "{} in {:?}", query, world.passages[at]);
        if let Err(fault) = check(&hit, &all[at], &found) {
            let shown = bracketed(&hit.snippet);
            return Err(TestCaseError::fail(format!("`{query}` {fault}: {shown} {:?}", world.passages[at])));
        }
    }
    Ok(())
}

fn articles() -> impl Strategy<Value = Vec<Article>> {
    prop::collection::vec(article(), 2..8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn what_is_marked_is_what_was_looked_for(
        articles in articles(),
        queries in prop::collection::vec((ask::query(), prop::bool::weighted(0.2)), 10..30)
    ) {
        let world = World::of(&articles);
        prop_assume!(world.is_told());
        for (clauses, exact) in &queries {
            each_hit(&world, clauses, *exact, Extent::Whole, &|hit, tokens, found| {
                fault_of_whole(hit, tokens, found)
            })?;
        }
    }

    #[test]
    fn the_sentences_that_are_shown_have_most_of_the_query(
        articles in articles(),
        queries in prop::collection::vec((ask::query(), prop::bool::weighted(0.1)), 10..30)
    ) {
        let world = World::of(&articles);
        prop_assume!(world.is_told());
        for (clauses, exact) in &queries {
            each_hit(&world, clauses, *exact, Extent::Sentences, &|hit, tokens, found| {
                fault_of_sentences(hit, tokens, found)
            })?;
        }
    }

    #[test]
    fn passages_are_found_that_have_something_to_mark(
        articles in articles(),
        asks in prop::collection::vec(ask::single(), 10..40)
    ) {
        let world = World::of(&articles);
        prop_assume!(world.is_told());
        let all: Vec<Vec<Token>> = world.passages.iter().map(tokens).collect();
        for ask in asks {
            let clauses = [Clause { sign: Sign::Plain, ask }];
            let things = Oracle::new(&world, &all, &clauses, false).things;
            let held = |tokens: &&Vec<Token>| things.iter().any(|thing| !thing.places(tokens).is_empty());
            let expected = all.iter().filter(held).count();
            let found = search(&world, &clauses, false, Extent::Whole).total;
            prop_assert_eq!(found, expected as u64, "{}", ask::written(&clauses));
        }
    }
}

#[test]
fn a_loose_phrase_is_found_the_same_however_passages_lie() {
    // Which word is the rarest is not the same everywhere.
    let article = |text: &str| Article::of("one", text);
    let articles: Vec<Article> = [
        "moon and water and tide",
        "tide water moon",
        "water moon tide",
        "moon moon moon and water",
        "tide tide tide",
        "water water water",
    ]
    .map(article)
    .into();
    let world = World::of(&articles);
    let total = |slop| {
        let phrase = Ask::Phrase(vec!["moon", "water", "tide"], slop);
        search(&world, &[Clause { sign: Sign::Plain, ask: phrase }], false, Extent::Whole).total
    };
    assert_eq!([0, 1, 2, 3, 4].map(total), [0, 0, 2, 2, 3]);
}
