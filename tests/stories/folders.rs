//! Several folders in one index, and folders that move, go, or turn up where a file was.

use std::fs;

use crate::place::Place;

#[test]
fn folders_inside_one_another_share_no_file() {
    let place = Place::with_articles();
    place.write(
        "articles/deep/moon.txt",
        "A deep look at the moon, which is a long way off for anyone who walks.\n",
    );
    place.index("articles");
    assert_eq!(place.hits("deep moon").len(), 2);
    place.index("articles/deep");
    assert_eq!(place.hits("deep moon").len(), 2);
    let report = place.json(&["index"]);
    assert_eq!(
        (&report["added"], &report["removed"], &report["unchanged"]),
        (&0.into(), &0.into(), &4.into())
    );
}

#[test]
fn a_folder_that_has_gone_keeps_its_articles_until_it_is_forgotten() {
    let place = Place::with_articles();
    place.index("articles");
    place.rename("articles", "elsewhere");
    let answer = place.run(&["index"]);
    insta::assert_snapshot!(answer.out, @"
    note: the folder [DIR]/articles is missing; its articles stay until you --forget it
    0 added, 0 changed, 0 removed, 3 unchanged, 0 skipped, 0 failed · 3 articles, 5 passages · [TIME]
    ");
    assert_eq!(place.hits("moon").len(), 1);
    let notes = place.json(&["search", "moon"])["notes"].to_string();
    assert!(notes.contains("is missing"), "{notes}");
    assert_eq!(place.json(&["index", "--forget", "articles"])["removed"], 3);
    assert!(place.hits("moon").is_empty());
    let answer = place.run(&["index", "--forget", "articles"]);
    assert_eq!(answer.code, 2);
    insta::assert_snapshot!(answer.err, @"
    excerpt: the index does not hold [DIR]/articles
    hint: run `excerpt status` to see the folders of the index
    ");
}

#[test]
fn an_index_moves_with_the_folders_beside_it() {
    let place = Place::with_articles();
    fs::create_dir(place.file("all")).expect("the folder can be made");
    place.rename("articles", "all/articles");
    assert_eq!(place.run(&["index", "all/articles", "--index", "all/index"]).code, 0);
    place.rename("all", "moved");
    let answer = place.json(&["search", "moon", "--refresh", "always", "--index", "moved/index"]);
    assert_eq!(answer["hits"][0]["file"], place.file("moved/articles/tides.txt").display().to_string());
    assert_eq!(
        (&answer["hits"][0]["stale"], &answer["index"]["changed"]),
        (&serde_json::Value::Null, &0.into())
    );
}

#[test]
fn the_order_in_which_folders_were_added_does_not_show() {
    let place = Place::new();
    for folder in ["a", "b"] {
        place.write(
            &format!("{folder}/same.txt"),
            format!("A comet was seen over the town of {folder} in winter.\n"),
        );
    }
    let first = |index: &str, folders: [&str; 2]| {
        assert_eq!(place.run(&["index", "--index", index, folders[0]]).code, 0);
        assert_eq!(place.run(&["index", "--index", index, folders[1]]).code, 0);
        place.json(&["search", "comet", "--index", index])["hits"][0]["folder"].clone()
    };
    assert_eq!(first("ab", ["a", "b"]), first("ba", ["b", "a"]));
}

#[test]
fn names_that_look_alike_are_apart() {
    if !cfg!(unix) {
        return;
    }
    let place = Place::new();
    place.write("articles/a/b.txt", "One tells of a comet in winter.\n");
    place.write("articles/a\u{1}b.txt", "The other tells of a comet in summer.\n");
    place.index("articles");
    place.remove("articles/a\u{1}b.txt");
    place.index("articles");
    assert_eq!(place.hits("comet").len(), 1);
}

#[test]
fn a_named_file_may_become_a_folder() {
    let place = Place::new();
    place.write("one.md", "A comet was seen.\n");
    place.index("one.md");
    place.remove("one.md");
    place.write("one.md/in.md", "A comet was seen again.\n");
    assert_eq!(place.json(&["index"])["failed"], 0);
    assert_eq!(place.hits("comet")[0].0, "in.md");
}

#[test]
fn one_repository_does_not_speak_for_its_neighbour() {
    let place = Place::with_articles();
    place.write("articles/a/.git/config", "");
    place.write("articles/b/.gitignore", "x.md\n");
    place.write("articles/b/x.md", "A comet was seen.\n");
    place.index("articles");
    assert_eq!(place.hits("comet").len(), 1);
}
