//! So that nothing fills the page: at most so many passages of one article, and near copies once;
//! the rest is counted.
//!
//! Candidates that are near copies of a better one stand behind it. Of all of them the one with the
//! earliest date is shown, in the best one's place: most likely it is what the others copied. What is
//! chosen for a place does not depend on how many places follow.

use foldhash::{HashMap, HashMapExt};

use super::retrieve::InFile;
use crate::analysis;

/// What of a candidate decides where it is shown.
#[derive(Clone, Debug, Default)]
pub(super) struct Face {
    /// Its article.
    pub(super) article: InFile,
    /// The bits of its sketch.
    pub(super) sketch: u64,
    /// Those of all its passages and how many words it has, where articles are ranked.
    pub(super) whole: Option<(Vec<u64>, u64)>,
    /// Its date as `YYYYMMDD`, 0 where it has none.
    pub(super) day: u64,
    /// Its score.
    pub(super) score: f64,
}

/// An earlier copy stands for a better one if its score is no less than this part of the other's: what
/// lacks a word of the query is no answer to it.
const AS_GOOD: f64 = 0.9;

/// A candidate that is shown, and what stands behind it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Chosen {
    /// Its number among the candidates.
    pub(super) at: usize,
    /// Candidates of the same article that are not shown.
    pub(super) more: u64,
    /// Its near copies among the candidates.
    pub(super) copies: Vec<usize>,
}

/// Chooses from candidates in their order, so many at most. Of the first `head` the earliest copy may
/// stand for a better one.
pub(super) fn choose(faces: &[Face], head: usize, per_article: usize, most: usize) -> Vec<Chosen> {
    // Mostly a few fill the page, and then those behind them need not be held against one another.
    let mut settled = most.saturating_mul(2).max(1);
    while per_article == 1 && settled < faces.len() {
        if let Some(chosen) = choose_from_settled(faces, settled, head, most, &|_| {}) {
            return chosen;
        }
        settled = settled.saturating_mul(4);
    }
    choose_from_all(faces, head, per_article, most)
}

fn choose_from_all(faces: &[Face], head: usize, per_article: usize, most: usize) -> Vec<Chosen> {
    let mut groups = Groups::new(faces, head);
    (0..faces.len()).for_each(|at| groups.join(at));
    let mut taken: HashMap<InFile, usize> = HashMap::new();
    let mut shown = groups.shown(groups.all.len(), per_article, &mut taken);
    shown.truncate(most);
    groups.chosen(&shown, &taken)
}

/// Chooses the same, one of each article, where the first so many fill the page; none where they do not.
/// Those behind them may be in any order: `sort` is asked for that of the few that are like what is shown.
pub(super) fn choose_from_settled(
    faces: &[Face],
    settled: usize,
    head: usize,
    most: usize,
    sort: &dyn Fn(&mut [usize]),
) -> Option<Vec<Chosen>> {
    let mut groups = Groups::new(faces, head);
    (0..settled).for_each(|at| groups.join(at));
    let shown = groups.shown(groups.all.len(), 1, &mut HashMap::new());
    let last = shown.get(most.checked_sub(1)?)?.0;
    let leaders: Vec<u64> = groups.all[..=last].iter().map(|group| faces[group[0]].sketch).collect();
    let alike = |at: &usize| leaders.iter().any(|leader| analysis::alike(*leader, faces[*at].sketch));
    let mut behind: Vec<usize> = (settled..faces.len()).filter(alike).collect();
    sort(&mut behind);
    behind.into_iter().for_each(|at| groups.join(at));
    let mut taken = HashMap::new();
    let mut shown = groups.shown(last + 1, 1, &mut taken);
    shown.truncate(most);
    (shown.len() == most).then(|| groups.chosen(&shown, &taken))
}

/// Near copies put together, each group led by its best. Behind the head only what is alike in every bit
/// is put together with what stands there too.
struct Groups<'a> {
    faces: &'a [Face],
    head: usize,
    all: Vec<Vec<usize>>,
    /// The sketches of the leaders of groups in the head.
    leaders: Vec<u64>,
    same: HashMap<u64, usize>,
}

impl<'a> Groups<'a> {
    fn new(faces: &'a [Face], head: usize) -> Self {
        Self { faces, head, all: Vec::new(), leaders: Vec::new(), same: HashMap::new() }
    }

    /// Puts a candidate in its group, or makes it the first of one.
    fn join(&mut self, at: usize) {
        let (faces, all) = (self.faces, &mut self.all);
        let face = &faces[at];
        let known = self.same.get(&face.sketch).copied().filter(|group| copies(&faces[all[*group][0]], face));
        // Most are not alike: what takes longer to tell waits.
        let alike = |leader: &(usize, &u64)| analysis::alike(*leader.1, face.sketch);
        let near = || {
            let mut near = self.leaders.iter().enumerate().filter(alike).map(|(group, _)| group);
            near.find(|group| copies(&faces[all[*group][0]], face))
        };
        match known.or_else(near) {
            Some(group) => all[group].push(at),
            None => {
                self.same.entry(face.sketch).or_insert(all.len());
                all.push(vec![at]);
                self.leaders.extend((at < self.head).then_some(face.sketch));
            }
        }
    }

    /// Returns, of the first so many groups, those of which a candidate is shown, and which it is.
    fn shown(
        &self,
        count: usize,
        per_article: usize,
        taken: &mut HashMap<InFile, usize>,
    ) -> Vec<(usize, usize)> {
        let faces = self.faces;
        let mut shown = Vec::new();
        for (number, group) in self.all[..count].iter().enumerate() {
            let least = AS_GOOD * faces[group[0]].score;
            let dated = group.iter().filter(|at| {
                let face = &faces[**at];
                **at < self.head && face.day > 0 && face.score >= least
            });
            let earliest = dated.min_by_key(|at| (faces[**at].day, **at));
            let room = |at: &&usize| taken.get(&faces[**at].article).is_none_or(|taken| *taken < per_article);
            let Some(&at) = earliest.into_iter().chain(group).find(room) else { continue };
            *taken.entry(faces[at].article).or_default() += 1;
            shown.push((number, at));
        }
        shown
    }

    fn chosen(mut self, shown: &[(usize, usize)], taken: &HashMap<InFile, usize>) -> Vec<Chosen> {
        let mut all: HashMap<InFile, u64> = HashMap::new();
        for (_, at) in shown {
            all.insert(self.faces[*at].article, 0);
        }
        for face in self.faces {
            if let Some(count) = all.get_mut(&face.article) {
                *count += 1;
            }
        }
        let chosen = shown.iter().map(|&(group, at)| {
            let article = &self.faces[at].article;
            let more = all[article].saturating_sub(taken[article] as u64);
            let mut copies = std::mem::take(&mut self.all[group]);
            copies.retain(|other| *other != at);
            Chosen { at, more, copies }
        });
        chosen.collect()
    }
}

/// Says whether two candidates are near copies; in one article, where repeating with a difference is
/// part of it, whether they are copies to the letter. Whole articles are, where their best passages and
/// at least half of all are, and they are about as long.
fn copies(one: &Face, other: &Face) -> bool {
    if !analysis::alike(one.sketch, other.sketch) {
        return false;
    }
    if one.article == other.article {
        return one.sketch == other.sketch;
    }
    let (Some((one, one_long)), Some((other, other_long))) = (&one.whole, &other.whole) else { return true };
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let alike = short.iter().filter(|one| long.iter().any(|other| analysis::alike(**one, *other))).count();
    let (least, most) = (one_long.min(other_long), one_long.max(other_long));
    2 * alike >= short.len() && most - least <= most / 5
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(file: &str, number: u64, sketch: u64, day: u64) -> Face {
        Face { article: (0, file.bytes().map(u64::from).sum(), number), sketch, whole: None, day, score: 1.0 }
    }

    #[test]
    fn an_article_and_its_copies_take_one_place() {
        let (one, two, three, four) = (0, 0xFFFF, 0xFFFF_0000, 0xFFFF_0000_0000);
        let faces = [
            face("a", 0, one, 0),
            face("a", 0, two, 0),
            face("b", 0, one, 0),
            face("c", 0, three, 0),
            face("a", 1, four, 0),
            face("d", 0, three ^ 1, 20_250_101),
        ];
        let check = |per_article, head, most, expected: &[(usize, u64, &[usize])]| {
            let chosen = choose(&faces, head, per_article, most);
            let chosen: Vec<(usize, u64, &[usize])> =
                chosen.iter().map(|one| (one.at, one.more, one.copies.as_slice())).collect();
            assert_eq!(chosen, expected);
        };
        // The dated copy of the fourth stands for it.
        check(1, 6, 10, &[(0, 1, &[2]), (5, 0, &[3]), (4, 0, &[])]);
        check(2, 6, 10, &[(0, 0, &[2]), (1, 0, &[]), (5, 0, &[3]), (4, 0, &[])]);
        check(1, 6, 2, &[(0, 1, &[2]), (5, 0, &[3])]);
        check(1, 0, 2, &[(0, 1, &[2]), (3, 0, &[])]);
    }

    #[test]
    fn a_copy_is_shown_in_an_article_that_has_room() {
        // The second is a copy of the third, which is earlier; each article has one place.
        let faces = [face("a", 0, 1, 0), face("a", 0, u64::MAX, 2), face("b", 0, u64::MAX, 3)];
        let shown: Vec<usize> = choose(&faces, 3, 1, 10).iter().map(|one| one.at).collect();
        assert_eq!(shown, [0, 2]);
    }

    #[test]
    fn an_earlier_copy_that_answers_less_does_not_stand_for_a_better_one() {
        let shown = |score| {
            let faces = [face("a", 0, 1, 2), Face { score, ..face("b", 0, 1, 1) }];
            choose(&faces, 2, 1, 10)[0].at
        };
        assert_eq!((shown(0.95), shown(0.5)), (1, 0));
    }

    #[test]
    fn articles_are_copies_when_most_of_their_passages_are() {
        let article = |file: &str, passages: &[u64], words| Face {
            whole: Some((passages.into(), words)),
            ..face(file, 0, passages[0], 0)
        };
        let (quoted, one, two, three) = (0, 0xFFFF, 0xFFFF_0000, 0xFFFF_0000_0000);
        let shown = |other: &Face| {
            let faces = [article("a", &[quoted, one, two], 300), other.clone()];
            choose(&faces, 2, 1, 10).len()
        };
        assert_eq!(shown(&article("b", &[quoted, one, three], 310)), 1);
        assert_eq!(shown(&article("b", &[quoted, three, three], 300)), 2);
        assert_eq!(shown(&article("b", &[quoted, one, two], 600)), 2);
        assert_eq!(shown(&article("b", &[three, one, two], 300)), 2);
    }

    #[test]
    fn what_fills_the_page_from_the_first_is_as_if_all_were_in_order() {
        let mut state = 7_u64;
        let mut random = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) % below
        };
        let (head, all) = (20, 60);
        for settled in [12, head] {
            let mut filled = 0;
            for _ in 0..300 {
                let mut faces: Vec<Face> = (0..all)
                    .map(|at| Face {
                        score: (all - at) as f64,
                        // Within a few bits of one of twelve, which are far from one another.
                        ..face("a", random(15), (0xFFF << (random(12) * 5)) ^ (1 << random(64)), random(4))
                    })
                    .collect();
                let expected = choose_from_all(&faces, head, 1, 6);
                assert_eq!(choose(&faces, head, 1, 6), expected);
                faces[settled..head].reverse();
                faces[head..].reverse();
                let back = |at: usize| match at {
                    _ if at < settled => at,
                    _ if at < head => settled + head - 1 - at,
                    _ => head + all - 1 - at,
                };
                let sort = |behind: &mut [usize]| behind.sort_by_key(|at| back(*at));
                if let Some(chosen) = choose_from_settled(&faces, settled, head, 6, &sort) {
                    filled += 1;
                    let chosen = chosen.into_iter().map(|one| Chosen {
                        at: back(one.at),
                        more: one.more,
                        copies: one.copies.into_iter().map(back).collect(),
                    });
                    assert_eq!(chosen.collect::<Vec<_>>(), expected);
                }
            }
            assert!(filled > 50, "{filled} from {settled}");
        }
    }
}
