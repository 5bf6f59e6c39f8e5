//! A temporary folder with articles and an index, and the program to run there.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;
use tempfile::TempDir;

/// The stage of a story.
pub(crate) struct Place {
    dir: TempDir,
}

/// What the program answered.
pub(crate) struct Answer {
    /// Its exit code.
    pub(crate) code: i32,
    /// What it printed, with what differs from run to run put in brackets.
    pub(crate) out: String,
    /// What it said.
    pub(crate) err: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::Builder::new().prefix("excerpt").tempdir().expect("a temporary folder") }
    }

    /// A place with three articles.
    pub(crate) fn with_articles() -> Self {
        let place = Self::new();
        place.write(
            "articles/llama.md",
            "---\ntitle: Plans for Llama 4\ndate: 2025-01-30\ntags: [meta, models]\n---\n\nMeta spends much.\n\n\
             ## Agentic skills\n\nLlama 4 will have agentic capabilities. It acts by itself.\n",
        );
        place.write(
            "articles/tides.txt",
            "Why the tide is late\nThe moon pulls the water of the oceans towards it, and so the tide comes later every day. \
             Sailors have known this for a long time.\n",
        );
        place.write(
            "articles/bread.html",
            "<html lang=en><head><title>Bread | Kitchen</title><link rel=canonical href=https://kitchen.example.org/bread>\
             <meta property=article:published_time content=2024-03-05></head><body><nav><a href=/>Home</a> <a href=/soups>Soups</a></nav>\
             <article><h1>Bread</h1><p>A sourdough loaf needs flour, water, salt and some patience, and above all a lively starter, \
             which is nothing but flour and water that was left to ferment.</p><p>Knead the dough until it is smooth, let it rise over \
             night in a cool place, and bake it in a hot oven the next morning, with steam, until the crust is dark brown.</p>\
             </article><footer>All rights reserved by nobody.</footer></body></html>",
        );
        place
    }

    pub(crate) fn path(&self) -> PathBuf {
        dunce::canonicalize(self.dir.path()).expect("the folder is there")
    }

    pub(crate) fn file(&self, path: &str) -> PathBuf {
        self.path().join(path)
    }

    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.file(path);
        fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("the folder can be made");
        fs::write(path, text).expect("the file can be written");
    }

    pub(crate) fn remove(&self, path: &str) {
        fs::remove_file(self.file(path)).expect("the file can be removed");
    }

    pub(crate) fn rename(&self, from: &str, to: &str) {
        fs::rename(self.file(from), self.file(to)).expect("the file can be renamed");
    }

    /// Returns a command of the program that uses the index in `idx`, undisturbed by the environment.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("excerpt"));
        command.args(args).current_dir(self.path()).env("EXCERPT_INDEX", self.file("idx"));
        // What the program keeps for its user is kept here.
        for name in ["XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"] {
            command.env(name, self.file("home"));
        }
        command.env_remove("EXCERPT_SETTINGS");
        for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "TERM", "RUST_BACKTRACE"] {
            command.env_remove(name);
        }
        command
    }

    /// Runs the program.
    pub(crate) fn run(&self, args: &[&str]) -> Answer {
        let output = self.command(args).output().expect("the program runs");
        self.answer(&output)
    }

    pub(crate) fn answer(&self, output: &Output) -> Answer {
        let text = |bytes: &[u8]| plain(&String::from_utf8_lossy(bytes), &self.path());
        Answer {
            code: output.status.code().unwrap_or(-1),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }

    /// Runs the program and returns the object it prints.
    pub(crate) fn json(&self, args: &[&str]) -> Value {
        let mut args = args.to_vec();
        args.push("--json");
        let output = self.command(&args).output().expect("the program runs");
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
            panic!("{args:?} printed no object ({error}): {}", String::from_utf8_lossy(&output.stderr))
        })
    }

    /// Indexes a folder and expects that to go well.
    pub(crate) fn index(&self, folder: &str) {
        let answer = self.run(&["index", folder]);
        assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
    }

    /// Searches without comparing, and returns path and text of the hits.
    pub(crate) fn hits(&self, words: &str) -> Vec<(String, String)> {
        let answer = self.json(&["search", "--refresh", "never", words]);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
        let hits = answer["hits"].as_array().filter(|_| answer["relaxed"] == false);
        let hits = hits.cloned().unwrap_or_default();
        hits.iter().map(|hit| (text(&hit["path"]), text(&hit["text"]))).collect()
    }
}

/// Puts what differs from run to run in brackets.
fn plain(text: &str, dir: &Path) -> String {
    let text = text.replace(&dir.display().to_string(), "[DIR]");
    let mut lines = Vec::new();
    for line in text.lines() {
        // The end of the summary: `· 0.1 s, peak memory 20 MiB`.
        let line = match line.rfind(" · ") {
            Some(at) if line[at..].contains(" s") && line[at..].contains('.') => {
                format!("{} · [TIME]", &line[..at])
            }
            _ => line.to_string(),
        };
        lines.push(line.trim_end().to_string());
    }
    lines.join("\n")
}
