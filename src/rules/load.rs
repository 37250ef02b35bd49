//! Puts the files in force together: the built-in packs, then the user's files, of which later ones override earlier ones by id.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashSet;
use std::sync::OnceLock;

use super::builtin::{PACKS, Pack};
use super::category::{BUILTIN_PRECEDENCE, CategoryDraft, MatchRule, USER_PRECEDENCE};
use super::check_rule::CheckRule;
use super::error::{RuleError, suggestion};
use super::recommendation::{Draft, Recommendation};
use super::table::{Document, Table, Value};
use super::{Details, OTHER, Rules, RulesFile, Source};
use crate::profile::{Category, CategoryId};

const KEYS: [&str; 4] = ["category", "recommendation", "silence", "check"];
/// Categories have numbers of 16 bits.
const MAX_CATEGORIES: usize = 1 << 16;

/// The built-in packs and `files`.
pub(super) fn load(files: Vec<RulesFile>) -> Result<Rules, RuleError> {
    let source = |name, text| Source { name, text, advice: OnceLock::new() };
    let mut sources: Vec<Source> =
        PACKS.iter().map(|pack| source(Cow::Borrowed(pack.name), Cow::Borrowed(pack.text))).collect();
    sources.extend(files.into_iter().map(|file| source(Cow::Owned(file.name), Cow::Owned(file.text))));
    let mut rules = Rules {
        sources,
        categories: Vec::new(),
        details: Vec::new(),
        rules: Vec::new(),
        checks: Vec::new(),
        other: CategoryId(0),
    };

    let mut advice = UserAdvice::default();
    let mut checks = Vec::new();
    let sources = std::mem::take(&mut rules.sources);
    for (index, source) in sources.iter().enumerate() {
        let text = PACKS.get(index).map_or(&*source.text, |pack| pack.split().0);
        let document = Document { name: &source.name, text };
        let root = document.parse()?;
        let root = Table::new(document, "", root.get_ref(), 0, &KEYS)?;
        add_categories(&mut rules, root, index)?;
        advice.read(root, index)?;
        for value in root.get("check").map(Value::list).transpose()?.unwrap_or_default() {
            let (check, offset) = check_rule(value, document)?;
            checks.push((check, index, offset));
        }
    }
    rules.sources = sources;
    rules.other = category_id(&rules, OTHER).unwrap_or(CategoryId(0));
    let packs = PACKS.len();
    // Of files with equal precedence the user's last comes first, then the built-in packs as they are listed.
    let rank = |source: usize| if source < packs { (1, source) } else { (0, usize::MAX - source) };
    rules.rules.sort_by_key(|rule| (Reverse(rule.precedence), rank(rule.source)));
    advice.apply(&rules)?;
    for (check, source, offset) in checks {
        rules.knows_subject(&check).map_err(|message| fail(&rules, source, offset, "check.rule", message))?;
        rules.checks.push(check);
    }
    Ok(rules)
}

fn category_id(rules: &Rules, id: &str) -> Option<CategoryId> {
    let index = rules.categories.iter().position(|category| category.id == id)?;
    u16::try_from(index).ok().map(CategoryId)
}

fn add_categories(rules: &mut Rules, root: Table<'_, '_>, source: usize) -> Result<(), RuleError> {
    let mut seen = HashSet::new();
    for value in root.get("category").map(Value::list).transpose()?.unwrap_or_default() {
        let (draft, table) = CategoryDraft::read(value)?;
        let id = draft.id;
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
    fn read(&mut self, root: Table<'_, '_>, source: usize) -> Result<(), RuleError> {
        self.drafts.extend(drafts(root, source)?);
        for value in root.get("silence").map(Value::one_or_more).transpose()?.unwrap_or_default() {
            self.silenced.push((value.id()?.to_owned(), source, value.offset()));
        }
        Ok(())
    }

    /// Puts the recommendations of all files together, so that mistakes are found before a profile is read. Without any by the user
    /// the built-in ones wait until they are asked for.
    fn apply(self, rules: &Rules) -> Result<(), RuleError> {
        if self.drafts.is_empty() && self.silenced.is_empty() {
            for source in &rules.sources[PACKS.len()..] {
                source.advice.get_or_init(Vec::new);
            }
            return Ok(());
        }
        // Each with the number of the file that lists it first: there it stays.
        let mut all: Vec<(usize, Draft)> = Vec::new();
        for index in 0..PACKS.len() {
            all.extend(builtin_drafts(index)?.into_iter().map(|draft| (index, draft)));
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
        let mut advice: Vec<Vec<Recommendation>> = rules.sources.iter().map(|_| Vec::new()).collect();
        for (home, draft) in all {
            advice[home].push(finish(rules, draft)?);
        }
        for (source, advice) in rules.sources.iter().zip(advice) {
            source.advice.get_or_init(|| advice);
        }
        Ok(())
    }
}

/// The recommendations of a built-in pack.
pub(super) fn builtin_advice(rules: &Rules, index: usize) -> Result<Vec<Recommendation>, RuleError> {
    builtin_drafts(index)?.into_iter().map(|draft| finish(rules, draft)).collect()
}

fn builtin_drafts(index: usize) -> Result<Vec<Draft>, RuleError> {
    let Some(pack) = PACKS.get(index) else { return Ok(Vec::new()) };
    let Pack { name, .. } = *pack;
    let document = Document { name, text: pack.split().1 };
    let root = document.parse()?;
    drafts(Table::new(document, "", root.get_ref(), 0, &KEYS)?, index)
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
    let Some(category) = category_id(rules, category) else {
        let known = suggestion(category, rules.categories.iter().map(|category| category.id.as_str()));
        let message = format!("there is no category `{category}`{known}; `heapsift rules list` shows all");
        return Err(fail(rules, source, *place, "recommendation.category", message));
    };
    draft.finish(category).map_err(|key| lacks(key, &id))
}

fn fail(rules: &Rules, source: usize, offset: usize, key: &str, message: String) -> RuleError {
    let source = &rules.sources[source];
    RuleError::at(&source.name, &source.text, offset, key.to_owned(), message)
}
