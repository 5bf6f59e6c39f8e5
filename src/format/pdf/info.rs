//! What a file says of itself: title, authors, date, language.

use hayro_syntax::{
    Pdf,
    object::{Dict, Name, Object, Stream},
};

use super::{super::xml, stream::unpacked};
use crate::{
    article::Article,
    date::Date,
    format::xml::{Node, Xml},
};

/// Characters of the longest title or name.
const LONGEST: usize = 300;

/// What programs write where nobody gave a title or a name.
const EMPTY: &[&str] = &[
    "administrator",
    "admin",
    "anonymous",
    "author",
    "default",
    "document",
    "none",
    "owner",
    "root",
    "slide 1",
    "title",
    "unknown",
    "unnamed",
    "untitled",
    "user",
    "windows user",
];

/// Programs, and the formats of their files, that leave their names in a title or an author.
const PROGRAMS: &[&str] = &[
    "microsoft word -",
    "microsoft powerpoint -",
    "microsoft excel -",
    "powerpoint presentation",
    "powerpoint-presentation",
    "slide 1",
    "untitled",
    "fpdf",
    "latex with",
    "pdftex",
    "tex output",
    "adobe ",
    "acrobat ",
    "openoffice",
    "libreoffice",
    "pscript",
    "ghostscript",
    "quarkxpress",
    "indesign",
];

/// Fills in the fields that the file gives.
pub(super) fn fill(pdf: &Pdf, article: &mut Article) {
    let told = pdf.metadata();
    let packet = packet(pdf);
    let text = |bytes: &Option<Box<[u8]>>| bytes.as_deref().map(string);
    let titles = [text(&told.title), packet.title];
    article.title = titles.into_iter().flatten().find_map(|title| true_title(&title));
    let author = text(&told.author).unwrap_or_default();
    let told_authors: Vec<String> = match true_name(&author) {
        Some(author) => vec![author],
        None => author.split([',', ';']).filter_map(true_name).collect(),
    };
    let named: Vec<String> = packet.authors.iter().filter_map(|author| true_name(author)).collect();
    article.authors = if named.len() > told_authors.len() { named } else { told_authors };
    let made = told.creation_date.map(|time| format!("{:04}-{:02}-{:02}", time.year, time.month, time.day));
    let dates = [(made, "document information"), (packet.date, "XMP metadata")];
    let date = dates.into_iter().find_map(|(date, source)| Some((Date::parse(&date?)?, source)));
    if let Some((date, source)) = date {
        (article.date, article.date_source) = (Some(date), source.into());
    }
    let words = text(&told.keywords).unwrap_or_default();
    let words = words.split([',', ';']).map(str::trim).filter(|word| !word.is_empty() && word.len() < 80);
    article.tags = words.take(50).map(str::to_owned).collect();
    let root = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id());
    let language = root.and_then(|root| match root.get::<Object<'_>>("Lang")? {
        Object::String(text) => Some(string(text.as_bytes())),
        Object::Name(name) => Some(name.as_str().to_owned()),
        _ => None,
    });
    article.language = language.filter(|tag| is_tag(tag));
}

/// Reads a string of a file: UTF-16 or UTF-8 by its mark, else the encoding of its own that is mostly
/// Latin-1.
pub(super) fn string(bytes: &[u8]) -> String {
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        char::decode_utf16(units).map(|char| char.unwrap_or('\u{fffd}')).collect::<String>()
    };
    let text = match bytes {
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        // Some programs write UTF-8 without a mark.
        _ if !bytes.is_ascii() && str::from_utf8(bytes).is_ok() => {
            String::from_utf8_lossy(bytes).into_owned()
        }
        _ => bytes.iter().map(|byte| latin(*byte)).collect(),
    };
    let mut text: String = text.chars().map(|char| if char.is_control() { ' ' } else { char }).collect();
    // A mark of language may stand inside, between two escapes that are gone by now.
    text.truncate(text.trim_end().len());
    text
}

/// Where PDFDocEncoding is not Latin-1.
fn latin(byte: u8) -> char {
    const LOW: [char; 8] = ['˘', 'ˇ', 'ˆ', '˙', '˝', '˛', '˚', '˜'];
    const HIGH: [char; 31] = [
        '•', '†', '‡', '…', '—', '–', 'ƒ', '⁄', '‹', '›', '−', '‰', '„', '“', '”', '‘', '’', '‚', '™', 'ﬁ',
        'ﬂ', 'Ł', 'Œ', 'Š', 'Ÿ', 'Ž', 'ı', 'ł', 'œ', 'š', 'ž',
    ];
    match byte {
        0x18..=0x1f => LOW[usize::from(byte - 0x18)],
        0x80..=0x9e => HIGH[usize::from(byte - 0x80)],
        0xa0 => '€',
        _ => char::from(byte),
    }
}

/// Returns a title, unless a program made it up.
fn true_title(title: &str) -> Option<String> {
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let title = title.trim_matches(|char: char| char == '"' || char == '\u{feff}').trim();
    let lower = title.to_lowercase();
    let letters = title.chars().filter(|char| char.is_alphabetic()).count();
    let program = PROGRAMS.iter().any(|program| lower.starts_with(program));
    let broken = title.contains('\u{fffd}') || title.contains("??");
    let empty = EMPTY.contains(&lower.as_str()) || letters < 2 || title.chars().count() > LONGEST;
    (!program && !broken && !empty && !is_file_name(&lower)).then(|| title.to_owned())
}

/// Returns a name of an author, unless a program made it up.
fn true_name(name: &str) -> Option<String> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let lower = name.to_lowercase();
    let letters = name.chars().filter(|char| char.is_alphabetic()).count();
    let program = PROGRAMS.iter().any(|program| lower.starts_with(program.trim_end_matches(" -")));
    let empty = EMPTY.contains(&lower.as_str()) || letters < 2 || name.chars().count() > LONGEST;
    let garbled = name.contains(['\u{fffd}', '`', '%', '~', '{']) || letters * 2 < name.chars().count();
    (!program && !empty && !garbled).then_some(name)
}

/// Says whether a title is the name of a file or a web page: a word with a known ending, or a path.
fn is_file_name(title: &str) -> bool {
    const ENDINGS: &[&str] = &[
        "pdf", "doc", "docx", "dvi", "tex", "ps", "eps", "odt", "rtf", "txt", "ppt", "pptx", "xls", "xlsx",
        "html", "htm", "qxd", "indd", "fm", "pub", "wpd", "cdr", "ai", "svg", "md", "sxw", "p65", "xml",
        "rst", "texi",
    ];
    let ending = title.rsplit_once('.').is_some_and(|(_, ending)| ENDINGS.contains(&ending));
    let path = title.contains(":\\") || title.starts_with('/') || title.starts_with("file:");
    ending || path || title.starts_with("http://") || title.starts_with("https://")
}

fn is_tag(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let first = parts.next().unwrap_or_default();
    (2..=3).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(|part| part.len() <= 8 && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// What the metadata of a file in XML say.
#[derive(Debug, Default, PartialEq)]
struct Packet {
    title: Option<String>,
    authors: Vec<String>,
    date: Option<String>,
}

fn packet(pdf: &Pdf) -> Packet {
    let root = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id());
    let stream = root.and_then(|root| root.get::<Stream<'_>>("Metadata"));
    let kind = stream.as_ref().and_then(|stream| stream.dict().get::<Name<'_>>("Subtype"));
    let bytes = stream.as_ref().filter(|_| kind.is_some()).and_then(unpacked);
    // Metadata are short; what is long is padded, or tells of each edit.
    let bytes = bytes.filter(|bytes| bytes.len() <= 4 << 20);
    bytes.and_then(|bytes| xml::text(&bytes).ok()).map(|text| read_packet(&text)).unwrap_or_default()
}

fn read_packet(text: &str) -> Packet {
    let mut packet = Packet::default();
    let mut xml = Xml::new(text);
    while let Some(node) = xml.next() {
        let Node::Start(element) = node else { continue };
        let (name, space) = (element.name().to_owned(), element.prefix().to_owned());
        match (space.as_str(), name.as_str()) {
            ("dc", "title") => {
                // The first is that of the language of the text.
                packet.title = packet.title.or(list(&mut xml).into_iter().next());
            }
            ("dc", "creator") => packet.authors = list(&mut xml),
            ("xmp" | "xap", "CreateDate") => {
                packet.date = packet.date.or(Some(xml.text_inside().trim().to_owned()));
            }
            ("rdf", "Description") => packet.date = packet.date.or(element.attribute("CreateDate")),
            _ => {}
        }
    }
    packet
}

/// Returns the items of the list in the element that has just begun, or its text.
fn list(xml: &mut Xml<'_>) -> Vec<String> {
    let (mut items, mut text, mut depth) = (Vec::new(), String::new(), 1);
    for node in xml.by_ref() {
        match node {
            Node::Start(_) => depth += 1,
            Node::Text(part) => text.push_str(&part),
            Node::End(_) => {
                depth -= 1;
                let item = std::mem::take(&mut text).trim().to_owned();
                if !item.is_empty() && items.len() < 100 {
                    items.push(item);
                }
                if depth == 0 {
                    break;
                }
            }
        }
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_of_programs_are_none() {
        let check = |title: &str, expected: Option<&str>| assert_eq!(true_title(title).as_deref(), expected);
        check("The  late\ttide", Some("The late tide"));
        check("Microsoft Word - tide.doc", None);
        check("tide.dvi", None);
        check("Untitled", None);
        check("untitled-2", None);
        check("C:\\texts\\tide", None);
        check("12", None);
        check("Tides of 1.5 m", Some("Tides of 1.5 m"));
        check("", None);
    }

    #[test]
    fn strings_are_read_by_their_mark() {
        let check = |bytes: &[u8], expected: &str| assert_eq!(string(bytes), expected);
        check(b"tide", "tide");
        check(b"\xfe\xff\0t\x01\x41", "tŁ");
        check(b"\xef\xbb\xbf\xc5\x81", "Ł");
        check(b"na\xefve \x84", "naïve —");
        check("naïve".as_bytes(), "naïve");
        check(b"", "");
    }

    #[test]
    fn a_packet_is_read() {
        let text = "<?xpacket?><x:xmpmeta><rdf:RDF><rdf:Description xmp:CreateDate='2024-05-06T07:08:09Z'>\
            <dc:title><rdf:Alt><rdf:li xml:lang='x-default'>The late tide</rdf:li></rdf:Alt></dc:title>\
            <dc:creator><rdf:Seq><rdf:li>Ann Sand</rdf:li><rdf:li>Bo Shore</rdf:li></rdf:Seq></dc:creator>";
        let expected = Packet {
            title: Some("The late tide".into()),
            authors: vec!["Ann Sand".into(), "Bo Shore".into()],
            date: Some("2024-05-06T07:08:09Z".into()),
        };
        assert_eq!(read_packet(text), expected);
    }
}
