//! The head of the order: those candidates that all parts of the score put in order.

use std::collections::HashMap;

use super::{
    order::{HEAD, Ranked},
    retrieve::{InFile, best_first},
};

/// The head holds no more passages of one article while there are others: a book on the subject must
/// not keep a short article on it out.
const MOST_IN_HEAD: usize = 16;

/// Moves those candidates to the front that all parts of the score put in order: of the first `window`
/// no more than [`MOST_IN_HEAD`] of an article while there are others. Returns how many they are.
pub(super) fn gather_head(ranked: &mut Vec<Ranked>, window: usize) -> usize {
    let mut of_article: HashMap<InFile, usize> = HashMap::new();
    let (mut head, mut passed, mut behind) = (Vec::with_capacity(HEAD), Vec::new(), Vec::new());
    for (at, one) in ranked.drain(..).enumerate() {
        if at >= window || head.len() == HEAD {
            behind.push(one);
            continue;
        }
        let taken = of_article.entry(one.candidate.article()).or_default();
        *taken += 1;
        if *taken <= MOST_IN_HEAD { head.push(one) } else { passed.push(one) }
    }
    let room = (HEAD - head.len()).min(passed.len());
    head.extend(passed.drain(..room));
    let count = head.len();
    passed.extend(behind);
    passed.sort_by(|one, other| best_first(&one.candidate, &other.candidate));
    ranked.extend(head.into_iter().chain(passed));
    count
}
