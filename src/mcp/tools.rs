//! The tools, as agents are told of them: one row of [`TOOLS`] each.

use super::arguments::{
    Kind::{Number, Text, Texts},
    LONGEST, Parameter, Tool,
};

/// Tokens an answer takes where no budget is given.
pub(crate) const USUAL_BUDGET: usize = 6_000;

/// Tokens an answer takes at most.
const LARGEST_BUDGET: u64 = 50_000;

/// Hits where no limit is given.
pub(crate) const USUAL_LIMIT: usize = 10;

/// Files that could not be read, listed where no number is given.
pub(crate) const USUAL_FAILURES: usize = 10;

const BUDGET: Parameter = Parameter {
    name: "budget",
    kind: Number(200, LARGEST_BUDGET),
    about: "Tokens that the text may take, by an estimate that errs on the high side. Default 6000.",
};

const MEMBER: Parameter = Parameter {
    name: "member",
    kind: Text(LONGEST),
    about: "Which article of a file that holds several, as `place` names it after the path.",
};

/// Every tool.
pub(crate) const TOOLS: &[Tool] = &[
    Tool {
        name: "search",
        title: "Search articles",
        about: "Finds the passages of the indexed articles that answer a query, best first, one of each article, \
                near copies folded. Use it before other ways to look into these folders: it reads PDF, office, \
                e-book, mail and web formats too. A few telling words do best; \"quotes\" mean exactly these words, \
                +word must be there, -word must not, agent* begins so; title: author: tag: site: format: look in \
                that field. Each passage has an id and a place (path:line) to cite and to give to `read`.",
        parameters: &[
            Parameter {
                name: "query",
                kind: Text(4_000),
                about: "What to look for. May be empty where folders, dates or a language are given: then the \
                        newest comes first.",
            },
            Parameter {
                name: "folders",
                kind: Texts(20),
                about: "Only in these folders or files, each of the index or inside one of its folders.",
            },
            Parameter {
                name: "after",
                kind: Text(40),
                about: "Only what is dated this day or later: 2025, 2025-01-15, \"last week\", or 7d.",
            },
            Parameter { name: "before", kind: Text(40), about: "Only what is dated before this day." },
            Parameter {
                name: "language",
                kind: Text(40),
                about: "Only in this language, by its code, such as de.",
            },
            Parameter { name: "limit", kind: Number(1, 100), about: "How many passages. Default 10." },
            Parameter {
                name: "offset",
                kind: Number(0, 10_000),
                about: "Pass over so many of the best first: the way to what was left out.",
            },
            Parameter {
                name: "per_article",
                kind: Number(1, 20),
                about: "How many passages of one article at most. Default 1.",
            },
            BUDGET,
        ],
        required: &["query"],
    },
    Tool {
        name: "read",
        title: "Read a passage or an article",
        about: "Reads a passage by its id, with those around it, or an article by its path, whole or from a line \
                on. Reads from the index alone; nothing outside its folders can be read.",
        parameters: &[
            Parameter { name: "id", kind: Text(100), about: "The id of a passage. Give this or path." },
            Parameter {
                name: "path",
                kind: Text(LONGEST),
                about: "A file of the index: its whole path, or the one inside its folder.",
            },
            MEMBER,
            Parameter {
                name: "line",
                kind: Number(1, u32::MAX as u64),
                about: "With path: read from this line on, as places count lines.",
            },
            Parameter {
                name: "line_end",
                kind: Number(1, u32::MAX as u64),
                about: "With line: read up to this line. Default: as far as the budget goes.",
            },
            Parameter {
                name: "neighbours",
                kind: Number(0, 20),
                about: "How many passages before and after to read too. Default 1 with id, else 0.",
            },
            BUDGET,
        ],
        required: &[],
    },
    Tool {
        name: "read_many",
        title: "Read several passages or articles",
        about: "Reads several passages by their ids, or the articles whose paths match a pattern, one after \
                another as far as the budget goes; what was left out is named.",
        parameters: &[
            Parameter { name: "ids", kind: Texts(100), about: "Ids of passages. Give this or glob." },
            Parameter {
                name: "glob",
                kind: Text(LONGEST),
                about: "A pattern for paths of the index, as in a .gitignore: *.md, news/**, or a whole path.",
            },
            Parameter {
                name: "neighbours",
                kind: Number(0, 20),
                about: "With ids: how many passages before and after each to read too. Default 0.",
            },
            BUDGET,
        ],
        required: &[],
    },
    Tool {
        name: "status",
        title: "Say what is indexed",
        about: "Says which folders are indexed, how many articles they hold, how fresh the index is, and which \
                files could not be read, and why.",
        parameters: &[Parameter {
            name: "failures",
            kind: Number(0, 200),
            about: "How many files to list that could not be read, in whole or in part. Default 10.",
        }],
        required: &[],
    },
];

/// Returns the tool of this name.
pub(crate) fn of(name: &str) -> Option<&'static Tool> {
    TOOLS.iter().find(|tool| tool.name == name)
}
