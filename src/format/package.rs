//! Zip files that make up one document, as books and office files are.

use std::io::{self, BufReader, Read, SeekFrom};

use memchr::memmem;
use zip::{
    ZipArchive,
    read::{ZipFile, read_zipfile_from_stream},
    result::ZipError,
};

use super::{Cause, Flow, Input, Nest, ReadSeek, xml};

/// Bytes of the longest package that is read from a stream.
const LONGEST: u64 = 64 << 20;

/// Bytes of the longest part that is read.
const LONGEST_PART: u64 = 32 << 20;

/// What is wrong with a file that cannot be opened.
const NOT_WHOLE: &str = "is no whole zip file: it is damaged, or was cut off";

/// How a part begins, in the file.
const PART: &[u8] = b"PK\x03\x04";

/// How the end begins, which lists the parts, and the bytes within which it stands (APPNOTE.TXT, 4.3.16).
const END: (&[u8], u64) = (b"PK\x05\x06", 22 + 65_535);

/// Endings of the parts that are read of a package without an end.
const TEXTS: &[&str] = &["xml", "rels", "opf", "ncx", "html", "htm", "xhtml"];

/// A package and its parts, by name.
pub(super) struct Package<'a> {
    parts: Parts<'a>,
    nest: Nest<'a>,
}

enum Parts<'a> {
    Listed(ZipArchive<Box<dyn ReadSeek + 'a>>),
    /// Those that stand before a cut.
    Left(Vec<(String, Vec<u8>)>),
}

impl<'a> Package<'a> {
    /// Opens a package.
    ///
    /// # Errors
    /// Where it is no zip file, or one that is cut off.
    pub(super) fn open(input: Input<'a>) -> Result<Self, Cause> {
        let nest = input.nest;
        let mut source = input.seek(LONGEST)?;
        let ended = has_end(&mut source).map_err(|error| Cause(format!("cannot be read: {error}")))?;
        if ended {
            return Ok(Self { parts: Parts::Listed(ZipArchive::new(source).map_err(cause)?), nest });
        }
        let mut left = LONGEST_PART;
        let mut parts = Vec::new();
        begun(&mut source, &mut |name, part| {
            if TEXTS.contains(&name.rsplit('.').next().unwrap_or_default()) && left > 0 {
                let mut bytes = Vec::new();
                // The last one is cut off.
                let _ = nest.unpack(part).take(left).read_to_end(&mut bytes);
                left -= bytes.len() as u64;
                parts.push((name.to_owned(), bytes));
            }
            Flow::Continue(())
        });
        match parts.is_empty() {
            true => Err(Cause(NOT_WHOLE.into())),
            false => Ok(Self { parts: Parts::Left(parts), nest }),
        }
    }

    /// Says that the package has no end, if it has none.
    pub(super) fn cut_off(&self) -> Option<String> {
        matches!(self.parts, Parts::Left(_)).then(|| format!("{NOT_WHOLE}; what could be was read"))
    }

    /// Says why a part that must be there is not: `what` it lacks, unless that was cut off.
    pub(super) fn lacks(&self, what: &str) -> Cause {
        Cause(if self.cut_off().is_some() { NOT_WHOLE } else { what }.into())
    }

    /// Returns the names of its parts, in order.
    pub(super) fn names(&self) -> Vec<String> {
        match &self.parts {
            Parts::Listed(zip) => zip.file_names().filter_map(|name| Some(name.ok()?.into_owned())).collect(),
            Parts::Left(parts) => parts.iter().map(|(name, _)| name.clone()).collect(),
        }
    }

    /// Returns the bytes of the part of this name, none where there is no such.
    ///
    /// # Errors
    /// Where it cannot be read, or is too long.
    pub(super) fn bytes(&mut self, name: &str) -> Result<Option<Vec<u8>>, Cause> {
        let name = name.trim_start_matches('/');
        let zip = match &mut self.parts {
            Parts::Listed(zip) => zip,
            Parts::Left(parts) => {
                let part = parts.iter().find(|(known, _)| known == name);
                return Ok(part.map(|(_, bytes)| bytes.clone()));
            }
        };
        let part = match zip.by_name(name) {
            Err(ZipError::FileNotFound) => return Ok(None),
            part => part.map_err(cause)?,
        };
        let mut bytes = Vec::new();
        let read = self.nest.unpack(part).take(LONGEST_PART + 1).read_to_end(&mut bytes);
        read.map_err(|error| Cause(format!("its part {name} cannot be read: {error}")))?;
        if bytes.len() as u64 > LONGEST_PART {
            return Err(Cause(format!("its part {name} is larger than {} MB", LONGEST_PART >> 20)));
        }
        Ok(Some(bytes))
    }

    /// Returns the text of the XML part of this name, none where there is no such.
    ///
    /// # Errors
    /// Where it cannot be read, is too long, or no text.
    pub(super) fn xml(&mut self, name: &str) -> Result<Option<String>, Cause> {
        self.bytes(name)?.map(|bytes| xml::text(&bytes)).transpose()
    }
}

/// Says whether a zip file has its end, and goes back to its start.
fn has_end(source: &mut dyn ReadSeek) -> io::Result<bool> {
    let length = source.seek(SeekFrom::End(0))?;
    source.seek(SeekFrom::Start(length.saturating_sub(END.1)))?;
    let mut tail = Vec::new();
    source.take(END.1).read_to_end(&mut tail)?;
    source.seek(SeekFrom::Start(0))?;
    Ok(memmem::rfind(&tail, END.0).is_some())
}

/// Hands on the files of a zip file that has lost its end, as they come, each with its name.
pub(super) fn begun(source: &mut dyn ReadSeek, each: &mut dyn FnMut(&str, &mut dyn Read) -> Flow) {
    if source.seek(SeekFrom::Start(0)).is_err() {
        return;
    }
    let mut source = BufReader::new(source);
    while let Ok(Some(mut file)) = read_zipfile_from_stream(&mut source) {
        let name = name_of(&file);
        if !file.is_dir() && each(&name, &mut file).is_break() {
            return;
        }
    }
}

/// Returns the name of a file in a zip file, lossily where it is not UTF-8.
pub(super) fn name_of(file: &ZipFile<'_, impl Read>) -> String {
    match file.name() {
        Ok(name) => name.into_owned(),
        Err(_) => String::from_utf8_lossy(file.name_raw()).into_owned(),
    }
}

/// Returns the name of the part that a target means, seen from a folder.
pub(super) fn resolve(folder: &str, target: &str) -> String {
    let mut path: Vec<&str> = Vec::new();
    let from = if target.starts_with('/') { "" } else { folder };
    for step in from.split('/').chain(target.split('/')) {
        match step {
            "" | "." => {}
            ".." => drop(path.pop()),
            step => path.push(step),
        }
    }
    path.join("/")
}

/// Says in words what is wrong with a zip file.
pub(super) fn cause(error: ZipError) -> Cause {
    Cause(match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => "needs a password".into(),
        ZipError::Io(error) => format!("cannot be read: {error}"),
        _ => NOT_WHOLE.into(),
    })
}

/// Says whether bytes begin a zip file.
pub(super) fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(PART)
}

/// Says whether bytes begin a zip file that holds a part whose name begins so.
pub(super) fn holds(bytes: &[u8], name: &str) -> bool {
    is_zip(bytes) && first_names(bytes).any(|part| part.starts_with(name.as_bytes()))
}

/// Returns the names of the parts that stand in the first bytes of a zip file, in order. What a part
/// holds is passed over where its length is given before it, so that the parts of a zip file inside
/// this one are not among them.
fn first_names(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        rest = &rest[memmem::find(rest, PART)?..];
        let short = |at: usize| Some(usize::from(u16::from_le_bytes(rest.get(at..at + 2)?.try_into().ok()?)));
        let long = |at: usize| u32::from_le_bytes(rest.get(at..at + 4)?.try_into().ok()?).try_into().ok();
        let (length, extra): (usize, usize) = (short(26)?, short(28)?);
        let name = rest.get(30..30 + length)?;
        // Where it is not known yet it is 0, or as large as can be.
        let held: usize = long(18)?;
        let next = (30 + length + extra).saturating_add(held);
        rest = rest.get(next..).or(rest.get(30 + length..))?;
        Some(name)
    })
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    fn zipped(parts: &[(&str, &[u8])], stored: zip::CompressionMethod) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in parts {
            zip.start_file(*name, SimpleFileOptions::default().compression_method(stored))
                .expect("it is new");
            zip.write_all(bytes).expect("memory takes it");
        }
        zip.finish().expect("memory takes it").into_inner()
    }

    #[test]
    fn targets_are_seen_from_their_folder() {
        let check = |folder, target, expected: &str| assert_eq!(resolve(folder, target), expected);
        check("word", "styles.xml", "word/styles.xml");
        check("word", "/docProps/core.xml", "docProps/core.xml");
        check("ppt/slides", "../notes/./n1.xml", "ppt/notes/n1.xml");
        check("", "../../a.xml", "a.xml");
    }

    #[test]
    fn a_zip_file_holds_its_own_parts_only() {
        for method in [zip::CompressionMethod::Stored, zip::CompressionMethod::Deflated] {
            let inner = zipped(&[("word/document.xml", b"word/x")], method);
            let outer =
                zipped(&[("a/b.txt", b"word/document"), ("c.docx", &inner), ("d/e.txt", b"")], method);
            let check = |name: &str, expected| assert_eq!(holds(&outer, name), expected, "{name}");
            check("a/b.txt", true);
            check("d/", true);
            check("c.docx", true);
            check("word/", false);
            check("b.txt", false);
            assert!(holds(&inner, "word/document"));
            for end in 0..inner.len() {
                holds(&inner[..end], "word/");
            }
        }
    }
}
