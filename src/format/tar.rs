//! Tar archives: each file inside is read as it would be beside it.

use ::tar::{Archive, Header};

use super::{Cause, Each, Extent, Flow, Format, Input, Warnings, member};

/// The reader of tar archives.
pub(super) struct Tar;

/// Bytes of the header of a member.
const HEAD: usize = 512;

/// Where the mark of a POSIX or GNU archive stands (IEEE Std 1003.1, `ustar`).
const MARK: std::ops::Range<usize> = 257..262;

impl Format for Tar {
    fn name(&self) -> &'static str {
        "tar"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["tar"]
    }

    fn extent(&self) -> Extent {
        Extent::Stream
    }

    fn begins(&self, bytes: &[u8]) -> Option<bool> {
        // Older archives have no mark, and five letters may stand anywhere.
        let head = bytes.get(..HEAD).map(Header::from_byte_slice);
        head.is_some_and(|head| bytes[MARK] == *b"ustar" && is_summed(head)).then_some(true)
    }

    fn read(&self, input: Input<'_>, each: &mut Each<'_>) -> Result<Warnings, Cause> {
        let nest = input.nest;
        let mut archive = Archive::new(input.reader());
        let mut met = member::Met::default();
        let mut flow = Flow::Continue(());
        let mut count = 0;
        for entry in archive.entries().map_err(|error| Cause(error.to_string()))? {
            if flow.is_break() {
                break;
            }
            count += 1;
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) if count == 1 => return Err(Cause(format!("is no tar archive: {error}"))),
                Err(error) => {
                    let cause = format!("broken off: {error}; what follows was not read");
                    met.take(&format!("member {count}"), Err(Cause(cause)));
                    break;
                }
            };
            let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let name = name.trim_start_matches("./").to_owned();
            if entry.header().entry_type().is_file() {
                flow = met.read(&name, entry, nest, each);
            }
        }
        met.say_all()
    }
}

/// Where the sum of a header's bytes stands, which counts as blanks in it.
const SUM: std::ops::Range<usize> = 148..156;

/// Says whether a header has the sum that it names.
fn is_summed(header: &Header) -> bool {
    let bytes = (0..).zip(header.as_bytes());
    let sum: u32 = bytes.map(|(at, byte)| u32::from(if SUM.contains(&at) { b' ' } else { *byte })).sum();
    header.cksum().is_ok_and(|named| named == sum)
}

#[cfg(test)]
mod tests {
    use super::{super::read_all, *};

    fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut tar = ::tar::Builder::new(Vec::new());
        for (name, bytes) in members {
            let mut header = ::tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            header.set_cksum();
            tar.append_data(&mut header, name, *bytes).expect("memory takes it");
        }
        tar.into_inner().expect("memory takes it")
    }

    fn read(bytes: &[u8]) -> (Vec<String>, Warnings) {
        let (articles, warnings) = read_all(&Tar, "a.tar", bytes);
        let member = |article: crate::article::Article| article.member.unwrap_or_default();
        (articles.into_iter().map(member).collect(), warnings)
    }

    #[test]
    fn members_are_read_as_files_are() {
        let long = format!("{}end.md", "folder/".repeat(40));
        let bytes = archive(&[
            ("a.txt", b"Alpha."),
            ("b/c.jsonl", b"{\"text\": \"x\"}\n{\"text\": \"y\"}\n"),
            (&long, b"# End"),
            ("d.bin", b"\0\x01\x02"),
        ]);
        assert_eq!(Tar.begins(&bytes), Some(true));
        let (members, warnings) = read(&bytes);
        assert_eq!(members, ["a.txt", "b/c.jsonl/1", "b/c.jsonl/2", long.as_str()]);
        assert_eq!(warnings, ["1 of 4 members are of no kind that can be read"]);
    }

    #[test]
    fn a_text_with_the_letters_of_the_mark_in_its_place_is_none() {
        let mut text = b"A lustarian text. ".repeat(40);
        text[MARK].copy_from_slice(b"ustar");
        assert_eq!(Tar.begins(&text), None);
        text[SUM].copy_from_slice(b"0060112\0");
        assert_eq!(Tar.begins(&text), None);
        assert_eq!(Tar.begins(b"ustar"), None);
    }

    #[test]
    fn what_is_cut_off_keeps_what_came_before() {
        let bytes = archive(&[("a.txt", b"Alpha."), ("b.txt", &b"Beta. ".repeat(400))]);
        let (members, warnings) = read(&bytes[..1_800]);
        assert_eq!(members, ["a.txt", "b.txt"]);
        assert!(!warnings.is_empty());
        assert!(Tar.read(Input::of("a.tar", &[b'x'; 2_000]), &mut |_| Flow::Continue(())).is_err());
    }
}
