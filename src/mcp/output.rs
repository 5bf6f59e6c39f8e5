//! What the objects hold that the tools answer with, as a schema: only ever more, as `docs/json.md` promises.

use serde_json::{Map, Value, json};

/// Keys of an object, each with its type, empty where it may be null, and what it holds.
type Keys = &'static [(&'static str, &'static str, &'static str)];

const SEARCH: Keys = &[
    ("query", "string", "the query as it was given"),
    ("total", "integer", "passages that match"),
    ("total_exact", "boolean", "whether all were counted"),
    ("relaxed", "boolean", "whether nothing matches as asked, and the hits answer a looser query"),
    ("hits", "array", "the passages, best first"),
    ("notes", "array", "what else the reader should know"),
    ("budget", "object", "tokens that were asked for and used, and how many passages were left out"),
    ("index", "object", "which index answered, and how fresh it is"),
];

const READ: Keys = &[
    ("file", "string", "the file"),
    ("title", "string", "the title of the article"),
    ("text", "string", "the text that was read"),
    ("passages", "array", "the passages with their ids and places"),
    ("stale", "", "changed or gone, where the file is not as it was read"),
    ("left_out", "", "passages before and after that were left out, and where to read on"),
    ("freshness", "object", "how fresh the index is"),
];

const READ_MANY: Keys = &[
    ("articles", "array", "what was read, each as the tool read answers it"),
    ("not_read", "array", "what could not be read, and why"),
    ("left_out", "object", "what the budget had no room for"),
    ("freshness", "object", "how fresh the index is"),
];

const STATUS: Keys = &[
    ("index", "string", "the folder of the index"),
    ("articles", "integer", "articles in it"),
    ("folders", "array", "the folders that are indexed"),
    ("files", "object", "files by what became of them"),
    ("list", "array", "files that could not be read, in whole or in part"),
];

/// Returns the schema of what a tool answers; of an error it is `schema` and `error` alone.
pub(super) fn schema(tool: &str) -> Map<String, Value> {
    let keys = match tool {
        "search" => SEARCH,
        "read" => READ,
        "read_many" => READ_MANY,
        _ => STATUS,
    };
    let error = ("error", "object", "in place of all else: the kind of failure, a message and a hint");
    let common = [("schema", "integer", "the version of the object"), error];
    let properties = common.iter().chain(keys).map(|(name, kind, about)| {
        let mut property = json!({"description": about});
        if !kind.is_empty() {
            property["type"] = (*kind).into();
        }
        (name.to_string(), property)
    });
    let properties: Map<String, Value> = properties.collect();
    let mut schema = Map::new();
    schema.insert("type".into(), "object".into());
    schema.insert("properties".into(), properties.into());
    schema.insert("required".into(), json!(["schema"]));
    schema
}
