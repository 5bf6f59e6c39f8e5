//! What the bytes of a font mean.

use encoding_rs::{Encoding, WINDOWS_1252};

/// What the bytes of a font mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum CodePage {
    /// Letters of an encoding.
    Encoding(&'static Encoding),
    /// Those of the font Symbol.
    Symbol,
    /// Pictures.
    Pictures,
}

/// Encodings by the number of a font's character set.
const CHARSETS: &[(i32, &str)] = &[
    (0, "windows-1252"),
    (77, "macintosh"),
    (128, "shift_jis"),
    (129, "euc-kr"),
    (130, "euc-kr"),
    (134, "gbk"),
    (136, "big5"),
    (161, "windows-1253"),
    (162, "windows-1254"),
    (163, "windows-1258"),
    (177, "windows-1255"),
    (178, "windows-1256"),
    (186, "windows-1257"),
    (204, "windows-1251"),
    (222, "windows-874"),
    (238, "windows-1250"),
];

/// Encodings by the number of a code page of Windows, besides those called `windows-125x`.
const PAGES: &[(i32, &str)] = &[
    (866, "ibm866"),
    (874, "windows-874"),
    (932, "shift_jis"),
    (936, "gbk"),
    (949, "euc-kr"),
    (950, "big5"),
    (10_000, "macintosh"),
    (10_007, "x-mac-cyrillic"),
    (20_866, "koi8-r"),
    (65_001, "utf-8"),
];

impl CodePage {
    /// The one of files that name none.
    pub(super) const USUAL: Self = Self::Encoding(WINDOWS_1252);

    /// Returns that of a character set; none for one that says nothing.
    pub(super) fn of_charset(number: i32) -> Option<Self> {
        if number == 2 { Some(Self::Pictures) } else { find(CHARSETS, number) }
    }

    /// Returns that of this number; the usual one where it is not known.
    pub(super) fn of_number(number: i32) -> Self {
        let windows = (1250..=1258).contains(&number).then(|| format!("windows-{number}"));
        let windows = windows.and_then(|label| Encoding::for_label(label.as_bytes())).map(Self::Encoding);
        windows.or_else(|| find(PAGES, number)).unwrap_or(Self::USUAL)
    }
}

fn find(table: &[(i32, &str)], number: i32) -> Option<CodePage> {
    let label = table.iter().find(|(known, _)| *known == number).map(|(_, label)| label)?;
    Encoding::for_label(label.as_bytes()).map(CodePage::Encoding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_is_known() {
        for (number, label) in CHARSETS.iter().chain(PAGES) {
            assert!(Encoding::for_label(label.as_bytes()).is_some(), "{number} {label}");
        }
        for number in 1250..=1258 {
            let name = match CodePage::of_number(number) {
                CodePage::Encoding(encoding) => encoding.name(),
                other => panic!("{other:?}"),
            };
            assert_eq!(name, format!("windows-{number}"));
        }
        assert_eq!(CodePage::of_number(1), CodePage::USUAL);
        assert_eq!(CodePage::of_charset(1), None);
    }
}
