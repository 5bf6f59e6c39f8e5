//! Compressed files: what is inside is read as if it were the file, under its name less the ending.

use std::io::{self, BufRead, BufReader, Read};

use bzip2::read::MultiBzDecoder;
use flate2::read::MultiGzDecoder;
use lzma_rust2::XzReader;
use ruzstd::decoding::StreamingDecoder;

use super::{Cause, Each, Extent, Format, Input, Warnings, member};

/// The reader of compressed files.
pub(super) struct Compressed;

/// Memory that unpacking may take for what it looks back on, in bytes: what `zstd --long` and `xz -9`
/// ask for at most by default.
const WINDOW: u64 = 128 << 20;

/// How a file is compressed.
#[derive(Clone, Copy)]
enum Method {
    Gzip,
    Zstandard,
    Bzip2,
    Xz,
}

/// The first bytes of each method (RFC 1952, RFC 8878, the bzip2 and xz formats).
const METHODS: &[(&[u8], Method)] = &[
    (b"\x1f\x8b\x08", Method::Gzip),
    (b"\x28\xb5\x2f\xfd", Method::Zstandard),
    (b"BZh", Method::Bzip2),
    (b"\xfd7zXZ\0", Method::Xz),
];

/// Endings that stand for two.
const DOUBLE: &[(&str, &str)] =
    &[("tgz", "tar"), ("tzst", "tar"), ("tbz", "tar"), ("tbz2", "tar"), ("txz", "tar")];

impl Format for Compressed {
    fn name(&self) -> &'static str {
        "compressed"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["gz", "zst", "bz2", "xz", "tgz", "tzst", "tbz", "tbz2", "txz"]
    }

    fn extent(&self) -> Extent {
        Extent::Stream
    }

    fn begins(&self, bytes: &[u8]) -> Option<bool> {
        Some(method(bytes).is_some())
    }

    fn read(&self, input: Input<'_>, each: &mut Each<'_>) -> Result<Warnings, Cause> {
        let (nest, name) = (input.nest, inner_name(input.name));
        let method =
            method(input.bytes).ok_or_else(|| Cause("is compressed in no way that is known".into()))?;
        let packed = input.reader();
        let unpacked: Box<dyn Read> = match method {
            Method::Gzip => Box::new(MultiGzDecoder::new(packed)),
            Method::Bzip2 => Box::new(MultiBzDecoder::new(packed)),
            Method::Xz => Box::new(XzReader::new_mem_limit(
                packed,
                true,
                u32::try_from(WINDOW >> 10).unwrap_or(u32::MAX),
            )),
            Method::Zstandard => Box::new(Frames::begin(BufReader::new(packed))?),
        };
        let read = member::read(&name, unpacked, nest, each)?;
        read.ok_or_else(|| Cause("holds no kind of file that can be read".into()))
    }
}

fn method(bytes: &[u8]) -> Option<Method> {
    METHODS.iter().find(|(start, _)| bytes.starts_with(start)).map(|&(_, method)| method)
}

/// Returns the name of what is inside.
fn inner_name(name: &str) -> String {
    let Some((stem, ending)) = name.rsplit_once('.') else { return name.into() };
    let ending = ending.to_ascii_lowercase();
    match DOUBLE.iter().find(|(double, _)| *double == ending) {
        Some((_, inner)) => format!("{stem}.{inner}"),
        None if Compressed.extensions().contains(&ending.as_str()) => stem.into(),
        None => name.into(),
    }
}

/// The frames of Zstandard, one after another, those that hold nothing passed over.
struct Frames<R: Read> {
    frame: Option<StreamingDecoder<R, ruzstd::decoding::FrameDecoder>>,
}

impl<R: BufRead> Frames<R> {
    fn begin(packed: R) -> Result<Self, Cause> {
        let frame = next_frame(packed).map_err(|error| Cause(format!("cannot be unpacked: {error}")))?;
        Ok(Self { frame })
    }
}

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(frame) = &mut self.frame {
            let read = frame.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            let packed = self.frame.take().map(StreamingDecoder::into_inner);
            self.frame = packed.map(next_frame).transpose()?.flatten();
        }
        Ok(0)
    }
}

/// Begins the next frame, if there is one.
fn next_frame<R: BufRead>(
    mut packed: R,
) -> io::Result<Option<StreamingDecoder<R, ruzstd::decoding::FrameDecoder>>> {
    loop {
        let head = packed.fill_buf()?;
        if head.is_empty() {
            return Ok(None);
        }
        // A frame to be skipped: its mark, its length, and as many bytes (RFC 8878, 3.1.2).
        let skipped = head.len() >= 8 && head[0] & 0xf0 == 0x50 && head[1..4] == [0x2a, 0x4d, 0x18];
        if !skipped {
            return StreamingDecoder::new_with_max_window_size(packed, WINDOW)
                .map(Some)
                .map_err(io::Error::other);
        }
        let length = u32::from_le_bytes(*head[4..].first_chunk().expect("a head has eight bytes"));
        packed.consume(8);
        io::copy(&mut packed.by_ref().take(length.into()), &mut io::sink())?;
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::{
        super::{Flow, read_all},
        *,
    };

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packed.write_all(bytes).expect("memory takes it");
        packed.finish().expect("memory takes it")
    }

    fn bzip2(bytes: &[u8]) -> Vec<u8> {
        let mut packed = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
        packed.write_all(bytes).expect("memory takes it");
        packed.finish().expect("memory takes it")
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
    }

    /// What `xz -9` makes of `# Alpha`, an empty line and `Text.`
    const XZ: &[u8] = b"\
        \xfd\x37\x7a\x58\x5a\x00\x00\x04\xe6\xd6\xb4\x46\x02\x00\x21\x01\x1c\
        \x00\x00\x00\x10\xcf\x58\xcc\x01\x00\x0d\x23\x20\x41\x6c\x70\x68\x61\
        \x0a\x0a\x54\x65\x78\x74\x2e\x00\x00\x00\xbf\xb1\x47\x93\x1a\x83\x77\
        \x64\x00\x01\x26\x0e\x08\x1b\xe0\x04\x1f\xb6\xf3\x7d\x01\x00\x00\x00\
        \x00\x04\x59\x5a";

    #[test]
    fn what_is_inside_is_read_as_the_file() {
        let check = |name: &str, packed: &[u8], expected: &str| {
            let (articles, warnings) = read_all(&Compressed, name, packed);
            let article = &articles[0];
            let member = article.member.clone().unwrap_or_default();
            let title = article.title.clone().unwrap_or_default();
            assert_eq!(format!("{} [{}] {title}", member, article.format), expected, "{name}");
            assert!(warnings.is_empty(), "{name}: {warnings:?}");
        };
        let text = b"# Alpha\n\nText.";
        check("a.md.gz", &gzip(text), " [markdown] Alpha");
        check("a.md.bz2", &bzip2(text), " [markdown] Alpha");
        check("a.md.zst", &zstd(text), " [markdown] Alpha");
        check("a.md.xz", XZ, " [markdown] Alpha");
        check("a.gz", &gzip(b"<!doctype html><title>Beta</title><p>x"), " [html] Beta");
        check("a.md", &gzip(text), " [markdown] Alpha");
        check(
            "a.jsonl.gz",
            &gzip(b"{\"id\": \"r\", \"title\": \"Gamma\", \"text\": \"t\"}"),
            "r [jsonl] Gamma",
        );
        // Several members one after another.
        check("a.md.gz", &[gzip(b"# Al"), gzip(b"pha\n\nText.")].concat(), " [markdown] Alpha");
        let skipped = [&b"\x50\x2a\x4d\x18\x03\0\0\0abc"[..], &zstd(b"# Al")].concat();
        check("a.md.zst", &[zstd(b""), skipped, zstd(b"pha\n\nText.")].concat(), " [markdown] Alpha");
    }

    #[test]
    fn names_lose_their_ending() {
        let check = |name: &str, inner: &str| assert_eq!(inner_name(name), inner);
        check("a.txt.gz", "a.txt");
        check("a.TGZ", "a.tar");
        check("a.tar.xz", "a.tar");
        check("a.md", "a.md");
        check("a", "a");
    }

    #[test]
    fn what_breaks_off_keeps_what_came_before() {
        let text: String = (0..20_000).map(|number| format!("Sentence {number} is here. ")).collect();
        let packed = gzip(text.as_bytes());
        let (articles, warnings) = read_all(&Compressed, "a.txt.gz", &packed[..packed.len() / 2]);
        assert!(articles[0].sections[0].text.len() > 10_000);
        assert!(warnings[0].starts_with("broken off"), "{warnings:?}");
        let read = |bytes: &[u8]| Compressed.read(Input::of("a.gz", bytes), &mut |_| Flow::Continue(()));
        assert!(read(&packed[..12]).is_err());
        assert!(read(b"plain").is_err());
        assert!(read(&gzip(b"\0\x01\x02")).is_err());
    }
}
