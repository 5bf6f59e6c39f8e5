//! OpenDocument texts and presentations: a package of XML parts, or one XML file with all of them.
//!
//! The text is that of the document as it would be printed with all changes accepted: what was
//! deleted, headers, footers and the indexes are left out; what is hidden stands
//! beside it.

use memchr::memmem;

use self::body::Body;
use super::{
    Cause, Each, Extent, Format, Input, Warnings,
    package::{self, Package},
    xml,
};
use crate::article::{Article, Lines};

mod body;
mod meta;
mod style;

/// The reader of OpenDocument texts.
pub(super) struct Odt;

/// The reader of OpenDocument presentations.
pub(super) struct Odp;

/// How the media types of documents begin.
const TYPE: &str = "application/vnd.oasis.opendocument.";

/// Bytes at the start of a file in which its media type stands: first in a package, in the outermost
/// element of an XML file.
const TYPED_WITHIN: (usize, usize) = (200, 8_000);

/// Bytes of the longest XML file that is read.
const LONGEST: u64 = 64 << 20;

/// Formulas and the like that are read of one document.
const MOST_OBJECTS: usize = 1_000;

impl Format for Odt {
    fn name(&self) -> &'static str {
        "odt"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["odt", "ott", "fodt"]
    }

    fn version(&self) -> u16 {
        2
    }

    fn extent(&self) -> Extent {
        Extent::Whole
    }

    fn begins(&self, bytes: &[u8]) -> Option<bool> {
        begins(bytes, "text")
    }

    fn read(&self, input: Input<'_>, each: &mut Each<'_>) -> Result<Warnings, Cause> {
        read(input, each)
    }
}

impl Format for Odp {
    fn name(&self) -> &'static str {
        "odp"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["odp", "otp", "fodp"]
    }

    fn version(&self) -> u16 {
        2
    }

    fn extent(&self) -> Extent {
        Extent::Whole
    }

    fn begins(&self, bytes: &[u8]) -> Option<bool> {
        begins(bytes, "presentation")
    }

    fn read(&self, input: Input<'_>, each: &mut Each<'_>) -> Result<Warnings, Cause> {
        read(input, each)
    }
}

fn begins(bytes: &[u8], kind: &str) -> Option<bool> {
    let zipped = package::is_zip(bytes);
    let within = if zipped { TYPED_WITHIN.0 } else { TYPED_WITHIN.1 };
    let head = &bytes[..bytes.len().min(within)];
    let marked = head.trim_ascii_start().strip_prefix(b"\xef\xbb\xbf").unwrap_or(head.trim_ascii_start());
    if !zipped && !marked.starts_with(b"<") {
        return Some(false);
    }
    let stated = memmem::find(head, TYPE.as_bytes()).map(|at| &head[at + TYPE.len()..]);
    Some(stated?.starts_with(kind.as_bytes()))
}

fn read(input: Input<'_>, each: &mut Each<'_>) -> Result<Warnings, Cause> {
    let mut article = Article { lines: Lines::Text, ..Article::default() };
    let mut body = Body::default();
    let content = if package::is_zip(input.bytes) {
        let mut package = Package::open(input)?;
        article.warnings.extend(package.cut_off());
        let manifest = package.xml("META-INF/manifest.xml").ok().flatten().unwrap_or_default();
        if memmem::find(manifest.as_bytes(), b"encryption-data").is_some() {
            return Err(Cause("is encrypted and needs a password".into()));
        }
        // The text can be read without these.
        for part in ["meta.xml", "styles.xml"] {
            match package.xml(part) {
                Ok(text) => drop(body.read(&text.unwrap_or_default())),
                Err(cause) => article.warnings.push(cause.0),
            }
        }
        let objects = package.names().into_iter().filter(|name| name.ends_with("/content.xml"));
        for name in objects.take(MOST_OBJECTS).collect::<Vec<_>>() {
            if let Ok(Some(text)) = package.xml(&name) {
                body.object(name.trim_end_matches("/content.xml"), &text);
            }
        }
        package.xml("content.xml")?.ok_or_else(|| package.lacks("holds no text"))?
    } else {
        xml::text(&input.whole(LONGEST)?)?
    };
    if body.read(&content).is_break() {
        article.warnings.push("broken off: what follows was not read".into());
    }
    body.finish(&mut article);
    let _ = each(article);
    Ok(Warnings::new())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::{office::packed, print, read_all},
        *,
    };
    use crate::article::Spot;

    const STYLES: &str = "<office:document-styles><office:styles>\
        <style:style style:name='Title' style:family='paragraph'/>\
        <style:style style:name='Preformatted_20_Text' style:family='paragraph'/>\
        <style:style style:name='Veiled' style:family='text'><style:text-properties text:display='none'/></style:style>\
        <text:list-style style:name='N'><text:list-level-style-number text:level='1' style:num-format='1' style:num-suffix='.'/>\
        <text:list-level-style-number text:level='2' style:num-format='a' style:num-suffix=')' text:display-levels='2'/></text:list-style>\
        <text:list-style style:name='B'><text:list-level-style-bullet text:level='1'/></text:list-style></office:styles>\
        <office:master-styles><style:header><text:p>gone</text:p></style:header></office:master-styles></office:document-styles>";

    fn document(kind: &str, body: &str, meta: &str) -> Vec<u8> {
        let content = format!(
            "<office:document-content><office:automatic-styles><style:style style:name='P1' style:family='paragraph' \
             style:parent-style-name='Title'/></office:automatic-styles><office:body>{body}</office:body></office:document-content>"
        );
        let formula = "<math><semantics><mi>E</mi><annotation>E = m c^2</annotation></semantics></math>";
        packed(&[
            ("mimetype".into(), format!("{TYPE}{kind}")),
            (
                "meta.xml".into(),
                format!("<office:document-meta><office:meta>{meta}</office:meta></office:document-meta>"),
            ),
            ("styles.xml".into(), STYLES.into()),
            ("Object 1/content.xml".into(), formula.into()),
            ("content.xml".into(), content),
        ])
    }

    fn read(bytes: &[u8]) -> Article {
        read_all(&Odt, "a.odt", bytes).0.remove(0)
    }

    #[test]
    fn paragraphs_come_out_as_what_they_are() {
        let check = |body: &str, expected: &[&str]| {
            // `[` and `]` stand around a paragraph.
            let body = body.replace('[', "<text:p>").replace(']', "</text:p>");
            let body = format!("<office:text>{body}</office:text>");
            assert_eq!(print(&read(&document("text", &body, "")).sections), expected, "{body}");
        };
        check(
            "[a<text:s text:c='3'/>b<text:tab/>c<text:line-break/>d\n e]\n[f]",
            &["Prose : a b c d e", "Prose : f"],
        );
        check(
            "<text:h text:outline-level='1'>A</text:h>[b]<text:h text:outline-level='2'>C</text:h>[d]",
            &["Prose A: b", "Prose A > C: d"],
        );
        check(
            "<text:p text:style-name='Preformatted_20_Text'>a<text:s text:c='2'/>b</text:p>",
            &["Code : a  b"],
        );
        check(
            "<text:list text:style-name='N'><text:list-item>[a][b]<text:list><text:list-item>[c]</text:list-item></text:list>\
             </text:list-item><text:list-item>[d]</text:list-item></text:list>[e]<text:list text:style-name='N' text:continue-numbering='true'>\
             <text:list-item>[f]</text:list-item></text:list>",
            &["Item : 1. a", "Item :   b", "Item :   1.a) c", "Item : 2. d", "Prose : e", "Item : 3. f"],
        );
        check(
            "<text:list text:style-name='B'><text:list-item>[a]</text:list-item></text:list>",
            &["Item : - a"],
        );
        check(
            "<table:table><table:table-row><table:table-cell>[a]</table:table-cell><table:table-cell>[b][c]</table:table-cell>\
             </table:table-row></table:table>",
            &["Row : a | b c"],
        );
        check(
            "[a<text:note><text:note-citation>i</text:note-citation><text:note-body>[b]</text:note-body></text:note>c]",
            &["Prose : a[1]c", "Prose : [1] b"],
        );
        check(
            "[a<office:annotation><dc:creator>Ann</dc:creator><dc:date>2024</dc:date>[Why?]</office:annotation>b]",
            &["Prose : ab", "Prose Comments: Ann: Why?"],
        );
        check(
            "[a<draw:frame><draw:text-box>[b]<text:list><text:list-item>[c]</text:list-item></text:list></draw:text-box></draw:frame>d]",
            &["Prose : ad", "Prose : b", "Item : - c"],
        );
        check("[a<draw:custom-shape>[b]</draw:custom-shape>c]", &["Prose : ac", "Prose : b"]);
        check(
            "<text:tracked-changes><text:deletion>[gone]</text:deletion></text:tracked-changes>[a]",
            &["Prose : a"],
        );
        check(
            "[a<text:span text:style-name='Veiled'>b<text:span>c</text:span></text:span>d]",
            &["Prose : ad", "Prose Hidden text: bc"],
        );
        check(
            "<text:section text:display='none'>[a]<table:table><table:table-row><table:table-cell>[c]</table:table-cell>\
             </table:table-row></table:table></text:section>[b]",
            &["Prose : b", "Prose Hidden text: a", "Prose Hidden text: c"],
        );
        check(
            "[a <text:hidden-text text:string-value='b c' text:is-hidden='true'/>d]",
            &["Prose : a d", "Prose Hidden text: b c"],
        );
        check(
            "<text:table-of-content><text:index-body>[a]</text:index-body></text:table-of-content>[b]",
            &["Prose : b"],
        );
        check(
            "[a <draw:frame><draw:object xlink:href='./Object 1'/><svg:title>gone</svg:title></draw:frame>]",
            &["Prose : a E = m c^2"],
        );
        check(
            "[a<text:a>b</text:a><text:ruby><text:ruby-base>c</text:ruby-base><text:ruby-text>d</text:ruby-text></text:ruby>]",
            &["Prose : abc"],
        );
    }

    #[test]
    fn what_is_said_of_the_document_fills_the_fields() {
        let meta = "<dc:title>The tide</dc:title><meta:initial-creator>Ann Lee</meta:initial-creator><dc:creator>Bo</dc:creator>\
                    <meta:creation-date>2024-05-06T07:08:09</meta:creation-date><dc:date>2025-01-01T00:00:00</dc:date>\
                    <meta:keyword>sea</meta:keyword><meta:keyword>moon</meta:keyword><dc:language>en-GB</dc:language>";
        let body = "<office:text><text:p text:style-name='P1'>The late tide</text:p></office:text>";
        let article = read(&document("text", body, meta));
        assert_eq!(article.title.as_deref(), Some("The late tide"));
        assert_eq!(article.authors, ["Ann Lee"]);
        assert_eq!(article.tags, ["sea", "moon"]);
        assert_eq!(article.language.as_deref(), Some("en-GB"));
        let date = article.date.map(|date| date.to_string());
        assert_eq!((date.as_deref(), &*article.date_source), (Some("2024-05-06"), "document properties"));
    }

    #[test]
    fn slides_are_places() {
        let body = "<office:presentation><draw:page><draw:frame presentation:class='outline'><draw:text-box><text:p>a</text:p></draw:text-box></draw:frame>\
                    <draw:frame presentation:class='title'><draw:text-box><text:p>A</text:p></draw:text-box></draw:frame>\
                    <presentation:notes><draw:frame presentation:class='notes'><draw:text-box><text:p>b</text:p></draw:text-box></draw:frame></presentation:notes></draw:page>\
                    <draw:page><draw:custom-shape><text:p>c</text:p></draw:custom-shape></draw:page></office:presentation>";
        let article = read(&document("presentation", body, ""));
        assert_eq!(print(&article.sections), ["Prose A: a", "Prose A: b", "Prose : c"]);
        let spots: Vec<_> = article.sections.iter().flat_map(|section| &section.spots).collect();
        assert_eq!(spots, [&(0, Spot::Slide(1)), &(0, Spot::Slide(2))]);
    }

    #[test]
    fn a_document_is_told_by_its_media_type() {
        let check = |bytes: &[u8], text, presentation| {
            assert_eq!((Odt.begins(bytes), Odp.begins(bytes)), (text, presentation));
        };
        check(&document("text", "", ""), Some(true), Some(false));
        check(&document("text-template", "", ""), Some(true), Some(false));
        check(&document("presentation", "", ""), Some(false), Some(true));
        let flat = format!("<?xml version='1.0'?>\n<office:document office:mimetype='{TYPE}text'>");
        check(flat.as_bytes(), Some(true), Some(false));
        check(b"<html>", None, None);
        check(b"plain", Some(false), Some(false));
        check(&packed(&[("a".into(), String::new())]), None, None);
    }

    #[test]
    fn one_file_may_hold_all_parts() {
        let flat = format!(
            "<office:document office:mimetype='{TYPE}text'><office:meta><dc:title>T</dc:title></office:meta>{STYLES}\
             <office:body><office:text><text:p>a<math:math><math:mi>x</math:mi></math:math></text:p></office:text></office:body></office:document>"
        );
        let article = read(flat.as_bytes());
        assert_eq!(article.title.as_deref(), Some("T"));
        assert_eq!(print(&article.sections), ["Prose : a x"]);
    }

    #[test]
    fn an_encrypted_document_says_so() {
        let manifest = "<manifest><manifest:encryption-data/></manifest>";
        let bytes = packed(&[
            ("META-INF/manifest.xml".into(), manifest.into()),
            ("content.xml".into(), "\u{1}".into()),
        ]);
        let cause = Odt.read(Input::of("a.odt", &bytes), &mut |_| panic!("it is none"));
        assert!(cause.is_err_and(|cause| cause.0 == "is encrypted and needs a password"));
    }

    #[test]
    fn what_stands_before_a_cut_is_read() {
        let paragraphs: String =
            (0..900).map(|number| format!("<text:p>{}</text:p>", number * 7919)).collect();
        let whole = document("text", &format!("<office:text>{paragraphs}</office:text>"), "");
        let article = read(&whole[..whole.len() - 900]);
        assert!(article.sections[0].text.starts_with("0\n\n7919\n\n15838"));
        assert!(
            article.warnings[0].contains("was cut off; what could be was read"),
            "{:?}",
            article.warnings
        );
        for end in (60..whole.len()).step_by(97) {
            let read = Odt.read(Input::of("a.odt", &whole[..end]), &mut |_| super::super::Flow::Continue(()));
            assert!(read.is_ok() || read.is_err_and(|cause| cause.0.contains("was cut off")), "{end}");
        }
    }

    proptest! {
        #[test]
        fn any_mix_of_elements_is_read(body in "(</?text:(p|h|list|list-item|span|note|note-body|section)>|</?draw:(frame|text-box|page|custom-shape)>|</?table:(table|table-row|table-cell)>|</?office:(annotation|meta)>|<text:(s|tab)/>|a|<draw:frame presentation:class='title'>|<math>){0,60}") {
            read(&document("text", &body, &body));
        }
    }
}
