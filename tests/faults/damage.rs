//! Flipped bits, and files cut short or gone: every kind of file that an index has.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::{
    place::Place,
    stage::{self, Random, answers, copy, long},
};

/// An index with a history: two segments at least, and removed passages.
fn damaged_place() -> Place {
    let place = Place::new();
    stage::articles(&place);
    place.index("articles");
    stage::change(&place, 0);
    place.index("articles");
    let files = files(&place.file("idx"));
    let deleted = files.iter().filter(|file| file.extension().is_some_and(|end| end == "del"));
    assert!(deleted.count() > 0, "nothing was removed from a segment");
    place
}

/// Returns the files of an index that are its own: not locks, and not what its user may write.
fn files(index: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(index).expect("it is there").flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else if !name.ends_with(".lock") && !name.ends_with(".pid") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// Damages one file, expects that to be found and mended, and puts the index back.
fn damage(
    place: &Place,
    file: &Path,
    what: &str,
    harm: impl Fn(Vec<u8>) -> Option<Vec<u8>>,
    right: &[Value],
) {
    let (index, kept) = (place.file("idx"), place.file("kept"));
    let name = format!("{what} {}", file.strip_prefix(&index).expect("it is inside").display());
    let bytes = fs::read(file).expect("it can be read");
    match harm(bytes) {
        Some(bytes) => fs::write(file, bytes).expect("it can be written"),
        None => fs::remove_file(file).expect("it can be removed"),
    }
    // Searches answer or say that the index is damaged; they never break off.
    for answer in answers(place, &index) {
        if let Some(error) = answer.get("error").filter(|error| error["kind"] != "memory") {
            assert_eq!(error["kind"], "damaged-index", "{name}: {answer:#}");
            let hint = error["hint"].as_str().unwrap_or_default();
            assert!(hint.contains("check --repair"), "{name}: {hint}");
        }
    }
    let check = place.run(&["check"]);
    assert_eq!(check.code, 1, "{name}: {}{}", check.out, check.err);
    let repair = place.run(&["check", "--repair"]);
    assert_eq!(repair.code, 0, "{name}: {}{}", repair.out, repair.err);
    assert_eq!(place.json(&["check"])["whole"], true, "{name}");
    assert_eq!(answers(place, &index), right, "{name}");
    fs::remove_dir_all(&index).expect("it can be removed");
    copy(&kept, &index);
}

#[test]
fn every_kind_of_damage_is_found_and_mended() {
    let place = damaged_place();
    let index = place.file("idx");
    let right = stage::fresh_answers(&place);
    assert_eq!(answers(&place, &index), right);
    copy(&index, &place.file("kept"));
    let mut random = Random(7);
    let flips = if long() { 20 } else { 2 };
    // One file of each kind, and all of them where there is time.
    let mut kinds: Vec<String> = Vec::new();
    for file in files(&index) {
        let name = file.file_name().expect("a file has a name").to_string_lossy().into_owned();
        let kind = if name.len() > 32 {
            name[32..].trim_matches(|letter: char| letter.is_ascii_digit() || letter == '.').into()
        } else {
            name.clone()
        };
        let settings = name == "excerpt.toml";
        if kinds.contains(&kind) && !long() {
            continue;
        }
        kinds.push(kind);
        damage(&place, &file, "gone:", |_| None, &right);
        if settings {
            // The rest of it is the user's to change.
            continue;
        }
        damage(&place, &file, "emptied:", |_| Some(Vec::new()), &right);
        let cut = |mut bytes: Vec<u8>| {
            bytes.pop();
            Some(bytes)
        };
        damage(&place, &file, "cut:", cut, &right);
        for _ in 0..flips {
            let (at, bit) = (random.below(1 << 24), random.below(8));
            let flip = |mut bytes: Vec<u8>| {
                let at = at % bytes.len();
                bytes[at] ^= 1 << bit;
                Some(bytes)
            };
            damage(&place, &file, &format!("bit {bit} of byte {at} flipped:"), flip, &right);
        }
    }
    assert!(kinds.len() >= 13, "{kinds:?}");
}

#[test]
fn what_cannot_be_had_again_is_named() {
    let place = damaged_place();
    let store = files(&place.file("idx"));
    for store in store.iter().filter(|file| file.extension().is_some_and(|end| end == "store")) {
        let mut bytes = fs::read(store).expect("it can be read");
        bytes[20] ^= 1;
        fs::write(store, bytes).expect("it can be written");
    }
    place.remove("articles/2/2.md");
    let repair = place.json(&["check", "--repair"]);
    assert_eq!(repair["whole"], true, "{repair:#}");
    let lost = repair["repaired"]["lost"].as_array().expect("they are listed");
    assert_eq!(lost.len(), 1, "{repair:#}");
    assert!(lost[0]["path"].as_str().expect("it is text").ends_with("2.md"));
    stage::expect_whole(&place, "after the repair");
}

#[test]
fn a_lost_pointer_costs_nothing() {
    let place = damaged_place();
    let right = answers(&place, &place.file("idx"));
    place.remove("idx/current");
    assert_eq!(answers(&place, &place.file("idx")), right);
    place.index("articles");
    assert!(place.file("idx/current").is_file());
    assert_eq!(answers(&place, &place.file("idx")), right);
}
