//! The forms of a word, joined: stemmers by language, and what accents mean to each.

use std::borrow::Cow;

use frostem::{Algorithm, Stemmer};

use super::{Language, fold, lower};

/// When the accents of a word go. Measured on Spanish (XQuAD, nDCG@10): last .974, never .973, first .972;
/// in earlier experiments French gained .021 and Italian .007 by taking them away first. For the others it
/// is by judgement: last, as the stemmers know endings by their accents; never, where they tell many words
/// apart. The plain spellings of German (`ae`, `ss`) are known to its stemmer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Accents {
    /// Before the word is stemmed.
    First,
    /// After: the stemmer needs them.
    Last,
    /// Never: they tell words apart.
    Kept,
}

/// Returns how the words of a language are stemmed: by which of Snowball's stemmers
/// (<https://snowballstem.org/algorithms/>), and when their accents go.
fn rules(language: Option<Language>) -> (Option<Algorithm>, Accents) {
    use Accents::{First, Kept, Last};
    use Algorithm as A;
    let Some(language) = language else { return (Some(A::English), First) };
    match language.code() {
        "ar" => (Some(A::Arabic), Last),
        "ca" => (Some(A::Catalan), Last),
        "cs" => (Some(A::Czech), Last),
        "da" => (Some(A::Danish), Last),
        "de" => (Some(A::German), Last),
        "el" => (Some(A::Greek), Last),
        "en" => (Some(A::English), First),
        "eo" => (Some(A::Esperanto), Last),
        "es" => (Some(A::Spanish), Last),
        "et" => (Some(A::Estonian), Last),
        "eu" => (Some(A::Basque), Last),
        "fa" => (Some(A::Persian), Last),
        "fi" => (Some(A::Finnish), Last),
        "fr" => (Some(A::French), First),
        "ga" => (Some(A::Irish), Last),
        "hi" => (Some(A::Hindi), Last),
        "hu" => (Some(A::Hungarian), Last),
        "hy" => (Some(A::Armenian), Last),
        "id" | "ms" => (Some(A::Indonesian), Last),
        "it" => (Some(A::Italian), First),
        "lt" => (Some(A::Lithuanian), Last),
        "ne" => (Some(A::Nepali), Last),
        "nl" => (Some(A::Dutch), Last),
        "no" => (Some(A::Norwegian), Last),
        "pl" => (Some(A::Polish), Last),
        "pt" => (Some(A::Portuguese), Last),
        "ro" => (Some(A::Romanian), Last),
        "ru" => (Some(A::Russian), Last),
        "sr" => (Some(A::Serbian), Last),
        "sv" => (Some(A::Swedish), Last),
        "ta" => (Some(A::Tamil), Last),
        "tr" => (Some(A::Turkish), Kept),
        "uk" => (Some(A::Ukrainian), Last),
        "vi" => (None, Kept),
        "yi" => (Some(A::Yiddish), Last),
        _ => (None, Last),
    }
}

/// Returns the stem of a word in a language, behind the code of that language unless it is English: the
/// stem of one word must not be taken for that of another (`lin`, of English *lines* to a German
/// stemmer). Foreign words in Latin letters within texts of other scripts are mostly English, and so is
/// text of no known language. Words of languages without a stemmer are their own stems, and so are words
/// with figures and those of one or two ASCII letters.
pub fn stem(word: &str, language: Option<Language>) -> Cow<'_, str> {
    if word.is_ascii() && (word.len() < 3 || word.bytes().any(|byte| !byte.is_ascii_alphabetic())) {
        return fold(word);
    }
    let (mut algorithm, mut accents) = rules(language);
    if word.is_ascii() && !writes_latin(language) {
        (algorithm, accents) = (Some(Algorithm::English), Accents::First);
    }
    let written = match accents {
        Accents::First => fold(word),
        Accents::Last | Accents::Kept => lower_in(word, language),
    };
    let Some(algorithm) = algorithm else {
        return if accents == Accents::Kept { Cow::Owned(marked(language, &written)) } else { fold(word) };
    };
    let stem = Stemmer::new(algorithm).stem(&written).into_owned();
    // A stemmer may leave nothing of a word.
    let stem = if stem.is_empty() { written.into_owned() } else { stem };
    let stem = if accents == Accents::Last { fold(&stem).into_owned() } else { stem };
    Cow::Owned(if algorithm == Algorithm::English { stem } else { marked(language, &stem) })
}

/// Whether the stems of a language keep their accents.
pub fn keeps_accents(language: Option<Language>) -> bool {
    rules(language).1 == Accents::Kept
}

/// Whether the stem and the folded form of every word in ASCII letters begin as the word does; see
/// [`Beginnings`].
pub fn keeps_first_letters(language: Option<Language>) -> bool {
    rules(language).0 == Some(Algorithm::English) || !writes_latin(language)
}

/// How words begin that others in ASCII letters may be forms of: by the first letter, and the second where both
/// have one.
#[derive(Debug)]
pub struct Beginnings {
    /// For each first letter a bit for each second one.
    seconds: [u64; 36],
}

impl Beginnings {
    /// Takes stems and folded words.
    pub fn of(words: impl Iterator<Item = impl AsRef<str>>) -> Self {
        let mut beginnings = Self { seconds: [0; 36] };
        for word in words {
            let (first, second) = Self::letters(word.as_ref());
            if let Some(first) = first {
                beginnings.seconds[first] |= second.map_or(u64::MAX, |second| 1 << second);
            }
        }
        beginnings
    }

    /// Says whether a word may be a form of one of these, in languages that keep first letters.
    pub fn may_be_of(&self, word: &str) -> bool {
        let (first, second) = Self::letters(word);
        let second = second.map_or(u64::MAX, |second| 1 << second);
        first.is_some_and(|first| self.seconds[first] & second != 0)
    }

    /// Returns the numbers of the first two letters; an `i` may be the stem's for a `y` (*dying*, *die*).
    fn letters(word: &str) -> (Option<usize>, Option<usize>) {
        let letter = |at: usize| match word.as_bytes().get(at)?.to_ascii_lowercase() {
            b'y' => Some(usize::from(b'i' - b'a')),
            letter @ b'a'..=b'z' => Some(usize::from(letter - b'a')),
            figure @ b'0'..=b'9' => Some(usize::from(figure - b'0') + 26),
            _ => None,
        };
        (letter(0), letter(1))
    }
}

/// Returns the stem of a word without its accents, marked, in languages whose stems keep them: what a
/// word stands for that was typed without.
pub fn plain_stem(word: &str, language: Option<Language>) -> Option<String> {
    let (_, accents) = rules(language);
    (accents == Accents::Kept).then(|| {
        let stem = stem(word, language);
        let bare = stem.split_once(':').map_or(&*stem, |(_, bare)| bare);
        marked(language, &format!("{PLAIN_MARK}{}", fold(bare)))
    })
}

/// Returns what stands before the stems that words of a language are looked for by without their accents:
/// nothing in English; see [`root`].
pub fn head(language: Option<Language>) -> String {
    let (algorithm, accents) = rules(language);
    match (algorithm, accents) {
        (_, Accents::Kept) => marked(language, &PLAIN_MARK.to_string()),
        (None | Some(Algorithm::English), _) => String::new(),
        _ => marked(language, ""),
    }
}

/// Parts what a stem begins with, the code of its language and the mark of one that lost its accents, from
/// what is left of the word.
pub fn root(stem: &str) -> (&str, &str) {
    let start = stem.find(':').map_or(0, |at| at + 1);
    let plain = stem[start..].starts_with(PLAIN_MARK);
    stem.split_at(start + if plain { PLAIN_MARK.len_utf8() } else { 0 })
}

/// Stands before a stem that lost its accents.
const PLAIN_MARK: char = '~';

/// What a stem is parted by from what it begins with. No word holds any.
pub(crate) const ROOT_MARKS: [u8; 2] = [b':', PLAIN_MARK as u8];

/// Endings that are often typed without the accent that their language's stemmer knows them by.
const ENDINGS: &[(&str, &[(&str, &str)])] = &[
    ("ca", &[("cio", "ció"), ("sio", "sió")]),
    ("pt", &[("cao", "ção"), ("coes", "ções"), ("sao", "são"), ("soes", "sões")]),
];

/// Returns a word with the accent that its ending has in a language, where it was typed without.
pub fn restored(folded: &str, language: Option<Language>) -> Option<String> {
    let language = language?;
    let (_, endings) = ENDINGS.iter().find(|(code, _)| *code == language.code())?;
    let ending = |(plain, accented): &(&str, &str)| {
        folded.strip_suffix(plain).map(|start| format!("{start}{accented}"))
    };
    endings.iter().find_map(ending)
}

/// Returns a stem behind the code of its language.
fn marked(language: Option<Language>, stem: &str) -> String {
    let code = language.unwrap_or(Language::ENGLISH);
    format!("{code}:{stem}")
}

/// Returns a word in the small letters of a language: Turkish and Azeri have two letters i.
fn lower_in(word: &str, language: Option<Language>) -> Cow<'_, str> {
    if is_dotless(language) && word.contains(['I', 'İ']) {
        return Cow::Owned(lower(&word.replace('I', "ı").replace('İ', "i")).into_owned());
    }
    lower(word)
}

/// Whether the small letter of `I` is `ı`.
fn is_dotless(language: Option<Language>) -> bool {
    language.is_some_and(|language| matches!(language.code(), "tr" | "az"))
}

/// Whether a word of ASCII begins with a capital, and is in every way the same word in small letters.
pub(super) fn is_same_in_small(word: &str, language: Option<Language>) -> bool {
    word.as_bytes().first().is_some_and(u8::is_ascii_uppercase) && word.is_ascii() && !is_dotless(language)
}

/// Whether a language is written in Latin letters.
fn writes_latin(language: Option<Language>) -> bool {
    language.is_none_or(|language| {
        !matches!(
            language.code(),
            "am" | "ar"
                | "be"
                | "bg"
                | "bn"
                | "el"
                | "fa"
                | "gu"
                | "he"
                | "hi"
                | "hy"
                | "ja"
                | "ka"
                | "km"
                | "kn"
                | "ko"
                | "lo"
                | "mk"
                | "ml"
                | "mr"
                | "my"
                | "ne"
                | "or"
                | "pa"
                | "ru"
                | "si"
                | "ta"
                | "te"
                | "th"
                | "uk"
                | "ur"
                | "yi"
                | "zh"
        )
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn stems_join_the_forms_of_a_word() {
        let check = |language: &str, forms: &str| {
            let language = Language::of_tag(language);
            let stems: Vec<String> = forms.split(' ').map(|form| stem(form, language).into_owned()).collect();
            assert!(stems.iter().all(|stem| *stem == stems[0]), "{forms}: {stems:?}");
        };
        check("en", "closing closed Closes");
        check("en", "capabilities capability");
        check("", "running runs");
        check("de", "Häuser Haeuser Hauses Haus");
        check("de", "Straße Strasse STRASSEN");
        check("fr", "développements developpement");
        check("es", "canción canciones");
        check("pt", "organização organizações");
        check("it", "città citta");
        check("ro", "știință ştiinţă");
        check("ru", "книга книги книгу");
        check("el", "θάλασσα θάλασσας ΘΑΛΑΣΣΑ");
        check("tr", "kitaplar kitap KİTAP");
        check("tr", "IŞIK ışık");
        check("hi", "किताब किताबें");
        check("ar", "كتاب الكتاب");
        check("fi", "talossa talosta");
        check("sv", "båtar båten");
        check("zh", "agents agent");
        check("ru", "agents agent");
        assert_ne!(stem("agentic", None), stem("agenda", None));
        assert_ne!(stem("ölmek", Language::of_tag("tr")), stem("olmak", Language::of_tag("tr")));
        assert_ne!(stem("bàn", Language::of_tag("vi")), stem("bán", Language::of_tag("vi")));
        assert_eq!(stem("gpt4", None), "gpt4");
    }

    #[test]
    fn a_word_typed_without_accents_can_be_known() {
        let plain = |word, language| plain_stem(word, Language::of_tag(language));
        assert_eq!(plain("isik", "tr"), plain("ışıklar", "tr"));
        assert_eq!(plain("viet", "vi"), plain("Việt", "vi"));
        assert_eq!(plain("cafe", "fr"), None);
        let portuguese = Language::of_tag("pt");
        let restored = restored("organizacao", portuguese).expect("it has such an ending");
        assert_eq!(stem(&restored, portuguese), stem("organizações", portuguese));
    }

    #[test]
    fn irregular_stems_begin_as_their_words_do() {
        let may_be = |word: &str, of: &str| Beginnings::of([of].iter()).may_be_of(word);
        let irregular =
            "dying lying tying skis skies idly gently ugly early only singly sky news eyeing Ayes";
        for word in irregular.split(' ') {
            assert!(may_be(word, &stem(word, None)), "{word}");
        }
        assert!(may_be("U.S.", "us") && may_be("x", "xyz") && may_be("xyz", "x"));
        assert!(!may_be("sohirt", "sable") && !may_be("cat", "dog") && !may_be("cat", ""));
    }

    proptest! {
        #[test]
        fn stems_and_folded_words_begin_as_their_words_do(word in "[A-Za-z0-9][A-Za-z0-9.'+#]{0,11}") {
            for language in [None, Language::of_tag("en"), Language::of_tag("zh")] {
                prop_assert!(keeps_first_letters(language));
                for of in [stem(&word, language), fold(&word)] {
                    prop_assert!(Beginnings::of([of].iter()).may_be_of(&word));
                }
            }
        }

        #[test]
        fn any_word_has_a_stem_in_any_language(word in "[\\p{L}\\p{M}\\p{N}]{1,12}", language in "(ar|ca|cs|da|de|el|en|eo|es|et|eu|fa|fi|fr|ga|hi|hu|hy|id|it|lt|ne|nl|no|pl|pt|ro|ru|sr|sv|ta|tr|uk|vi|yi|zh)") {
            let language = Language::of_tag(&language);
            prop_assert!(!stem(&word, language).is_empty() || fold(&word).is_empty());
        }
    }
}
