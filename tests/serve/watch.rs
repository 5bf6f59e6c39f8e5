//! `excerpt index --watch`.

use std::{
    io::{BufRead, BufReader},
    process::Stdio,
};

use crate::place::Place;

#[cfg(unix)]
#[test]
fn what_changes_is_indexed_until_it_is_told_to_stop() {
    let place = Place::with_articles();
    let mut child =
        place.command(&["index", "articles", "--watch"]).stdout(Stdio::piped()).spawn().expect("it runs");
    let mut out = BufReader::new(child.stdout.take().expect("it is a pipe")).lines();
    let mut next = || out.next().expect("it goes on").expect("it is text");
    let first = next();
    assert!(first.starts_with("3 added"), "{first}");
    // It may be listening already, or look once more when it is.
    place.write("articles/new.txt", "Fresh water comes from the spring.\n");
    let then = next();
    assert!(then.starts_with("1 added, 0 changed, 0 removed, 3 unchanged"), "{then}");
    assert_eq!(place.hits("spring").len(), 1);
    place.remove("articles/tides.txt");
    let then = next();
    assert!(then.starts_with("0 added, 0 changed, 1 removed, 3 unchanged"), "{then}");
    // A folder that is moved away and one that takes its place.
    std::fs::rename(place.file("articles"), place.file("away")).expect("it can be moved");
    place.write("articles/other.txt", "The lighthouse stands on the rock.\n");
    loop {
        let then = next();
        if place.hits("lighthouse").len() == 1 && place.hits("spring").is_empty() {
            break;
        }
        assert!(!then.is_empty());
    }
    place.write("articles/again.txt", "The lighthouse is white.\n");
    let then = next();
    assert!(then.starts_with("1 added"), "{then}");
    let pid = child.id().to_string();
    let killed = std::process::Command::new("kill").args(["-s", "INT", &pid]).status();
    assert!(killed.is_ok_and(|status| status.success()));
    let ended = child.wait().expect("it ends");
    assert_eq!(ended.code(), Some(130));
    assert_eq!(place.run(&["check"]).code, 0);
}
