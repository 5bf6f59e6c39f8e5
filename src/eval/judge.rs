//! Looks up in the judgments what was found for a query.

use std::collections::HashSet;

use super::{
    DEPTH, Topic,
    judgments::{Judgment, Judgments, Kind},
    lines::one_line,
    metric::{self, Figures, Gains},
};

/// What was found, not judged yet.
#[derive(Clone, Debug, Default)]
pub struct Ranked {
    /// What the article may be called: the first of these that the judgments know is its name, else
    /// the first. At least one.
    pub names: Vec<String>,
    /// Its score; written to runs, and nothing else.
    pub score: f64,
    /// The passage; none where only the article's name is known.
    pub passage: Option<Found>,
}

/// A passage that was found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Its id.
    pub id: String,
    /// Its text.
    pub text: String,
}

/// What a run says of one thing that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The article's name, or the passage's id where passages are judged.
    pub name: String,
    /// Its score.
    pub score: f64,
}

/// A query, judged.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Judged {
    /// The query.
    pub topic: Topic,
    /// What was found, best first; at most [`DEPTH`].
    pub ranking: Vec<Entry>,
    /// The query's figures.
    pub figures: Figures,
    /// What should have been found first.
    pub expected: Option<Expected>,
    /// The name of the article that stands first.
    pub first: Option<String>,
    /// How much of what is relevant was found.
    pub found: usize,
    /// How much is relevant.
    pub relevant: usize,
    /// How much of what was found is judged, relevant or not.
    pub judged: usize,
}

/// The most relevant thing; of several the one that was found first, or stands first in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Expected {
    /// What the judgments say.
    pub judgment: Judgment,
    /// Its rank, from 1; none where it is not among the first [`DEPTH`].
    pub rank: Option<usize>,
}

impl Judgments {
    /// Judges what was found for a query, best first.
    pub fn judge(&self, topic: &Topic, ranked: &[Ranked]) -> Judged {
        let mut judging = Judging::new(self, topic);
        for one in ranked {
            if judging.ranking.len() == DEPTH {
                break;
            }
            match self.kind {
                Kind::Articles => judging.article(one),
                Kind::Answers => judging.passage(one),
            }
        }
        judging.end(topic)
    }

    /// Returns the name by which the judgments know an article, else what it is called first.
    fn name<'a>(&self, ranked: &'a Ranked) -> &'a str {
        let known = ranked.names.iter().find(|name| self.knows(name));
        known.or(ranked.names.first()).map_or("", String::as_str)
    }
}

/// A query, while what was found for it is judged.
struct Judging<'a> {
    judgments: &'a Judgments,
    of: &'a [Judgment],
    /// For each judgment the rank at which it was met.
    ranks: Vec<Option<usize>>,
    seen: HashSet<&'a str>,
    ranking: Vec<Entry>,
    first: Option<String>,
    gains: Gains,
}

impl<'a> Judging<'a> {
    fn new(judgments: &'a Judgments, topic: &Topic) -> Self {
        let of = judgments.of(topic);
        let gains = Gains { judged: of.iter().map(|judgment| judgment.level).collect(), ..Gains::default() };
        let (ranks, seen) = (vec![None; of.len()], HashSet::new());
        Self { judgments, of, ranks, seen, ranking: Vec::new(), first: None, gains }
    }

    /// Takes an article; one that was met before only had a better passage.
    fn article(&mut self, ranked: &'a Ranked) {
        let name = self.judgments.name(ranked);
        if !self.seen.insert(name) {
            return;
        }
        let at = self.of.iter().position(|judgment| judgment.name == name);
        self.enter(name, name, ranked.score);
        if let Some(at) = at {
            self.ranks[at] = Some(self.ranking.len());
        }
        self.gains.found.push(at.map_or(0, |at| self.of[at].level));
    }

    /// Takes a passage; it is relevant where it holds an answer that none before it held.
    fn passage(&mut self, ranked: &Ranked) {
        let (id, text) = ranked.passage.as_ref().map_or(("", ""), |found| (&found.id, &found.text));
        self.enter(id, self.judgments.name(ranked), ranked.score);
        let text = one_line(text);
        let mut held = 0;
        for (rank, judgment) in self.ranks.iter_mut().zip(self.of) {
            let words = judgment.words.as_deref().unwrap_or_default();
            if rank.is_none() && ranked.names.contains(&judgment.name) && text.contains(words) {
                *rank = Some(self.ranking.len());
                held += 1;
            }
        }
        self.gains.found.push(i32::from(held > 0));
        // Answers of one passage are one thing to be found.
        let together = usize::saturating_sub(held, 1);
        self.gains.together += together;
        self.gains.judged.truncate(self.gains.judged.len() - together);
    }

    fn enter(&mut self, name: &str, shown: &str, score: f64) {
        self.first.get_or_insert_with(|| shown.into());
        self.ranking.push(Entry { name: name.into(), score });
    }

    fn end(self, topic: &Topic) -> Judged {
        let relevant = || self.of.iter().zip(&self.ranks).filter(|(judgment, _)| judgment.level >= 1);
        let expected = relevant()
            .min_by_key(|(judgment, rank)| (std::cmp::Reverse(judgment.level), rank.unwrap_or(usize::MAX)));
        Judged {
            topic: topic.clone(),
            figures: metric::figures(&self.gains),
            expected: expected.map(|(judgment, rank)| Expected { judgment: judgment.clone(), rank: *rank }),
            found: relevant().filter(|(_, rank)| rank.is_some()).count(),
            relevant: relevant().count(),
            judged: self.ranks.iter().flatten().count(),
            first: self.first,
            ranking: self.ranking,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::judgments::parse;

    /// Judges a ranking of hits, each `names` with slashes between, and `: text` where it is a passage.
    fn judged(judgments: &str, query: &str, hits: &[&str]) -> Judged {
        let judgments = parse(judgments, None).expect("they are judgments");
        let ranked: Vec<Ranked> = hits
            .iter()
            .map(|hit| {
                let (names, text) = hit.split_once(": ").unwrap_or((hit, ""));
                let passage = Some(Found { id: text.into(), text: text.into() });
                Ranked { names: names.split('/').map(String::from).collect(), score: 1.0, passage }
            })
            .collect();
        judgments.judge(&Topic { id: query.into(), text: query.into() }, &ranked)
    }

    #[test]
    fn an_article_has_the_name_that_the_judgments_know() {
        let judgments = "1 0 a.jsonl#7 1\n1 0 b 2\n1 0 c.txt 1\n1 0 d 0";
        let check = |hits: &[&str], names: &str, found: usize| {
            let judged = judged(judgments, "1", hits);
            let shown: Vec<&str> = judged.ranking.iter().map(|entry| entry.name.as_str()).collect();
            assert_eq!((shown.join(" ").as_str(), judged.found), (names, found), "{hits:?}");
        };
        check(&["7/a.jsonl#7/a.jsonl", "b/x.jsonl#b/x.jsonl", "c.txt"], "a.jsonl#7 b c.txt", 3);
        check(&["8/a.jsonl#8/a.jsonl", "d/x#d/x"], "8 d", 0);
        check(&["9/c.txt#9/c.txt", "e/c.txt#e/c.txt"], "c.txt", 1);
        // Of several hits with one name the first counts.
        check(&["x", "b", "x", "b", "c.txt"], "x b c.txt", 2);
        check(&[], "", 0);
    }

    #[test]
    fn a_passage_is_relevant_where_it_holds_an_answer_not_found_before() {
        let judgments = "why\ta.md\tthe moon\nwhy\ta.md\tthe sun\nwhy\tb.md\tthe  wind";
        let check = |hits: &[&str], [mrr, recall]: [f64; 2], ndcg: f64| {
            let judged = judged(judgments, "why", hits);
            let close = |one: f64, other: f64| (one - other).abs() < 1e-4;
            assert!(
                close(judged.figures[1], mrr) && close(judged.figures[2], recall),
                "{:?}",
                judged.figures
            );
            assert!(close(judged.figures[0], ndcg), "{:?}", judged.figures);
        };
        check(&["a.md: of the\n moon", "a.md: the sun", "b.md: the wind"], [1.0, 1.0], 1.0);
        check(&["b.md: the moon", "a.md: the moon", "a.md: the moon too"], [0.5, 1.0 / 3.0], 0.2961);
        check(&["a.md: the moon, the sun", "b.md: the wind"], [1.0, 1.0], 1.0);
        check(&["a.md: the moon, the sun"], [1.0, 2.0 / 3.0], 0.6131);
        check(&[], [0.0, 0.0], 0.0);
    }

    #[test]
    fn what_was_expected_is_the_most_relevant() {
        let check = |hits: &[&str], expected: (&str, Option<usize>)| {
            let judged = judged("1 0 a 1\n1 0 b 2\n1 0 c 2\n1 0 d 0", "1", hits);
            let Expected { judgment, rank } = judged.expected.expect("something is relevant");
            assert_eq!((judgment.name.as_str(), rank), expected);
        };
        check(&["a", "d"], ("b", None));
        check(&["a", "c", "b"], ("c", Some(2)));
        let hits: Vec<String> = (0..100).map(|at| format!("x{at}")).chain(["b".into()]).collect();
        check(&hits.iter().map(String::as_str).collect::<Vec<_>>(), ("b", None));
    }
}
