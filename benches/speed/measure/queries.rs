//! What is searched for: words of the corpus itself.

use std::{collections::HashMap, path::Path};

use excerpt::analysis::{self, StopWords};

use super::record::{self, Passage};

/// Only every so many passages are looked at, up to so many of them.
const MOST: u64 = 40_000;

/// Questions to one corpus.
pub(crate) struct Queries {
    /// Of one, two and three words; four of each: rare words, common ones, and such as stand together in a
    /// passage.
    pub(crate) short: [Vec<String>; 3],
    /// Two words that stand side by side, quoted.
    pub(crate) phrases: Vec<String>,
    /// Three telling words.
    pub(crate) three: Vec<String>,
    /// The same words in a question of seven, with stop words.
    pub(crate) seven: Vec<String>,
    /// A word that many passages hold.
    pub(crate) commonest: String,
    /// A thousand words.
    pub(crate) thousand: String,
}

impl Queries {
    /// Makes questions of the passages of a corpus.
    pub(crate) fn of(passages: &Path, count: u64) -> Self {
        let (stop, every) = (StopWords::of(None), count / MOST + 1);
        let mut held: HashMap<String, u32> = HashMap::new();
        let (mut sample, mut phrases): (Vec<Vec<String>>, Vec<String>) = Default::default();
        let mut number = 0;
        let mut take = |passage: Passage<'_>| {
            number += 1;
            if number % every != 0 {
                return;
            }
            let words =
                analysis::words(passage.text).map(|range| analysis::fold(&passage.text[range]).into_owned());
            let telling = |word: &String| word.len() > 3 && word.is_ascii() && !stop.contains(word);
            let alphabetic = |word: &String| word.bytes().all(|byte| byte.is_ascii_lowercase());
            let mut words: Vec<String> = words.collect();
            let good = |word: &String| telling(word) && alphabetic(word);
            let pair = words.windows(2).find(|pair| pair.iter().all(good));
            phrases.extend(pair.map(|pair| format!("\"{}\"", pair.join(" "))));
            words.retain(good);
            words.sort_unstable();
            words.dedup();
            words.iter().for_each(|word| *held.entry(word.clone()).or_default() += 1);
            sample.push(words);
        };
        record::read(passages, &mut take).expect("the passages can be read");
        let mut ranked: Vec<(u32, &String)> = held.iter().map(|(word, held)| (*held, word)).collect();
        ranked.sort_unstable_by(|one, other| other.cmp(one));
        let word = |at: usize| ranked[at.min(ranked.len() - 1)].1.clone();

        // Eight passages from all over, each by its words from the commonest to the rarest that others have.
        let long: Vec<&Vec<String>> = sample.iter().filter(|words| words.len() > 20).collect();
        let chosen = (0..8).map(|at| {
            let mut words = long[(2 * at + 1) * long.len() / 16].clone();
            words.retain(|word| held[word] > 2);
            words.sort_by_key(|word| std::cmp::Reverse(held[word]));
            words
        });
        let chosen: Vec<Vec<String>> = chosen.collect();
        let of = |at: usize, parts: &[usize]| {
            let words: &Vec<String> = &chosen[at];
            let words = parts.iter().map(|part| words[(part * (words.len() - 1)) / 10].clone());
            words.collect::<Vec<_>>().join(" ")
        };
        let short = [
            vec![word(0), of(0, &[3]), of(1, &[6]), of(2, &[10])],
            vec![format!("{} {}", word(2), word(5)), of(3, &[0, 5]), of(4, &[4, 7]), of(5, &[2, 10])],
            vec![
                format!("{} {} {}", word(1), word(4), word(8)),
                of(5, &[0, 4, 8]),
                of(6, &[3, 5, 7]),
                of(7, &[1, 6, 10]),
            ],
        ];
        let three: Vec<String> = (0..4).map(|at| of(at, &[1, 4, 8])).collect();
        let seven = three.iter().map(|three| {
            let mut words = three.split(' ');
            let mut next = || words.next().unwrap_or_default();
            format!("how did the {} of {} {}", next(), next(), next())
        });
        let thousand = (0..1_000).map(|at| word(at * 7)).collect::<Vec<_>>().join(" ");
        let phrases = phrases.iter().step_by((phrases.len() / 4).max(1)).take(4).cloned().collect();
        Self { phrases, seven: seven.collect(), short, three, commonest: word(0), thousand }
    }

    /// Returns all short ones.
    pub(crate) fn all_short(&self) -> impl Iterator<Item = &String> {
        self.short.iter().flatten()
    }
}
