//! `excerpt open`: a hit in the program that shows it.

use std::fs;

use crate::place::Place;

/// A place with articles that were indexed, and settings that name an editor and a browser.
fn place() -> Place {
    let place = Place::with_articles();
    place.index("articles");
    place.write(
        "home/excerpt/settings.toml",
        "editor = [\"ed\", \"+{line}\", \"{path}\"]\nbrowser = [\"surf\", \"{url}\"]\n",
    );
    place
}

fn fails(place: &Place, args: &[&str], kind: &str, message: &str) {
    let answer = place.json(args);
    assert_eq!(answer["error"]["kind"], kind, "{answer}");
    assert!(answer["error"]["message"].as_str().is_some_and(|text| text.contains(message)), "{answer}");
    assert!(answer["error"]["hint"].is_string(), "{answer}");
    assert_eq!(place.run(args).code, 2);
}

#[test]
fn a_hit_is_opened_at_its_place_by_what_the_settings_name() {
    let place = place();
    assert_eq!(place.run(&["search", "agentic"]).code, 0);
    assert_eq!(place.run(&["open", "1", "--print"]).out, "ed +11 [DIR]/articles/llama.md");
    let answer = place.json(&["open", "1", "--print"]);
    let file = place.file("articles/llama.md").display().to_string();
    assert_eq!(answer["command"], serde_json::json!(["ed", "+11", file]));
    assert_eq!((&answer["schema"], &answer["default"]), (&1.into(), &serde_json::Value::Null));
    let id = answer["id"].as_str().expect("it has an id").to_string();
    assert_eq!(place.run(&["open", &id, "--print"]).out, "ed +11 [DIR]/articles/llama.md");

    // Another search is the last one then; a page is for the browser, at its words.
    assert_eq!(place.run(&["search", "sourdough"]).code, 0);
    let opened = place.run(&["open", "1", "--print"]).out;
    let expected = "surf file://[DIR]/articles/bread.html#:~:text=A%20sourdough%20loaf%20needs%20flour";
    assert!(opened.starts_with(expected), "{opened}");

    // Without settings both are for the default application.
    place.remove("home/excerpt/settings.toml");
    let opened = place.run(&["open", "1", "--print"]).out;
    assert!(opened.starts_with("file://[DIR]/articles/bread.html#:~:text="), "{opened}");
    assert_eq!(place.run(&["open", "articles/tides.txt", "--print"]).out, "[DIR]/articles/tides.txt");
}

#[test]
fn a_pdf_file_is_opened_on_its_page() {
    let place = Place::new();
    place.write("articles/tide.pdf", include_bytes!("../fixtures/pdf.pdf"));
    place.index("articles");
    assert_eq!(place.run(&["similar", "articles/tide.pdf"]).code, 1);
    assert_eq!(place.run(&["search", "water stand highest"]).code, 0);
    assert_eq!(place.run(&["open", "1", "--print"]).out, "file://[DIR]/articles/tide.pdf#page=1");
}

#[test]
fn what_cannot_be_opened_is_said_with_what_to_do() {
    let place = place();
    fails(&place, &["open", "1", "--print"], "no-search", "no search is remembered");
    place.run(&["search", "--no-history", "agentic"]);
    fails(&place, &["open", "1", "--print"], "no-search", "no search is remembered");
    place.run(&["search", "agentic"]);
    fails(
        &place,
        &["open", "9", "--print"],
        "no-such-hit",
        "the last search, `agentic`, printed hits 1 to 1",
    );
    fails(&place, &["open", "1", "--print", "--index", "other"], "other-index", "asked the index in");
    fails(&place, &["open", "abcdef0123:9", "--print"], "unknown-passage", "abcdef0123:9");
    place.write("articles/llama.md", "Nothing of that.");
    fails(&place, &["open", "1", "--print"], "changed", "llama.md has changed since it was indexed");
    place.remove("articles/llama.md");
    fails(&place, &["open", "1", "--print"], "gone", "llama.md is gone");
    place.index("articles");
    fails(&place, &["open", "1", "--print"], "other-index", "the index does not hold that passage any more");
    fs::remove_dir_all(place.file("idx")).expect("it can be removed");
    fails(&place, &["open", "1", "--print"], "other-index", "there is no index in");
    place.write("home/excerpt/last-search.json", "{\"schema\":");
    fails(&place, &["open", "1", "--print"], "no-search", "cannot be understood");
}

#[test]
fn a_file_that_a_system_might_run_is_for_an_editor_only() {
    let place = place();
    place.write(
        "articles/tide.desktop",
        "The tide comes in late, and a cassowary waits on the shore for it.\n",
    );
    place.index("articles");
    assert_eq!(place.run(&["search", "cassowary"]).code, 0);
    assert_eq!(place.run(&["open", "1", "--print"]).out, "ed +1 [DIR]/articles/tide.desktop");
    place.remove("home/excerpt/settings.toml");
    fails(&place, &["open", "1", "--print"], "not-opened", "the default application might run it");
}

#[cfg(unix)]
#[test]
fn an_editor_gets_its_arguments_as_they_are() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    place.write("articles/a; touch b $(touch c).md", "# Late\n\nThe cassowary came late to the tide.\n");
    place.write("ed.sh", "#!/bin/sh\nprintf '%s\\n' \"$@\" > args.txt\nexit $(cat code.txt)\n");
    place.write("code.txt", "0");
    let program = place.file("ed.sh");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).expect("it can be made a program");
    let editor =
        format!("editor = [{:?}, \"-l\", \"{{line}}\", \"{{path}}\"]\n", program.display().to_string());
    place.write("home/excerpt/settings.toml", editor);
    place.index("articles");
    assert_eq!(place.run(&["search", "cassowary"]).code, 0);
    assert_eq!(place.run(&["open", "1"]).code, 0);
    let given = fs::read_to_string(place.file("args.txt")).expect("the editor was run");
    let file = place.file("articles/a; touch b $(touch c).md");
    assert_eq!(given, format!("-l\n3\n{}\n", file.display()));
    assert!(!place.file("b").exists() && !place.file("c").exists());
    place.write("code.txt", "3");
    fails(&place, &["open", "1"], "not-opened", "ed.sh");
}

#[cfg(unix)]
#[test]
fn what_is_kept_is_for_its_owner_alone_and_holds_no_text() {
    use std::os::unix::fs::PermissionsExt;
    let place = place();
    assert_eq!(place.run(&["search", "agentic"]).code, 0);
    let file = place.file("home/excerpt/last-search.json");
    let mode = |path: &std::path::Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode(&file), 0o600);
    let kept = fs::read_to_string(&file).expect("it can be read");
    assert!(kept.contains("llama.md:11") && !kept.contains("capabilities"), "{kept}");
    // A folder of its own is made so that nobody else can look into it.
    fs::remove_dir_all(place.file("home")).expect("it can be removed");
    assert_eq!(place.run(&["search", "agentic"]).code, 0);
    assert_eq!(mode(&place.file("home/excerpt")), 0o700);
}
