//! What the program says of itself: help, completions, manual pages, and errors of usage.

use crate::place::Place;

#[test]
fn the_help_shows_every_command_with_examples() {
    let place = Place::new();
    let mut shown = place.run(&["--help"]).out;
    for command in
        ["search", "index", "status", "why", "show", "open", "eval", "mcp", "settings", "completions", "man"]
    {
        let help = place.run(&[command, "--help"]).out;
        assert!(help.contains("Examples:\n  excerpt "), "{command}");
        shown.push_str(&format!("\n\n=== {command}\n{help}"));
    }
    insta::assert_snapshot!("help", shown);
}

#[test]
fn completions_and_manual_pages_are_made() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish", "powershell"] {
        assert!(place.run(&["completions", shell]).out.contains("excerpt"), "{shell}");
    }
    assert!(place.run(&["man"]).out.contains(".TH excerpt 1"));
    assert_eq!(place.run(&["man", "pages"]).code, 0);
    assert!(place.file("pages/excerpt-search.1").exists());
}

#[test]
fn a_wrong_argument_is_an_error_object_where_json_is_asked_for() {
    let place = Place::new();
    let answer = place.run(&["search", "--frobnicate", "--json"]);
    assert_eq!(answer.code, 2);
    insta::assert_snapshot!(answer.out, @r#"
    {
      "schema": 1,
      "error": {
        "kind": "usage",
        "message": "unexpected argument '--frobnicate' found",
        "hint": "a similar argument exists: '--format'"
      }
    }
    "#);
    assert_eq!(place.run(&["search"]).code, 2);
}
