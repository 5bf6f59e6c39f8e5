//! Numbers as lists print them.

/// How numbers are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::format) enum Digits {
    /// 1, 2, 3.
    #[default]
    Decimal,
    /// 01, 02, 03.
    Padded,
    /// a, b, c.
    Letters,
    /// A, B, C.
    Capitals,
    /// i, ii, iii.
    Roman,
    /// I, II, III.
    RomanCapitals,
}

/// The parts of Roman numbers, the greatest first.
const ROMAN: &[(u32, &str)] = &[
    (1000, "m"),
    (900, "cm"),
    (500, "d"),
    (400, "cd"),
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
    (10, "x"),
    (9, "ix"),
    (5, "v"),
    (4, "iv"),
    (1, "i"),
];

impl Digits {
    /// Prints a number. Where there is no way to, or only an endless one, it is decimal.
    pub(in crate::format) fn print(self, number: u32) -> String {
        match self {
            Self::Padded => format!("{number:02}"),
            Self::Letters if (1..=260).contains(&number) => letters(number),
            Self::Capitals if (1..=260).contains(&number) => letters(number).to_uppercase(),
            Self::Roman if (1..4000).contains(&number) => roman(number),
            Self::RomanCapitals if (1..4000).contains(&number) => roman(number).to_uppercase(),
            _ => number.to_string(),
        }
    }
}

/// Prints z as the 26th, aa as the 27th and bb as the 28th letter.
fn letters(number: u32) -> String {
    let letter = char::from(b'a' + ((number - 1) % 26) as u8);
    std::iter::repeat_n(letter, ((number - 1) / 26 + 1) as usize).collect()
}

fn roman(mut number: u32) -> String {
    let mut out = String::new();
    for &(value, part) in ROMAN {
        while number >= value {
            out.push_str(part);
            number -= value;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_printed_as_lists_do() {
        let check = |digits: Digits, number, expected: &str| assert_eq!(digits.print(number), expected);
        check(Digits::Decimal, 12, "12");
        check(Digits::Padded, 7, "07");
        check(Digits::Letters, 26, "z");
        check(Digits::Letters, 28, "bb");
        check(Digits::Capitals, 3, "C");
        check(Digits::Roman, 49, "xlix");
        check(Digits::RomanCapitals, 1994, "MCMXCIV");
        check(Digits::Roman, 0, "0");
        check(Digits::Letters, u32::MAX, "4294967295");
    }
}
