//! What was forgotten is gone, and what is there is its owner's alone.

use std::{fs, path::Path};

use tantivy::{Index, TantivyDocument, index::SegmentComponent, schema::Value};
use tantivy_fst::{Streamer, raw::Fst};

use crate::{
    place::Place,
    stage::{self, copy},
};

/// A word that only one article has.
const WORD: &str = "Xylographica";

/// Says whether any file of an index holds a word, whatever its case: in its bytes, in passages whether they
/// can still be found or not, and in dictionaries.
fn holds(place: &Place, word: &str) -> bool {
    let (index, copied) = (place.file("idx"), place.file("copied"));
    let _ = fs::remove_dir_all(&copied);
    copy(&index, &copied);
    let word = word.to_lowercase();
    bytes_hold(&copied, &word) || engine_holds(&copied, &word)
}

fn bytes_hold(folder: &Path, word: &str) -> bool {
    fs::read_dir(folder).expect("it is there").flatten().map(|entry| entry.path()).any(|path| {
        if path.is_dir() {
            return bytes_hold(&path, word);
        }
        let bytes = fs::read(&path).expect("it can be read").to_ascii_lowercase();
        bytes.windows(word.len()).any(|part| part == word.as_bytes())
    })
}

fn engine_holds(index: &Path, word: &str) -> bool {
    let name = fs::read_to_string(index.join("current")).expect("it can be read");
    let generation = index.join(name.trim());
    // Less the sum on its last line, which is ours.
    let meta = fs::read_to_string(generation.join("meta.json")).expect("it can be read");
    let end = meta.rfind('}').expect("it is an object") + 1;
    fs::write(generation.join("meta.json"), &meta[..end]).expect("it can be written");
    let index = Index::open_in_dir(generation).expect("it opens");
    let searcher = index.reader().expect("it can be read").searcher();
    let mut found = false;
    for segment in searcher.segment_readers() {
        let store = segment.get_store_reader(1).expect("it can be read");
        for document in store.iter::<TantivyDocument>(None) {
            for (_, value) in document.expect("it can be read").field_values() {
                let text = value.as_str().map(str::to_lowercase).unwrap_or_default();
                let bytes = value.as_bytes().unwrap_or_default().to_ascii_lowercase();
                found |= text.contains(word) || bytes.windows(word.len()).any(|part| part == word.as_bytes());
            }
        }
        for (field, entry) in index.schema().fields() {
            if !entry.is_indexed() {
                continue;
            }
            let inverted = segment.inverted_index(field).expect("it can be read");
            let mut terms = inverted.terms().stream().expect("it can be read");
            while terms.advance() {
                found |= String::from_utf8_lossy(terms.key()).to_lowercase().contains(&word[..7]);
            }
        }
        let forms = segment.open_read(SegmentComponent::Custom("forms".into())).expect("it is there");
        let forms = Fst::new(forms.read_bytes().expect("it can be read")).expect("it is a dictionary");
        let mut forms = forms.stream();
        while let Some((form, _)) = forms.next() {
            found |= String::from_utf8_lossy(form).contains(&word[..7]);
        }
    }
    found
}

fn place_with_a_secret(folder: &str) -> Place {
    let place = Place::new();
    stage::articles(&place);
    let secret = format!(
        "---\ntitle: On {WORD}\ntags: [{WORD}]\nauthor: {WORD}\n---\n\nAll of {WORD}, and {WORD}s.\n"
    );
    place.write(&format!("{folder}/{WORD}.md"), &secret);
    place.index("articles");
    place
}

#[test]
fn what_was_deleted_leaves_the_files_when_the_index_is_compacted() {
    let place = place_with_a_secret("articles/0");
    assert!(holds(&place, WORD));
    place.remove(&format!("articles/0/{WORD}.md"));
    place.index("articles");
    assert!(place.hits(WORD).is_empty());
    assert!(holds(&place, WORD), "merges happened by themselves: the test shows nothing");
    assert_eq!(place.run(&["index", "--compact"]).code, 0);
    assert!(!holds(&place, WORD));
    assert_eq!(place.json(&["status"])["segments"], 1);
    stage::expect_whole(&place, "compacted");
}

#[test]
fn what_was_forgotten_is_gone_at_once() {
    let place = place_with_a_secret("secret");
    place.index("secret");
    assert_eq!(place.hits(WORD).len(), 1);
    assert!(holds(&place, WORD));
    let forgotten = place.run(&["index", "--forget", "secret"]);
    assert_eq!(forgotten.code, 0, "{}", forgotten.err);
    assert!(!holds(&place, WORD));
    stage::expect_whole(&place, "forgotten");
}

#[cfg(unix)]
#[test]
fn an_index_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let place = place_with_a_secret("articles");
    let mode = |path: &str| fs::metadata(place.file(path)).expect("it is there").permissions().mode() & 0o777;
    assert_eq!((mode("idx"), mode("idx/g1")), (0o700, 0o700));
    // Where the folder itself is open to others, as in a repository, its texts are not.
    place.write("open/excerpt.toml", "");
    let made = place.command(&["index", "articles"]).env("EXCERPT_INDEX", place.file("open")).output();
    assert!(made.expect("the program runs").status.success());
    assert_eq!((mode("open/g1"), mode("open/folders.json") & 0o077), (0o700, 0));
}
