//! PowerPoint presentations: a package of XML parts, one for each slide.
//!
//! Slides come in the order in which they are shown, hidden ones too, each with its speaker's notes
//! after its text. The title of a slide is the heading of what stands on it.

use std::collections::{HashMap, HashSet};

use self::slide::{Page, Role};
use super::{
    Cause, Each, Extent, Format, Input, Warnings,
    office::{manuscript::Manuscript, opc},
    package::Package,
    xml::{Node, Xml},
};
use crate::article::{Article, Lines};

mod slide;

/// The reader of PowerPoint presentations.
pub(super) struct Pptx;

impl Format for Pptx {
    fn name(&self) -> &'static str {
        "pptx"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["pptx", "ppsx", "pptm", "potx"]
    }

    fn version(&self) -> u16 {
        2
    }

    fn extent(&self) -> Extent {
        Extent::Whole
    }

    fn begins(&self, bytes: &[u8]) -> Option<bool> {
        opc::begins(bytes, "ppt/presentation")
    }

    fn read(&self, input: Input<'_>, each: &mut Each<'_>) -> Result<Warnings, Cause> {
        let mut package = opc::open(input, "a PowerPoint presentation")?;
        let kinds = ["presentationml", "ms-powerpoint"];
        let main = opc::main_part(&mut package, &kinds, "ppt/presentation.xml")?;
        let mut article = Article { lines: Lines::Text, ..Article::default() };
        article.warnings.extend(package.cut_off());
        let mut manuscript = Manuscript::default();
        // A part is read once, however often it is named.
        let mut read = HashSet::new();
        for (number, slide) in (1..).zip(slides(&mut package, &main)?) {
            manuscript.slide(number);
            if !read.insert(slide.clone()) {
                continue;
            }
            add(&mut package, &slide, Role::Slide, &mut manuscript, &mut article.warnings);
            let beside = opc::relations(&mut package, &slide).unwrap_or_default();
            for (kind, role) in
                [("diagramData", Role::Diagram), ("notesSlide", Role::Notes), ("comments", Role::Comments)]
            {
                for relation in beside.iter().filter(|relation| relation.kind == kind) {
                    if read.insert(relation.part.clone()) {
                        add(&mut package, &relation.part, role, &mut manuscript, &mut article.warnings);
                    }
                }
            }
        }
        if let Err(cause) = opc::properties(&mut package, &mut article) {
            article.warnings.push(cause.0);
        }
        article.sections = manuscript.finish();
        let _ = each(article);
        Ok(Warnings::new())
    }
}

/// Returns the parts that are the slides, in the order in which they are shown; an empty name where
/// there is no such part.
fn slides(package: &mut Package<'_>, main: &str) -> Result<Vec<String>, Cause> {
    let relations = opc::relations(package, main)?.into_iter();
    let parts: HashMap<String, String> = relations.map(|relation| (relation.id, relation.part)).collect();
    let text = package.xml(main)?.ok_or_else(|| package.lacks("holds no presentation"))?;
    let mut slides = Vec::new();
    for node in Xml::new(&text) {
        // The sections of a presentation name its slides again, by other numbers.
        if let Node::Start(element) = node
            && element.name() == "sldId"
            && let Some(id) = element.prefixed("id")
        {
            slides.push(parts.get(&id).cloned().unwrap_or_default());
        }
    }
    Ok(slides)
}

/// Reads a part. One that cannot be read is told of, and costs only itself.
fn add(
    package: &mut Package<'_>,
    part: &str,
    role: Role,
    manuscript: &mut Manuscript,
    warnings: &mut Warnings,
) {
    match package.xml(part) {
        Ok(Some(text)) => {
            if Page::read(&text, role, manuscript).is_break() {
                warnings.push(format!("its part {part} broke off: what follows was not read"));
            }
        }
        Ok(None) => warnings.push("a slide or what belongs to it is missing".into()),
        Err(cause) => warnings.push(cause.0),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::{office::packed, print, read_all},
        *,
    };
    use crate::article::Block;

    const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

    /// Makes a presentation of slides, the first of which has notes, a comment and a diagram.
    fn presentation(slides: &[&str]) -> Vec<u8> {
        let relation = |id: &str, kind: &str, target: &str| {
            format!("<Relationship Id='{id}' Type='{RELATIONS}/{kind}' Target='{target}'/>")
        };
        let ids =
            (1..=slides.len()).map(|number| format!("<p:sldId id='{}' r:id='r{number}'/>", 255 + number));
        let parts = (1..=slides.len()).map(|number| {
            relation(&format!("r{number}"), "slide", &format!("slides/s{}.xml", slides.len() - number))
        });
        let mut files = vec![
            ("_rels/.rels".to_owned(), format!("<R>{}</R>", relation("a", "officeDocument", "ppt/presentation.xml"))),
            ("ppt/presentation.xml".into(), format!("<p:presentation><p:sldIdLst>{}</p:sldIdLst><p14:section><p14:sldId id='256'/></p14:section></p:presentation>", ids.collect::<String>())),
            ("ppt/_rels/presentation.xml.rels".into(), format!("<R>{}</R>", parts.collect::<String>())),
            (
                format!("ppt/slides/_rels/s{}.xml.rels", slides.len() - 1),
                format!(
                    "<R>{}{}{}</R>",
                    relation("r1", "notesSlide", "../notes.xml"),
                    relation("r2", "comments", "../comments.xml"),
                    relation("r3", "diagramData", "../diagram.xml")
                ),
            ),
            ("ppt/notes.xml".into(), "<p:notes><p:sp><p:ph type='sldImg'/></p:sp><p:sp><p:ph type='body'/><p:txBody><a:p><a:r><a:t>Say so.</a:t></a:r></a:p></p:txBody></p:sp><p:sp><p:ph type='sldNum'/><p:txBody><a:p><a:r><a:t>1</a:t></a:r></a:p></p:txBody></p:sp></p:notes>".into()),
            ("ppt/comments.xml".into(), "<p:cmLst><p:cm><p:text>Really?</p:text></p:cm></p:cmLst>".into()),
            ("ppt/diagram.xml".into(), "<dgm:pt><dgm:t><a:p><a:r><a:t>Moon</a:t></a:r></a:p></dgm:t></dgm:pt>".into()),
        ];
        for (number, slide) in slides.iter().enumerate() {
            let text = format!("<p:sld><p:cSld><p:spTree>{slide}</p:spTree></p:cSld></p:sld>");
            files.push((format!("ppt/slides/s{}.xml", slides.len() - 1 - number), text));
        }
        packed(&files)
    }

    fn shape(kind: &str, text: &str) -> String {
        // `[` and `]` stand around a paragraph.
        let text = text.replace('[', "<a:p><a:r><a:t>").replace(']', "</a:t></a:r></a:p>");
        format!("<p:sp><p:nvSpPr><p:nvPr>{kind}</p:nvPr></p:nvSpPr><p:txBody>{text}</p:txBody></p:sp>")
    }

    /// Prints each block of a presentation as `slide kind headings: text`.
    fn print_slides(slides: &[&str]) -> Vec<String> {
        let article = read_all(&Pptx, "a.pptx", &presentation(slides)).0.remove(0);
        assert_eq!(article.warnings, Vec::<String>::new());
        let spots = article.sections.iter().flat_map(|section| {
            let spot = |block: &Block| section.spot(block.start).map(|spot| format!("{spot:?} "));
            section.blocks.iter().map(move |block| spot(block).unwrap_or_default())
        });
        spots.zip(print(&article.sections)).map(|(spot, printed)| spot + &printed).collect()
    }

    #[test]
    fn slides_come_in_order_with_title_and_notes() {
        let one = shape("", "[loose]")
            + &shape("<p:ph type='ctrTitle'/>", "[A][b]")
            + &shape("<p:ph type='ftr'/>", "[gone]");
        let two = shape(
            "<p:ph idx='1'/>",
            "[c]<a:p><a:pPr lvl='1'/><a:r><a:t>d</a:t></a:r><a:br/><a:r><a:t>e</a:t></a:r></a:p>",
        );
        assert_eq!(
            print_slides(&[&one, &two, &shape("<p:ph type='title'/>", "[F]")]),
            [
                "Slide(1) Prose A b: loose",
                "Slide(1) Item A b: - Moon",
                "Slide(1) Prose A b: Say so.",
                "Slide(2) Item : - c",
                "Slide(2) Item :   - d e",
                "Slide(3) Prose : F",
                "Prose Comments: Really?",
            ]
        );
    }

    #[test]
    fn shapes_hold_lists_tables_and_formulas() {
        let check = |slide: &str, expected: &[&str]| {
            let printed = print_slides(&["", slide]);
            let found = printed.iter().filter_map(|line| line.strip_prefix("Slide(2) "));
            assert_eq!(found.collect::<Vec<_>>(), expected, "{slide}");
        };
        let number = "<a:p><a:pPr><a:buAutoNum type='alphaLcParenR'/></a:pPr><a:r><a:t>x</a:t></a:r></a:p>";
        check(&shape("", &number.repeat(2)), &["Item : a) x", "Item : b) x"]);
        check(
            &shape("<p:ph/>", "<a:p><a:pPr><a:buNone/></a:pPr><a:r><a:t>x</a:t></a:r></a:p>"),
            &["Prose : x"],
        );
        let cell =
            |text: &str| format!("<a:tc><a:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></a:txBody></a:tc>");
        check(&format!("<a:tbl><a:tr>{}{}</a:tr></a:tbl>", cell("a"), cell("b")), &["Row : a | b"]);
        check(
            "<mc:AlternateContent><mc:Choice><p:sp><p:txBody><a:p><a14:m><m:f><m:num><m:r><m:t>a</m:t></m:r></m:num><m:den><m:r><m:t>b</m:t></m:r></m:den></m:f></a14:m></a:p></p:txBody></p:sp></mc:Choice>\
             <mc:Fallback><p:sp><p:txBody><a:p><a:r><a:t>gone</a:t></a:r></a:p></p:txBody></p:sp></mc:Fallback></mc:AlternateContent>",
            &["Prose : a/b"],
        );
    }

    #[test]
    fn a_slide_named_often_is_read_once() {
        let relation = format!("<R><Relationship Id='r1' Type='{RELATIONS}/slide' Target='s.xml'/></R>");
        let bytes = packed(&[
            ("ppt/presentation.xml".into(), "<p:sldId r:id='r1'/>".repeat(50_000) + "<p:sldId r:id='r2'/>"),
            ("ppt/_rels/presentation.xml.rels".into(), relation),
            ("ppt/s.xml".into(), shape("", "[a]").repeat(100)),
        ]);
        let (articles, _) = read_all(&Pptx, "a.pptx", &bytes);
        assert_eq!(articles[0].sections[0].blocks.len(), 100);
        assert_eq!(articles[0].warnings, ["a slide or what belongs to it is missing"]);
    }

    proptest! {
        #[test]
        fn any_mix_of_elements_is_read(slide in "(</?p:(sp|txBody)>|</?a:(p|r|tbl|tr|tc)>|<p:ph/>|<p:ph type='title'/>|<a:t>a</a:t>|<a:pPr lvl='[0-9]{1,3}'>|<a:buAutoNum startAt='[0-9]{1,10}'/>|</?mc:(AlternateContent|Choice|Fallback)>){0,60}") {
            read_all(&Pptx, "a.pptx", &presentation(&[&slide, &slide]));
        }
    }
}
