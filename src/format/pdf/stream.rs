//! The streams of a file, unpacked as far as is sensible.

use std::{borrow::Cow, io::Read};

use flate2::read::ZlibDecoder;
use hayro_syntax::object::{Dict, Name, Object, Stream};

use super::super::{Cause, Nest};

/// Bytes of the content of one page, or one form, unpacked.
const LONGEST: u64 = 64 << 20;

/// Bytes before a stream in which it says what it is.
const SAID_WITHIN: usize = 1024;

/// Bytes of a stream that are unpacked to see whether it grows out of measure.
const SAMPLE: usize = 64 << 10;

/// Checks that what is unpacked unasked, such as fonts and the objects of the file, unpacks to no more
/// than is sensible: a file is read as far as it names them.
///
/// # Errors
/// Where a file would unpack to far more than its size.
pub(super) fn check(bytes: &[u8]) -> Result<(), Cause> {
    within(bytes, Nest::allowance(bytes.len() as u64).get())
}

fn within(bytes: &[u8], mut left: u64) -> Result<(), Cause> {
    let mut from = 0;
    while let Some(at) = find(&bytes[from..], b"stream") {
        let start = from + at + b"stream".len();
        let head = &bytes[(from + at).saturating_sub(SAID_WITHIN)..from + at];
        from = start;
        if head.ends_with(b"end") {
            continue;
        }
        let packed = bytes[start..].trim_ascii_start();
        let zlib = packed.len() > 2
            && packed[0] & 0x0f == 8
            && u16::from_be_bytes([packed[0], packed[1]]).is_multiple_of(31);
        let begins = head.windows(4).rposition(|window| window == b" obj").unwrap_or(0);
        let says = |word: &[u8]| head[begins..].windows(word.len()).any(|window| window == word);
        if !zlib || says(b"/Image") {
            continue;
        }
        let kept =
            says(b"/ObjStm") || says(b"/XRef") || says(b"/Length1") || says(b"Type1C") || says(b"Type0C");
        if !kept && !grows(packed) {
            continue;
        }
        let mut unpacked = ZlibDecoder::new(packed).take(left + 1);
        let mut buffer = vec![0; SAMPLE];
        let mut size = 0;
        while let Ok(read @ 1..) = unpacked.read(&mut buffer) {
            size += read as u64;
        }
        left = left.checked_sub(size).ok_or_else(|| Cause("unpacks to far more than its size".to_owned()))?;
    }
    Ok(())
}

/// Says whether the start of a packed stream grows fifty times, which text does not.
fn grows(packed: &[u8]) -> bool {
    let head = &packed[..packed.len().min(SAMPLE / 50)];
    let mut size = 0;
    let mut unpacked = ZlibDecoder::new(head);
    let mut buffer = [0; 4096];
    while let Ok(read @ 1..) = unpacked.read(&mut buffer) {
        size += read;
    }
    size >= SAMPLE
}

fn find(bytes: &[u8], word: &[u8]) -> Option<usize> {
    bytes.windows(word.len()).position(|window| window == word)
}

/// Returns the content of a page.
pub(super) fn content(page: &Dict<'_>) -> Vec<u8> {
    let parts: Vec<Stream<'_>> = match page.get::<Object<'_>>("Contents") {
        Some(Object::Stream(stream)) => vec![stream],
        Some(Object::Array(array)) => array.iter::<Stream<'_>>().take(100_000).collect(),
        _ => Vec::new(),
    };
    let mut content = Vec::new();
    for part in &parts {
        if content.len() as u64 > LONGEST {
            break;
        }
        content.extend_from_slice(&unpacked(part).unwrap_or_default());
        content.push(b'\n');
    }
    content
}

/// Returns the content of a stream, if that is no image and unpacks to no more than is sensible.
pub(super) fn unpacked<'a>(stream: &Stream<'a>) -> Option<Cow<'a, [u8]>> {
    let dict = stream.dict();
    let filters: Vec<Name<'_>> = match dict.get::<Object<'_>>("Filter") {
        Some(Object::Name(name)) => vec![name],
        Some(Object::Array(names)) => names.iter::<Name<'_>>().take(16).collect(),
        _ => Vec::new(),
    };
    let is = |filter: &Name<'_>, names: [&str; 2]| names.contains(&filter.as_str());
    let flate = |filter: &Name<'_>| is(filter, ["FlateDecode", "Fl"]);
    if filters.len() == 1 && flate(&filters[0]) && !dict.contains_key("DecodeParms") {
        let raw = stream.raw_data();
        let mut bytes = Vec::with_capacity(raw.len() * 3);
        // What is cut off is read as far as it goes.
        let read = ZlibDecoder::new(&raw[..]).take(LONGEST).read_to_end(&mut bytes);
        if read.is_ok() || !bytes.is_empty() {
            return Some(Cow::Owned(bytes));
        }
    }
    let packing = |filter: &&Name<'_>| flate(filter) || is(filter, ["LZWDecode", "LZW"]);
    let most = match filters.iter().filter(packing).count() {
        0 => LONGEST,
        // Some thousand times so much may come out.
        1 => 1 << 20,
        _ => 1 << 10,
    };
    if stream.raw_data().len() as u64 > most {
        return None;
    }
    stream.decoded_data().ok()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::ZlibEncoder};

    use super::*;

    #[test]
    fn a_file_that_grows_out_of_measure_is_refused() {
        let check = |head: &str, megabytes: usize, expected: bool| {
            let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
            (0..megabytes).for_each(|_| packed.write_all(&vec![b' '; 1 << 20]).expect("memory takes it"));
            let packed = packed.finish().expect("memory takes it");
            let file =
                [format!("1 0 obj\n<< {head} >>\nstream\n").as_bytes(), &packed, b"\nendstream"].concat();
            assert_eq!(within(&file, 2 << 20).is_ok(), expected, "{head}");
        };
        check("/Type /ObjStm", 3, false);
        check("", 3, false);
        check("/Subtype /Image", 3, true);
        check("/Type /ObjStm", 1, true);
    }
}
