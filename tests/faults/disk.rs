//! Disks that are full, files that may not be read, folders that go away, and articles that change while they
//! are read.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    thread,
    time::Duration,
};

use crate::{
    place::Place,
    stage::{self, answers, copy, long},
};

/// Returns a command of the program under a shell that does something before.
fn under(place: &Place, shell: &str, args: &[&str]) -> Command {
    let plain = place.command(args);
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{shell} exec \"$0\" \"$@\"")]).arg(plain.get_program()).args(args);
    command.current_dir(place.path());
    for (name, value) in plain.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}

/// Expects a message that names the cause, and no crash.
fn expect_failure(output: &Output, cause: &str, what: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{what}: {said}");
    assert!(said.starts_with("excerpt: ") && said.to_lowercase().contains(cause), "{what}: {said}");
}

/// Whether files may grow no longer than so many blocks of 512 bytes.
#[test]
fn where_files_may_not_grow_the_index_stays_as_it_was() {
    let place = Place::new();
    stage::articles(&place);
    place.index("articles");
    let before = answers(&place, &place.file("idx"));
    copy(&place.file("idx"), &place.file("kept"));
    for step in 0..3 {
        stage::change(&place, step);
    }
    let after = stage::fresh_answers(&place);
    let (mut failed, most) = (0, if long() { 60 } else { 24 });
    for blocks in (1..most).step_by(2) {
        fs::remove_dir_all(place.file("idx")).expect("it is there");
        copy(&place.file("kept"), &place.file("idx"));
        let limit = format!("trap '' XFSZ; ulimit -f {blocks};");
        let output = under(&place, &limit, &["index", "articles"]).output().expect("the shell runs");
        let what = format!("files of {blocks} blocks");
        let found = answers(&place, &place.file("idx"));
        if output.status.success() {
            assert_eq!(found, after, "{what}");
            continue;
        }
        failed += 1;
        expect_failure(&output, "file too large", &what);
        assert!(found == before || found == after, "{what}");
        assert_eq!(place.json(&["check"])["whole"], true, "{what}");
        place.index("articles");
        assert_eq!(answers(&place, &place.file("idx")), after, "{what}");
        assert_eq!(place.json(&["check"])["left_over"], 0, "{what}");
    }
    assert!(failed > 3, "only {failed} runs met the limit");
}

/// A file system of a few hundred kilobytes, where such a one may be mounted.
#[test]
fn on_a_full_disk_the_cause_is_named_and_nothing_is_lost() {
    let place = Place::new();
    stage::articles(&place);
    fs::create_dir(place.file("small")).expect("it can be made");
    let script = "mount -t tmpfs -o size=256k none small || exit 77; export EXCERPT_INDEX=small/idx; \
                  \"$0\" index articles >&2 || exit 78; cat big1 big2 >> articles/big.txt; \
                  \"$0\" index articles; echo \"code $?\" >&2; \"$0\" check >&2; \
                  \"$0\" search heron --refresh never >&2; rm articles/big.txt; \"$0\" index articles >&2; \
                  \"$0\" check >&2; echo \"code $?\" >&2";
    // Words that differ fill an index more than words that come back.
    let words = |from: u32| {
        (from..from + 60_000).map(|at| format!("w{:x} ", at.wrapping_mul(2_654_435_761))).collect::<String>()
    };
    place.write("big1", words(0));
    place.write("big2", words(60_000));
    let plain = place.command(&[]);
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", script]).arg(plain.get_program());
    command.current_dir(place.path());
    let output = match command.output() {
        Ok(output) if output.status.code() != Some(77) && !output.stderr.starts_with(b"unshare") => output,
        _ => {
            eprintln!("skipped: no small file system can be mounted here");
            return;
        }
    };
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("No space left on device") && said.contains("code 2"), "{said}");
    assert!(said.ends_with("code 0\n"), "{said}");
    assert_eq!(said.matches("nothing is broken").count(), 2, "{said}");
}

#[test]
fn an_index_that_goes_away_while_it_is_written_is_an_error() {
    let place = Place::new();
    stage::articles(&place);
    for at in 0..400 {
        place.write(&format!("articles/many/{at}.md"), stage::article(at, at));
    }
    let mut met = 0;
    for delay in [0, 20, 60, 120, 200, 300] {
        let mut command = place.command(&["index", "articles"]);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program runs");
        thread::sleep(Duration::from_millis(delay));
        // Files come while it is taken away: once is not always enough.
        while fs::remove_dir_all(place.file("idx")).is_err() && place.file("idx").exists() {}
        let output = child.wait_with_output().expect("it ends");
        if !output.status.success() {
            met += 1;
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{said}");
            assert!(said.starts_with("excerpt: ") && !said.contains("fault of the program"), "{said}");
        }
        let _ = fs::remove_dir_all(place.file("idx"));
    }
    assert!(met > 0, "it never went away in time");
    place.index("articles");
    stage::expect_whole(&place, "made again");
}

#[test]
fn articles_that_change_while_they_are_read_are_read_again() {
    let place = Place::new();
    stage::articles(&place);
    let folder = place.file("articles/0");
    for round in 0..if long() { 40 } else { 5 } {
        let child = place.command(&["index", "articles"]).stdout(Stdio::null()).spawn();
        let mut child = child.expect("the program runs");
        let mut step = 0;
        while child.try_wait().expect("it can be asked").is_none() {
            disturb(&folder, round, step);
            step += 1;
        }
        assert!(child.wait().expect("it ends").success(), "round {round}");
        place.index("articles");
        stage::expect_whole(&place, &format!("round {round}"));
    }
}

/// Lets a file grow, shrinks one, replaces one, and removes one.
fn disturb(folder: &Path, round: usize, step: usize) {
    let file = |at: usize| folder.join(format!("{}.md", 3 * (at % 8)));
    let write = |path: PathBuf, text: String| fs::write(path, text).expect("it can be written");
    match step % 4 {
        0 => {
            let grown = fs::read_to_string(file(step / 4)).unwrap_or_default();
            write(file(step / 4), grown.chars().take(4_000).collect::<String>() + "\n\nAnd a heron more.\n");
        }
        1 => write(file(step / 4 + 1), "# Short\n\nA ferry.\n".into()),
        2 => {
            write(folder.join("new"), stage::article(step, round + 400));
            fs::rename(folder.join("new"), file(step / 4 + 2)).expect("it can be renamed");
        }
        _ => _ = fs::remove_file(file(step / 4 + 3)),
    }
}

/// Whoever runs this as root may read everything: then another user is asked to.
#[cfg(unix)]
#[test]
fn what_may_not_be_read_or_written_is_named() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let place = Place::new();
    stage::articles(&place);
    place.index("articles");
    let root = fs::metadata(place.path()).expect("it is there").uid() == 0;
    let allow = |path: &str, mode| {
        fs::set_permissions(place.file(path), fs::Permissions::from_mode(mode)).expect("it can be set");
    };
    let ask = |args: &[&str]| {
        let mut command = if root {
            let plain = place.command(args);
            let mut command = Command::new("setpriv");
            command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"]);
            command.arg(plain.get_program()).args(args).current_dir(place.path());
            command.env("EXCERPT_INDEX", place.file("idx"));
            command
        } else {
            place.command(args)
        };
        command.output()
    };
    allow("", 0o755);
    if !ask(&["--version"]).is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: there is no other user to run as");
        return;
    }
    allow("idx", 0o000);
    let output = ask(&["search", "heron"]).expect("the program runs");
    expect_failure(&output, "permission denied", "an index that may not be read");
    let output = ask(&["check"]).expect("the program runs");
    expect_failure(&output, "permission denied", "an index that may not be checked");
    allow("idx", 0o755);
    for entry in ["idx/g1", "idx/current", "idx/folders.json", "idx/excerpt.toml"] {
        allow(entry, 0o755);
    }
    for entry in fs::read_dir(place.file("idx/g1")).expect("it is there").flatten() {
        fs::set_permissions(entry.path(), fs::Permissions::from_mode(0o444)).expect("it can be set");
    }
    for path in ["idx", "idx/g1", "articles"] {
        allow(path, 0o555);
    }
    // An index of which nothing may be written is searched and checked all the same.
    let output = ask(&["search", "heron", "--json"]).expect("the program runs");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    if root {
        let answer: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it prints an object");
        assert!(answer["notes"].to_string().contains("another user"), "{}", answer["notes"]);
    }
    let output = ask(&["check"]).expect("the program runs");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
    fs::write(place.file("articles/0/0.md"), "# Changed\n\nA walrus.\n").expect("root may");
    let output = ask(&["index", "articles"]).expect("the program runs");
    expect_failure(&output, "cannot write", "an index that may not be written");
    for path in ["idx", "idx/g1", "articles"] {
        allow(path, 0o755);
    }
}
