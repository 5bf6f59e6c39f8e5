//! The ignore files of the folders that a walk is in.

use std::path::{Path, PathBuf};

use ignore::{
    Match,
    gitignore::{Gitignore, GitignoreBuilder},
};

use super::{
    Rules,
    beside::{There, there},
    bytes,
};

/// The ignore files of a folder, strongest first, and whether they count only in a git repository.
const IGNORE_FILES: [(&str, bool); 3] = [(".excerptignore", false), (".ignore", false), (".gitignore", true)];

/// The ignore files in force where the walk stands, outermost first.
pub(super) struct Ignores {
    in_repository: bool,
    levels: Vec<Level>,
}

/// The ignore files of one folder.
struct Level {
    folder: PathBuf,
    files: Vec<Gitignore>,
    /// Whether the folder around it is in a git repository.
    around_in_repository: bool,
}

impl Ignores {
    /// Those of the folders above `start`: git's own from the top of the repository, the others
    /// from `root` on.
    pub(super) fn above(root: &Path, start: &Path, rules: &Rules) -> Self {
        let mut ignores = Self { in_repository: false, levels: Vec::new() };
        if rules.no_ignore {
            return ignores;
        }
        let top = root.ancestors().find(|folder| folder.join(".git").exists());
        ignores.in_repository = top.is_some();
        let mut above: Vec<&Path> = start.ancestors().skip(1).collect();
        above.reverse();
        for folder in above {
            if folder.starts_with(root) {
                ignores.enter(folder, rules, &mut |name| there(folder, name));
            } else if top.is_some_and(|top| folder.starts_with(top)) {
                ignores.read(folder, &IGNORE_FILES[2..], &mut |name| there(folder, name));
            }
        }
        ignores
    }

    /// Goes into a folder, of which `look` says what a name stands for there.
    pub(super) fn enter(&mut self, folder: &Path, rules: &Rules, look: &mut dyn FnMut(&str) -> There) {
        if rules.no_ignore {
            return;
        }
        let around = self.in_repository;
        self.in_repository = around || look(".git") != There::Nothing;
        self.read(folder, &IGNORE_FILES, look);
        if let Some(level) = self.levels.last_mut() {
            level.around_in_repository = around;
        }
    }

    fn read(&mut self, folder: &Path, files: &[(&str, bool)], look: &mut dyn FnMut(&str) -> There) {
        let mut found = Vec::new();
        for (name, git_only) in files {
            if (*git_only && !self.in_repository) || look(name) != There::File {
                continue;
            }
            let mut builder = GitignoreBuilder::new(folder);
            // A line that is no pattern is passed over, as git does.
            let _ = builder.add(folder.join(name));
            found.extend(builder.build());
        }
        let around_in_repository = self.in_repository;
        self.levels.push(Level { folder: folder.to_path_buf(), files: found, around_in_repository });
    }

    /// Drops the levels of folders that `path` is not in.
    pub(super) fn leave_to(&mut self, path: &Path) {
        let is_in = |folder: &Path| {
            let rest = bytes(path).strip_prefix(bytes(folder));
            // Mostly it is, and that can be told without taking paths apart.
            rest.is_some_and(|rest| rest.starts_with(b"/")) || path.starts_with(folder)
        };
        while let Some(level) = self.levels.pop_if(|level| !is_in(&level.folder)) {
            self.in_repository = level.around_in_repository;
        }
    }

    pub(super) fn rule(&self, path: &Path, is_dir: bool) -> Option<String> {
        for level in self.levels.iter().rev() {
            for file in &level.files {
                match file.matched(path, is_dir) {
                    Match::None => {}
                    Match::Whitelist(_) => return None,
                    Match::Ignore(glob) => {
                        let from = glob.from().unwrap_or(&level.folder);
                        return Some(format!("ignored by `{}` in {}", glob.original(), from.display()));
                    }
                }
            }
        }
        None
    }
}
