//! Books in EPUB: the documents of the spine, one after the other, under the headings of the table of
//! contents.
//!
//! A book is one article. Whatever of it cannot be read costs only itself, and is told of.

use std::collections::{HashMap, HashSet};

use self::{
    contents::{Contents, Entry, of_nav, of_ncx},
    headings::Levels,
    href::{Target, resolve},
    opf::{Item, Opf},
};
use super::{
    Cause, Each, Extent, FIRST_PART, Format, Input, Warnings,
    decode::decode,
    faults::Faults,
    html::{self, Shape, chapter, same},
    outline::Outline,
    package::{Package, is_zip},
    xml::{Node, Xml},
};
use crate::article::{Article, Kind, Lines, Role, Section, Spot};

mod contents;
mod headings;
mod href;
mod opf;

/// The reader of EPUB.
pub(super) struct Epub;

/// How the first file of a book is called, and what it holds.
const SIGNATURE: (&[u8], &[u8]) = (b"mimetype", b"application/epub+zip");

/// The bytes of a zip file's header before the name of its first file.
const HEADER: usize = 30;

/// Bytes of text that are read of a book: some times more than the longest ones have.
const LONGEST: usize = FIRST_PART as usize;

/// Bytes of words that a cover has at most.
const LONGEST_COVER: usize = 300;

/// Ways to make fonts unusable outside the book: no lock, and no matter here.
const FONTS: &[&str] = &["http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"];

impl Format for Epub {
    fn name(&self) -> &'static str {
        "epub"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["epub"]
    }

    fn version(&self) -> u16 {
        2
    }

    fn extent(&self) -> Extent {
        Extent::Whole
    }

    fn begins(&self, bytes: &[u8]) -> Option<bool> {
        if !is_zip(bytes) {
            return Some(false);
        }
        let is_signed = || {
            let extra = usize::from(*bytes.get(28)?) + 256 * usize::from(*bytes.get(29)?);
            let named = bytes.get(HEADER..)?.strip_prefix(SIGNATURE.0)?;
            Some(named.get(extra..)?.starts_with(SIGNATURE.1))
        };
        is_signed().filter(|signed| *signed)
    }

    fn read(&self, input: Input<'_>, each: &mut Each<'_>) -> Result<Warnings, Cause> {
        let mut parts = Parts::of(Package::open(input)?);
        let mut warnings = Vec::from_iter(parts.package.cut_off());
        let mut opf = parts.opf(&mut warnings);
        if opf.spine.iter().flatten().next().is_none() {
            let documents = parts.documents();
            if documents.is_empty() {
                return Err(parts.package.lacks("holds no chapters"));
            }
            warnings
                .push("does not list its chapters: they were read in the order of their names".to_owned());
            opf.spine = documents.into_iter().map(|path| Some(Item { path, ..Item::default() })).collect();
        }
        let encrypted = parts.encrypted();
        if opf.spine.iter().flatten().any(|item| encrypted.contains(&item.path)) {
            return Err(Cause("is protected by DRM".to_owned()));
        }
        let contents = parts.contents(&opf);
        let mut article = std::mem::take(&mut opf.article);
        article.lines = Lines::Text;
        article.warnings = warnings;
        let mut book = Book { title: article.title.clone().unwrap_or_default(), ..Book::default() };
        book.read(&mut parts, &opf, &contents);
        book.finish(&mut article);
        let _ = each(article);
        Ok(Warnings::new())
    }
}

/// The files of a book.
struct Parts<'a> {
    package: Package<'a>,
    names: Vec<String>,
    /// Their names by the same in lowercase: some books name their files otherwise than they are.
    lowercase: HashMap<String, usize>,
}

impl<'a> Parts<'a> {
    fn of(package: Package<'a>) -> Self {
        let names = package.names();
        let lowercase = names.iter().enumerate().map(|(at, name)| (name.to_lowercase(), at)).collect();
        Self { package, names, lowercase }
    }

    fn holds(&self, name: &str) -> bool {
        self.lowercase.contains_key(&name.to_lowercase())
    }

    fn bytes(&mut self, name: &str) -> Result<Option<Vec<u8>>, Cause> {
        if let Some(bytes) = self.package.bytes(name)? {
            return Ok(Some(bytes));
        }
        let Some(&at) = self.lowercase.get(&name.to_lowercase()) else { return Ok(None) };
        self.package.bytes(&self.names[at])
    }

    /// Returns the text of an XML part, none where it is not there or cannot be read.
    fn xml(&mut self, name: &str) -> Option<String> {
        self.bytes(name).ok().flatten().and_then(|bytes| super::xml::text(&bytes).ok())
    }

    /// Reads the package document: the one that the container names, else any.
    fn opf(&mut self, warnings: &mut Warnings) -> Opf {
        let container = self.xml("META-INF/container.xml").unwrap_or_default();
        let named = Xml::new(&container).find_map(|node| match node {
            Node::Start(element) if element.name() == "rootfile" => {
                element.attribute("full-path").and_then(|path| resolve("", &path))
            }
            _ => None,
        });
        let any = || self.names.iter().find(|name| name.to_lowercase().ends_with(".opf")).cloned();
        let named = named.map(|target| target.path).filter(|path| self.holds(path));
        let Some(path) = named.or_else(any) else { return Opf::default() };
        match self.xml(&path) {
            Some(text) => Opf::read(&text, &path),
            None => {
                warnings.push(format!("its description {path} cannot be read"));
                Opf::default()
            }
        }
    }

    /// Returns all documents, chapter 2 before chapter 10.
    fn documents(&self) -> Vec<String> {
        let is_document = |name: &&String| {
            let name = name.to_lowercase();
            [".xhtml", ".html", ".htm"].iter().any(|extension| name.ends_with(extension))
        };
        let mut documents: Vec<String> = self.names.iter().filter(is_document).cloned().collect();
        documents.sort_by_cached_key(|name| natural(name));
        documents
    }

    /// Returns the names of all parts that are encrypted, fonts left out.
    fn encrypted(&mut self) -> HashSet<String> {
        let text = self.xml("META-INF/encryption.xml").unwrap_or_default();
        let mut encrypted = HashSet::new();
        let mut is_font = false;
        for node in Xml::new(&text) {
            let Node::Start(element) = node else { continue };
            match element.name() {
                "EncryptedData" => is_font = false,
                "EncryptionMethod" => {
                    is_font =
                        element.attribute("Algorithm").is_some_and(|name| FONTS.contains(&name.as_str()));
                }
                "CipherReference" if !is_font => {
                    let target = element.attribute("URI").and_then(|uri| resolve("", &uri));
                    encrypted.extend(target.map(|target| target.path));
                }
                _ => {}
            }
        }
        encrypted
    }

    /// Reads the table of contents.
    fn contents(&mut self, opf: &Opf) -> Contents {
        let nav = opf.nav.as_ref().and_then(|path| Some(of_nav(&self.xml(path)?, path)));
        let mut contents = nav.unwrap_or_default();
        if contents.entries.is_empty()
            && let Some(path) = &opf.ncx
            && let Some(text) = self.xml(path)
        {
            contents.entries = of_ncx(&text, path).entries;
        }
        contents
    }
}

/// Returns a key by which names are sorted as people do: a number by its value.
fn natural(name: &str) -> String {
    let mut key = String::new();
    let mut digits = String::new();
    for char in name.chars().chain(['\0']) {
        if char.is_ascii_digit() {
            digits.push(char);
            continue;
        }
        if !digits.is_empty() {
            key.push_str(&format!("{:0>20}", digits.trim_start_matches('0')));
            digits.clear();
        }
        key.extend(char.to_lowercase());
    }
    key
}

/// A book while it is read.
#[derive(Default)]
struct Book {
    title: String,
    outline: Outline,
    levels: Levels,
    /// Lists of links that a reader of paper would turn the pages with.
    around: Section,
    length: usize,
    flattened: bool,
    /// What became of chapters that were not read.
    missed: Faults,
    cut: bool,
}

impl Book {
    fn read(&mut self, parts: &mut Parts<'_>, opf: &Opf, contents: &Contents) {
        let landmarks = || opf.landmarks.iter().chain(&contents.landmarks);
        let named = |kind: &str| -> HashSet<&str> {
            let of = |(one, target): &'_ (String, Target)| {
                one.split_whitespace().any(|one| one == kind) && target.fragment.is_empty()
            };
            landmarks().filter(|one| of(one)).map(|(_, target)| target.path.as_str()).collect()
        };
        let (covers, lists) = (named("cover"), named("toc"));
        let mut entries: HashMap<&str, Vec<&Entry>> = HashMap::new();
        for entry in &contents.entries {
            entries.entry(&entry.target.path).or_default().push(entry);
        }
        let alone = opf.spine.len() < 2;
        let mut seen = HashSet::new();
        for (number, item) in (1..).zip(&opf.spine) {
            let Some(Item { path, media, .. }) = item else {
                self.missed.add(format_args!("chapter {number} is not listed among its files"));
                continue;
            };
            let is_nav = opf.nav.as_ref() == Some(path) && !alone;
            if is_nav || media.starts_with("image/") || !seen.insert(path) {
                continue;
            }
            let entries = entries.get(path.as_str()).map(Vec::as_slice).unwrap_or_default();
            let wanted = entries.iter().map(|entry| entry.target.fragment.as_str());
            let chapter = match document(parts, path) {
                Ok(text) => chapter::read(&text, &wanted.filter(|name| !name.is_empty()).collect()),
                Err(cause) => {
                    self.missed.add(format_args!("chapter {number} ({path}) {cause}"));
                    continue;
                }
            };
            self.flattened |= chapter.flattened;
            let is = |kind: &str| chapter.types.split_whitespace().any(|one| one == kind);
            let is_cover = covers.contains(path.as_str()) || is("cover") || stem(path) == "cover";
            if is_cover && !alone && words_of(&chapter) <= LONGEST_COVER {
                continue;
            }
            let spot = Spot::Chapter(number);
            if (lists.contains(path.as_str()) || is("toc")) && is_list(&chapter) && !alone {
                for part in &chapter.parts {
                    self.around.push_over(Kind::Prose, &part.text, 0, &[(0, spot)]);
                }
                continue;
            }
            if contents.entries.is_empty() {
                // Nothing says whether it goes on with the chapter before.
                self.outline.close(1);
            }
            self.add(&chapter, entries, spot);
            if self.length > LONGEST {
                self.cut = number < u32::try_from(opf.spine.len()).unwrap_or(u32::MAX);
                break;
            }
        }
    }

    fn add(&mut self, chapter: &chapter::Chapter, entries: &[&Entry], spot: Spot) {
        self.outline.at(spot);
        let fates = self.levels.settle(&chapter.parts, entries);
        for (part, fate) in chapter.parts.iter().zip(&fates) {
            for (level, text) in &fate.before {
                self.heading(*level, text);
            }
            self.length += part.text.len();
            match (part.shape, &fate.heading) {
                _ if fate.joined => {}
                (_, Some((level, text))) => self.heading(*level, text.as_ref().unwrap_or(&part.text)),
                (Shape::Block(kind), None) => self.outline.push(kind, &part.text, 0),
                (Shape::Heading(level), None) => self.heading(level, &part.text),
            }
        }
    }

    fn heading(&mut self, level: u8, text: &str) {
        match same(text, &self.title) {
            true => self.outline.close(level),
            false => self.outline.heading(level, text, 0),
        }
    }

    fn finish(self, article: &mut Article) {
        article.sections = self.outline.finish();
        if !self.around.blocks.is_empty() {
            article.sections.push(Section { role: Role::Aside, ..self.around });
        }
        if self.flattened {
            article.warnings.push("nested too deeply: some of its structure was left out".to_owned());
        }
        article.warnings.extend(self.missed.say("chapters were passed over"));
        if self.cut {
            article
                .warnings
                .push(format!("is longer than {} MB: the last chapters were left out", LONGEST >> 20));
        }
    }
}

/// Returns the text of a document.
fn document(parts: &mut Parts<'_>, path: &str) -> Result<String, Cause> {
    let bytes = parts.bytes(path)?.ok_or_else(|| Cause("is not there".to_owned()))?;
    if bytes.len() as u64 > FIRST_PART {
        return Err(Cause(format!("is larger than {} MB", FIRST_PART >> 20)));
    }
    Ok(decode(&bytes, html::declared(&bytes).as_deref())?.text)
}

/// Returns the name of a file without folder and extension, lowercase.
fn stem(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.split('.').next().unwrap_or_default().to_lowercase()
}

/// Returns the bytes of a chapter's text, descriptions of images left out.
fn words_of(chapter: &chapter::Chapter) -> usize {
    chapter.parts.iter().filter(|part| part.has_words).map(|part| part.text.len()).sum()
}

/// Whether most of a chapter is links.
fn is_list(chapter: &chapter::Chapter) -> bool {
    let links = chapter.parts.iter().filter(|part| !part.has_plain).count();
    links >= 3 && links * 5 >= chapter.parts.len() * 4
}

#[cfg(test)]
mod tests;
