//! Languages, by their codes.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error, Visitor},
};

/// A language, by its code of ISO 639-1, or of ISO 639-3 where it has no shorter one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(into = "String")]
pub struct Language([u8; 3]);

/// Codes of ISO 639-3 and others in use, each with the code that a language goes by here, sorted. The
/// written forms of Norwegian are one language, and so is all Chinese.
const CODES: &[(&str, &str)] = &[
    ("afr", "af"),
    ("aka", "ak"),
    ("amh", "am"),
    ("ara", "ar"),
    ("aze", "az"),
    ("bel", "be"),
    ("ben", "bn"),
    ("bul", "bg"),
    ("cat", "ca"),
    ("ces", "cs"),
    ("cmn", "zh"),
    ("cym", "cy"),
    ("dan", "da"),
    ("deu", "de"),
    ("ell", "el"),
    ("eng", "en"),
    ("epo", "eo"),
    ("est", "et"),
    ("eus", "eu"),
    ("fas", "fa"),
    ("fil", "tl"),
    ("fin", "fi"),
    ("fra", "fr"),
    ("ger", "de"),
    ("gle", "ga"),
    ("guj", "gu"),
    ("heb", "he"),
    ("hin", "hi"),
    ("hrv", "hr"),
    ("hun", "hu"),
    ("hye", "hy"),
    ("in", "id"),
    ("ind", "id"),
    ("ita", "it"),
    ("iw", "he"),
    ("jav", "jv"),
    ("jpn", "ja"),
    ("kan", "kn"),
    ("kat", "ka"),
    ("khm", "km"),
    ("kor", "ko"),
    ("lao", "lo"),
    ("lat", "la"),
    ("lav", "lv"),
    ("lit", "lt"),
    ("mal", "ml"),
    ("mar", "mr"),
    ("mkd", "mk"),
    ("msa", "ms"),
    ("mya", "my"),
    ("nb", "no"),
    ("nep", "ne"),
    ("nld", "nl"),
    ("nn", "no"),
    ("nob", "no"),
    ("ori", "or"),
    ("pan", "pa"),
    ("pes", "fa"),
    ("pol", "pl"),
    ("por", "pt"),
    ("ron", "ro"),
    ("rus", "ru"),
    ("sin", "si"),
    ("slk", "sk"),
    ("slv", "sl"),
    ("sna", "sn"),
    ("spa", "es"),
    ("srp", "sr"),
    ("swe", "sv"),
    ("tam", "ta"),
    ("tel", "te"),
    ("tgl", "tl"),
    ("tha", "th"),
    ("tuk", "tk"),
    ("tur", "tr"),
    ("ukr", "uk"),
    ("urd", "ur"),
    ("uzb", "uz"),
    ("vie", "vi"),
    ("yid", "yi"),
    ("zho", "zh"),
    ("zul", "zu"),
];

/// Languages that are taken for each other: between these what a file says of itself decides.
const ALIKE: &[&[&str]] = &[
    &["da", "no", "sv"],
    &["hr", "sr", "bs", "sl"],
    &["id", "ms", "jv"],
    &["cs", "sk"],
    &["gl", "pt", "es", "ca"],
    &["af", "nl"],
    &["hi", "mr", "ne"],
    &["ru", "uk", "be", "bg", "mk", "sr"],
    &["ar", "fa", "ur"],
];

impl Language {
    /// English.
    pub const ENGLISH: Self = Self(*b"en\0");

    /// Returns the language of a tag such as `en`, `pt-BR` or `zh_Hant`; none for what is no tag.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?;
        let small = primary.contains(|letter: char| letter.is_ascii_uppercase());
        let small = small.then(|| primary.to_ascii_lowercase());
        let primary = small.as_deref().unwrap_or(primary);
        let known = CODES.binary_search_by_key(&primary, |(code, _)| code);
        let code = known.map_or(primary, |at| CODES[at].1).as_bytes();
        // What says that nothing is said.
        if matches!(primary, "und" | "mul" | "zxx" | "mis") {
            return None;
        }
        let is_code = matches!(code.len(), 2 | 3) && code.iter().all(u8::is_ascii_lowercase);
        is_code.then(|| Self([code[0], code[1], code.get(2).copied().unwrap_or(0)]))
    }

    /// Returns the language of a code of two letters.
    pub(super) const fn of_code(code: [u8; 2]) -> Self {
        Self([code[0], code[1], 0])
    }

    /// Returns its code.
    pub fn code(&self) -> &str {
        let length = if self.0[2] == 0 { 2 } else { 3 };
        std::str::from_utf8(&self.0[..length]).unwrap_or("und")
    }

    /// Whether the two are one, or are often taken for each other.
    pub(super) fn is_like(self, other: Self) -> bool {
        self == other
            || ALIKE.iter().any(|alike| alike.contains(&self.code()) && alike.contains(&other.code()))
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.code())
    }
}

impl fmt::Display for Language {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.code())
    }
}

impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.code().into()
    }
}

impl<'de> Deserialize<'de> for Language {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // A ledger names one for each file: none is to be copied first.
        deserializer.deserialize_str(Code)
    }
}

/// A language's code that is read.
struct Code;

impl Visitor<'_> for Code {
    type Value = Language;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the code of a language")
    }

    fn visit_str<E: Error>(self, code: &str) -> Result<Language, E> {
        Language::of_tag(code).ok_or_else(|| E::custom(format_args!("`{code}` is no language")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_sorted() {
        assert!(CODES.is_sorted());
    }

    #[test]
    fn tags_name_languages() {
        let check = |tag: &str, expected: Option<&str>| {
            assert_eq!(
                Language::of_tag(tag).map(|language| language.to_string()).as_deref(),
                expected,
                "{tag}"
            );
        };
        check("en", Some("en"));
        check("pt-BR", Some("pt"));
        check("zh_Hant", Some("zh"));
        check("nb", Some("no"));
        check("deu", Some("de"));
        check("gsw", Some("gsw"));
        check("", None);
        check("und", None);
        check("english", None);
        check("é", None);
    }
}
