//! What stands between two parentheses, put together: AND binds closer than OR, and OR closer than
//! standing side by side.

use std::mem;

use super::{
    field::Field,
    tree::{Group, Node},
};

/// So many words in capitals may be names and operators; more are a text in capitals.
const FEW_NAMES: usize = 7;

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum Sign {
    #[default]
    Plain,
    Must,
    Not,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Join {
    Beside,
    And,
    Or,
}

/// What stands between one pair of parentheses.
#[derive(Default)]
pub(super) struct Frame {
    pub(super) items: Vec<(Join, Sign, Node)>,
    /// What stands before the next item.
    pub(super) sign: Sign,
    pub(super) join: Option<Join>,
    /// The sign and field of the whole group.
    pub(super) outer: Sign,
    pub(super) field: Option<Field>,
    /// Where it begins.
    pub(super) at: usize,
}

impl Frame {
    pub(super) fn add(&mut self, node: Node) {
        // Nothing is in two languages: `lang:(de fr)` means either.
        let beside = if self.field.is_some_and(Field::holds_one) { Join::Or } else { Join::Beside };
        let join = self.join.take().unwrap_or(beside);
        let sign = mem::take(&mut self.sign);
        self.items.push((join, sign, node));
    }

    /// Puts the items together; `flat` says whether any were nested too deeply.
    pub(super) fn finish(self, flat: &mut bool) -> Group {
        let mut beside: Vec<(Sign, Node)> = Vec::new();
        let mut any: Vec<(Sign, Node)> = Vec::new();
        let mut all: Vec<(Sign, Node)> = Vec::new();
        for (join, sign, node) in self.items {
            if join != Join::And && !all.is_empty() {
                any.push(together(mem::take(&mut all), flat));
            }
            if join == Join::Beside && !any.is_empty() {
                beside.push(either(mem::take(&mut any), flat));
            }
            all.push((sign, node));
        }
        if !all.is_empty() {
            any.push(together(all, flat));
            beside.push(either(any, flat));
        }
        let mut group = Group::default();
        for (sign, node) in beside {
            match sign {
                Sign::Not => group.not.push(node),
                Sign::Must => group.must.push(node),
                Sign::Plain if node.restricts() => group.must.push(node),
                Sign::Plain => group.should.push(node),
            }
        }
        group
    }
}

fn together(mut items: Vec<(Sign, Node)>, flat: &mut bool) -> (Sign, Node) {
    if items.len() == 1 {
        return items.remove(0);
    }
    let mut group = Group::default();
    for (sign, node) in items {
        if sign == Sign::Not { group.not.push(node) } else { group.must.push(node) }
    }
    (Sign::Plain, group.into_node(flat))
}

fn either(mut items: Vec<(Sign, Node)>, flat: &mut bool) -> (Sign, Node) {
    if items.len() == 1 {
        return items.remove(0);
    }
    let mut should = Vec::with_capacity(items.len());
    for (sign, node) in items {
        should.push(match sign {
            Sign::Not => Group { not: vec![node], ..Group::default() }.into_node(flat),
            _ => node,
        });
    }
    (Sign::Plain, Group { should, ..Group::default() }.into_node(flat))
}

/// Says whether a text of several words is set in capitals throughout, so that an operator cannot be
/// told from a word. A few may be names: `NATO OR EU`.
pub(super) fn is_in_capitals(text: &str) -> bool {
    let operator = |word: &&str| matches!(*word, "AND" | "OR" | "NOT");
    text.split_whitespace().nth(FEW_NAMES).is_some()
        && !text.chars().any(char::is_lowercase)
        && text
            .split_whitespace()
            .filter(|word| !operator(word))
            .any(|word| word.contains(char::is_uppercase))
}
