//! Puts the files in force together: the built-in packs, then the user's files, of which later ones override earlier ones by id.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashSet;
use std::sync::OnceLock;

use super::builtin::PACKS;
use super::category::{BUILTIN_PRECEDENCE, CategoryDraft, MatchRule, USER_PRECEDENCE};
use super::check_rule::CheckRule;
use super::error::{RuleError, suggested_category, suggestion};
use super::former;
use super::recommendation::{self, Draft, Recommendation};
use super::table::{Document, Table, Value};
use super::tree::{Item, Node};
use super::{Details, Listed, OTHER, Rules, RulesFile, Source};
use crate::profile::{Category, CategoryId};

const KEYS: [&str; 4] = ["category", "recommendation", "silence", "check"];
/// Categories have numbers of 16 bits.
const MAX_CATEGORIES: usize = 1 << 16;

/// The built-in packs and `files`.
pub(super) fn load(files: Vec<RulesFile>) -> Result<Rules, RuleError> {
    let source = |name, text| Source { name, text, advice: Vec::new() };
    let mut sources: Vec<Source> =
        PACKS.iter().map(|pack| source(Cow::Borrowed(pack.name), Cow::Borrowed(pack.text))).collect();
    sources.extend(files.into_iter().map(|file| source(Cow::Owned(file.name), Cow::Owned(file.text))));
    let mut rules = Rules {
        sources: Vec::new(),
        categories: Vec::new(),
        details: Vec::new(),
        rules: Vec::new(),
        checks: Vec::new(),
        other: CategoryId(0),
        notes: Vec::new(),
    };

    let mut builtin_advice = Vec::new();
    let mut advice = UserAdvice::default();
    let mut checks = Vec::new();
    for (index, source) in sources.iter().enumerate() {
        let document = source.document();
        if let Some(pack) = PACKS.get(index) {
            let mut root = pack.root()?;
            builtin_advice.push(take_advice(&mut root));
            add_categories(&mut rules, Value::new(document, "", &root).table("", &KEYS)?, index)?;
            continue;
        }
        let root = document.parse()?;
        let root = Value::new(document, "", &root).table("", &KEYS)?;
        add_categories(&mut rules, root, index)?;
        let notes = advice.read(root, index)?.iter().filter_map(|draft| note(document, draft.category.as_ref()));
        rules.notes.extend(notes);
        for value in root.get("check").map(Value::list).transpose()?.unwrap_or_default() {
            let (check, offset) = check_rule(value, document)?;
            if let Some((former, now)) = check.former_category() {
                rules.notes.push(document.error(offset, "check.rule".to_owned(), former::message(former, now)));
            }
            checks.push((check, index, offset));
        }
    }
    rules.sources = sources;
    rules.other = category_id(&rules, OTHER).unwrap_or(CategoryId(0));
    let packs = PACKS.len();
    // Of files with equal precedence the user's last comes first, then the built-in packs as they are listed.
    let rank = |source: usize| if source < packs { (1, source) } else { (0, usize::MAX - source) };
    rules.rules.sort_by_key(|rule| (Reverse(rule.precedence), rank(rule.source)));
    let advice =
        if advice.is_empty() { unread(&rules, builtin_advice)? } else { advice.over(&rules, builtin_advice)? };
    for (source, advice) in rules.sources.iter_mut().zip(advice) {
        source.advice = advice;
    }
    for (check, source, offset) in checks {
        rules.knows_subject(&check).map_err(|message| fail(&rules, source, offset, "check.rule", message))?;
        rules.checks.push(check);
    }
    Ok(rules)
}

/// Takes the recommendations out of a file.
fn take_advice<'t>(root: &mut Item<'t>) -> Vec<Item<'t>> {
    let Node::Table(entries) = &mut root.value else { return Vec::new() };
    let advice = entries.iter_mut().find(|entry| entry.key == "recommendation");
    match advice.map(|entry| &mut entry.item.value) {
        Some(Node::List(items)) => std::mem::take(items),
        _ => Vec::new(),
    }
}

fn category_id(rules: &Rules, id: &str) -> Option<CategoryId> {
    let index = rules.categories.iter().position(|category| category.id == id)?;
    u16::try_from(index).ok().map(CategoryId)
}

fn add_categories(rules: &mut Rules, root: Table<'_, '_>, source: usize) -> Result<(), RuleError> {
    let mut seen = HashSet::new();
    for value in root.get("category").map(Value::list).transpose()?.unwrap_or_default() {
        let (draft, table) = CategoryDraft::read(value)?;
        let now = former::called_now(draft.id);
        if let Some(now) = now {
            rules.notes.push(table.required("id")?.fail(former::message(draft.id, now)));
        }
        let id = now.unwrap_or(draft.id);
        if !seen.insert(id) {
            return Err(table
                .required("id")?
                .fail(format!("category `{id}` is there twice; in one file an id may be used once")));
        }
        if id == OTHER && !draft.rules.is_empty() {
            return Err(table
                .required("match")?
                .fail(format!("`{OTHER}` takes what no rule names; it has no `match` of its own")));
        }
        let category = match category_id(rules, id) {
            Some(known) => known,
            None => {
                if draft.rules.is_empty() && id != OTHER {
                    let known = rules.categories.iter().map(|category| category.id.as_str());
                    let message = format!(
                        "the new category `{id}` needs a `match` with one rule or more{}",
                        suggestion(id, known)
                    );
                    return Err(table.required("id")?.fail(message));
                }
                let name = table.required("name")?.line()?.to_owned();
                let category = CategoryId(rules.categories.len() as u16);
                if rules.categories.len() == MAX_CATEGORIES {
                    return Err(table.fail("more than 65,536 categories".to_owned()));
                }
                rules.categories.push(Category { id: id.to_owned(), name, analysis: Vec::new(), follows_cause: false });
                rules.details.push(Details { source, target: None });
                category
            }
        };
        override_category(rules, category, draft, source);
    }
    Ok(())
}

/// What is to be held, and where the name of its subject begins.
fn check_rule(value: Value<'_, '_>, document: Document<'_>) -> Result<(CheckRule, usize), RuleError> {
    let rule = value.table("check", &["rule"])?.required("rule")?;
    let text = rule.line()?;
    let place = |offset: usize| {
        // Behind the quote, unless escapes have moved what is meant.
        let first = rule.offset() + 1;
        let is_plain = document.text.get(first..).is_some_and(|rest| rest.starts_with(text));
        if is_plain { first + offset } else { rule.offset() }
    };
    match CheckRule::parse(text) {
        Ok(check) => Ok((check, place(text.find(':').map_or(0, |colon| colon + 1)))),
        Err(error) => Err(document.error(place(error.offset), "check.rule".to_owned(), error.message)),
    }
}

/// What a draft mentions takes the place of what was there; its rules are added.
fn override_category(rules: &mut Rules, id: CategoryId, draft: CategoryDraft<'_>, source: usize) {
    let index = usize::from(id.0);
    let (category, details) = (&mut rules.categories[index], &mut rules.details[index]);
    if draft.replace {
        category.analysis.clear();
        category.follows_cause = false;
        details.target = None;
        rules.rules.retain(|rule| rule.category != id);
    }
    if let Some(name) = draft.name {
        name.clone_into(&mut category.name);
    }
    if let Some(analysis) = draft.analysis {
        category.analysis = analysis;
    }
    category.follows_cause = draft.follows_cause.unwrap_or(category.follows_cause);
    details.target = draft.target.or(details.target);
    let usual = if source < PACKS.len() { BUILTIN_PRECEDENCE } else { USER_PRECEDENCE };
    let precedence = draft.precedence.unwrap_or(usual);
    rules.rules.extend(draft.rules.into_iter().map(|rule| MatchRule {
        category: id,
        condition: rule.condition,
        precedence: rule.precedence.unwrap_or(precedence),
        source,
        offset: rule.offset,
    }));
}

/// What the user's files say about recommendations.
#[derive(Default)]
struct UserAdvice {
    drafts: Vec<Draft>,
    /// Ids, and where they stand.
    silenced: Vec<(String, usize, usize)>,
}

impl UserAdvice {
    /// Reads those of a file, and gives its recommendations.
    fn read(&mut self, root: Table<'_, '_>, source: usize) -> Result<&[Draft], RuleError> {
        let known = self.drafts.len();
        self.drafts.extend(drafts(root, source)?);
        for value in root.get("silence").map(Value::one_or_more).transpose()?.unwrap_or_default() {
            self.silenced.push((value.id()?.to_owned(), source, value.offset()));
        }
        Ok(&self.drafts[known..])
    }

    fn is_empty(&self) -> bool {
        self.drafts.is_empty() && self.silenced.is_empty()
    }

    /// Puts the recommendations of all files together, so that mistakes are found before a profile is read. Gives what each file lists.
    fn over(self, rules: &Rules, builtin: Vec<Vec<Item<'static>>>) -> Result<Vec<Vec<Listed>>, RuleError> {
        // Each with the number of the file that lists it first: there it stays.
        let mut all: Vec<(usize, Draft)> = Vec::new();
        for (index, items) in builtin.iter().enumerate() {
            for item in items {
                all.push((index, draft(rules, index, item)?));
            }
        }
        for draft in self.drafts {
            match all.iter().position(|(_, other)| other.id == draft.id) {
                Some(known) => {
                    let (home, other) = all.remove(known);
                    all.insert(known, (home, draft.or(other)));
                }
                None => all.push((draft.source, draft)),
            }
        }
        for (id, source, offset) in &self.silenced {
            if !all.iter().any(|(_, draft)| draft.id == *id) {
                let known = suggestion(id, all.iter().map(|(_, draft)| draft.id.as_str()));
                let message = format!("no recommendation has the id `{id}`{known}; `heapsift rules list` shows all");
                return Err(fail(rules, *source, *offset, "silence", message));
            }
        }
        all.retain(|(_, draft)| !self.silenced.iter().any(|(id, ..)| *id == draft.id));
        let mut advice: Vec<Vec<Listed>> = rules.sources.iter().map(|_| Vec::new()).collect();
        for (home, draft) in all {
            advice[home].push(Listed::Read(finish(rules, draft)?));
        }
        Ok(advice)
    }
}

/// What each built-in pack lists, to be read when it is asked for.
fn unread(rules: &Rules, builtin: Vec<Vec<Item<'static>>>) -> Result<Vec<Vec<Listed>>, RuleError> {
    let listed = |(index, items): (usize, Vec<Item<'static>>)| {
        let listed =
            |item| Ok(Listed::Unread { category: category_of(rules, index, &item)?, item, read: OnceLock::new() });
        items.into_iter().map(listed).collect()
    };
    builtin.into_iter().enumerate().map(listed).collect()
}

fn category_of(rules: &Rules, source: usize, item: &Item<'static>) -> Result<CategoryId, RuleError> {
    let category = Value::new(rules.sources[source].document(), "recommendation", item)
        .table("recommendation", &recommendation::KEYS)?
        .required("category")?;
    known_category(rules, source, category.id()?, category.offset())
}

/// A recommendation that the file with the number `source` lists, read now if nobody asked for it before.
pub(super) fn recommendation<'r>(
    rules: &'r Rules,
    source: usize,
    listed: &'r Listed,
) -> Result<&'r Recommendation, RuleError> {
    let (item, read) = match listed {
        Listed::Read(recommendation) => return Ok(recommendation),
        Listed::Unread { item, read, .. } => (item, read),
    };
    if let Some(recommendation) = read.get() {
        return Ok(recommendation);
    }
    let recommendation = finish(rules, draft(rules, source, item)?)?;
    Ok(read.get_or_init(|| recommendation))
}

fn draft(rules: &Rules, source: usize, item: &Item<'static>) -> Result<Draft, RuleError> {
    Draft::read(Value::new(rules.sources[source].document(), "recommendation", item), source)
}

fn drafts(root: Table<'_, '_>, source: usize) -> Result<Vec<Draft>, RuleError> {
    let mut seen = HashSet::new();
    let mut drafts = Vec::new();
    for value in root.get("recommendation").map(Value::list).transpose()?.unwrap_or_default() {
        let draft = Draft::read(value, source)?;
        if !seen.insert(draft.id.clone()) {
            let message = format!("recommendation `{}` is there twice; in one file an id may be used once", draft.id);
            return Err(value.fail(message));
        }
        drafts.push(draft);
    }
    Ok(drafts)
}

fn finish(rules: &Rules, draft: Draft) -> Result<Recommendation, RuleError> {
    let (source, offset) = (draft.source, draft.offset);
    let lacks = |key: &str, id: &str| {
        fail(
            rules,
            source,
            offset,
            "recommendation",
            format!("the key `{key}` is missing in the recommendation `{id}`"),
        )
    };
    let id = draft.id.clone();
    let Some((category, place)) = &draft.category else { return Err(lacks("category", &id)) };
    let category = known_category(rules, source, category, *place)?;
    draft.finish(category).map_err(|key| lacks(key, &id))
}

fn known_category(rules: &Rules, source: usize, id: &str, place: usize) -> Result<CategoryId, RuleError> {
    category_id(rules, former::called_now(id).unwrap_or(id)).ok_or_else(|| {
        let known = suggested_category(id, rules.categories.iter().map(|category| (&*category.id, &*category.name)));
        let message = format!("there is no category `{id}`{known}; `heapsift rules list` shows all");
        fail(rules, source, place, "recommendation.category", message)
    })
}

/// That a recommendation names its category as that was called.
fn note(document: Document<'_>, category: Option<&(String, usize)>) -> Option<RuleError> {
    let (id, place) = category?;
    let now = former::called_now(id)?;
    Some(document.error(*place, "recommendation.category".to_owned(), former::message(id, now)))
}

fn fail(rules: &Rules, source: usize, offset: usize, key: &str, message: String) -> RuleError {
    let source = &rules.sources[source];
    RuleError::at(&source.name, &source.text, offset, key.to_owned(), message)
}
