//! The marks of the query language as keyboards and word processors write them.

/// Returns the ASCII form of a full-width operator, and any other character as it is.
pub(super) fn plain(letter: char) -> char {
    match letter {
        '（' | '）' | '：' | '＂' | '＋' | '－' | '＊' | '～' | '，' | '！' | '｜' | '＆' => {
            // The full-width forms lie at a fixed distance from ASCII.
            char::from_u32(u32::from(letter) - 0xFEE0).unwrap_or(letter)
        }
        _ => letter,
    }
}

/// Quotation marks that close each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quotes {
    /// Straight, English, German, French and the like, which each language uses in its own order.
    European,
    /// 「 」
    Corner,
    /// 『 』
    WhiteCorner,
    /// 〝 〟
    Prime,
}

impl Quotes {
    /// Returns the marks that one is the first of.
    pub(super) fn opened_by(letter: char) -> Option<Self> {
        Some(match letter {
            '"' | '＂' | '“' | '”' | '„' | '‟' | '«' | '»' => Self::European,
            '「' => Self::Corner,
            '『' => Self::WhiteCorner,
            '〝' => Self::Prime,
            _ => return None,
        })
    }

    /// Whether one of these marks may be the last.
    pub(super) fn closed_by(self, letter: char) -> bool {
        match self {
            Self::European => matches!(letter, '"' | '＂' | '“' | '”' | '‟' | '«' | '»'),
            Self::Corner => letter == '」',
            Self::WhiteCorner => letter == '』',
            Self::Prime => matches!(letter, '〞' | '〟'),
        }
    }
}

/// Whether it is a quotation mark, of those that open or those that close.
pub(in crate::search) fn is_quote(letter: char) -> bool {
    Quotes::opened_by(letter).is_some() || matches!(letter, '」' | '』' | '〞' | '〟')
}

/// Whether a word may be followed by it and end there.
pub(super) fn is_punctuation(letter: char) -> bool {
    matches!(
        letter,
        '.' | ',' | ';' | ':' | '?' | '!' | '…' | '\'' | '’' | '。' | '，' | '、' | '；' | '：' | '？' | '！'
    )
}

/// Whether what follows it is no neighbour of what stands before.
pub(super) fn is_pause(letter: char) -> bool {
    is_punctuation(letter) && !matches!(letter, '\'' | '’' | '…')
}
