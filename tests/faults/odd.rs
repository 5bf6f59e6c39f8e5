//! What else may lie in a folder: links, pipes, sockets, devices, strange names and strange times.
#![cfg(unix)]

use std::{
    ffi::OsStr,
    fs,
    os::unix::{ffi::OsStrExt, fs::symlink, net::UnixListener},
    process::Command,
    time::{Duration, SystemTime},
};

use crate::{
    place::Place,
    stage::{self, expect_whole},
};

#[test]
fn links_are_not_followed_unless_asked_and_never_for_ever() {
    let place = Place::new();
    stage::articles(&place);
    place.write("outside/secret.md", "# A walrus\n\nOutside of the folder.\n");
    symlink(place.file("outside"), place.file("articles/away")).expect("it can be linked");
    symlink(place.file("outside/secret.md"), place.file("articles/secret.md")).expect("it can be linked");
    symlink(place.file("articles"), place.file("articles/0/round")).expect("it can be linked");
    symlink(place.file("nowhere"), place.file("articles/broken.md")).expect("it can be linked");
    place.index("articles");
    assert!(place.hits("walrus").is_empty());
    expect_whole(&place, "not followed");
    assert_eq!(place.run(&["index", "--follow", "articles"]).code, 0);
    assert_eq!(place.json(&["search", "walrus"])["total"], 2);
    let files = place.json(&["status", "--files"])["list"].to_string();
    assert!(!files.contains("round/0/round"), "{files}");
}

#[test]
fn pipes_sockets_and_devices_are_never_opened() {
    let place = Place::new();
    stage::articles(&place);
    let made = Command::new("mkfifo").arg(place.file("articles/pipe.md")).status();
    assert!(made.is_ok_and(|made| made.success()), "a pipe can be made");
    let _socket = UnixListener::bind(place.file("articles/socket.md")).expect("a socket can be made");
    symlink("/dev/zero", place.file("articles/zero.md")).expect("it can be linked");
    // Whoever opened the pipe would wait for ever.
    for args in
        [&["index", "articles"][..], &["index", "--follow", "articles"], &["index", "articles/pipe.md"]]
    {
        let answer = place.run(args);
        assert!(answer.code == 0 || answer.code == 2, "{args:?}: {}", answer.err);
    }
    expect_whole(&place, "beside a pipe");
    let why = place.run(&["why", "articles/pipe.md"]);
    assert!(why.out.contains("pipe") || why.code == 1, "{}", why.out);
}

#[test]
fn strange_names_are_found_and_cannot_forge_lines() {
    let place = Place::new();
    stage::articles(&place);
    let names: [&[u8]; 4] =
        [b"not\xffutf.md", b"two\nlines.md", b"\x1b[31mred\x1b[0m.md", b"bell\x07\xe2\x80\xae.md"];
    for (at, name) in names.iter().enumerate() {
        let path = place.file("articles").join(OsStr::from_bytes(name));
        fs::write(path, format!("# Walrus {at}\n\nA walrus with a strange name.\n"))
            .expect("it can be written");
    }
    place.index("articles");
    assert_eq!(place.json(&["search", "walrus"])["total"], 4);
    for args in
        [&["search", "walrus"][..], &["status", "--files"], &["search", "walrus", "--format", "markdown"]]
    {
        let answer = place.run(args);
        let forged = answer.out.lines().any(|line| line.starts_with("lines.md"));
        let control = answer.out.contains(['\x1b', '\x07', '\u{202e}']);
        assert!(!forged && !control, "{args:?}: {:?}", answer.out);
    }
    expect_whole(&place, "with strange names");
}

#[test]
fn files_of_the_future_and_of_a_clock_set_back_are_told_apart() {
    let place = Place::new();
    stage::articles(&place);
    let touch = |path: &str, time: SystemTime| {
        let file = fs::File::options().write(true).open(place.file(path)).expect("it is there");
        file.set_modified(time).expect("it can be set");
    };
    let now = SystemTime::now();
    touch("articles/0/0.md", now + Duration::from_secs(400 * 86_400));
    touch("articles/0/3.md", SystemTime::UNIX_EPOCH);
    place.index("articles");
    expect_whole(&place, "a file of the future");
    // Of the same length and the same time, but another text.
    for (path, time) in [
        ("articles/0/0.md", now + Duration::from_secs(400 * 86_400)),
        ("articles/0/3.md", SystemTime::UNIX_EPOCH),
    ] {
        let text = fs::read_to_string(place.file(path)).expect("it can be read");
        place.write(path, text.replace("Nobody", "Walrus"));
        touch(path, time);
    }
    place.index("articles");
    assert_eq!(place.hits("walrus").len(), 2);
    expect_whole(&place, "changed with the same times");
}
