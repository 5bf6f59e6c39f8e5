//! `excerpt completions`: what a shell needs to complete the program's arguments.

use std::io::Write;

use clap_complete::Shell;

use super::{Outcome, ui::Ui};

/// Print what a shell needs to complete excerpt's arguments
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  excerpt completions bash > ~/.local/share/bash-completion/completions/excerpt
  excerpt completions fish > ~/.config/fish/completions/excerpt.fish")]
pub(super) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(super) fn run(&self, program: &mut clap::Command, ui: &Ui) -> anyhow::Result<Outcome> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, program, "excerpt", &mut script);
        // The script of the arguments is asked where the program has nothing to say.
        script.extend_from_slice(
            match self.shell {
                Shell::Bash => BASH,
                Shell::Zsh => ZSH,
                Shell::Fish => FISH,
                _ => "",
            }
            .as_bytes(),
        );
        let mut out = ui.out();
        out.write_all(&script)?;
        out.flush()?;
        Ok(Outcome::Done)
    }
}

/// Words that the program completes; bash parts `lang:de` and `--in=a` at the colon and the equals sign, and
/// wants only what follows these.
const BASH: &str = r#"
_excerpt_words() {
    local IFS=$'\n' line=${COMP_LINE:0:COMP_POINT} cut
    local last=${line##*[[:space:]]} words
    read -r -a words -d '' < <(printf '%s' "${line% *}" | tr -s '[:blank:]' '\n'; printf '\n\0')
    local found=($("${COMP_WORDS[0]}" complete -- "${words[@]}" "$last" 2>/dev/null))
    local word=${COMP_WORDS[COMP_CWORD]}
    if [[ $word == [:=] ]]; then word=; fi
    cut=${last%"$word"}
    if (( ${#found[@]} == 0 )); then
        if [[ ${COMP_WORDS[COMP_CWORD-1]} == --in ]]; then
            COMPREPLY=($(compgen -f -- "$word"))
            compopt -o filenames 2>/dev/null
            return
        fi
        IFS=$' \t\n'
        _excerpt "$@"
        return
    fi
    COMPREPLY=("${found[@]#"$cut"}")
    if [[ ${COMP_WORDS[COMP_CWORD-1]} == --in ]]; then
        COMPREPLY+=($(compgen -f -- "$word"))
        compopt -o filenames 2>/dev/null
    elif (( ${#found[@]} == 1 )) && [[ ${found[0]} == *: ]]; then
        compopt -o nospace 2>/dev/null
    fi
}
complete -F _excerpt_words -o bashdefault -o default excerpt
"#;

const ZSH: &str = r#"
_excerpt_words() {
    local -a found fields
    found=(${(f)"$("${words[1]}" complete -- "${(@)words[1,CURRENT]}" 2>/dev/null)"})
    fields=(${(M)found:#*:})
    found=(${found:#*:})
    (( ${#fields} )) && compadd -S '' -- $fields
    (( ${#found} )) && compadd -- $found
    if [[ ${words[CURRENT-1]} == --in ]]; then
        _files
    elif (( ${#fields} + ${#found} == 0 )); then
        _excerpt "$@"
    fi
}
compdef _excerpt_words excerpt
"#;

const FISH: &str = r#"
function __excerpt_words
    set -l words (commandline -opc) (commandline -ct)
    command $words[1] complete -- $words 2>/dev/null
end
complete -c excerpt -n '__fish_seen_subcommand_from search similar serve mcp' -a '(__excerpt_words)'
complete -c excerpt -n '__fish_seen_subcommand_from search similar serve mcp' -l in -r -F -a '(__excerpt_words)'
complete -c excerpt -n '__fish_seen_subcommand_from search similar' -l hyperlinks -x -a '(__excerpt_words)'
"#;
