//! The English words that carry no subject.

/// English function words as the chain cuts them (`don't` is `don` and `t`), sorted: pronouns,
/// auxiliaries, articles, conjunctions and prepositions, after Snowball's English list
/// (<https://snowballstem.org/algorithms/english/stop.txt>).
const ENGLISH: &[&str] = &[
    "a",
    "about",
    "above",
    "after",
    "again",
    "against",
    "all",
    "am",
    "an",
    "and",
    "any",
    "are",
    "aren",
    "as",
    "at",
    "be",
    "because",
    "been",
    "before",
    "being",
    "below",
    "between",
    "both",
    "but",
    "by",
    "can",
    "cannot",
    "could",
    "couldn",
    "did",
    "didn",
    "do",
    "does",
    "doesn",
    "doing",
    "don",
    "down",
    "during",
    "each",
    "few",
    "for",
    "from",
    "further",
    "had",
    "hadn",
    "has",
    "hasn",
    "have",
    "haven",
    "having",
    "he",
    "her",
    "here",
    "hers",
    "herself",
    "him",
    "himself",
    "his",
    "how",
    "i",
    "if",
    "in",
    "into",
    "is",
    "isn",
    "it",
    "its",
    "itself",
    "ll",
    "me",
    "more",
    "most",
    "mustn",
    "my",
    "myself",
    "no",
    "nor",
    "not",
    "of",
    "off",
    "on",
    "once",
    "only",
    "or",
    "other",
    "ought",
    "our",
    "ours",
    "ourselves",
    "out",
    "over",
    "own",
    "re",
    "s",
    "same",
    "shan",
    "she",
    "should",
    "shouldn",
    "so",
    "some",
    "such",
    "t",
    "than",
    "that",
    "the",
    "their",
    "theirs",
    "them",
    "themselves",
    "then",
    "there",
    "these",
    "they",
    "this",
    "those",
    "through",
    "to",
    "too",
    "under",
    "until",
    "up",
    "ve",
    "very",
    "was",
    "wasn",
    "we",
    "were",
    "weren",
    "what",
    "when",
    "where",
    "which",
    "while",
    "who",
    "whom",
    "why",
    "with",
    "won",
    "would",
    "wouldn",
    "you",
    "your",
    "yours",
    "yourself",
    "yourselves",
];

/// For each letter how many words of the list begin with an earlier one, so that a word is compared
/// with a handful only: it is asked of every word of many passages in one search.
const BEFORE: [usize; 27] = {
    let mut before = [0; 27];
    let mut at = 0;
    while at < ENGLISH.len() {
        let mut later = (ENGLISH[at].as_bytes()[0] - b'a') as usize + 1;
        while later < before.len() {
            before[later] += 1;
            later += 1;
        }
        at += 1;
    }
    before
};

/// Says whether a folded word is one of them.
pub(in crate::analysis) fn is_english(folded: &str) -> bool {
    match folded.as_bytes().first() {
        Some(first @ b'a'..=b'z') => {
            let letter = usize::from(first - b'a');
            ENGLISH[BEFORE[letter]..BEFORE[letter + 1]].contains(&folded)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted() {
        assert!(ENGLISH.is_sorted());
        assert!(ENGLISH.iter().all(|word| is_english(word)) && !is_english("") && !is_english("the2"));
    }
}
