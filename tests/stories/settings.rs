//! The user's settings, and those of an index.

use std::fs;

use crate::place::Place;

const FILE: &str = "home/excerpt/settings.toml";

#[test]
fn settings_stand_for_options_and_the_command_line_wins() {
    let place = Place::with_articles();
    place.index("articles");
    place.write(FILE, "format = \"paths\"\nlimit = 1\n");
    let lines = |args: &[&str]| place.run(args).out.lines().count();
    assert_eq!(lines(&["search", "the"]), 1);
    assert_eq!(place.run(&["search", "tide"]).out, "articles/tides.txt");
    assert_eq!(lines(&["search", "water", "flour", "meta", "--limit", "3"]), 3);
    // A budget holds as much as fits, and one object is asked for by --json.
    assert_eq!(lines(&["search", "water", "flour", "meta", "--budget", "2000"]), 3);
    assert_eq!(place.json(&["search", "water", "flour", "meta"])["hits"].as_array().map(Vec::len), Some(1));
}

#[test]
fn settings_say_where_the_index_is_and_whether_hits_are_kept() {
    let place = Place::with_articles();
    let own = place.file("own");
    place.write(FILE, format!("index = {:?}\nhistory = false\n", own.display().to_string()));
    let run = |args: &[&str]| {
        let output = place.command(args).env_remove("EXCERPT_INDEX").output().expect("the program runs");
        place.answer(&output)
    };
    assert_eq!(run(&["index", "articles"]).code, 0);
    assert!(own.join("excerpt.toml").exists());
    assert_eq!(run(&["search", "agentic"]).code, 0);
    assert!(run(&["open", "1"]).err.contains("no search is remembered"));
}

#[test]
fn a_settings_file_is_strict_and_can_be_another_one() {
    let place = Place::with_articles();
    place.index("articles");
    place.write("other.toml", "limit = 5\n\ncolour = \"never\"\n");
    let other = |args: &[&str]| {
        let output =
            place.command(args).env("EXCERPT_SETTINGS", "other.toml").output().expect("the program runs");
        place.answer(&output)
    };
    let answer = other(&["search", "tide"]);
    assert_eq!(answer.code, 2);
    insta::assert_snapshot!(answer.err, @"
    excerpt: cannot understand the settings in other.toml: line 3: there is no setting `colour`; there are: limit, format, hyperlinks, refresh, color, index, history, editor, browser, jobs, memory, addr
    hint: `excerpt settings --sample` prints what may stand there
    ");
    assert!(other(&["status", "--json"]).out.contains("\"kind\": \"settings\""));
    // What the shell or a reader asks for needs no settings.
    assert_eq!(other(&["--help"]).code, 0);
    assert_eq!(other(&["completions", "bash"]).code, 0);
    place.remove("other.toml");
    assert!(other(&["status"]).err.contains("cannot read other.toml"));
}

#[test]
fn what_is_in_force_is_shown() {
    let place = Place::new();
    place.write(FILE, "memory = \"512M\"\neditor = [\"vim\", \"+{line}\", \"{path}\"]\n");
    insta::assert_snapshot!(place.run(&["settings"]).out, @"
    file        home/excerpt/settings.toml
    limit       10
    format      text
    hyperlinks  file
    refresh     auto
    color       auto
    index       in the platform's data folder
    history     true
    editor      vim +{line} {path}  (line 2)
    browser     the default application
    jobs        all
    memory      512M  (line 1)
    addr        127.0.0.1:7755
    ");
    let answer = place.json(&["settings"]);
    assert_eq!((&answer["schema"], &answer["exists"]), (&1.into(), &true.into()));
    let editor =
        answer["settings"].as_array().and_then(|each| each.iter().find(|one| one["name"] == "editor"));
    let editor = editor.expect("it is listed");
    assert_eq!(editor["value"], serde_json::json!(["vim", "+{line}", "{path}"]));
    assert_eq!(editor["line"], 2);
    // The sample is a file that may stand there as it is.
    place.write(FILE, place.run(&["settings", "--sample"]).out);
    assert_eq!(place.run(&["settings"]).code, 0);
}

#[test]
fn the_settings_of_an_index_name_its_folders_which_are_added_aloud() {
    let place = Place::with_articles();
    place.write(
        "articles/records.jsonl",
        "{\"id\": 1, \"name\": \"Birds\", \"body_md\": \"A cassowary came late.\"}\n",
    );
    let settings = "folders = [\"articles\"]\nexclude = [\"*.html\"]\nfields = \"text=body_md,title=name\"\n\
                    synonyms = \"words.txt\"\n";
    place.write("idx/excerpt.toml", settings);
    place.write("idx/words.txt", "bird of the tide, cassowary\nmoon, luna\n");
    let answer = place.json(&["search", "tide"]);
    assert_eq!(answer["total"], 0);
    assert!(answer["notes"].to_string().contains("name folders that it does not hold yet"), "{answer}");
    let answer = place.run(&["index"]);
    assert_eq!(
        (answer.code, answer.err.trim()),
        (0, "excerpt: the settings of the index name articles, which is added")
    );
    assert_eq!(place.json(&["search", "cassowary"])["hits"][0]["title"], "Birds");
    assert_eq!(place.json(&["search", "luna"])["hits"][0]["path"], "tides.txt");
    assert_eq!(place.hits("sourdough"), []);
    // It is held then, and nothing is said again.
    assert_eq!(place.run(&["index"]).err, "");
    // Other names of fields are read at once.
    place.write("idx/excerpt.toml", "folders = [\"articles\"]\nfields = \"text=name\"\n");
    assert_eq!(place.run(&["index"]).code, 0);
    assert_eq!(place.hits("cassowary"), []);
}

#[test]
fn the_settings_of_an_index_lead_nowhere_else() {
    let place = Place::with_articles();
    place.index("articles");
    let check = |settings: &str, cause: &str| {
        place.write("idx/excerpt.toml", settings);
        for args in [&["index"][..], &["search", "tide"], &["status"]] {
            let answer = place.run(args);
            assert_eq!(answer.code, 2, "{settings}");
            assert!(answer.err.contains(cause), "{settings}: {}", answer.err);
            assert!(
                answer
                    .err
                    .contains("hint: the settings of an index are folders, exclude, fields and synonyms")
            );
        }
    };
    check("folders = [\"../..\"]\n", "the folder `../..` is outside of the folder that holds the index");
    check("folders = [\"/\"]\n", "the folder `/` is outside");
    check("synonyms = \"../articles/tides.txt\"\n", "are outside of the folder of the index");
    check("\neditor = [\"sh\", \"{path}\"]\n", "line 2: unknown field `editor`");
    check("browser = [\"sh\", \"{url}\"]\n", "line 1: unknown field `browser`");
    check("hyperlinks = \"x://{path}\"\n", "line 1: unknown field `hyperlinks`");
    check("fields = \"body\"\n", "`body` is not written like text=body");
    fs::remove_dir_all(place.file("idx")).expect("it can be removed");
}
