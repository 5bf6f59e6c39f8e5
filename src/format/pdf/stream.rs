//! The streams of a file, unpacked as far as is sensible.

use std::{borrow::Cow, io::Read};

use flate2::read::ZlibDecoder;
use hayro_syntax::object::{Dict, Name, Object, Stream};

/// Bytes of the content of one page, or one form, unpacked.
const LONGEST: u64 = 64 << 20;

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
