//! Swedish, Danish and Norwegian: alike at a glance, and told by a few letters and words.

use crate::analysis::{Language, lower, words};

/// Whether a language is Swedish, Danish or Norwegian.
pub(super) fn is_scandinavian(language: Language) -> bool {
    matches!(language.code(), "sv" | "da" | "no")
}

/// Returns which of the Scandinavian languages a text is in: Swedish has ä and ö, the others æ and ø; `av` is
/// Norwegian, `af` Danish.
pub(super) fn scandinavian(text: &str) -> Option<Language> {
    let count = |letters: [char; 4]| text.chars().filter(|letter| letters.contains(letter)).count();
    let (east, west) = (count(['ä', 'ö', 'Ä', 'Ö']), count(['æ', 'ø', 'Æ', 'Ø']));
    let (mut swedish, mut western, mut norwegian, mut danish) = (0, 0, 0, 0);
    for range in words(text) {
        let word = lower(&text[range]);
        match &*word {
            "och" | "att" | "inte" | "från" | "är" | "för" => swedish += 1,
            "og" | "at" | "ikke" | "fra" | "er" | "for" => western += 1,
            "av" | "etter" | "hva" | "noe" | "meg" | "deg" | "seg" | "opp" | "nå" => norwegian += 1,
            "af" | "efter" | "hvad" | "noget" | "mig" | "dig" | "sig" | "op" | "nu" | "blev" => danish += 1,
            _ => {}
        }
    }
    if (east, swedish) >= (west, western) {
        return Language::of_tag("sv");
    }
    Language::of_tag(if norwegian > danish { "no" } else { "da" })
}
