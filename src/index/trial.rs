//! What the bytes of an index must come through, whoever wrote them; see [`crate::trial`].

use std::{env, fs, process, thread};

use super::{
    ledger::{self, Entry, Head, LedgerFile},
    manifest::Manifest,
    settings::Settings,
};

/// A record is read, or is said to be none; one that is read comes out as it went in.
pub(crate) fn ledger(bytes: &[u8]) {
    let head = Head::of(bytes);
    let _ = ledger::tally(bytes);
    let _ = head.map(|head| head.read_by_these(&crate::format::FieldNames::default(), 1 << 30));
    if let Ok(entry) = Entry::of(bytes) {
        assert_eq!(Entry::of(&entry.record()).ok(), Some(entry));
    }
}

/// A ledger gives its records, or says that it is broken, however it is read; found is only what is there.
pub(crate) fn ledger_file(bytes: &[u8]) {
    let name = format!("excerpt-trial-{}-{:?}", process::id(), thread::current().id());
    let path = env::temp_dir().join(name);
    // With the mark that all else would be refused for.
    for content in [bytes.to_vec(), [ledger::MAGIC, bytes].concat()] {
        fs::write(&path, &content).expect("there is room for it");
        let file = LedgerFile::open(&path, content.len() as u64).expect("it is there");
        fs::remove_file(&path).expect("it is there");
        let loaded = file.load();
        let Ok(mut ledger) = file.all() else {
            assert!(loaded.is_err());
            continue;
        };
        let loaded = loaded.expect("it is read one way as the other");
        for at in 0..ledger.len().min(100) {
            let record = loaded.record(at).ok();
            let entry = ledger.entry(at).ok();
            assert_eq!(record.and_then(|record| Entry::of(record).ok()), entry);
            let Some(entry) = entry else { continue };
            let _ = loaded.place(entry.folder, &entry.path);
            if let Ok((_, Some(found))) = ledger.find(entry.folder, &entry.path) {
                assert_eq!((found.folder, found.path), (entry.folder, entry.path));
            }
        }
    }
}

/// What a commit says of itself is read, or refused; by its tables bytes are a text, or none.
pub(crate) fn manifest(bytes: &[u8]) {
    let Ok(manifest) = serde_json::from_slice::<Manifest>(bytes) else { return };
    let again = serde_json::to_vec(&manifest).expect("plain data can be written");
    let again: Manifest = serde_json::from_slice(&again).expect("it is as it was written");
    assert_eq!(again.folders.len(), manifest.folders.len());
    assert_eq!(again.tables.text(bytes), manifest.tables.text(bytes));
    for number in 0..4 {
        let _ = manifest.tables.text(&[&[number], bytes].concat());
    }
}

/// Settings are read, or refused; globs too.
pub(crate) fn settings(bytes: &[u8]) {
    if let Ok(settings) = toml::from_str::<Settings>(&String::from_utf8_lossy(bytes)) {
        let _ = crate::walk::check_globs(&settings.exclude);
    }
}
