//! Word documents: a package of XML parts, one of which is the text.
//!
//! The text is that of the document as it would be printed with all changes accepted: what was
//! deleted, headers, footers and the table of contents are left out; what is hidden stands beside it.

use self::{body::Body, numbering::Numbering, style::Styles};
use super::{Cause, Each, Extent, Format, Input, Warnings, office::opc};
use crate::article::{Article, Lines};

mod body;
mod numbering;
mod style;

/// The reader of Word documents.
pub(super) struct Docx;

impl Format for Docx {
    fn name(&self) -> &'static str {
        "docx"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["docx", "docm", "dotx", "dotm"]
    }

    fn version(&self) -> u16 {
        2
    }

    fn extent(&self) -> Extent {
        Extent::Whole
    }

    fn begins(&self, bytes: &[u8]) -> Option<bool> {
        opc::begins(bytes, "word/document")
    }

    fn read(&self, input: Input<'_>, each: &mut Each<'_>) -> Result<Warnings, Cause> {
        let mut package = opc::open(input, "a Word document")?;
        let main = opc::main_part(&mut package, &["wordprocessingml", "ms-word"], "word/document.xml")?;
        let text = package.xml(&main)?.ok_or_else(|| package.lacks("holds no text"))?;
        let mut article = Article { lines: Lines::Text, ..Article::default() };
        let relations = opc::relations(&mut package, &main).unwrap_or_default();
        // The text can be read without any of these.
        let mut warnings = Warnings::new();
        let beside = ["styles", "numbering", "footnotes", "endnotes", "comments"].map(|kind| {
            let relation = relations.iter().find(|relation| relation.kind == kind);
            let read = relation.map_or(Ok(None), |relation| package.xml(&relation.part));
            read.unwrap_or_else(|cause| {
                warnings.push(cause.0);
                None
            })
        });
        article.warnings = warnings;
        article.warnings.extend(package.cut_off());
        let [styles, numbering, noted @ ..] = beside.map(Option::unwrap_or_default);
        let styles = Styles::read(&styles);
        let mut body = Body::new(&styles, Numbering::read(&numbering));
        if noted.iter().any(|text| body.read(text).is_break()) {
            article.warnings.push("its notes broke off: what follows was not read".into());
        }
        if body.read(&text).is_break() {
            article.warnings.push("broken off: what follows was not read".into());
        }
        if let Err(cause) = opc::properties(&mut package, &mut article) {
            article.warnings.push(cause.0);
        }
        body.finish(&mut article);
        let _ = each(article);
        Ok(Warnings::new())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::{office::packed, print, read_all},
        *,
    };
    use crate::article::Role;

    const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

    /// Makes a document of the body's content and other parts, by kind.
    fn document(body: &str, parts: &[(&str, &str)]) -> Vec<u8> {
        let relation =
            |kind: &str| format!("<Relationship Id='{kind}' Type='{RELATIONS}/{kind}' Target='{kind}.xml'/>");
        let relations: String = parts.iter().map(|(kind, _)| relation(kind)).collect();
        let mut files = vec![
            (
                "[Content_Types].xml".to_owned(),
                "<T><Override PartName='/word/document.xml' \
                 ContentType='application/vnd.ms-word.document.macroEnabled.main+xml'/></T>"
                    .into(),
            ),
            (
                "_rels/.rels".into(),
                format!(
                    "<R><Relationship Id='a' Type='{RELATIONS}/officeDocument' Target='word/document.xml'/>\
                     <Relationship Id='b' Type='x/core-properties' Target='docProps/core.xml'/></R>"
                ),
            ),
            ("word/document.xml".into(), format!("<w:document><w:body>{body}</w:body></w:document>")),
            ("word/_rels/document.xml.rels".into(), format!("<R>{relations}</R>")),
        ];
        for (kind, text) in parts {
            let folder = if *kind == "core" { "docProps" } else { "word" };
            files.push((format!("{folder}/{kind}.xml"), (*text).to_owned()));
        }
        packed(&files)
    }

    fn read(bytes: &[u8]) -> Article {
        read_all(&Docx, "a.docx", bytes).0.remove(0)
    }

    const STYLES: &str = "<w:styles>\
        <w:style w:styleId='T'><w:name w:val='Title'/></w:style>\
        <w:style w:styleId='H'><w:name w:val='heading 1'/></w:style>\
        <w:style w:styleId='C'><w:name w:val='toc 1'/></w:style>\
        <w:style w:styleId='L'><w:name w:val='List'/><w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr></w:style>\
        <w:style w:styleId='V'><w:name w:val='Veiled'/><w:rPr><w:vanish/></w:rPr></w:style></w:styles>";

    const NUMBERING: &str = "<w:numbering><w:abstractNum w:abstractNumId='0'>\
        <w:lvl w:ilvl='0'><w:numFmt w:val='decimal'/><w:lvlText w:val='%1.'/></w:lvl>\
        <w:lvl w:ilvl='1'><w:numFmt w:val='bullet'/><w:lvlText w:val='o'/></w:lvl></w:abstractNum>\
        <w:num w:numId='1'><w:abstractNumId w:val='0'/></w:num></w:numbering>";

    #[test]
    fn paragraphs_come_out_as_what_they_are() {
        let check = |body: &str, expected: &[&str]| {
            // `{S}` begins a paragraph of that style, `|` ends one, and `[` and `]` stand around a run.
            let body = body.replace('{', "<w:p><w:pPr><w:pStyle w:val='").replace('}', "'/></w:pPr>");
            let body = body.replace('[', "<w:r><w:t>").replace(']', "</w:t></w:r>").replace('|', "</w:p>");
            let notes = "<w:footnotes><w:footnote w:id='2'><w:p><w:r><w:footnoteRef/><w:t>A note.</w:t></w:r></w:p></w:footnote></w:footnotes>";
            let comments = "<w:comments><w:comment w:id='0' w:author='Ann'><w:p><w:r><w:t>Why?</w:t></w:r></w:p></w:comment></w:comments>";
            let mut parts = vec![("styles", STYLES), ("numbering", NUMBERING), ("footnotes", notes)];
            parts.extend(body.contains("commentReference").then_some(("comments", comments)));
            assert_eq!(print(&read(&document(&body, &parts)).sections), expected, "{body}");
        };
        check(
            "{}[a ][b]|{}[c]<w:r><w:tab/><w:t>d</w:t><w:br/><w:t>e</w:t></w:r>|",
            &["Prose : a b", "Prose : c d e"],
        );
        check("{H}[A]|{}[b]|", &["Prose A: b"]);
        check("{C}[A 1]|{}[b]|", &["Prose : b"]);
        check("{L}[a]|{L}[b]|{}[c]|", &["Item : 1. a", "Item : 2. b", "Prose : c"]);
        check(
            "<w:p><w:pPr><w:numPr><w:ilvl w:val='1'/><w:numId w:val='1'/></w:numPr></w:pPr>[a]|",
            &["Item : - a"],
        );
        check(
            "{V}[a]|{}[b]<w:r><w:rPr><w:vanish/></w:rPr><w:t>c</w:t></w:r><w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>d</w:t></w:r>|",
            &["Prose : bd", "Prose Hidden text: a", "Prose Hidden text: c"],
        );
        check(
            "{}[a]<w:del>[b]</w:del><w:ins>[c]</w:ins><w:moveFrom>[d]</w:moveFrom><w:r><w:delText>e</w:delText></w:r>|",
            &["Prose : ac"],
        );
        check("<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>[a]|{}[b]|", &["Prose : a b"]);
        check("<w:p><w:pPr><w:framePr w:dropCap='drop'/></w:pPr>[T]|{}[he end]|", &["Prose : The end"]);
        check(
            "{H}[A]<w:r><w:footnoteReference w:id='2'/></w:r>|{}[b]|",
            &["Prose A: b", "Prose A: [1] A note."],
        );
        check("{}[a]<w:r><w:commentReference w:id='0'/></w:r>|", &["Prose : a", "Prose Comments: Ann: Why?"]);
        check("<w:tbl><w:tr><w:tc>{}[a]|</w:tc><w:tc>{}[b]|{}[c]|</w:tc></w:tr></w:tbl>", &["Row : a | b c"]);
        check(
            "{}[a]<w:r><mc:AlternateContent><mc:Choice><w:txbxContent>{}[b]|</w:txbxContent></mc:Choice>\
             <mc:Fallback><w:txbxContent>{}[b]|</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r>[c]|",
            &["Prose : ac", "Prose : b"],
        );
        check(
            "{}<w:r><w:fldChar w:fldCharType='begin'/><w:instrText>DATE</w:instrText></w:r>[x]\
             <w:r><w:fldChar w:fldCharType='separate'/></w:r>[a]<w:r><w:fldChar w:fldCharType='end'/></w:r>|",
            &["Prose : a"],
        );
        check("{}<w:r><w:fldChar w:fldCharType='begin'/></w:r>|{}[a]|", &["Prose : a"]);
        check(
            "{}<w:hyperlink>[a]</w:hyperlink><w:sdt><w:sdtContent>[b]</w:sdtContent></w:sdt>|",
            &["Prose : ab"],
        );
        check(
            "{}<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>[b]</w:sdtContent></w:sdt>[c]|",
            &["Prose : c"],
        );
        check(
            "{}<m:oMath><m:f><m:num><m:r><m:t>a</m:t></m:r></m:num><m:den><m:r><m:t>b</m:t></m:r></m:den></m:f></m:oMath>|",
            &["Prose : a/b"],
        );
        check("{}[10 ]<w:r><w:sym w:font='Symbol' w:char='F06D'/><w:t>m</w:t></w:r>|", &["Prose : 10 μm"]);
    }

    #[test]
    fn what_is_said_of_the_document_fills_the_fields() {
        let core = "<cp:coreProperties><dc:title>The tide</dc:title><dc:creator>Ann Lee</dc:creator>\
                    <dcterms:created>2024-05-06T07:08:09Z</dcterms:created><cp:keywords>sea; moon</cp:keywords></cp:coreProperties>";
        let body = "<w:p><w:pPr><w:pStyle w:val='T'/></w:pPr><w:r><w:t>The late tide</w:t></w:r></w:p>";
        let article = read(&document(body, &[("styles", STYLES), ("core", core)]));
        assert_eq!(article.title.as_deref(), Some("The late tide"));
        assert_eq!(article.authors, ["Ann Lee"]);
        assert_eq!(article.tags, ["sea", "moon"]);
        let date = article.date.map(|date| date.to_string());
        assert_eq!((date.as_deref(), &*article.date_source), (Some("2024-05-06"), "core properties"));
        let article = read(&document("<w:p><w:r><w:t>a</w:t></w:r></w:p>", &[("core", core)]));
        assert_eq!(article.title.as_deref(), Some("The tide"));
    }

    #[test]
    fn comments_stand_beside_the_article() {
        let comments = "<w:comments><w:comment w:author='Ann'><w:p><w:r><w:t>Why?</w:t></w:r></w:p></w:comment></w:comments>";
        let article = read(&document("<w:p><w:r><w:t>a</w:t></w:r></w:p>", &[("comments", comments)]));
        assert_eq!(article.sections[1].role, Role::Aside);
    }

    #[test]
    fn a_document_that_cannot_be_read_says_why() {
        let cause = |bytes: &[u8]| Docx.read(Input::of("a.docx", bytes), &mut |_| panic!("it is none"));
        let check = |bytes: &[u8], expected: &str| {
            let cause = cause(bytes).expect_err("it cannot be read");
            assert!(cause.0.contains(expected), "{cause}");
        };
        let mut compound = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
        check(&compound, "is encrypted and needs a password, or is a Word document from before 2007");
        compound.extend("WordDocument".encode_utf16().flat_map(u16::to_le_bytes));
        check(&compound, "is a Word document from before 2007");
        compound.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
        check(&compound, "is encrypted and needs a password");
        check(&packed(&[("xl/workbook.xml".into(), String::new())]), "holds no document of its kind");
        let whole = document("", &[]);
        check(&whole[..whole.len() / 2], "is no whole zip file");
    }

    #[test]
    fn a_document_that_breaks_off_is_read_so_far() {
        let article = read(&document("<w:p><w:r><w:t>a</w:t></w:r></w:p><!--", &[]));
        assert_eq!(print(&article.sections), ["Prose : a"]);
        assert_eq!(article.warnings, ["broken off: what follows was not read"]);
    }

    proptest! {
        #[test]
        fn any_mix_of_elements_is_read(body in "(</?w:(p|r|tbl|tr|tc|txbxContent|del|sdt|sdtContent|pPr|rPr)>|<w:(t|sym|footnoteReference|fldChar w:fldCharType='begin')/>|</?mc:(AlternateContent|Choice|Fallback)>|</?m:(d|sup|den)>|<w:t>a</w:t>|<w:pStyle w:val='[HTLC]'/>){0,60}") {
            read(&document(&body, &[("styles", STYLES), ("numbering", NUMBERING), ("footnotes", &body), ("comments", &body)]));
        }
    }
}
