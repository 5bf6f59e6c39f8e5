//! So that nothing fills the page: at most so many passages of one article, and near copies once;
//! the rest is counted.
//!
//! Candidates that are near copies of a better one stand behind it. Of all of them the one with the
//! earliest date is shown, in the best one's place: most likely it is what the others copied.

use std::collections::HashMap;

use crate::analysis;

/// What of a candidate decides where it is shown.
#[derive(Clone, Debug, Default)]
pub(super) struct Face {
    /// Its file and the number of its article there.
    pub(super) article: (String, u64),
    /// The bits of its sketch.
    pub(super) sketch: u64,
    /// The words of what is ranked, where that is articles: copies have about as many.
    pub(super) length: u64,
    /// Its date as `YYYYMMDD`, 0 where it has none.
    pub(super) day: u64,
}

/// A candidate that is shown, and how many stand behind it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Chosen {
    /// Its number among the candidates.
    pub(super) at: usize,
    /// Candidates of the same article that are not shown.
    pub(super) more: u64,
}

/// Chooses from candidates in their order, so many at most.
pub(super) fn choose(faces: &[Face], per_article: usize, most: usize) -> Vec<Chosen> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    // Of each article, how many candidates there are and how many lead a group.
    let mut of_article: HashMap<&(String, u64), (u64, usize)> = HashMap::new();
    for (at, face) in faces.iter().enumerate() {
        let (all, taken) = of_article.entry(&face.article).or_default();
        *all += 1;
        match groups.iter().position(|group| copies(&faces[group[0]], face)) {
            Some(group) => groups[group].push(at),
            None if *taken < per_article && groups.len() < most => {
                *taken += 1;
                groups.push(vec![at]);
            }
            None => {}
        }
    }
    let shown: Vec<usize> = groups
        .into_iter()
        .map(|group| {
            let leader = group[0];
            let dated = group.into_iter().filter(|at| faces[*at].day > 0);
            let earliest = dated.min_by_key(|at| (faces[*at].day, *at)).unwrap_or(leader);
            let (from, to) = (&faces[leader].article, &faces[earliest].article);
            if from == to {
                return earliest;
            }
            if of_article.get(to).is_some_and(|(_, taken)| *taken >= per_article) {
                return leader;
            }
            of_article.entry(from).and_modify(|(_, taken)| *taken -= 1);
            of_article.entry(to).and_modify(|(_, taken)| *taken += 1);
            earliest
        })
        .collect();
    shown
        .into_iter()
        .map(|at| {
            let (all, taken) = of_article.get(&faces[at].article).copied().unwrap_or_default();
            Chosen { at, more: all.saturating_sub(taken as u64) }
        })
        .collect()
}

/// Says whether two candidates are near copies; in one article, where repeating with a difference is
/// part of it, whether they are copies to the letter.
fn copies(one: &Face, other: &Face) -> bool {
    if one.article == other.article {
        return one.sketch == other.sketch;
    }
    let (least, most) = (one.length.min(other.length), one.length.max(other.length));
    analysis::alike(one.sketch, other.sketch) && most - least <= most / 5
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_article_and_its_copies_take_one_place() {
        let face =
            |file: &str, number, sketch, day| Face { article: (file.into(), number), sketch, length: 0, day };
        let (one, two, three, four) = (0, 0xFFFF, 0xFFFF_0000, 0xFFFF_0000_0000);
        let faces = [
            face("a", 0, one, 0),
            face("a", 0, two, 0),
            face("b", 0, one, 0),
            face("c", 0, three, 0),
            face("a", 1, four, 0),
            face("d", 0, three ^ 1, 20_250_101),
        ];
        let check = |per_article, most, expected: &[(usize, u64)]| {
            let chosen = choose(&faces, per_article, most);
            assert_eq!(chosen.iter().map(|one| (one.at, one.more)).collect::<Vec<_>>(), expected);
        };
        // The dated copy of the fourth stands for it.
        check(1, 10, &[(0, 1), (5, 0), (4, 0)]);
        check(2, 10, &[(0, 0), (1, 0), (5, 0), (4, 0)]);
        check(1, 2, &[(0, 1), (5, 0)]);
    }

    #[test]
    fn articles_that_share_a_passage_are_copies_when_they_are_as_long() {
        let face = |file: &str, length| Face { article: (file.into(), 0), length, ..Face::default() };
        let shown = |length| choose(&[face("a", 1_000), face("b", length)], 1, 10).len();
        assert_eq!((shown(900), shown(500)), (1, 2));
    }
}
