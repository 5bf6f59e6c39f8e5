//! `--hyperlinks`: places as links that a terminal opens.

use crate::place::Place;

#[test]
fn a_format_of_links_is_checked_before_anything_is_searched() {
    let place = Place::new();
    let check = |format: &str, cause: &str| {
        for command in ["search", "similar"] {
            let answer = place.run(&[command, "--hyperlinks", format, "tide"]);
            assert_eq!(answer.code, 2);
            assert!(answer.err.contains(cause), "{}", answer.err);
        }
    };
    check("x://{file}:{line}", "there is no {file}; there are {path}, {line}, {column}, {host}");
    check("x://open", "a format needs {path}");
    check("{path}", "a format begins with a scheme");
    check("vscod", "vscode-insiders");
}

#[cfg(unix)]
#[test]
fn links_are_for_a_terminal_in_the_form_that_was_asked_for() {
    let place = Place::with_articles();
    place.index("articles");
    // On no terminal there are none.
    let plain = place.run(&["search", "agentic", "--color", "always", "--hyperlinks", "vscode"]);
    assert!(!plain.out.contains("\u{1b}]8;;"), "{}", plain.out);
    let program = assert_cmd::cargo::cargo_bin!("excerpt").display().to_string();
    let shown = |words: &str, options: &str| {
        let line = format!("'{program}' search --color always {words} {options}");
        let command = place.command(&[]);
        let mut script = std::process::Command::new("script");
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => script.env(name, value),
                None => script.env_remove(name),
            };
        }
        let output = script.args(["-qec", &line, "/dev/null"]).current_dir(place.path()).output();
        output.ok().map(|output| place.answer(&output).out)
    };
    let Some(out) = shown("agentic", "--hyperlinks vscode") else {
        skip("script, to make a terminal");
        return;
    };
    assert!(out.contains("\u{1b}]8;;vscode://file[DIR]/articles/llama.md:11:1\u{1b}\\"), "{out:?}");
    let out = shown("agentic", "").unwrap_or_default();
    assert!(out.contains("\u{1b}]8;;file://[DIR]/articles/llama.md#L11\u{1b}\\"), "{out:?}");
    let out = shown("agentic", "--hyperlinks none").unwrap_or_default();
    assert!(out.contains("llama.md:11") && !out.contains("\u{1b}]8;;"), "{out:?}");
    // A page has no line that an editor could go to.
    let out = shown("sourdough", "--hyperlinks vscode").unwrap_or_default();
    assert!(out.contains("\u{1b}]8;;file://[DIR]/articles/bread.html#:~:text="), "{out:?}");
    // What is set for always holds where nothing is asked for.
    place.write("home/excerpt/settings.toml", "hyperlinks = \"x-own:{path}\"\n");
    let out = shown("agentic", "").unwrap_or_default();
    assert!(out.contains("\u{1b}]8;;x-own:[DIR]/articles/llama.md\u{1b}\\"), "{out:?}");
}

#[cfg(unix)]
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn skip(what: &str) {
    eprintln!("skipped: there is no {what}");
}
