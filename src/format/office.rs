//! What the formats of office programs have in common.

pub(super) mod alternative;
pub(super) mod manuscript;
pub(super) mod number;
pub(super) mod opc;
pub(super) mod style;
pub(super) mod symbol;

/// Makes a zip file of parts, each a name and a text.
#[cfg(test)]
pub(super) fn packed(parts: &[(String, String)]) -> Vec<u8> {
    use std::io::{Cursor, Write};

    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        let options = zip::write::SimpleFileOptions::default();
        let options = match name.as_str() {
            "mimetype" => options.compression_method(zip::CompressionMethod::Stored),
            _ => options,
        };
        zip.start_file(name.as_str(), options).expect("names are different");
        zip.write_all(text.as_bytes()).expect("memory takes it");
    }
    zip.finish().expect("memory takes it").into_inner()
}
