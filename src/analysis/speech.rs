//! Which language running text is in, by its function words alone: what few letters and little time tell.

use std::ops::Range;

use super::{Language, word::plain_end};

/// Frequent function words of a language that no other has, or seldom: of its running text one word in
/// five or so is one of them, of that of others one in thirty at most. Danish and Norwegian share most of theirs.
static OWN: [(Language, Table); 11] = [
    (
        Language::ENGLISH,
        table(&[
            "the", "of", "and", "to", "that", "this", "with", "from", "which", "are", "have", "been", "were",
            "not", "but", "they", "their", "it", "its", "these", "would", "could", "should", "there", "than",
            "then", "when", "where", "who", "what", "you", "your", "she", "into", "be", "between", "about",
            "after", "other", "such", "only", "can", "will", "some", "if", "our", "how", "or", "an",
        ]),
    ),
    (
        Language::of_code(*b"de"),
        table(&[
            "der", "und", "das", "ist", "nicht", "ein", "eine", "mit", "von", "auf", "für", "sich", "dem",
            "des", "auch", "wird", "wurde", "als", "bei", "zur", "zum", "im", "einer", "einem", "eines",
            "einen", "zu", "werden", "sind", "oder", "nach", "durch", "aus", "wenn",
        ]),
    ),
    (
        Language::of_code(*b"da"),
        table(&[
            "og", "er", "ikke", "fra", "af", "til", "ved", "være", "blev", "hvor", "også", "hvis", "kun",
            "mod", "eller", "efter", "skal", "dette", "disse", "bliver", "bruges", "hvad", "har", "på",
        ]),
    ),
    (
        Language::of_code(*b"es"),
        table(&[
            "el", "los", "las", "y", "del", "que", "en", "una", "por", "con", "para", "es", "más", "pero",
            "como", "fue", "este", "esta", "también", "sus", "ser", "entre", "desde", "cuando", "muy",
        ]),
    ),
    (
        Language::of_code(*b"fr"),
        table(&[
            "le", "les", "des", "et", "est", "une", "dans", "pour", "qui", "par", "sur", "au", "du", "pas",
            "plus", "avec", "ce", "sont", "aux", "ou", "cette", "il", "elle", "être", "ces", "son", "sa",
        ]),
    ),
    (
        Language::of_code(*b"id"),
        table(&[
            "yang", "dan", "dari", "ini", "itu", "untuk", "dengan", "pada", "adalah", "dalam", "tidak",
            "akan", "oleh", "sebagai", "juga", "atau", "karena", "dapat", "bisa", "jika", "anda", "lebih",
            "telah", "secara", "seperti", "bahwa", "di", "ke",
        ]),
    ),
    (
        Language::of_code(*b"it"),
        table(&[
            "il", "di", "che", "della", "per", "dei", "delle", "nel", "alla", "non", "è", "gli", "sono",
            "una", "dal", "dalla", "nella", "anche", "più", "degli", "questo", "questa", "essere", "come",
        ]),
    ),
    (
        Language::of_code(*b"nl"),
        table(&[
            "het", "een", "en", "van", "is", "dat", "niet", "zijn", "voor", "met", "op", "aan", "ook",
            "wordt", "naar", "bij", "uit", "worden", "deze", "dit", "werd", "maar", "nog", "hij", "te",
            "door",
        ]),
    ),
    (
        Language::of_code(*b"no"),
        table(&[
            "og", "er", "ikke", "fra", "av", "til", "ved", "være", "ble", "hvor", "også", "hvis", "bare",
            "mot", "eller", "etter", "skal", "dette", "disse", "blir", "brukes", "hva", "har", "på", "å",
        ]),
    ),
    (
        Language::of_code(*b"pt"),
        table(&[
            "o", "os", "as", "em", "um", "uma", "não", "do", "da", "dos", "das", "com", "no", "na", "são",
            "ao", "mais", "foi", "pelo", "pela", "ou", "seu", "sua", "nos", "nas", "também", "como", "e",
        ]),
    ),
    (
        Language::of_code(*b"sv"),
        table(&[
            "och", "att", "inte", "från", "är", "för", "som", "på", "ett", "med", "av", "till", "det", "den",
            "har", "eller", "om", "kan", "de", "var", "vid", "efter", "denna", "när",
        ]),
    ),
];

/// Of a text in the language at least one word in so many is one of [`OWN`]. What other languages have of
/// English ones are fewer.
const ONE_IN: usize = 7;
const ONE_IN_ENGLISH: usize = 10;

/// So few of them may be words of another language: `an` and `will` are German too.
const FEW: usize = 5;

/// Says whether a text has so many function words of its own language, one of [`OWN`], that it is in
/// that. What has few, and what is in other languages, has to be looked at closer.
pub(super) fn speaks(text: &str, language: Language) -> bool {
    let one_in = if language == Language::ENGLISH { ONE_IN_ENGLISH } else { ONE_IN };
    found(text, language, one_in).is_some_and(|found| {
        found > FEW || most(text, language).is_some_and(|(spoken, _)| spoken == language)
    })
}

/// Says whether of a text one word in so many, and more than one, is one of [`OWN`].
pub(super) fn one_in(text: &str, language: Language, words: usize) -> bool {
    found(text, language, words).is_some()
}

/// Returns how many of a text's words are of [`OWN`], where one in so many is, and more than one.
fn found(text: &str, language: Language, words: usize) -> Option<usize> {
    let own = own(language)?;
    let (mut all, mut found) = (0, 0);
    each_word(text, |word| {
        all += 1;
        found += usize::from(holds(own, word));
    });
    (found * words >= all && found > 1).then_some(found)
}

/// Whether the function words of a language are known here.
pub(super) fn is_known(language: Language) -> bool {
    own(language).is_some()
}

/// Returns the language of which a text has the most function words, of equals the given one, and as how many
/// of its words these are counted: one in so many, and more than one.
pub(super) fn most(text: &str, among_equals: Language) -> Option<(Language, usize)> {
    let (mut all, mut found) = (0, [0; OWN.len()]);
    each_word(text, |word| {
        all += 1;
        for ((_, own), found) in OWN.iter().zip(&mut found) {
            *found += usize::from(holds(own, word));
        }
    });
    let languages = OWN.iter().map(|(language, _)| *language);
    let (found, _, language) =
        found.iter().zip(languages).map(|(found, own)| (*found, own == among_equals, own)).max()?;
    (found > 1).then(|| (language, all / found))
}

fn own(language: Language) -> Option<&'static Table> {
    OWN.iter().find(|(known, _)| *known == language).map(|(_, own)| own)
}

/// Gives each word of a text as a number, as [`Table`] has them; 0 for a letter that is not Latin.
fn each_word(text: &str, mut end: impl FnMut(u64)) {
    let bytes = text.as_bytes();
    let (mut at, mut word) = (0, 0);
    while let Some(&byte) = bytes.get(at) {
        if word == 0 && byte.is_ascii_alphanumeric() {
            let start = at;
            at = plain_end(bytes, start);
            word = plain_number(bytes, start..at);
            continue;
        }
        at += 1;
        match LETTERS[usize::from(byte)] {
            letter @ LETTER.. => word = word << 8 | u64::from(letter),
            BETWEEN | FOLLOWING if word == 0 => {}
            BETWEEN => end(std::mem::take(&mut word)),
            FOLLOWING => word = word << 8 | u64::from(byte),
            // A letter that is not Latin counts as a word.
            _ => {
                if word > 0 {
                    end(std::mem::take(&mut word));
                }
                end(0);
            }
        }
    }
    if word > 0 {
        end(word);
    }
}

/// Returns the last eight of some ASCII letters and figures, in small letters, as a number.
fn plain_number(bytes: &[u8], word: Range<usize>) -> u64 {
    // Small letters have a bit that capital ones lack, and that figures have too.
    const SMALL: u8 = 0x20;
    match bytes[..word.end].last_chunk() {
        Some(last) => {
            let letters = u64::from_be_bytes(*last) | u64::from_ne_bytes([SMALL; 8]);
            letters & (u64::MAX >> (64 - 8 * word.len().min(8)))
        }
        None => bytes[word].iter().fold(0, |number, byte| number << 8 | u64::from(byte | SMALL)),
    }
}

/// What bytes are to [`speaks`]: letters and figures in small letters, and these.
const LETTERS: [u8; 256] = {
    let mut letters = [BETWEEN; 256];
    let mut at = 0;
    while at < 256 {
        let byte = at as u8;
        letters[at] = match byte {
            0x80..0xC0 => FOLLOWING,
            0xC0..0xCE => byte,
            0xCE.. => ALONE,
            _ if byte.is_ascii_alphanumeric() => byte.to_ascii_lowercase(),
            _ => BETWEEN,
        };
        at += 1;
    }
    letters
};
const BETWEEN: u8 = 0;
const FOLLOWING: u8 = 1;
const ALONE: u8 = 2;
const LETTER: u8 = 3;

/// Words of up to eight bytes as numbers, each at the place that its hash names or the next free one.
type Table = [u64; 128];

const fn place(word: u64) -> usize {
    (word.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 57) as usize
}

fn holds(table: &Table, word: u64) -> bool {
    let mut at = place(word);
    while table[at] != 0 {
        if table[at] == word {
            return true;
        }
        at = (at + 1) % table.len();
    }
    false
}

const fn table(words: &[&str]) -> Table {
    let mut table = [0; 128];
    assert!(words.len() < table.len() / 2);
    let mut number = 0;
    while number < words.len() {
        let bytes = words[number].as_bytes();
        assert!(bytes.len() <= 8);
        let mut word = 0;
        let mut at = 0;
        while at < bytes.len() {
            word = word << 8 | bytes[at] as u64;
            at += 1;
        }
        let mut free = place(word);
        while table[free] != 0 {
            free = (free + 1) % table.len();
        }
        table[free] = word;
        number += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn words_are_numbers_of_their_last_letters(words in prop::collection::vec("[A-Ca-z0-9éß]{0,12}", 0..9)) {
            let mut found = Vec::new();
            each_word(&words.join(", "), |word| found.push(word));
            let words = words.iter().filter(|word| !word.is_empty());
            let number = |word: &String| {
                let bytes = word.to_ascii_lowercase().into_bytes();
                bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
            };
            prop_assert_eq!(found, words.map(number).collect::<Vec<_>>());
        }
    }

    #[test]
    fn running_text_speaks_its_language() {
        let check = |text: &str, expected: &str| {
            let spoken = OWN.map(|(language, _)| language).into_iter().filter(|own| speaks(text, *own));
            assert_eq!(
                spoken.map(|language| language.to_string()).collect::<Vec<_>>().join(" "),
                expected,
                "{text}"
            );
        };
        check("The moon pulls at the sea, and the sea follows it AROUND THE EARTH", "en");
        check("Die Flut kommt am Morgen und nicht am Abend, weil der Mond für sich steht", "de");
        check("La marea sube dos veces por día y los pescadores vuelven con ella en el barco", "es");
        check("La marée monte deux fois par jour et les pêcheurs rentrent avec elle dans le port", "fr");
        check(
            "La marea sale due volte al giorno, e i pescatori della costa tornano con il mare che è calmo",
            "it",
        );
        check(
            "Het tij komt twee keer per dag op, en de vissers keren met het water terug naar de haven",
            "nl",
        );
        check("A maré sobe duas vezes ao dia, e os pescadores voltam com ela para o porto da cidade", "pt");
        check("Tidvattnet kommer två gånger om dagen, och fiskarna som bor på ön är glada för det", "sv");
        check("The text of it was in Russian. В зависимости от настроек возникла проблема", "");
        check("llama moon tide harbour pier the", "");
        check("潮水每天涨落两次 the, 渔民 and 也随之归来，海风吹过码头。", "");
        check("", "");
    }
}
