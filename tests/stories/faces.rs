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
    insta::assert_snapshot!(shown, @r#"
    Finds the passage: local full-text search over a folder of articles

    Usage: excerpt [OPTIONS] <COMMAND>

    Commands:
      search       Print the passages that answer, best first
      index        Make the index agree with its folders
      status       Say what is in the index, how fresh it is, and what could not be read
      why          Say what became of a file, and why
      show         Print a passage with what stands around it, or the text of an article
      similar      Print what is most like a passage or an article
      open         Open a hit of the last search, at its place where its format allows
      check        Say whether the index is whole: every byte, every passage, and the ledger beside them
      eval         Say how well judged queries are answered: nDCG, MRR, recall and success
      serve        Show the web page, and answer the HTTP API
      mcp          Give agents tools to search and read, over standard input and output
      settings     Say which settings are in force, and which file they are read from
      completions  Print what a shell needs to complete excerpt's arguments
      man          Print the manual page, or write all of them to a folder

    Options:
      -h, --help
              Print help (see a summary with '-h')

      -V, --version
              Print version

    Options of every command:
          --index <DIR>
              Use the index in this folder instead of the one that would be found

          --json
              Print one JSON object

          --color <WHEN>
              When to use colours

              Possible values:
              - auto:   On a terminal, unless NO_COLOR or CLICOLOR=0 says otherwise
              - always: Always
              - never:  Never

              [default: auto]

    Examples:
      excerpt search Llama 4 agentic --in corpus
      excerpt search '"agentic capabilities"' -nvidia --after 2025-01-01

    === search
    Print the passages that answer, best first

    A folder that the index does not know is indexed first. In the query, "quotes" mean exactly these
    words, +word must be there and -word must not, agent* begins so, zukerberg~ is spelled nearly so and
    /gpt-[45]/ is of this shape; AND, OR, NOT and ( ) work, and title: author: path: tag: site: lang:
    format: date: after: before: look in that field.

    Usage: excerpt search [OPTIONS] [WORDS]...

    Arguments:
      [WORDS]...
              What to look for

    Options:
          --exact
              Look for all words exactly as they are written, but for case and accents

          --case
              Take quoted words letter for letter, case and accents too

          --explain-query
              Say how the query was understood, and search nothing

          --in <PATH>
              Search in this folder or file only

      -n, --limit <N>
              How many passages to print [default: 10, with --budget as many as fit]

          --budget <TOKENS>
              Print the best passages that fit so many tokens of a language model together, whole, and
              say what was left out

          --offset <N>
              Pass over so many of the best first

              [default: 0]

          --by <UNIT>
              What to rank: passages, or whole articles by all they say

              Possible values:
              - passage: Each passage by itself
              - article: Articles, with their best passages inside

              [default: passage]

          --per-article <N>
              How many passages of one article to print at most [default: 1, with --by article 3]

          --copies
              List near copies of each passage, the earliest dated first

          --sort <ORDER>
              In which order

              Possible values:
              - relevance: Best first
              - date:      Newest first
              - modified:  The file that was changed last first

              [default: relevance]

          --recency <AGE>
              Prefer newer articles: at this age half of the preference is gone, as in 30d, 6w, 3m or 2y

          --after <DATE>
              Only what is dated this day or later: 2025, 2025-01-15, yesterday, "last week", or 7d for
              the last seven days

          --before <DATE>
              Only what is dated before this day

          --format <FORMAT>
              How the answer is printed

              [default: text]
              [possible values: text, json, jsonl, markdown, csv, paths]

          --hyperlinks <FORMAT>
              How places on a terminal become links: none, file, the name of an editor such as vscode,
              or a URL with {path}, and {line}, {column} and {host} if you like

              [default: file]

          --context <N>
              Print so many passages before and after each too

              [default: 0]

          --full
              Print whole passages instead of their best sentences

          --facets
              Count what matches by folder, format, language and month

          --explain
              Say how each score came to be

          --refresh <WHEN>
              How much to compare the index with the files first

              Possible values:
              - auto:   As much as fits 20 ms; small changes are indexed
              - always: All of it: the index is brought up to date
              - never:  Nothing

              [default: auto]

          --no-index
              Search only what is indexed already

          --no-history
              Do not keep the hits for `excerpt open`

      -h, --help
              Print help (see a summary with '-h')

    Options of every command:
          --index <DIR>
              Use the index in this folder instead of the one that would be found

          --json
              Print one JSON object

          --color <WHEN>
              When to use colours

              Possible values:
              - auto:   On a terminal, unless NO_COLOR or CLICOLOR=0 says otherwise
              - always: Always
              - never:  Never

              [default: auto]

    Examples:
      excerpt search Llama 4 agentic --in corpus
      excerpt search '"agentic capabilities"' meta -nvidia --after 2025-01-01 -n 5

    === index
    Make the index agree with its folders

    New and changed files are read, those that are gone are removed. A folder that the index does not
    hold yet is added. Without folders, all of the index's are brought up to date.

    Usage: excerpt index [OPTIONS] [FOLDER]...

    Arguments:
      [FOLDER]...
              Folders or single files, even hidden or ignored ones

    Options:
          --forget <FOLDER>
              Take this folder out of the index

          --rebuild
              Read all files again and build the index anew beside the old one

          --compact
              Take what was removed out of the files of the index too, and merge these as far as memory
              allows

          --watch
              Go on until Ctrl-C: what changes is indexed within a second or two

          --dry-run
              Only say what would be done

          --jobs <N>
              How many processors to use, reading as many files at once [default: all]

          --memory <SIZE>
              How much memory to use, such as 512M or 1G

              [default: 256M]

          --stage <SIZE>
              How much to read before it is committed, such as 64M: a run that is cut off loses no more

              [default: 1G]

      -h, --help
              Print help (see a summary with '-h')

    What is passed over in the folders named, from now on, instead of what was before:
          --exclude <GLOB>
              Leave out what this pattern matches, written as in a .gitignore

          --hidden
              Take hidden files too

          --no-ignore
              Pay no heed to .excerptignore, .ignore and .gitignore

          --follow
              Follow symbolic links

          --fields <NAMES>
              Names of fields in records, put before the usual ones: FACT=NAME,…; facts are id, title,
              text, author, date, url, language, tags [example: text=body_md,title=name]

          --default-rules
              Pass over again what is passed over where none of these is given

    Options of every command:
          --index <DIR>
              Use the index in this folder instead of the one that would be found

          --json
              Print one JSON object

          --color <WHEN>
              When to use colours

              Possible values:
              - auto:   On a terminal, unless NO_COLOR or CLICOLOR=0 says otherwise
              - always: Always
              - never:  Never

              [default: auto]

    Examples:
      excerpt index ~/articles --exclude 'drafts/**'
      excerpt index --forget ~/old-articles

    === status
    Say what is in the index, how fresh it is, and what could not be read

    Usage: excerpt status [OPTIONS]

    Options:
          --failures
              List the files that could not be read, in whole or in part, and why

          --files
              List every file and folder, and what became of it

      -h, --help
              Print help (see a summary with '-h')

    Options of every command:
          --index <DIR>
              Use the index in this folder instead of the one that would be found

          --json
              Print one JSON object

          --color <WHEN>
              When to use colours

              Possible values:
              - auto:   On a terminal, unless NO_COLOR or CLICOLOR=0 says otherwise
              - always: Always
              - never:  Never

              [default: auto]

    Examples:
      excerpt status
      excerpt status --failures --json

    === why
    Say what became of a file, and why

    Usage: excerpt why [OPTIONS] <PATH>

    Arguments:
      <PATH>
              The file or folder

    Options:
      -h, --help
              Print help (see a summary with '-h')

    Options of every command:
          --index <DIR>
              Use the index in this folder instead of the one that would be found

          --json
              Print one JSON object

          --color <WHEN>
              When to use colours

              Possible values:
              - auto:   On a terminal, unless NO_COLOR or CLICOLOR=0 says otherwise
              - always: Always
              - never:  Never

              [default: auto]

    Examples:
      excerpt why corpus/news/meta-llama-4.md
      excerpt why ~/articles/scan.pdf --json

    === show
    Print a passage with what stands around it, or the text of an article

    An id, or any beginning of one that is unique, shows that passage; PATH:LINE the passage at that
    line; PATH the whole article, PATH#MEMBER one of the articles of a file that holds several;
    PATH#page=3 a page, and so #chapter=, #slide= and #t=, which takes seconds. A place is also taken as
    a hit prints it.

    Usage: excerpt show [OPTIONS] <ID|PATH[:LINE|#MEMBER|#page=N]>

    Arguments:
      <ID|PATH[:LINE|#MEMBER|#page=N]>
              An id from `search --json`, a file, or a file and a line, member or page

    Options:
          --context <N>
              How many passages before and after to print too

              [default: 1]

      -h, --help
              Print help (see a summary with '-h')

    Options of every command:
          --index <DIR>
              Use the index in this folder instead of the one that would be found

          --json
              Print one JSON object

          --color <WHEN>
              When to use colours

              Possible values:
              - auto:   On a terminal, unless NO_COLOR or CLICOLOR=0 says otherwise
              - always: Always
              - never:  Never

              [default: auto]

    Examples:
      excerpt show corpus/news/meta-llama-4.md
      excerpt show corpus/news/meta-llama-4.md:30 --context 2

    === open
    Open a hit of the last search, at its place where its format allows

    A number means that hit of the last `search` or `similar`, whatever folder it was asked in; an id or
    a path what it means to `show`. Text goes to the editor that your settings name; PDF files and web
    pages go to the browser that they name, or to the default application, as a file: URL that says the
    page or the words; everything else goes to the default application.

    Usage: excerpt open [OPTIONS] <N|ID|PATH[:LINE]>

    Arguments:
      <N|ID|PATH[:LINE]>
              The number of a hit, an id, or a file with a line or member

    Options:
          --print
              Only print what would be opened, and by what

      -h, --help
              Print help (see a summary with '-h')

    Options of every command:
          --index <DIR>
              Use the index in this folder instead of the one that would be found

          --json
              Print one JSON object

          --color <WHEN>
              When to use colours

              Possible values:
              - auto:   On a terminal, unless NO_COLOR or CLICOLOR=0 says otherwise
              - always: Always
              - never:  Never

              [default: auto]

    Examples:
      excerpt open 1
      excerpt open 3 --print

    === eval
    Say how well judged queries are answered: nDCG, MRR, recall and success

    Queries are lines `id<TAB>text`, JSON lines or TREC topics. Judgments are TREC qrels of articles,
    called by path, path#member or member; or answers, lines `query<TAB>path<TAB>text` that the passage
    must contain, which need no queries beside them.

    Usage: excerpt eval [OPTIONS] --judgments <FILE>

    Options:
          --queries <FILE>
              The queries

          --judgments <FILE>
              What answers them

          --in <PATH>
              Index this folder or file for the time being, instead of asking the index

          --by <WHAT>
              What is ranked [default: what is judged]

              Possible values:
              - passage: Each passage by itself
              - article: Articles, with their best passages inside

          --language <LANGUAGE>
              Only answers in this language, their fourth column

          --run-in <FILE>
              Evaluate this run, in TREC form, instead of searching

          --run-out <FILE>
              Write what was found as a run in TREC form

          --compare <RUN|SETTINGS>
              Compare with a run, or with a search by other settings: by=passage, or weights such as
              exact=0,pair=0.2

          --top-misses <N>
              Name so many of the queries that were answered worst

      -h, --help
              Print help (see a summary with '-h')

    Options of every command:
          --index <DIR>
              Use the index in this folder instead of the one that would be found

          --json
              Print one JSON object

          --color <WHEN>
              When to use colours

              Possible values:
              - auto:   On a terminal, unless NO_COLOR or CLICOLOR=0 says otherwise
              - always: Always
              - never:  Never

              [default: auto]

    Examples:
      excerpt eval --in corpus --judgments corpus/judgments.tsv --language en --top-misses 5
      excerpt eval --in articles --queries queries.tsv --judgments qrels.txt --compare by=passage

    === mcp
    Give agents tools to search and read, over standard input and output

    A server of the Model Context Protocol with four tools that only read: search, read, read_many and
    status. It answers until its input ends, each time from the newest state of the index, which need
    not be there yet. The README says how to add it to an agent.

    Usage: excerpt mcp [OPTIONS]

    Options:
          --in <PATH>
              Reach into this folder or file only; one that the index does not know is indexed first

      -h, --help
              Print help (see a summary with '-h')

    Options of every command:
          --index <DIR>
              Use the index in this folder instead of the one that would be found

          --json
              Print one JSON object

          --color <WHEN>
              When to use colours

              Possible values:
              - auto:   On a terminal, unless NO_COLOR or CLICOLOR=0 says otherwise
              - always: Always
              - never:  Never

              [default: auto]

    Examples:
      excerpt mcp --in ~/articles
      claude mcp add excerpt -- excerpt mcp --in ~/articles

    === settings
    Say which settings are in force, and which file they are read from

    The file is `excerpt/settings.toml` in your configuration folder, or the one that EXCERPT_SETTINGS
    names. It holds what you would otherwise type each time; options on the command line win.

    Usage: excerpt settings [OPTIONS]

    Options:
          --sample
              Print a settings file with everything that may stand in one, as comments

      -h, --help
              Print help (see a summary with '-h')

    Options of every command:
          --index <DIR>
              Use the index in this folder instead of the one that would be found

          --json
              Print one JSON object

          --color <WHEN>
              When to use colours

              Possible values:
              - auto:   On a terminal, unless NO_COLOR or CLICOLOR=0 says otherwise
              - always: Always
              - never:  Never

              [default: auto]

    Examples:
      excerpt settings
      excerpt settings --sample > ~/.config/excerpt/settings.toml

    === completions
    Print what a shell needs to complete excerpt's arguments

    Usage: excerpt completions [OPTIONS] <SHELL>

    Arguments:
      <SHELL>
              The shell

              [possible values: bash, elvish, fish, powershell, zsh]

    Options:
      -h, --help
              Print help (see a summary with '-h')

    Options of every command:
          --index <DIR>
              Use the index in this folder instead of the one that would be found

          --json
              Print one JSON object

          --color <WHEN>
              When to use colours

              Possible values:
              - auto:   On a terminal, unless NO_COLOR or CLICOLOR=0 says otherwise
              - always: Always
              - never:  Never

              [default: auto]

    Examples:
      excerpt completions bash > ~/.local/share/bash-completion/completions/excerpt
      excerpt completions fish > ~/.config/fish/completions/excerpt.fish

    === man
    Print the manual page, or write all of them to a folder

    Usage: excerpt man [OPTIONS] [FOLDER]

    Arguments:
      [FOLDER]
              The folder to write a page for every command to

    Options:
      -h, --help
              Print help (see a summary with '-h')

    Options of every command:
          --index <DIR>
              Use the index in this folder instead of the one that would be found

          --json
              Print one JSON object

          --color <WHEN>
              When to use colours

              Possible values:
              - auto:   On a terminal, unless NO_COLOR or CLICOLOR=0 says otherwise
              - always: Always
              - never:  Never

              [default: auto]

    Examples:
      excerpt man | man -l -
      excerpt man ~/.local/share/man/man1
    "#);
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
