//! The font Symbol, whose letters stand for Greek ones and signs.

/// What the codes 0x41 to 0x5a stand for.
const CAPITALS: &str = "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ";

/// What the codes 0x61 to 0x7a stand for.
const LETTERS: &str = "αβχδεφγηιϕκλμνοπθρστυϖωξψζ";

/// Signs among the other codes.
const SIGNS: &[(u32, char)] = &[
    (0xa3, '≤'),
    (0xa5, '∞'),
    (0xae, '→'),
    (0xb0, '°'),
    (0xb1, '±'),
    (0xb3, '≥'),
    (0xb4, '×'),
    (0xb7, '•'),
    (0xb9, '≠'),
    (0xbb, '≈'),
    (0xd6, '√'),
    (0xde, '⇒'),
    (0xe5, '∑'),
    (0xf2, '∫'),
];

/// Returns what a code of the font stands for. Office programs write it with 0xf000 added.
pub(in crate::format) fn symbol(code: u32) -> Option<char> {
    let code = if (0xf000..=0xf0ff).contains(&code) { code - 0xf000 } else { code };
    match code {
        0x41..=0x5a => CAPITALS.chars().nth((code - 0x41) as usize),
        0x61..=0x7a => LETTERS.chars().nth((code - 0x61) as usize),
        0x20..=0x40 | 0x5b..=0x5f | 0x7b..=0x7e => char::from_u32(code),
        _ => SIGNS.iter().find(|(known, _)| *known == code).map(|&(_, sign)| sign),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_stand_for_letters_and_signs() {
        let check = |code, expected| assert_eq!(symbol(code), expected, "{code:x}");
        check(0x61, Some('α'));
        check(0xf06d, Some('μ'));
        check(0x57, Some('Ω'));
        check(0x31, Some('1'));
        check(0xf0b3, Some('≥'));
        check(0x01, None);
        check(0x1f600, None);
    }
}
