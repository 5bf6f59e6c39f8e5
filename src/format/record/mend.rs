//! Records that programs write although JSON does not take them.

/// Puts what is text in the place of what JSON does not take for it, and programs write nevertheless:
/// bytes that are not UTF-8, control characters, and halves of surrogate pairs.
pub(super) fn mend(line: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(line).replace(|letter: char| letter.is_ascii_control(), " ");
    let mut mended = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find('\\') {
        let unit = |at: usize| {
            let digits = rest.get(at..at + 6)?.strip_prefix("\\u")?;
            u16::from_str_radix(digits, 16).ok()
        };
        let (low, high) = (0xDC00..=0xDFFF, 0xD800..=0xDBFF);
        let end = match unit(at) {
            Some(first) if high.contains(&first) && unit(at + 6).is_some_and(|next| low.contains(&next)) => {
                at + 12
            }
            Some(first) if high.contains(&first) || low.contains(&first) => {
                mended.push_str(&rest[..at]);
                mended.push_str("\\ufffd");
                rest = &rest[at + 6..];
                continue;
            }
            // An escape of one letter, that of the backslash itself among them.
            _ => at + 1 + rest[at + 1..].chars().next().map_or(0, char::len_utf8),
        };
        mended.push_str(&rest[..end]);
        rest = &rest[end..];
    }
    mended.push_str(rest);
    mended.into_bytes()
}
