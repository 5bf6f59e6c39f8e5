//! Packages of the Open Packaging Conventions, as Word and PowerPoint write them: how their parts are
//! found, and what is said of the whole document.
//!
//! A part names others by relationships, whatever their file names: the main part is the one that the
//! package itself names.

use std::collections::{HashMap, HashSet};

use memchr::memmem;

use crate::{
    article::Article,
    date::Date,
    format::{
        Cause, Input, line,
        package::{self, Package},
        xml::{Node, Xml},
    },
};

/// How a file begins that holds others as in old Windows programs: old documents, and encrypted ones.
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// The name of the stream that holds an encrypted document, and those of the old kinds.
const ENCRYPTED: &str = "EncryptedPackage";
const OLD: &[&str] = &["WordDocument", "PowerPoint Document"];

/// Titles that programs give to documents that have none.
const EMPTY_TITLES: &[&str] = &[
    "powerpoint presentation",
    "powerpoint-präsentation",
    "présentation powerpoint",
    "presentation",
    "präsentation",
    "présentation",
    "untitled",
    "[no title]",
    "no title",
    "document",
];

/// The author in the template of a library whose documents keep its date and author, unless set.
const TEMPLATE_AUTHOR: &str = "python-docx";

/// A part that another one names.
#[derive(Debug)]
pub(in crate::format) struct Relation {
    /// The name by which the part is called where it is used.
    pub(in crate::format) id: String,
    /// The last part of the address that names its kind, such as `styles`.
    pub(in crate::format) kind: String,
    /// The part's name in the package.
    pub(in crate::format) part: String,
}

/// Says whether bytes begin a package with this folder; none where an encrypted or a damaged one of
/// this name is possible.
pub(in crate::format) fn begins(bytes: &[u8], main: &str) -> Option<bool> {
    if package::holds(bytes, main) {
        return Some(true);
    }
    (!package::is_zip(bytes) && !bytes.starts_with(COMPOUND)).then_some(false)
}

/// Opens a package.
///
/// # Errors
/// Where it is none, is encrypted, or of an older kind.
pub(in crate::format) fn open<'a>(input: Input<'a>, older: &str) -> Result<Package<'a>, Cause> {
    if input.bytes.starts_with(COMPOUND) {
        let holds = |name: &str| {
            let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
            memmem::find(input.bytes, &name).is_some()
        };
        let old = || OLD.iter().any(|name| holds(name));
        return Err(Cause(match holds(ENCRYPTED) {
            true => "is encrypted and needs a password".into(),
            false if old() => format!("is {older} from before 2007, which is not read"),
            // The names may stand past the first part.
            false => format!("is encrypted and needs a password, or is {older} from before 2007"),
        }));
    }
    Package::open(input)
}

/// Finds the main part of a package: the one whose content is of one of these types, such as
/// `wordprocessingml`. `usual` is its usual name.
///
/// # Errors
/// Where the parts that name it cannot be read, or it is of another type.
pub(in crate::format) fn main_part(
    package: &mut Package<'_>,
    contents: &[&str],
    usual: &str,
) -> Result<String, Cause> {
    let names: HashSet<String> = package.names().into_iter().collect();
    let types = package.xml("[Content_Types].xml")?.unwrap_or_default();
    // The parts whose type is stated, each with whether it is the one asked for.
    let mut typed: HashMap<String, bool> = HashMap::new();
    let mut first = None;
    for node in Xml::new(&types) {
        let Node::Start(element) = node else { continue };
        let kind = element.attribute("ContentType").unwrap_or_default();
        if kind.ends_with(".main+xml") && element.name() == "Override" {
            let part = element.attribute("PartName").unwrap_or_default();
            let part = part.trim_start_matches('/').to_owned();
            let wanted = contents.iter().any(|content| kind.contains(content));
            if wanted && names.contains(&part) {
                first.get_or_insert_with(|| part.clone());
            }
            typed.insert(part, wanted);
        }
    }
    let right = |part: &str| typed.get(part).copied().unwrap_or(part == usual) && names.contains(part);
    let related = relations(package, "")?.into_iter().filter(|relation| relation.kind == "officeDocument");
    let related = related.map(|relation| relation.part).find(|part| right(part));
    let by_name = || Some(usual.to_owned()).filter(|part| right(part));
    related.or(first).or_else(by_name).ok_or_else(|| package.lacks("holds no document of its kind"))
}

/// Returns what a part names; the package itself where `part` is empty.
///
/// # Errors
/// Where the list of them cannot be read.
pub(in crate::format) fn relations(package: &mut Package<'_>, part: &str) -> Result<Vec<Relation>, Cause> {
    let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
    let list = format!("{folder}/_rels/{name}.rels");
    let mut relations = Vec::new();
    let text = package.xml(&list)?.unwrap_or_default();
    for node in Xml::new(&text) {
        let Node::Start(element) = node else { continue };
        if element.name() != "Relationship" || element.attribute("TargetMode").as_deref() == Some("External")
        {
            continue;
        }
        let kind = element.attribute("Type").unwrap_or_default();
        relations.push(Relation {
            id: element.attribute("Id").unwrap_or_default(),
            kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
            part: package::resolve(folder, &element.attribute("Target").unwrap_or_default()),
        });
    }
    Ok(relations)
}

/// Reads what is said of the whole document into an article.
///
/// # Errors
/// Where the part that says it cannot be read.
pub(in crate::format) fn properties(package: &mut Package<'_>, article: &mut Article) -> Result<(), Cause> {
    let part = relations(package, "")?.into_iter().find(|relation| relation.kind == "core-properties");
    let part = part.map_or("docProps/core.xml".into(), |relation| relation.part);
    let text = package.xml(&part)?.unwrap_or_default();
    let mut xml = Xml::new(&text);
    while let Some(node) = xml.next() {
        let Node::Start(element) = node else { continue };
        match element.name() {
            "title" => article.title = telling(&xml.text_inside()),
            "creator" => article.authors.push(xml.text_inside()),
            "created" => article.take_date(Date::parse(&xml.text_inside()), "core properties"),
            "language" => article.language = Some(xml.text_inside()).filter(|tag| !tag.trim().is_empty()),
            "keywords" => article.tags = tags(&xml.text_inside()),
            _ => {}
        }
    }
    if article.authors.iter().any(|author| author == TEMPLATE_AUTHOR) {
        article.authors.clear();
        (article.date, article.date_source) = (None, "".into());
    }
    Ok(())
}

/// Returns a title, unless it is one that programs make up.
pub(in crate::format) fn telling(title: &str) -> Option<String> {
    let title = line::of(title);
    // `Microsoft Word - draft.doc` names the file that was printed.
    let lower = title.to_lowercase();
    let made_up = EMPTY_TITLES.contains(&lower.as_str()) || lower.starts_with("microsoft word - ");
    Some(title).filter(|title| title.contains(char::is_alphanumeric) && !made_up)
}

/// Returns the subjects that a line names: between commas or semicolons.
pub(in crate::format) fn tags(line: &str) -> Vec<String> {
    let tags = line.split([',', ';']).map(str::trim).filter(|tag| !tag.is_empty());
    tags.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_that_programs_make_up_are_none() {
        let check = |title, expected: Option<&str>| assert_eq!(telling(title).as_deref(), expected);
        check(" The late\n tide ", Some("The late tide"));
        check("PowerPoint Presentation", None);
        check("[No title]", None);
        check("Microsoft Word - tide.doc", None);
        check("  ", None);
        check(".", None);
    }
}
