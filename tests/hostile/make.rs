//! Hostile files, made here: small in what they say, large in what they ask for.

use std::io::{Cursor, Write};

use flate2::{Compression, write::GzEncoder, write::ZlibEncoder};
use zip::{ZipWriter, write::SimpleFileOptions};

/// A sign so often.
pub(crate) fn times(sign: &str, count: usize) -> Vec<u8> {
    sign.repeat(count).into_bytes()
}

/// So many megabytes of words hardly two of which are alike, in sentences and paragraphs.
pub(crate) fn different(megabytes: usize, text: u64) -> Vec<u8> {
    let mut out = Vec::with_capacity((megabytes << 20) + 32);
    for number in 0_u64.. {
        if out.len() >= megabytes << 20 {
            break;
        }
        // An odd factor gives each number another one, with other letters at its end.
        let mut rest = (number << 8 | text).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 8;
        while rest > 0xFFFF {
            out.push(b'a' + (rest % 26) as u8);
            rest /= 26;
        }
        out.extend_from_slice(if number % 200 == 199 {
            b".\n\n"
        } else if number % 12 == 11 {
            b". "
        } else {
            b" "
        });
    }
    out
}

/// Text inside so many of something, each of which is closed or not.
pub(crate) fn nest(open: &str, count: usize, inside: &str, close: &str) -> Vec<u8> {
    format!("{}{inside}{}", open.repeat(count), close.repeat(count)).into_bytes()
}

/// A zip file of these members.
pub(crate) fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(*name, SimpleFileOptions::default()).expect("it fits");
        zip.write_all(bytes).expect("it fits");
    }
    zip.finish().expect("it fits").into_inner()
}

/// So many megabytes of one letter, packed.
pub(crate) fn gzip(megabytes: usize) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::fast());
    let part = vec![b'a'; 1 << 20];
    (0..megabytes).for_each(|_| out.write_all(&part).expect("it fits"));
    out.finish().expect("it fits")
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut out = ZlibEncoder::new(Vec::new(), Compression::fast());
    out.write_all(bytes).expect("it fits");
    out.finish().expect("it fits")
}

/// An entity that stands for ten of another, nine times over: a billion words.
pub(crate) const LAUGHS: &str = r#"<!DOCTYPE a [<!ENTITY a "ha "><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;"><!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;"><!ENTITY g "&f;&f;&f;&f;&f;&f;&f;&f;&f;&f;"><!ENTITY h "&g;&g;&g;&g;&g;&g;&g;&g;&g;&g;"><!ENTITY i "&h;&h;&h;&h;&h;&h;&h;&h;&h;&h;">]>"#;

/// YAML in which each line stands for nine of the one before.
pub(crate) fn aliases() -> Vec<u8> {
    let lines = ('b'..='j').zip('a'..);
    let lines = lines
        .map(|(this, before)| format!("{this}: &{this} [{}]\n", vec![format!("*{before}"); 9].join(", ")));
    format!("---\na: &a [tide, tide]\n{}title: *j\n---\n\nA kestrel of aliases.\n", lines.collect::<String>())
        .into_bytes()
}

/// A Word document whose text is this XML.
pub(crate) fn docx(doctype: &str, body: &str) -> Vec<u8> {
    let document = format!(
        r#"<?xml version="1.0"?>{doctype}<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{body}</w:body></w:document>"#
    );
    zip(&[
        ("[Content_Types].xml", br#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#),
        ("_rels/.rels", br#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#),
        ("word/document.xml", document.as_bytes()),
    ])
}

/// A PDF file of these objects, counted from 1, the first of which is the catalogue.
fn pdf(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut out = b"%PDF-1.5\n".to_vec();
    let mut starts = Vec::new();
    for (number, object) in (1..).zip(objects) {
        starts.push(out.len());
        out.extend(format!("{number} 0 obj\n").into_bytes());
        out.extend(object);
        out.extend(b"\nendobj\n");
    }
    let table = out.len();
    out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).into_bytes());
    starts.iter().for_each(|start| out.extend(format!("{start:010} 00000 n \n").into_bytes()));
    let size = objects.len() + 1;
    out.extend(
        format!("trailer\n<< /Size {size} /Root 1 0 R /Prev {table} >>\nstartxref\n{table}\n%%EOF\n")
            .into_bytes(),
    );
    out
}

fn object(text: &str) -> Vec<u8> {
    text.as_bytes().to_vec()
}

fn stream(head: &str, bytes: &[u8]) -> Vec<u8> {
    [format!("<< {head} >>\nstream\n").as_bytes(), bytes, b"\nendstream"].concat()
}

/// Pages that hold each other, and a table of objects that comes before itself.
pub(crate) fn pdf_loop() -> Vec<u8> {
    pdf(&[
        object("<< /Type /Catalog /Pages 2 0 R /Outlines 4 0 R >>"),
        object("<< /Type /Pages /Kids [3 0 R 2 0 R] /Count 1000000000 /Parent 3 0 R >>"),
        object("<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 1000000000 /Parent 2 0 R /Resources 3 0 R >>"),
        object("<< /First 5 0 R /Last 5 0 R /Count 1 >>"),
        object("<< /Title (Tide) /Next 5 0 R /First 4 0 R /Parent 5 0 R >>"),
    ])
}

fn pdf_page(content: Vec<u8>) -> Vec<u8> {
    pdf(&[
        object("<< /Type /Catalog /Pages 2 0 R >>"),
        object("<< /Type /Pages /Kids [3 0 R] /Count 1 >>"),
        object(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 500 500] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> /XObject << /X 6 0 R >> >> >>",
        ),
        content,
        object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"),
        stream(
            "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 6 /Resources << /XObject << /X 6 0 R >> >>",
            b"/X Do ",
        ),
    ])
}

/// A stream that says it holds a gigabyte.
pub(crate) fn pdf_claim() -> Vec<u8> {
    pdf_page(stream("/Length 1073741824", b"BT /F 12 Tf (A heron of claims) Tj ET"))
}

/// A form that draws itself.
pub(crate) fn pdf_mirror() -> Vec<u8> {
    let content = b"BT /F 12 Tf (A heron of mirrors) Tj ET /X Do";
    pdf_page(stream(&format!("/Length {}", content.len()), content))
}

/// So many megabytes of blanks, packed twice.
pub(crate) fn pdf_bomb(megabytes: usize) -> Vec<u8> {
    let packed = deflate(&deflate(&vec![b' '; megabytes << 20]));
    pdf_page(stream(&format!("/Filter [/FlateDecode /FlateDecode] /Length {}", packed.len()), &packed))
}

/// A text with every byte that UTF-8 never has, around its words.
pub(crate) fn no_utf8(text: &str) -> Vec<u8> {
    let odd: Vec<u8> = (0x80..=0xff).collect();
    let words = text.split_inclusive(' ').flat_map(|word| [word.as_bytes(), &odd[..7], b" "].concat());
    words.chain(odd.iter().copied()).collect()
}
