//! The ignore files of the folders that a walk is in.

use std::path::Path;

use ignore::{
    Match,
    gitignore::{Gitignore, GitignoreBuilder},
};

use super::Rules;

/// The ignore files of a folder, strongest first, and whether they count only in a git repository.
const IGNORE_FILES: [(&str, bool); 3] = [(".excerptignore", false), (".ignore", false), (".gitignore", true)];

/// The ignore files in force where the walk stands, outermost first.
pub(super) struct Ignores {
    in_repository: bool,
    levels: Vec<Level>,
}

/// The ignore files of one folder.
struct Level {
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
                ignores.enter(folder, rules, &|_| true);
            } else if top.is_some_and(|top| folder.starts_with(top)) {
                let files = ignores.read(folder, &IGNORE_FILES[2..], &|_| true);
                ignores.levels.push(Level { files, around_in_repository: true });
            }
        }
        ignores
    }

    /// Goes into a folder that holds `names`.
    pub(super) fn enter(&mut self, folder: &Path, rules: &Rules, names: &dyn Fn(&str) -> bool) {
        let around_in_repository = self.in_repository;
        let mut files = Vec::new();
        if !rules.no_ignore {
            self.in_repository |= names(".git") && folder.join(".git").exists();
            files = self.read(folder, &IGNORE_FILES, names);
        }
        self.levels.push(Level { files, around_in_repository });
    }

    fn read(&self, folder: &Path, files: &[(&str, bool)], names: &dyn Fn(&str) -> bool) -> Vec<Gitignore> {
        let mut found = Vec::new();
        for (name, git_only) in files {
            if (*git_only && !self.in_repository) || !names(name) {
                continue;
            }
            let file = folder.join(name);
            if !file.is_file() {
                continue;
            }
            let mut builder = GitignoreBuilder::new(folder);
            // A line that is no pattern is passed over, as git does.
            let _ = builder.add(&file);
            found.extend(builder.build());
        }
        found
    }

    /// Goes back to the folder around the last one that was gone into.
    pub(super) fn leave(&mut self) {
        if let Some(level) = self.levels.pop() {
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
                        let from = glob.from().unwrap_or(file.path());
                        return Some(format!("ignored by `{}` in {}", glob.original(), from.display()));
                    }
                }
            }
        }
        None
    }
}
