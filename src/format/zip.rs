//! Zip archives: each file inside is read as it would be beside it. A page saved as MAFF is one, too.

use std::io::{Read, Seek, SeekFrom};

use ::zip::ZipArchive;

use super::{
    Cause, Each, Extent, Flow, Format, Input, Warnings, member,
    package::{self, is_zip},
};

/// The reader of zip archives.
pub(super) struct Zip;

/// Bytes of the longest archive that is read out of another file.
const LONGEST: u64 = 64 << 20;

impl Format for Zip {
    fn name(&self) -> &'static str {
        "zip"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["zip", "maff"]
    }

    fn version(&self) -> u16 {
        2
    }

    fn extent(&self) -> Extent {
        Extent::Whole
    }

    fn begins(&self, bytes: &[u8]) -> Option<bool> {
        // One without members has only its end.
        Some(is_zip(bytes) || bytes.starts_with(b"PK\x05\x06"))
    }

    fn read(&self, input: Input<'_>, each: &mut Each<'_>) -> Result<Warnings, Cause> {
        let nest = input.nest;
        let mut source = input.seek(LONGEST)?;
        source.seek(SeekFrom::Start(0)).map_err(|error| Cause(format!("cannot be read: {error}")))?;
        let mut met = member::Met::default();
        let mut zip = match ZipArchive::new(&mut source) {
            Ok(zip) => zip,
            Err(error) => {
                let cause = package::cause(error);
                package::begun(&mut source, &mut |name, file| met.read(name, file, nest, each));
                return met.broken_off(cause);
            }
        };
        let mut flow = Flow::Continue(());
        for at in 0..zip.len() {
            if flow.is_break() {
                break;
            }
            let stated = zip.name_for_index(at).and_then(|name| Some(name.ok()?.into_owned()));
            let entry = match zip.by_index(at) {
                Ok(entry) => entry,
                Err(error) => {
                    let name = stated.unwrap_or_else(|| format!("member {}", at + 1));
                    met.take(&name, Err(package::cause(error)));
                    continue;
                }
            };
            let name = package::name_of(&entry);
            if !entry.is_dir() {
                flow = met.read(&name, entry.take(u64::MAX), nest, each);
            }
        }
        met.say_all()
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use ::zip::{ZipWriter, write::SimpleFileOptions};

    use super::{
        super::{Nest, read_all},
        *,
    };

    /// Writes an archive of these members.
    fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in members {
            zip.start_file(*name, SimpleFileOptions::default()).expect("memory takes it");
            zip.write_all(bytes).expect("memory takes it");
        }
        zip.finish().expect("memory takes it").into_inner()
    }

    /// Prints each article as `member [format] title`.
    fn read(bytes: &[u8]) -> (Vec<String>, Warnings) {
        let (articles, warnings) = read_all(&Zip, "a.zip", bytes);
        let print = |article: crate::article::Article| {
            let member = article.member.unwrap_or_default();
            format!("{member} [{}] {}", article.format, article.title.unwrap_or_default())
        };
        (articles.into_iter().map(print).collect(), warnings)
    }

    #[test]
    fn members_are_read_as_files_are() {
        let inner = archive(&[("deep.txt", b"Deep\n\nDown here it is dark.")]);
        let (articles, warnings) = read(&archive(&[
            ("notes/a.md", b"# Alpha\n\nText."),
            ("page", b"<!doctype html><title>Beta</title><p>Text"),
            ("inner.zip", &inner),
            ("picture.jpg", b"\xff\xd8\xff\xe0\0\0\0"),
            (".hidden.txt", b"no"),
            ("./notes/b.txt", b"Delta"),
            ("../outside.txt", b"no"),
            ("__MACOSX/a.md", b"no"),
            ("records.jsonl", b"{\"id\": \"r1\", \"title\": \"Gamma\", \"text\": \"t\"}\n"),
        ]));
        assert_eq!(
            articles,
            [
                "notes/a.md [markdown] Alpha",
                "page [html] Beta",
                "inner.zip/deep.txt [text] Deep",
                "./notes/b.txt [text] Delta",
                "records.jsonl/r1 [jsonl] Gamma",
            ]
        );
        assert_eq!(
            warnings,
            [
                "../outside.txt: is named as if it lay outside, and was left out",
                "1 of 7 members are of no kind that can be read"
            ]
        );
    }

    #[test]
    fn what_is_broken_is_said() {
        let whole = archive(&[("a.txt", &b"Alpha and some more text. ".repeat(500)), ("b.txt", b"Beta.")]);
        let mut cut = whole.clone();
        let fault = 60;
        cut[fault] ^= 0xff;
        let (articles, warnings) = read(&cut);
        assert_eq!(articles.last().map(String::as_str), Some("b.txt [text] Beta."));
        assert!(warnings[0].starts_with("a.txt: "), "{warnings:?}");
        let error = super::super::read(&Zip, Input::of("a.zip", &whole[..20]), &mut |_| Flow::Continue(()));
        assert!(error.is_err_and(|cause| cause.0.contains("zip file")));
    }

    #[test]
    fn what_stands_before_a_cut_is_read() {
        let long: String = (0..900).map(|number| format!("Gamma {}. ", number * 7919)).collect();
        let whole = archive(&[("a.txt", b"Alpha."), ("b.txt", b"Beta."), ("c.txt", long.as_bytes())]);
        let (articles, warnings) = read(&whole[..whole.len() / 2]);
        assert_eq!(articles, ["a.txt [text] Alpha.", "b.txt [text] Beta.", "c.txt [text] Gamma 0."]);
        assert!(warnings[0].starts_with("c.txt: broken off"), "{warnings:?}");
        assert!(warnings[1].contains("cut off"), "{warnings:?}");
    }

    #[test]
    fn archives_in_archives_end_somewhere() {
        let mut bytes = archive(&[("a.txt", b"Text.")]);
        for _ in 0..6 {
            bytes = archive(&[("a.zip", &bytes)]);
        }
        let error = super::super::read(&Zip, Input::of("a.zip", &bytes), &mut |_| Flow::Continue(()));
        assert!(error.is_err_and(|cause| cause.0.contains("one inside the other")));
    }

    #[test]
    fn what_unpacks_to_far_too_much_is_left() {
        let bomb = archive(&[("a.txt", &vec![b' '; 3 << 20]), ("b.txt", b"Beta.")]);
        let left = std::cell::Cell::new(1 << 20);
        let names = super::super::FieldNames::default();
        let input = Input { nest: Nest::of(&left, &names), ..Input::of("a.zip", &bomb) };
        let mut count = 0;
        let read = super::super::read(&Zip, input, &mut |_| {
            count += 1;
            Flow::Continue(())
        });
        let said = format!("{read:?}");
        assert!(said.contains("unpacks to far more than its size"), "{said}");
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(at in 0..200_usize, byte in proptest::prelude::any::<u8>()) {
            let mut bytes = archive(&[("a.txt", b"Alpha."), ("b.md", b"# Beta")]);
            let at = at % bytes.len();
            bytes[at] = byte;
            let _ = super::super::read(&Zip, Input::of("a.zip", &bytes), &mut |_| Flow::Continue(()));
        }
    }
}
