//! As many of the best passages as a language model is given room for, counted in tokens without any
//! model.
//!
//! Passages are taken in the order of the answer, each whole or not at all; one that is too long for what
//! is left makes room for shorter ones behind it. They do not overlap: articles are cut into passages that lie
//! side by side, and what stands around a passage is not shown twice.

use std::{collections::HashSet, path::PathBuf};

use super::results::{Hit, Spent};
use crate::{
    article::{Printer, Role},
    index::{ArticleText, Shown},
};

/// No hit takes fewer tokens: its mark, its place and its id.
const LEAST: usize = 24;

/// After so many in a row that are too long for what is left, no more are tried.
const TRIED: usize = 16;

/// No more hits are looked at, however large the budget.
const MOST: usize = 1_000;

/// Letters of a word in the Latin alphabet without accents that are one token.
const LATIN: usize = 5;

/// Letters of a word in other alphabets that are one token.
const OTHER: usize = 2;

/// Returns how many tokens a text takes of a language model's room, at most in all likelihood.
///
/// A word of plain Latin letters counts one token for each five of them begun, one in other alphabets or with
/// accents one for each two; each figure, each Chinese or Japanese character, each mark and each line break
/// counts one, and each other sign three. Blanks between words count nothing. No text counts less than a
/// fourth of its characters.
///
/// This is an estimate that errs on the high side, as models cut text in ways of their own: against the
/// vocabularies `cl100k_base` and `o200k_base` see `docs/json.md`.
pub fn tokens(text: &str) -> usize {
    let (mut tokens, mut characters) = (0, 0);
    let mut word = Word::default();
    for letter in text.chars() {
        characters += 1;
        let own = match letter {
            '\n' => 1,
            _ if letter.is_whitespace() || letter.is_control() => 0,
            _ if letter.is_ascii_alphabetic() => {
                word.letters += 1;
                continue;
            }
            _ if is_ideograph(letter) => 1,
            _ if letter.is_alphabetic() => {
                word.letters += 1;
                word.is_plain_no_more = true;
                continue;
            }
            _ if letter.is_ascii() || letter.is_numeric() => 1,
            // Dashes, quotation marks and the like.
            '\u{2010}'..='\u{206F}' | '\u{A0}'..='\u{BF}' | '\u{3000}'..='\u{303F}' => 1,
            _ => 3,
        };
        tokens += word.end() + own;
    }
    (tokens + word.end()).max(usize::div_ceil(characters, 4))
}

/// What was read of a word.
#[derive(Default)]
struct Word {
    letters: usize,
    is_plain_no_more: bool,
}

impl Word {
    /// Ends the word and returns the tokens it counts.
    fn end(&mut self) -> usize {
        let Self { letters, is_plain_no_more } = std::mem::take(self);
        letters.div_ceil(if is_plain_no_more { OTHER } else { LATIN })
    }
}

/// Says whether a character is one of those that are words, or syllables, by themselves.
fn is_ideograph(letter: char) -> bool {
    matches!(letter,
        '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}' | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF66}'..='\u{FF9F}'
        | '\u{20000}'..='\u{3FFFF}')
}

/// Returns how many hits a budget has room for at most, those included that are tried in vain.
pub(super) fn most(budget: usize) -> usize {
    (budget / LEAST + TRIED).min(MOST)
}

/// What was taken of a budget.
pub(super) struct Filling {
    spent: Spent,
    in_vain: usize,
    /// Texts that were shown, each with its article.
    shown: HashSet<(PathBuf, Option<String>, String)>,
}

impl Filling {
    pub(super) fn new(budget: usize) -> Self {
        let spent = Spent { budget, used: 0, left_out: 0, too_long: 0, needed: None };
        Self { spent, in_vain: 0, shown: HashSet::new() }
    }

    /// Says whether nothing more will be taken.
    pub(super) fn is_full(&self) -> bool {
        let rest = self.spent.budget - self.spent.used;
        self.spent.used > 0 && rest < LEAST || self.in_vain >= TRIED
    }

    /// Takes a hit where it fits, less what was shown around others; none where it does not.
    pub(super) fn take(&mut self, mut hit: Hit) -> Option<Hit> {
        let key = |text: &String| (hit.file.clone(), hit.member.clone(), text.clone());
        let own = key(&hit.text);
        if self.shown.contains(&own) {
            return None;
        }
        let (before, after): (Vec<_>, Vec<_>) =
            (hit.before.iter().map(key).collect(), hit.after.iter().map(key).collect());
        let new = |keys: &[(PathBuf, Option<String>, String)]| {
            keys.iter().filter(|key| !self.shown.contains(*key)).map(|(.., text)| text.clone()).collect()
        };
        (hit.before, hit.after) = (new(&before), new(&after));
        let cost = cost(&hit);
        if cost > self.spent.budget - self.spent.used {
            self.spent.needed = self.spent.needed.or((self.spent.used == 0).then_some(cost));
            self.in_vain += 1;
            self.spent.too_long += 1;
            return None;
        }
        self.in_vain = 0;
        self.spent.used += cost;
        self.shown.extend(before.into_iter().chain(after).chain([own]));
        Some(hit)
    }

    /// Returns what was spent where so many match and so many are shown.
    pub(super) fn finish(self, total: u64, shown: usize) -> Spent {
        let left_out = total.saturating_sub(shown as u64);
        Spent { left_out, needed: self.spent.needed.filter(|_| shown == 0), ..self.spent }
    }
}

/// What of an article was left out so that the rest fits a budget.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LeftOut {
    /// How many passages before those that are left.
    pub before: usize,
    /// How many after them.
    pub after: usize,
    /// The id of the first of these, and the line that it begins on.
    pub next: Option<(String, u32)>,
}

/// Cuts what is shown of an article so that it takes no more tokens than these: first what stands around the
/// passages that were asked for, from the outside inwards, then the last of those; one is left in any case.
/// Returns what was left out, none where all fits.
pub fn fit(article: &mut ArticleText, budget: usize) -> Option<LeftOut> {
    let passages = std::mem::take(&mut article.passages);
    let costs: Vec<usize> = passages.iter().map(cost_of_passage).collect();
    let mut used: usize = costs.iter().sum();
    let first = passages.iter().position(|passage| passage.asked).unwrap_or(0);
    let last = passages.iter().rposition(|passage| passage.asked).unwrap_or(0);
    let mut kept = 0..passages.len();
    while used > budget && kept.len() > 1 {
        let (before, after) = (first.saturating_sub(kept.start), kept.end - 1 - last.min(kept.end - 1));
        if before > after {
            used -= costs[kept.start];
            kept.start += 1;
        } else {
            kept.end -= 1;
            used -= costs[kept.end];
        }
    }
    let next = passages.get(kept.end).map(|next| (next.id.clone(), next.place.line));
    let left_out = LeftOut { before: kept.start, after: passages.len() - kept.end, next };
    let all = kept.len() == passages.len();
    article.passages = passages.into_iter().skip(kept.start).take(kept.len()).collect();
    if all {
        return None;
    }
    let mut printer = Printer::new("");
    for (at, passage) in article.passages.iter().enumerate() {
        if at == 0 || article.passages[at - 1].headings != passage.headings {
            printer.section(&passage.headings, Role::Main);
        } else {
            printer.text("\n\n");
        }
        printer.text(&passage.text);
    }
    article.text = printer.finish();
    Some(left_out)
}

/// Returns how many tokens a passage takes with what names it.
fn cost_of_passage(passage: &Shown) -> usize {
    LEAST + tokens(&passage.text) + passage.headings.iter().map(|part| tokens(part)).sum::<usize>()
}

/// Returns how many tokens an article takes as it is shown.
pub fn tokens_of(article: &ArticleText) -> usize {
    article.passages.iter().map(cost_of_passage).sum::<usize>() + tokens(&article.title)
}

/// Returns how many tokens a hit takes: what is read of it, and what stands around that.
fn cost(hit: &Hit) -> usize {
    let inside = hit.passages.iter().map(|inside| {
        LEAST / 2 + tokens(&inside.text) + inside.headings.iter().map(|part| tokens(part)).sum::<usize>()
    });
    let path = String::from_utf8_lossy(&hit.path);
    let texts = [hit.title.as_str(), &path, hit.member.as_deref().unwrap_or_default(), &hit.text];
    let around = hit.headings.iter().chain(&hit.before).chain(&hit.after).map(String::as_str);
    LEAST + texts.into_iter().chain(around).map(tokens).sum::<usize>() + inside.sum::<usize>()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tokens_are_counted_without_a_model() {
        let check = |text: &str, expected: usize| assert_eq!(tokens(text), expected, "{text}");
        check("", 0);
        check("The moon pulls at the sea.", 7);
        check("internationalisation", 5);
        check("Straße", 3);
        check("2025-01-30", 10);
        check("鳄鱼的眼泪", 5);
        check("луна", 2);
        check("a\nb", 3);
        check("🌊", 3);
        check(&" ".repeat(40), 10);
    }

    proptest! {
        #[test]
        fn longer_texts_take_no_fewer_tokens(one in "\\PC{0,40}", other in "\\PC{0,40}") {
            let both = format!("{one} {other}");
            prop_assert!(tokens(&both) >= tokens(&one).max(tokens(&other)));
            prop_assert!(tokens(&one) >= one.chars().count().div_ceil(4));
        }
    }
}
