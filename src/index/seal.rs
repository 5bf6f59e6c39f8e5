//! Sums behind the small files that have none of their own: those that tantivy reads and writes at once,
//! such as `meta.json`, and ours. A bit that is not as it was written is noticed when the file is opened.

use std::io;

/// The figures of a sum: 16 bytes of BLAKE3, in hexadecimal.
const FIGURES: usize = 32;

/// Returns the content with its sum on a last line.
pub(super) fn sealed(content: &[u8]) -> Vec<u8> {
    let mut bytes = content.to_vec();
    bytes.push(b'\n');
    bytes.extend_from_slice(sum(content).as_bytes());
    bytes.push(b'\n');
    bytes
}

/// Returns the content of a sealed file. One without a seal is returned as it is: older indexes have none,
/// and are still told by their version.
///
/// # Errors
/// When the sum is not that of the content.
pub(super) fn unsealed(mut bytes: Vec<u8>) -> io::Result<Vec<u8>> {
    // JSON ends with a bracket, and so does what was never sealed.
    if matches!(bytes.trim_ascii_end().last(), Some(b'}' | b']')) {
        return Ok(bytes);
    }
    let content = content(&bytes).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, WRONG))?.len();
    bytes.truncate(content);
    Ok(bytes)
}

/// What is wrong with a file whose sum is not that of its content.
pub(super) const WRONG: &str = "is not as it was written: its sum is another";

/// Says whether a file is sealed, and as it was written.
pub(super) fn is_whole(bytes: &[u8]) -> bool {
    content(bytes).is_some()
}

/// Returns a sum of bytes in figures.
pub(super) fn sum(bytes: &[u8]) -> String {
    figures(&blake3::hash(bytes))
}

/// Returns the figures of a hash.
pub(super) fn figures(hash: &blake3::Hash) -> String {
    hash.to_hex()[..FIGURES].to_string()
}

fn content(bytes: &[u8]) -> Option<&[u8]> {
    let end = bytes.strip_suffix(b"\n")?.len().checked_sub(FIGURES)?;
    let (content, figures) = (bytes[..end].strip_suffix(b"\n")?, &bytes[end..end + FIGURES]);
    (sum(content).as_bytes() == figures).then_some(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flipped_bit_is_noticed() {
        let content = b"{\n  \"segments\": []\n}";
        let bytes = sealed(content);
        assert_eq!(unsealed(bytes.clone()).expect("it is whole"), content);
        assert!(is_whole(&bytes));
        for bit in 0..8 * bytes.len() {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(unsealed(flipped).is_err(), "bit {bit}");
        }
        for end in 0..bytes.len() {
            assert!(!is_whole(&bytes[..end]), "cut at {end}");
        }
    }

    #[test]
    fn what_was_never_sealed_is_as_it_is() {
        let check = |text: &str| {
            assert_eq!(unsealed(text.into()).expect("it reads"), text.as_bytes());
            assert!(!is_whole(text.as_bytes()));
        };
        check("{}");
        check("[\"meta.json\"]\n");
    }
}
