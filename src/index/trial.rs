//! What the bytes of an index must come through, whoever wrote them; see [`crate::trial`].

use super::{
    home::Settings,
    ledger::{self, Entry, Head},
    manifest::Manifest,
};

/// A record is read, or is said to be none; one that is read comes out as it went in.
pub(crate) fn ledger(bytes: &[u8]) {
    let head = Head::of(bytes);
    let _ = ledger::tally(bytes);
    let _ = head.map(|head| head.read_by_these(&crate::format::FieldNames::default()));
    if let Ok(entry) = Entry::of(bytes) {
        assert_eq!(Entry::of(&entry.record()).ok(), Some(entry));
    }
}

/// What a commit says of itself is read, or refused.
pub(crate) fn manifest(bytes: &[u8]) {
    let Ok(manifest) = serde_json::from_slice::<Manifest>(bytes) else { return };
    let again = serde_json::to_vec(&manifest).expect("plain data can be written");
    let again: Manifest = serde_json::from_slice(&again).expect("it is as it was written");
    assert_eq!(again.folders.len(), manifest.folders.len());
}

/// Settings are read, or refused; globs too.
pub(crate) fn settings(bytes: &[u8]) {
    if let Ok(settings) = toml::from_str::<Settings>(&String::from_utf8_lossy(bytes)) {
        let _ = crate::walk::check_globs(&settings.exclude);
    }
}
