//! Saved pages that hold their pictures and fonts: many megabytes in base64 around one article.

use std::io::{self, BufRead};

/// What stands before data in an address (RFC 2397).
const MARK: &[u8] = b";base64,";

/// Reads a page without the data in its addresses, up to `most` bytes. Says whether it goes on.
///
/// # Errors
/// Whatever the source says; what was read until then is in `page`.
pub(super) fn read(source: &mut dyn BufRead, most: usize, page: &mut Vec<u8>) -> io::Result<bool> {
    // How much of the mark was met, and whether data follows it.
    let (mut met, mut inside) = (0, false);
    loop {
        let buffer = source.fill_buf()?;
        if buffer.is_empty() {
            return Ok(false);
        }
        for &byte in buffer {
            if inside && is_data(byte) {
                continue;
            }
            inside = false;
            met = match byte {
                byte if byte == MARK[met] => met + 1,
                byte if byte == MARK[0] => 1,
                _ => 0,
            };
            if met == MARK.len() {
                (met, inside) = (0, true);
            }
            page.push(byte);
        }
        let length = buffer.len();
        source.consume(length);
        if page.len() >= most {
            page.truncate(most);
            return Ok(true);
        }
    }
}

/// Whether a byte may be one of data: of base64, with blanks and percent signs as some write it.
fn is_data(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'%' | b'-' | b'_')
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    #[test]
    fn data_is_left_out_wherever_parts_of_the_page_end() {
        let check = |page: &str, expected: &str| {
            for capacity in [1, 3, 8, 1_000] {
                let mut found = Vec::new();
                let more = read(&mut BufReader::with_capacity(capacity, page.as_bytes()), 1_000, &mut found);
                assert!(!more.expect("memory can be read"));
                assert_eq!(String::from_utf8_lossy(&found), expected, "{page}");
            }
        };
        check(
            "<img src='data:image/png;base64,iVBORw0KGgo=' alt=a>b",
            "<img src='data:image/png;base64,' alt=a>b",
        );
        check("url(data:font/woff;base64,d09GRg%3D%3D)", "url(data:font/woff;base64,)");
        check("a ;;base64,QQ; b", "a ;;base64,; b");
        check("a ;base6;base64 b", "a ;base6;base64 b");
        check("plain", "plain");
    }

    #[test]
    fn a_page_is_read_no_further_than_asked() {
        let mut found = Vec::new();
        let more = read(&mut "abcdef".as_bytes(), 4, &mut found).expect("memory can be read");
        assert_eq!((more, found.as_slice()), (true, &b"abcd"[..]));
    }
}
