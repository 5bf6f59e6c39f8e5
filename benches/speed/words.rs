//! Made-up words that are met as often as those of a natural language.
//!
//! Words are numbered by how frequent they are. The commonest are the function words of English; the
//! others are made of syllables, some with English endings, and hardly two are spelled alike.

/// The commonest words, in about the order of an English encyclopedia.
const FUNCTION: &str = "the of and in to a is was for as on with by that it he from at his are an were which \
    this be or had also has its their but not one have they first her who new been two after other when \
    there all during into time she may made more most some such only can over no up out about then would \
    through between these where so if than many later used being both under while each three known did \
    because before since them him any what until same well against now around several how even among our \
    will we you your i my do does could should must very much here those however without within per";

/// Up to this rank r a word is met in proportion to 1 / r, past it to 1 / r^[`STEEP`]: the two regimes of
/// Gerlach and Altmann 2013 (<https://doi.org/10.1103/PhysRevX.3.021006>), by which the vocabulary
/// grows with the text as it does in English: without end, ever slower.
const COMMON: f64 = 7_873.0;
const STEEP: f64 = 1.77;

/// The share of the common words: (ln b + γ) against that and 1 / (s − 1) for the rest.
const SHARE: f64 = 0.88;

/// The share of the function words.
pub(crate) const FUNCTION_SHARE: f64 = 0.47;

const ONSETS: [&str; 24] = [
    "b", "c", "d", "f", "g", "h", "l", "m", "n", "p", "r", "s", "t", "v", "w", "br", "ch", "cl", "gr", "pl",
    "st", "th", "tr", "sh",
];
const VOWELS: [&str; 6] = ["a", "e", "i", "o", "u", "ea"];
const CODAS: [&str; 12] = ["n", "r", "t", "l", "s", "nd", "m", "ck", "rt", "p", "st", "d"];
const ENDINGS: [&str; 10] = ["s", "ed", "ing", "s", "er", "ly", "ation", "s", "al", "ness"];

/// The words.
pub(crate) struct Words {
    function: Vec<&'static str>,
}

impl Words {
    pub(crate) fn new() -> Self {
        Self { function: FUNCTION.split_whitespace().collect() }
    }

    /// Returns the word at a point between 0 and 1 of all that is said.
    pub(crate) fn at(point: f64) -> u32 {
        if point < SHARE {
            return ((COMMON + 1.0).powf(point / SHARE) - 1.0) as u32;
        }
        let rest = (1.0 - point) / (1.0 - SHARE);
        (COMMON * rest.max(1e-9).powf(-1.0 / (STEEP - 1.0))).min(1e9) as u32
    }

    /// Says whether a word has a meaning of its own.
    pub(crate) fn tells(&self, word: u32) -> bool {
        word as usize >= self.function.len()
    }

    /// Writes a word. One in six of the rarer ones is a name.
    pub(crate) fn write(&self, word: u32, out: &mut String) {
        if let Some(function) = self.function.get(word as usize) {
            return out.push_str(function);
        }
        let number = word - self.function.len() as u32;
        // Of five words in a row two are inflected forms of their neighbours.
        let (lemma, ending) = match number % 5 {
            0 => (number / 5 * 3, ""),
            1 => (number / 5 * 3, ENDINGS[(number / 5) as usize % ENDINGS.len()]),
            2 => (number / 5 * 3 + 1, ""),
            3 => (number / 5 * 3 + 2, ""),
            _ => (number / 5 * 3 + 2, ENDINGS[(number / 7) as usize % ENDINGS.len()]),
        };
        let start = out.len();
        spell(u64::from(lemma), out);
        if number > 500 && mix(u64::from(lemma)).is_multiple_of(6) {
            out[start..=start].make_ascii_uppercase();
            if mix(u64::from(lemma)).is_multiple_of(8) {
                out.push('é');
            }
        } else {
            out.push_str(ending);
        }
    }
}

/// Writes the syllables that a number stands for: the smaller, the fewer.
fn spell(mut number: u64, out: &mut String) {
    let (open, closed) = ((ONSETS.len() * VOWELS.len()) as u64, CODAS.len() as u64);
    let mut syllables = 1;
    let words = loop {
        let words = open.pow(syllables) * closed;
        // The common ones are short, but not all that could be short are common.
        let common = [60, 3_000].get(syllables as usize - 1).copied().unwrap_or(words);
        if number < common {
            break words;
        }
        number -= common;
        syllables += 1;
    };
    // Neighbours begin differently: 7,919 is a prime that divides none of these.
    let mut rest = number * 7_919 % words;
    let coda = rest % closed;
    rest /= closed;
    for _ in 0..syllables {
        let syllable = (rest % open) as usize;
        rest /= open;
        out.push_str(ONSETS[syllable % ONSETS.len()]);
        out.push_str(VOWELS[syllable / ONSETS.len()]);
    }
    out.push_str(CODAS[coda as usize]);
}

/// Returns a number that looks drawn by chance, always the same for the same one: the finalizer of
/// SplitMix64 (Steele, Lea and Flood 2014, <https://doi.org/10.1145/2660193.2660195>).
pub(crate) fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
