//! Recommendations: what to do about a category, or about a part of it.

use super::error::RuleError;
use super::occasion::Occasion;
use super::scope::{Scope, platform};
use super::table::{Table, Value};
use super::template::Template;
use crate::profile::{CategoryId, Platform};

/// What to do about the bytes of a category, and what it brings.
#[derive(Clone, Debug)]
pub struct Recommendation {
    /// Stable identifier.
    pub id: String,
    /// The category whose bytes it speaks of.
    pub category: CategoryId,
    /// Which functions of it.
    pub scope: Scope,
    /// What it is about.
    pub title: Template,
    /// What to do, the most effective first.
    pub advice: Vec<AdviceItem>,
    /// What part of the matched bytes it can save.
    pub saving: Saving,
    /// Whether that is allocated at all, or only not all of it at a time.
    pub saves: Saves,
    /// Whether its functions put away what others made: where they keep less, that goes as well.
    pub takes_in: bool,
    /// Whether its functions call back whom they were given: what other packages do there is not theirs.
    pub calls_back: bool,
    /// What it costs.
    pub effort: Effort,
    /// A command that shows whether it applies, or what it brought.
    pub verify: Option<String>,
    /// Below this share of the profile it says nothing.
    pub minimum_share: f64,
    /// Below as many bytes it says nothing.
    pub minimum_size: u64,
    /// Lines for a list of things to do.
    pub actions: Vec<Action>,
    /// A few words for the table of budgets.
    pub budget: Option<Template>,
    /// What the size means, for whoever reads one line only.
    pub insight: Option<Template>,
}

impl Recommendation {
    /// The pieces of advice for code that ran there.
    pub fn advice_for(&self, platform: Platform) -> impl Iterator<Item = &AdviceItem> {
        self.advice.iter().filter(move |item| item.platform.is_none_or(|wanted| wanted == platform))
    }

    /// Whether so many bytes of a profile are enough to speak of.
    pub fn is_worth_it(&self, matched: u64, total: u64) -> bool {
        matched > 0 && matched >= self.minimum_size && matched as f64 >= self.minimum_share * total as f64
    }
}

/// A piece of advice.
#[derive(Clone, Debug)]
pub struct AdviceItem {
    /// What to do.
    pub text: Template,
    /// How it looks, as it is: braces in it stand for themselves.
    pub code: Option<String>,
    /// The language of the code.
    pub language: Option<String>,
    /// Where the code of the profile must have run for it to be given; none for anywhere.
    pub platform: Option<Platform>,
    /// What the profile must show for it to be given.
    pub occasion: Occasion,
    /// A command that shows whether it applies, in place of the recommendation's.
    pub verify: Option<String>,
}

/// What part of the matched bytes can be saved.
#[derive(Clone, Debug)]
pub struct Saving {
    /// At least, as a fraction.
    pub low: f64,
    /// At most, as a fraction.
    pub high: f64,
    /// Why so much, and no more.
    pub why: Template,
}

/// What becomes less.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Saves {
    /// What is allocated, and with it what is held.
    #[default]
    Allocation,
    /// What is held at a time; as much is allocated as before.
    Peak,
    /// What is made again and again: of objects that live only what is held several times over.
    Repetition,
    /// What is kept need not be made again: of objects that live nothing, to which it adds.
    Kept,
    /// What is held for longer than it is needed: it speaks of objects that live.
    Held,
}

impl Saves {
    /// The name used in reports and rules.
    pub fn name(self) -> &'static str {
        match self {
            Self::Allocation => "allocation",
            Self::Peak => "peak",
            Self::Repetition => "repetition",
            Self::Kept => "kept",
            Self::Held => "held",
        }
    }
}

/// What a change costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effort {
    /// An option, or a few lines in one place.
    Low,
    /// Some places, or a new way of calling.
    Medium,
    /// A change of design.
    High,
}

impl Effort {
    /// The name used in reports and rules.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// How urgent a thing to do is, where a rule says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// Now.
    P0,
    /// Soon.
    P1,
    /// Some day.
    P2,
}

impl Urgency {
    /// The name used in reports and rules.
    pub fn name(self) -> &'static str {
        match self {
            Self::P0 => "P0",
            Self::P1 => "P1",
            Self::P2 => "P2",
        }
    }
}

/// A line for a list of things to do.
#[derive(Clone, Debug)]
pub struct Action {
    /// What to do, in a few words.
    pub text: Template,
    /// What it costs; that of the recommendation unless it says otherwise.
    pub effort: Effort,
    /// What part of the matched bytes this alone saves: low and high; that of the recommendation unless it says otherwise.
    pub saving: (f64, f64),
    /// How urgent it is, where the rule says so.
    pub urgency: Option<Urgency>,
}

pub(super) const KEYS: [&str; 29] = [
    "id",
    "category",
    "match",
    "except",
    "needs",
    "unless_under",
    "under",
    "called_by",
    "caller_makes",
    "unless_called_by",
    "calls",
    "platform",
    "beside",
    "unless_beside",
    "asked_by",
    "unless_asked_by",
    "title",
    "advice",
    "saving",
    "saves",
    "takes_in",
    "calls_back",
    "effort",
    "verify",
    "minimum",
    "actions",
    "budget",
    "insight",
    "replace",
];
const ADVICE_KEYS: [&str; 12] = {
    let [part, calls, unless_calls, called_by, beside, least, large] = Occasion::KEYS;
    ["text", "code", "language", "platform", "verify", part, calls, unless_calls, called_by, beside, least, large]
};
const SAVES: [(&str, Saves); 5] = [
    ("allocation", Saves::Allocation),
    ("peak", Saves::Peak),
    ("repetition", Saves::Repetition),
    ("kept", Saves::Kept),
    ("held", Saves::Held),
];
const EFFORTS: [(&str, Effort); 3] = [("low", Effort::Low), ("medium", Effort::Medium), ("high", Effort::High)];
const URGENCIES: [(&str, Urgency); 3] = [("P0", Urgency::P0), ("P1", Urgency::P1), ("P2", Urgency::P2)];
/// Below 2 % of a profile nothing is worth a recommendation, unless a rule says otherwise.
const MINIMUM_SHARE: f64 = 0.02;

/// A recommendation as it is written; what is `None` is not mentioned.
pub(super) struct Draft {
    pub(super) id: String,
    pub(super) category: Option<(String, usize)>,
    scope: Scope,
    title: Option<Template>,
    advice: Option<Vec<AdviceItem>>,
    saving: Option<Saving>,
    saves: Option<Saves>,
    takes_in: Option<bool>,
    calls_back: Option<bool>,
    effort: Option<Effort>,
    verify: Option<String>,
    minimum: Option<(Option<f64>, Option<u64>)>,
    actions: Option<Vec<ActionDraft>>,
    budget: Option<Template>,
    insight: Option<Template>,
    pub(super) replace: bool,
    /// Where it is written.
    pub(super) source: usize,
    pub(super) offset: usize,
}

struct ActionDraft {
    text: Template,
    effort: Option<Effort>,
    saving: Option<(f64, f64)>,
    urgency: Option<Urgency>,
}

impl Draft {
    /// Reads an element of `recommendation` in the file with this number.
    pub(super) fn read(value: Value<'_, '_>, source: usize) -> Result<Self, RuleError> {
        let table = value.table("recommendation", &KEYS)?;
        let category = |value: Value<'_, '_>| Ok((value.id()?.to_owned(), value.offset()));
        Ok(Self {
            id: table.required("id")?.id()?.to_owned(),
            category: table.get("category").map(category).transpose()?,
            scope: Scope::read(table)?,
            title: template(table, "title")?,
            advice: table.get("advice").map(|list| items(list, advice)).transpose()?,
            saving: table.get("saving").map(saving).transpose()?,
            saves: table.get("saves").map(|saves| saves.word(&SAVES)).transpose()?,
            takes_in: table.get("takes_in").map(Value::boolean).transpose()?,
            calls_back: table.get("calls_back").map(Value::boolean).transpose()?,
            effort: table.get("effort").map(|effort| effort.word(&EFFORTS)).transpose()?,
            verify: line(table, "verify")?,
            minimum: table.get("minimum").map(minimum).transpose()?,
            actions: table.get("actions").map(|list| items(list, action)).transpose()?,
            budget: template(table, "budget")?,
            insight: template(table, "insight")?,
            replace: table.get("replace").map(Value::boolean).transpose()?.unwrap_or(false),
            source,
            offset: table.offset(),
        })
    }

    /// This one, and what it does not mention from `other`.
    pub(super) fn or(self, other: Self) -> Self {
        if self.replace {
            return self;
        }
        Self {
            category: self.category.or(other.category),
            scope: self.scope.or(other.scope),
            title: self.title.or(other.title),
            advice: self.advice.or(other.advice),
            saving: self.saving.or(other.saving),
            saves: self.saves.or(other.saves),
            takes_in: self.takes_in.or(other.takes_in),
            calls_back: self.calls_back.or(other.calls_back),
            effort: self.effort.or(other.effort),
            verify: self.verify.or(other.verify),
            minimum: self.minimum.or(other.minimum),
            actions: self.actions.or(other.actions),
            budget: self.budget.or(other.budget),
            insight: self.insight.or(other.insight),
            ..self
        }
    }

    /// The recommendation, or the key that it lacks.
    pub(super) fn finish(self, category: CategoryId) -> Result<Recommendation, &'static str> {
        let (saving, effort) = (self.saving.ok_or("saving")?, self.effort.ok_or("effort")?);
        let (minimum_share, minimum_size) = self.minimum.unwrap_or_default();
        let action = |draft: ActionDraft| Action {
            text: draft.text,
            effort: draft.effort.unwrap_or(effort),
            saving: draft.saving.unwrap_or((saving.low, saving.high)),
            urgency: draft.urgency,
        };
        Ok(Recommendation {
            id: self.id,
            category,
            scope: self.scope,
            title: self.title.ok_or("title")?,
            advice: self.advice.ok_or("advice")?,
            actions: self.actions.unwrap_or_default().into_iter().map(action).collect(),
            saving,
            saves: self.saves.unwrap_or_default(),
            takes_in: self.takes_in.unwrap_or(false),
            calls_back: self.calls_back.unwrap_or(false),
            effort,
            verify: self.verify,
            minimum_share: minimum_share.unwrap_or(if minimum_size.is_some() { 0.0 } else { MINIMUM_SHARE }),
            minimum_size: minimum_size.unwrap_or(0),
            budget: self.budget,
            insight: self.insight,
        })
    }
}

fn line(table: Table<'_, '_>, key: &'static str) -> Result<Option<String>, RuleError> {
    table.get(key).map(|value| value.line().map(str::to_owned)).transpose()
}

fn template(table: Table<'_, '_>, key: &'static str) -> Result<Option<Template>, RuleError> {
    table.get(key).map(to_template).transpose()
}

fn to_template(value: Value<'_, '_>) -> Result<Template, RuleError> {
    Template::parse(value.line()?).map_err(|message| value.fail(message))
}

fn items<T>(list: Value<'_, '_>, item: fn(Value<'_, '_>) -> Result<T, RuleError>) -> Result<Vec<T>, RuleError> {
    list.list()?.into_iter().map(item).collect()
}

fn advice(value: Value<'_, '_>) -> Result<AdviceItem, RuleError> {
    let table = value.table("recommendation.advice", &ADVICE_KEYS)?;
    let code = table.get("code").map(code).transpose()?;
    let language = line(table, "language")?;
    match (&code, &language) {
        (Some(_), None) => return Err(table.fail("`code` needs its `language`, such as \"js\"".to_owned())),
        (None, Some(_)) => return Err(table.fail("a `language` without `code`".to_owned())),
        _ => {}
    }
    Ok(AdviceItem {
        text: to_template(table.required("text")?)?,
        code,
        language,
        platform: platform(table)?,
        occasion: Occasion::read(table)?,
        verify: line(table, "verify")?,
    })
}

/// Lines of code; without control characters other than the ends of lines.
fn code(value: Value<'_, '_>) -> Result<String, RuleError> {
    let text = value.text()?;
    match text.trim().is_empty() || text.contains(|c: char| c.is_control() && c != '\n' && c != '\t') {
        true => Err(value.fail("expected lines of text, not empty and without control characters")),
        false => Ok(text.trim_end().to_owned()),
    }
}

fn saving(value: Value<'_, '_>) -> Result<Saving, RuleError> {
    let table = value.table("recommendation.saving", &["low", "high", "why"])?;
    let (low, high) = range(table)?;
    Ok(Saving { low, high, why: to_template(table.required("why")?)? })
}

fn range(table: Table<'_, '_>) -> Result<(f64, f64), RuleError> {
    let (low, high) = (table.required("low")?, table.required("high")?);
    let range = (low.fraction()?, high.fraction()?);
    if range.0 > range.1 { Err(high.fail("`high` is less than `low`")) } else { Ok(range) }
}

fn minimum(value: Value<'_, '_>) -> Result<(Option<f64>, Option<u64>), RuleError> {
    let table = value.table("recommendation.minimum", &["share", "bytes"])?;
    if table.is_empty() {
        return Err(table.fail("it needs a `share`, a number of `bytes`, or both".to_owned()));
    }
    let bytes = |value: Value<'_, '_>| value.integer(0..=i64::MAX).map(|number| number as u64);
    Ok((table.get("share").map(Value::fraction).transpose()?, table.get("bytes").map(bytes).transpose()?))
}

fn action(value: Value<'_, '_>) -> Result<ActionDraft, RuleError> {
    let table = value.table("recommendation.actions", &["text", "effort", "saving", "priority"])?;
    let saving = |value: Value<'_, '_>| range(value.table("recommendation.actions.saving", &["low", "high"])?);
    Ok(ActionDraft {
        text: to_template(table.required("text")?)?,
        effort: table.get("effort").map(|effort| effort.word(&EFFORTS)).transpose()?,
        saving: table.get("saving").map(saving).transpose()?,
        urgency: table.get("priority").map(|priority| priority.word(&URGENCIES)).transpose()?,
    })
}
