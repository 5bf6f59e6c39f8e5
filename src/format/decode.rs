//! The bytes of a text file as a string, whatever their encoding.
//!
//! What the bytes show goes before what they claim: a byte order mark, then UTF-8 or UTF-16 by
//! their shape, then the encoding the file declares, and only then a guess, which is a warning.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE};

use super::Cause;

mod stream;

pub(super) use stream::Decoding;

/// The text of a file. Its line breaks are `\n`; of the control characters only tab and form feed
/// are left, every other one is a space.
#[derive(Debug)]
pub(super) struct Decoded {
    /// The text, without a byte order mark.
    pub text: String,
    /// What was guessed or replaced.
    pub warning: Option<String>,
}

/// Bytes that an encoding is guessed from, counted from the first one that is not ASCII.
const GUESSED_FROM: usize = 1 << 20;

/// Bytes at the start of a file that tell UTF-16.
const WIDE_SAMPLE: usize = 4096;

/// Valid sequences that outweigh one broken one. Text in another encoding reaches this only by
/// accident: about one in seven of its sequences looks like UTF-8.
const VALID_TO_BROKEN: usize = 4;

/// Reads bytes as text. `declared` is the label the file gives of itself, such as `iso-8859-2`; it
/// is followed unless the bytes say otherwise.
///
/// # Errors
/// Says that the bytes are not text: too many control characters for their length.
pub(super) fn decode(bytes: &[u8], declared: Option<&str>) -> Result<Decoded, Cause> {
    let told = Encoding::for_bom(bytes).or_else(|| wide(bytes).map(|encoding| (encoding, 0)));
    let (text, warning) = match told {
        _ if is_utf_32(bytes) => {
            let (text, warning) = utf_32(bytes);
            (Some(Cow::from(text)).filter(|text| !is_binary(text.as_bytes())), warning)
        }
        Some((encoding, mark)) => {
            let (text, warning) = convert(encoding, &bytes[mark..]);
            (Some(text).filter(|text| !is_binary(text.as_bytes())), warning)
        }
        None if is_binary(bytes) => (None, None),
        None => {
            let (text, warning) = narrow(bytes, declared);
            (Some(text), warning)
        }
    };
    let text = text.ok_or_else(|| Cause("is binary, not text".to_owned()))?;
    Ok(Decoded { text: plain(text), warning })
}

/// Whether control characters are more than a few strays. Backspace and escape are let through:
/// printed manuals and terminal logs are full of them.
fn is_binary(bytes: &[u8]) -> bool {
    // Summed in bytes, which the compiler can do for many at once.
    let odd = |byte: &u8| u8::from(matches!(*byte, 0..=7 | 0x0b | 0x0e..=0x1a | 0x1c..=0x1f));
    let odd = bytes.chunks(255).map(|part| usize::from(part.iter().map(odd).sum::<u8>()));
    odd.sum::<usize>() > 8 + bytes.len() / 32
}

/// Says whether bytes begin with the mark of UTF-32, of which that of UTF-16 is a part.
pub(super) fn is_utf_32(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xff\xfe\0\0") || bytes.starts_with(b"\0\0\xfe\xff")
}

/// Converts UTF-32 below its mark.
fn utf_32(bytes: &[u8]) -> (String, Option<String>) {
    let number = if bytes[0] == 0 { u32::from_be_bytes } else { u32::from_le_bytes };
    let units = bytes[4..].chunks(4).map(|unit| unit.try_into().ok().map(number));
    let text: String = units.map(|unit| unit.and_then(char::from_u32).unwrap_or('\u{fffd}')).collect();
    let warning = broken(&text);
    (text, warning)
}

/// Tells UTF-16 without a mark by its NULs: they stand where the high bytes are.
fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(WIDE_SAMPLE)];
    if !sample.contains(&0) {
        return None;
    }
    let nuls = |odd: usize| sample.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (nuls(0), nuls(1));
    let (encoding, high, low) = if odd > even { (UTF_16LE, odd, even) } else { (UTF_16BE, even, odd) };
    // Latin text is half NULs; of other scripts only blanks and line ends are, yet as bytes they
    // make no text at all.
    let latin = low == 0 && high * 4 > sample.len();
    if high <= low || !(latin || is_binary(sample)) {
        return None;
    }
    let units = sample.chunks_exact(2).map(|pair| match encoding == UTF_16LE {
        true => u16::from_le_bytes([pair[0], pair[1]]),
        false => u16::from_be_bytes([pair[0], pair[1]]),
    });
    let strange = |unit: &Result<char, _>| match *unit {
        Ok(char) => {
            is_odd(char) && char != '\r' || matches!(char, '\u{e000}'..='\u{f8ff}' | '\u{fffe}'..='\u{ffff}')
        }
        Err(_) => true,
    };
    let strange = char::decode_utf16(units).filter(strange).count();
    // The sample may end inside a surrogate pair.
    (strange <= 1 + sample.len() / 200).then_some(encoding)
}

/// Reads bytes that have no mark and are not UTF-16.
fn narrow<'a>(bytes: &'a [u8], declared: Option<&str>) -> (Cow<'a, str>, Option<String>) {
    let (encoding, guessed) = narrow_encoding(bytes, declared);
    let (text, warning) = convert(encoding, bytes);
    if !guessed {
        return (text, warning);
    }
    let guessed = said(encoding);
    let warning = warning.map_or(guessed.clone(), |broken| format!("{guessed}; {broken}"));
    (text, Some(warning))
}

fn said(encoding: &'static Encoding) -> String {
    format!("encoding guessed as {}", encoding.name())
}

/// Tells the encoding of bytes that have no mark and are not UTF-16, and whether it was guessed.
fn narrow_encoding(bytes: &[u8], declared: Option<&str>) -> (&'static Encoding, bool) {
    if let Ok(text) = str::from_utf8(bytes) {
        // ISO-2022-JP is ASCII on its face.
        let japanese =
            text.is_ascii() && text.contains("\x1b$") && !ISO_2022_JP.decode_without_bom_handling(bytes).1;
        return (if japanese { ISO_2022_JP } else { UTF_8 }, false);
    }
    // UTF-16 has been looked for: a label that a program could read was not written in it.
    let declared = declared
        .and_then(|label| Encoding::for_label(label.as_bytes()))
        .filter(|encoding| ![UTF_16LE, UTF_16BE, REPLACEMENT].contains(encoding));
    let (valid, broken) = sequences(bytes);
    let enough = if declared == Some(UTF_8) { 1 } else { VALID_TO_BROKEN };
    if broken * enough <= valid {
        return (UTF_8, false);
    }
    if let Some(encoding) = declared.filter(|encoding| *encoding != UTF_8) {
        let (text, _) = encoding.decode_without_bom_handling(bytes);
        let foreign = bytes.iter().filter(|byte| !byte.is_ascii()).count();
        if replaced(&text) * 20 <= foreign {
            return (encoding, false);
        }
    }
    (guess(bytes), true)
}

/// Counts the valid sequences of more than one byte, and the broken ones. A character cut off at
/// the very end is not held against a text that gives another sign of being UTF-8.
fn sequences(bytes: &[u8]) -> (usize, usize) {
    let (mut valid, mut broken, mut tail) = (0, 0, &[][..]);
    for chunk in bytes.utf8_chunks() {
        valid += chunk.valid().bytes().filter(|byte| *byte >= 0xc0).count();
        tail = chunk.invalid();
        broken += usize::from(!tail.is_empty());
    }
    let cut = str::from_utf8(tail).is_err_and(|error| error.error_len().is_none());
    (valid, broken - usize::from(cut && (valid > 0 || tail.len() > 1)))
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    // What stands before the first foreign byte tells nothing but its neighbours.
    let first = bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or(0).saturating_sub(16);
    let window = &bytes[first..];
    let part = &window[..window.len().min(GUESSED_FROM)];
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(part, part.len() == window.len());
    detector.guess(None, Utf8Detection::Deny)
}

fn convert<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> (Cow<'a, str>, Option<String>) {
    let (text, replacing) = encoding.decode_without_bom_handling(bytes);
    let warning = if replacing { broken(&text) } else { None };
    (text, warning)
}

/// Says how many characters were replaced, if any were.
fn broken(text: &str) -> Option<String> {
    Some(match replaced(text) {
        0 => return None,
        1 => "1 broken character replaced".to_owned(),
        count => format!("{count} broken characters replaced"),
    })
}

fn replaced(text: &str) -> usize {
    text.matches('\u{fffd}').count()
}

fn is_odd(char: char) -> bool {
    char.is_control() && !matches!(char, '\n' | '\t' | '\x0c')
}

/// Makes `\r\n` and `\r` line breaks, and spaces of other control characters.
pub(super) fn plain(text: Cow<'_, str>) -> String {
    // A glance at the bytes passes most texts: C1 controls begin with C2, as other characters may.
    let suspect = |byte: &u8| u8::from(matches!(*byte, 0..=8 | 0x0b | 0x0d..=0x1f | 0x7f | 0xc2));
    let clean = |part: &[u8]| part.iter().map(suspect).sum::<u8>() == 0;
    if text.as_bytes().chunks(255).all(clean) || !text.contains(is_odd) {
        return text.into_owned();
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some(at) = rest.find(is_odd) {
        plain.push_str(&rest[..at]);
        let mut after = rest[at..].chars();
        let odd = after.next();
        rest = after.as_str();
        match odd {
            Some('\r') if rest.starts_with('\n') => {}
            Some('\r') => plain.push('\n'),
            _ => plain.push(' '),
        }
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use encoding_rs::{
        BIG5, EUC_JP, EUC_KR, GB18030, GBK, ISO_8859_2, ISO_8859_5, ISO_8859_7, ISO_8859_15, KOI8_R,
        SHIFT_JIS, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252, WINDOWS_1253, WINDOWS_1254, WINDOWS_1255,
        WINDOWS_1256,
    };
    use proptest::prelude::*;

    use super::*;

    const CZECH: &str = "Příliš žluťoučký kůň úpěl ďábelské ódy.";
    const POLISH: &str = "Zażółć gęślą jaźń, powiedział nauczyciel w szkole.";
    const RUSSIAN: &str = "Все счастливые семьи похожи друг на друга.";
    const FRENCH: &str = "L’été dernier, le garçon a été reçu à l’école – « très bien ».";
    const GERMAN: &str = "Die Straße führt über die Brücke nach Köln.";
    const JAPANESE: &str = "吾輩は猫である。名前はまだ無い。";
    const SIMPLIFIED: &str = "北京是中华人民共和国的首都，也是政治文化中心。";
    const TRADITIONAL: &str = "臺北市是中華民國的首都，也是文化與經濟中心。";
    const KOREAN: &str = "서울은 대한민국의 수도이며 가장 큰 도시이다.";
    const GREEK: &str = "Η Αθήνα είναι η πρωτεύουσα της Ελλάδας.";

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn legacy_encodings_are_told_by_their_bytes() {
        let check = |encoding: &'static Encoding, text: &str| {
            let (bytes, _, lost) = encoding.encode(text);
            assert!(!lost, "{} cannot hold {text}", encoding.name());
            let decoded = decode(&bytes, None).expect("text is text");
            assert_eq!(decoded.text, text, "{}", encoding.name());
            assert!(decoded.warning.is_some_and(|warning| warning.starts_with("encoding guessed")));
        };
        check(WINDOWS_1250, CZECH);
        check(WINDOWS_1250, POLISH);
        check(ISO_8859_2, POLISH);
        check(ISO_8859_2, CZECH);
        check(WINDOWS_1251, RUSSIAN);
        check(ISO_8859_5, RUSSIAN);
        check(KOI8_R, RUSSIAN);
        check(WINDOWS_1252, FRENCH);
        check(WINDOWS_1252, GERMAN);
        check(WINDOWS_1253, GREEK);
        check(ISO_8859_7, GREEK);
        check(WINDOWS_1254, "İstanbul’da yaşayan çocuklar şiir okuyor.");
        check(WINDOWS_1255, "כל בני האדם נולדו בני חורין ושווים בערכם.");
        check(WINDOWS_1256, "يولد جميع الناس أحرارا متساوين في الكرامة.");
        check(SHIFT_JIS, JAPANESE);
        check(EUC_JP, JAPANESE);
        check(GBK, SIMPLIFIED);
        check(BIG5, TRADITIONAL);
        check(EUC_KR, KOREAN);
    }

    #[test]
    fn a_declared_encoding_is_followed_where_the_bytes_allow() {
        let check = |bytes: &[u8], declared: &str, text: &str, warned: Option<&str>| {
            let decoded = decode(bytes, Some(declared)).expect("text is text");
            assert_eq!(decoded.text, text, "{declared}");
            assert_eq!(decoded.warning.as_deref(), warned, "{declared}: {text}");
        };
        check(&ISO_8859_15.encode("5 € für Œuvres").0, "ISO-8859-15", "5 € für Œuvres", None);
        check(&GB18030.encode(SIMPLIFIED).0, " gb2312 ", SIMPLIFIED, None);
        check(&SHIFT_JIS.encode(JAPANESE).0, "x-sjis", JAPANESE, None);
        check("naïve".as_bytes(), "windows-1252", "naïve", None);
        check("naïve".as_bytes(), "utf-16", "naïve", None);
        let guessed = Some("encoding guessed as windows-1251");
        check(&WINDOWS_1251.encode(RUSSIAN).0, "utf-8", RUSSIAN, guessed);
        check(&WINDOWS_1251.encode(RUSSIAN).0, "no such label", RUSSIAN, guessed);
        check(&WINDOWS_1251.encode(RUSSIAN).0, "euc-kr", RUSSIAN, guessed);
        check(b"caf\xe9", "utf-8", "café", Some("encoding guessed as windows-1252"));
        check(b"\xc3\xa9t\xe9.", "utf-8", "ét\u{fffd}.", Some("1 broken character replaced"));
    }

    #[test]
    fn utf_8_and_utf_16_are_told_with_and_without_a_mark() {
        let check = |bytes: &[u8], text: &str| {
            let decoded = decode(bytes, None).expect("text is text");
            assert_eq!((decoded.text.as_str(), decoded.warning), (text, None));
        };
        let long = format!("{RUSSIAN}\n").repeat(9);
        for text in ["", "a", "Plain words.", GERMAN, RUSSIAN, JAPANESE, KOREAN, "😀 smile"] {
            check(text.as_bytes(), text);
            let marked = format!("\u{feff}{text}");
            check(marked.as_bytes(), text);
            check(&utf16(&marked, u16::to_le_bytes), text);
            check(&utf16(&marked, u16::to_be_bytes), text);
        }
        for text in ["Hi", "Plain words.", GERMAN, FRENCH, &long] {
            check(&utf16(text, u16::to_le_bytes), text);
            check(&utf16(text, u16::to_be_bytes), text);
        }
        for text in ["", "a", JAPANESE, "😀 smile"] {
            let marked = || format!("\u{feff}{text}");
            check(
                &marked().chars().flat_map(|char| u32::from(char).to_le_bytes()).collect::<Vec<u8>>(),
                text,
            );
            check(
                &marked().chars().flat_map(|char| u32::from(char).to_be_bytes()).collect::<Vec<u8>>(),
                text,
            );
        }
        check(&ISO_2022_JP.encode(JAPANESE).0, JAPANESE);
        check(b"\x1b$ is no Japanese", " $ is no Japanese");
    }

    #[test]
    fn a_few_broken_bytes_do_not_make_it_another_encoding() {
        let check = |bytes: &[u8], text: &str, warned: &str| {
            let decoded = decode(bytes, None).expect("text is text");
            assert_eq!(decoded.text, text);
            assert_eq!(decoded.warning.as_deref(), Some(warned));
        };
        let czech = CZECH.as_bytes();
        check(&[czech, b" \x92 "].concat(), &format!("{CZECH} \u{fffd} "), "1 broken character replaced");
        let two = [b"\xff", czech, b"\xe2\x80 ", czech].concat();
        check(&two, &format!("\u{fffd}{CZECH}\u{fffd} {CZECH}"), "2 broken characters replaced");
        check(
            "über und ü".as_bytes().split_last().expect("it has bytes").1,
            "über und \u{fffd}",
            "1 broken character replaced",
        );
        check(b"It\xe2\x80", "It\u{fffd}", "1 broken character replaced");
        check(b"caf\xe9", "café", "encoding guessed as windows-1252");
    }

    #[test]
    fn line_ends_and_control_characters_are_made_plain() {
        let check = |bytes: &str, text: &str| {
            assert_eq!(decode(bytes.as_bytes(), None).expect("text is text").text, text);
        };
        check("a\r\nb\rc\nd\r\r\ne\r", "a\nb\nc\nd\n\ne\n");
        check("a\0b\x1bc\u{85}d\x1a", "a b c d ");
        check("a\tb\x0cc\u{a0}d", "a\tb\x0cc\u{a0}d");
        check("\u{feff}\u{feff}a", "\u{feff}a");
    }

    #[test]
    fn what_is_binary_is_refused() {
        let check = |bytes: &[u8]| {
            let cause = decode(bytes, None).expect_err("this is not text");
            assert_eq!(cause.to_string(), "is binary, not text");
        };
        check(&[0; 64]);
        check(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0\x01\0\0\0\x30\x10\0\0\0\0\0\0");
        check(&(0..=255).cycle().take(5000).collect::<Vec<u8>>());
        check(&[&b"\xff\xfe"[..], &[1, 0].repeat(40)].concat());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>, label in "(utf-8|big5|x-user-defined|)") {
            if let Ok(decoded) = decode(&bytes, Some(&label)) {
                prop_assert!(!decoded.text.contains(is_odd));
            }
        }

        #[test]
        fn utf_8_is_kept_as_it_is(text in "[^\\p{Cc}\u{feff}]{0,40}(\n[^\\p{Cc}]{0,40}){0,3}") {
            prop_assert_eq!(decode(text.as_bytes(), None).expect("it is text").text, text);
        }
    }
}
