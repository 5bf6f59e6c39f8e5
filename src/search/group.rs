//! So that no article fills the page: at most so many passages of one, and byte-identical passages
//! once; the rest is counted.

use std::collections::{HashMap, HashSet};

use super::retrieve::Candidate;

/// A candidate that is shown, and how many stand behind it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Chosen {
    /// Its number among the candidates.
    pub(super) at: usize,
    /// Candidates of the same article that are not shown.
    pub(super) more: u64,
}

/// Chooses from candidates in their order. `twins` are the hashes of their texts.
pub(super) fn choose(
    candidates: &[Candidate],
    twins: &[u64],
    per_article: usize,
    offset: usize,
    limit: usize,
) -> Vec<Chosen> {
    let article = |candidate: &'_ Candidate| (candidate.file.clone(), candidate.order >> 32);
    let mut of_article: HashMap<(String, u64), (usize, u64)> = HashMap::new();
    let mut seen: HashSet<u64> = HashSet::new();
    let mut shown = Vec::new();
    for (at, candidate) in candidates.iter().enumerate() {
        let (taken, passed) = of_article.entry(article(candidate)).or_default();
        if *taken < per_article && seen.insert(twins[at]) {
            *taken += 1;
            shown.push(at);
        } else {
            *passed += 1;
        }
    }
    let page = shown.into_iter().skip(offset).take(limit);
    page.map(|at| Chosen {
        at,
        more: of_article.get(&article(&candidates[at])).map_or(0, |(_, passed)| *passed),
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use tantivy::DocAddress;

    use super::*;

    #[test]
    fn an_article_and_a_copy_take_one_place() {
        let candidate = |file: &str, order| Candidate {
            address: DocAddress::new(0, 0),
            key: 1.0,
            file: file.into(),
            order,
        };
        let candidates = [
            candidate("a", 0),
            candidate("a", 1),
            candidate("b", 0),
            candidate("c", 0),
            candidate("a", 1 << 32),
        ];
        let check = |per_article, offset, expected: &[(usize, u64)]| {
            let chosen = choose(&candidates, &[1, 2, 1, 3, 4], per_article, offset, 10);
            assert_eq!(chosen.iter().map(|one| (one.at, one.more)).collect::<Vec<_>>(), expected);
        };
        check(1, 0, &[(0, 1), (3, 0), (4, 0)]);
        check(2, 0, &[(0, 0), (1, 0), (3, 0), (4, 0)]);
        check(1, 1, &[(3, 0), (4, 0)]);
    }
}
