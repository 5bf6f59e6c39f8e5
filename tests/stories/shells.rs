//! Completions, through the scripts that the program prints, in the shells themselves.

#![cfg(unix)]

use std::process::Command;

use crate::place::Place;

/// A place with an index, and the program under its own name on the path.
fn place() -> Place {
    let place = Place::with_articles();
    place.index("articles");
    std::fs::create_dir(place.file("bin")).expect("it can be made");
    let program = assert_cmd::cargo::cargo_bin!("excerpt");
    std::os::unix::fs::symlink(program, place.file("bin/excerpt")).expect("a link can be made");
    for shell in ["bash", "zsh", "fish"] {
        place.write(&format!("script.{shell}"), place.run(&["completions", shell]).out);
    }
    place
}

/// Runs a script in a shell; none where the shell is not there.
fn run(place: &Place, shell: &str, args: &[&str]) -> Option<String> {
    let mut command = Command::new(shell);
    for (name, value) in place.command(&[]).get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", format!("{}:{path}", place.file("bin").display())).env("TERM", "dumb");
    let Ok(output) = command.args(args).current_dir(place.path()).output() else {
        skip(shell);
        return None;
    };
    Some(place.answer(&output).out)
}

#[test]
fn bash_completes_folders_fields_and_options() {
    let place = place();
    // Words as bash parts them, at `:` and `=` too.
    let check = |line: &str, words: &[&str], expected: &str| {
        let words: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
        let script = format!(
            "source script.bash; COMP_LINE='{line}'; COMP_POINT=${{#COMP_LINE}}; COMP_WORDS=({}); \
             COMP_CWORD=$((${{#COMP_WORDS[@]}}-1)); _excerpt_words excerpt \"${{COMP_WORDS[-1]}}\" \
             \"${{COMP_WORDS[-2]}}\"; echo \"${{COMPREPLY[@]}}\"",
            words.join(" ")
        );
        if let Some(out) = run(&place, "bash", &["--norc", "-c", &script]) {
            assert_eq!(out, expected, "{line}");
        }
    };
    check("excerpt search ti", &["excerpt", "search", "ti"], "title:");
    check(
        "excerpt search llama format:mark",
        &["excerpt", "search", "llama", "format", ":", "mark"],
        "markdown",
    );
    check("excerpt search lang:", &["excerpt", "search", "lang", ":"], "en");
    check("excerpt search --in art", &["excerpt", "search", "--in", "art"], "articles articles");
    check(
        "excerpt search --hyperlinks=vsc",
        &["excerpt", "search", "--hyperlinks", "=", "vsc"],
        "vscode vscode-insiders vscodium",
    );
    check("excerpt search --format m", &["excerpt", "search", "--format", "m"], "markdown");
    check("excerpt search --hyper", &["excerpt", "search", "--hyper"], "--hyperlinks");
    check("excerpt stat", &["excerpt", "stat"], "status");
}

#[test]
fn fish_completes_folders_fields_and_options() {
    let place = place();
    let check = |line: &str, expected: &str| {
        let script = format!("source script.fish; complete -C '{line}'");
        if let Some(out) = run(&place, "fish", &["--no-config", "-c", &script]) {
            let found: Vec<&str> = out.lines().map(|line| line.split('\t').next().unwrap_or(line)).collect();
            assert!(found.contains(&expected), "{line}: {out}");
        }
    };
    check("excerpt search ti", "title:");
    check("excerpt search lang:", "lang:en");
    check("excerpt search --in art", "articles");
    check("excerpt search --hyperlinks vsc", "vscodium");
    check("excerpt search --format m", "markdown");
    check("excerpt stat", "status");
}

#[test]
fn zsh_completes_folders_and_fields() {
    let place = place();
    // What the completion would add is printed instead.
    let check = |words: &str, expected: &str| {
        let script = format!(
            "autoload -U compinit; compinit -D -u; source script.zsh 2>/dev/null; \
             compadd() {{ while [[ $1 != -- ]]; do shift; done; shift; print -l -- \"$@\" }}; \
             _files() {{ print files }}; _excerpt() {{ print others }}; \
             words=({words}); CURRENT=${{#words}}; _excerpt_words"
        );
        if let Some(out) = run(&place, "zsh", &["-f", "-c", &script]) {
            assert_eq!(out, expected, "{words}");
        }
    };
    check("excerpt search ti", "title:");
    check("excerpt search lang:", "lang:en");
    check("excerpt search --in ''", "articles\nfiles");
    check("excerpt search --hyperlinks vscode-", "vscode-insiders");
    check("excerpt search --format m", "others");
}

#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn skip(shell: &str) {
    eprintln!("skipped: there is no {shell}");
}
