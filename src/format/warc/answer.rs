//! What a server answered, less the ways in which it was packed for the journey.

use std::{
    borrow::Cow,
    io::{self, BufRead, Read},
};

use flate2::bufread::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

use super::{
    super::{Cause, Nest},
    LONGEST,
    head::Head,
};

/// Returns the head of an answer, and where its body begins.
pub(super) fn head(answer: &[u8]) -> Option<(Head, &[u8])> {
    let mut rest = answer;
    let head = Head::read(&mut rest).ok()??;
    head.first.starts_with("HTTP/").then_some((head, rest))
}

/// Returns the number by which a server says how it went.
pub(super) fn status(head: &Head) -> Option<u16> {
    head.first.split_ascii_whitespace().nth(1)?.parse().ok()
}

/// Returns the body of an answer as it was before it was packed.
///
/// # Errors
/// Says what is wrong with it, or with what this reader knows.
pub(super) fn body<'a>(head: &Head, body: &'a [u8], nest: Nest<'_>) -> Result<Cow<'a, [u8]>, Cause> {
    let chunked =
        head.field("transfer-encoding").is_some_and(|way| way.to_ascii_lowercase().contains("chunked"));
    // Some programs take the chunks apart and leave the field.
    let joined = if chunked { joined(body) } else { None };
    let body = joined.map_or(Cow::Borrowed(body), Cow::Owned);
    let way = head.field("content-encoding").unwrap_or_default().to_ascii_lowercase();
    let unpacked = match way.trim() {
        "" | "identity" | "none" => return Ok(body),
        // And some unpack it and leave that field.
        "gzip" | "x-gzip" if !body.starts_with(b"\x1f\x8b") => return Ok(body),
        "gzip" | "x-gzip" => unpack(MultiGzDecoder::new(&body[..]), nest),
        // What is called so is one or the other.
        "deflate" if is_zlib(&body) => unpack(ZlibDecoder::new(&body[..]), nest),
        "deflate" => unpack(DeflateDecoder::new(&body[..]), nest),
        other => {
            let name: String = other.chars().take(20).filter(|letter| !letter.is_control()).collect();
            return Err(Cause(format!("is packed in a way that cannot be read: {name}")));
        }
    };
    unpacked.map(Cow::Owned)
}

fn is_zlib(body: &[u8]) -> bool {
    matches!(body, [first, second, ..]
        if first & 0x0f == 8 && (u16::from(*first) * 256 + u16::from(*second)).is_multiple_of(31))
}

/// Unpacks a body; what there is of one that is cut off.
fn unpack(packed: impl Read, nest: Nest<'_>) -> Result<Vec<u8>, Cause> {
    let mut body = Vec::new();
    let read = nest.unpack(packed).take(LONGEST + 1).read_to_end(&mut body);
    match read {
        _ if body.len() as u64 > LONGEST => Err(too_long()),
        Err(error) if body.is_empty() || error.kind() == io::ErrorKind::Other => {
            Err(Cause(format!("cannot be unpacked: {error}")))
        }
        _ => Ok(body),
    }
}

pub(super) fn too_long() -> Cause {
    Cause(format!("is larger than {} MB", LONGEST >> 20))
}

/// Joins the chunks of a body, those that are whole; none where it has no chunks.
fn joined(body: &[u8]) -> Option<Vec<u8>> {
    let mut joined = Vec::with_capacity(body.len());
    let mut rest = body;
    loop {
        let mut line = Vec::new();
        rest.by_ref().take(100).read_until(b'\n', &mut line).ok()?;
        let size = line.split(|&byte| byte == b';').next().unwrap_or_default();
        let size = str::from_utf8(size).ok().and_then(|size| usize::from_str_radix(size.trim(), 16).ok());
        let Some(size) = size else {
            return Some(joined).filter(|joined| !joined.is_empty());
        };
        let chunk = &rest[..size.min(rest.len())];
        joined.extend_from_slice(chunk);
        rest = &rest[chunk.len()..];
        if size == 0 || rest.is_empty() {
            return Some(joined);
        }
        rest = rest.strip_prefix(b"\r").unwrap_or(rest);
        rest = rest.strip_prefix(b"\n").unwrap_or(rest);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{
        Compression,
        write::{DeflateEncoder, GzEncoder, ZlibEncoder},
    };
    use proptest::prelude::*;

    use super::*;

    fn read(answer: &[u8]) -> Result<String, String> {
        let (head, packed) = head(answer).expect("it has a head");
        let body = body(&head, packed, Nest::default()).map_err(|cause| cause.0)?;
        Ok(String::from_utf8_lossy(&body).into_owned())
    }

    fn answer(fields: &str, body: &[u8]) -> Vec<u8> {
        [format!("HTTP/1.1 200 OK\r\n{fields}\r\n").as_bytes(), body].concat()
    }

    #[test]
    fn a_body_is_unpacked() {
        let check = |fields: &str, body: &[u8], expected: &str| {
            assert_eq!(read(&answer(fields, body)).as_deref(), Ok(expected), "{fields}");
        };
        let text = "The tide is late. ".repeat(20);
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
        let mut deflate = DeflateEncoder::new(Vec::new(), Compression::fast());
        for writer in [&mut gzip as &mut dyn Write, &mut zlib, &mut deflate] {
            writer.write_all(text.as_bytes()).expect("it is in memory");
        }
        let gzip = gzip.finish().expect("it is in memory");
        check("", b"a", "a");
        check("Content-Encoding: gzip\r\n", &gzip, &text);
        check("Content-Encoding: gzip\r\n", b"plain", "plain");
        check("Content-Encoding: deflate\r\n", &zlib.finish().expect("it is in memory"), &text);
        check("Content-Encoding: deflate\r\n", &deflate.finish().expect("it is in memory"), &text);
        check("Transfer-Encoding: chunked\r\n", b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n", "abcde");
        check("Transfer-Encoding: chunked\r\n", b"<p>not chunked", "<p>not chunked");
        check("Transfer-Encoding: chunked\r\n", b"ff\r\nabc", "abc");
        let chunks = [format!("{:x}\r\n", gzip.len()).as_bytes(), &gzip, b"\r\n0\r\n\r\n"].concat();
        check("Transfer-Encoding: chunked\r\nContent-Encoding: x-gzip\r\n", &chunks, &text);
        assert_eq!(
            read(&answer("Content-Encoding: br\r\n", b"a")),
            Err("is packed in a way that cannot be read: br".to_owned())
        );
        assert!(read(&answer("Content-Encoding: gzip\r\n", b"\x1f\x8bxxxx")).is_err());
    }

    proptest! {
        #[test]
        fn any_chunks_are_joined(bytes in "([0-9a-f]{0,3}\r?\n?|;|\\PC){0,20}") {
            let joined = joined(bytes.as_bytes()).unwrap_or_default();
            prop_assert!(joined.len() <= bytes.len());
        }
    }
}
