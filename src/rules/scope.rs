//! What a recommendation speaks of: functions of its category, by what they are and by what stands around them.

use super::category::{conditions, parts};
use super::condition::{Condition, Subject};
use super::error::RuleError;
use super::table::{Table, Value};
use crate::profile::Platform;

/// Conditions of which any is to fit; none where the rule asks for nothing.
#[derive(Clone, Debug, Default)]
pub struct AnyOf(Option<Vec<Condition>>);

impl AnyOf {
    pub(super) fn read(table: Table<'_, '_>, key: &'static str, path: &'static str) -> Result<Self, RuleError> {
        table.get(key).map(|value| conditions(value, path)).transpose().map(Self)
    }

    /// Whether the rule asks for anything.
    pub fn is_asked(&self) -> bool {
        self.0.as_ref().is_some_and(|conditions| !conditions.is_empty())
    }

    /// Whether a frame has what is asked for.
    pub fn fits(&self, subject: &Subject<'_>) -> bool {
        self.0.iter().flatten().any(|condition| condition.fits(subject))
    }

    /// This, or where it is not mentioned what another one asks for.
    fn or(self, other: Self) -> Self {
        Self(self.0.or(other.0))
    }
}

/// What a recommendation speaks of.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// What a frame of the category is; all of them are spoken of where nothing is asked for.
    pub part: AnyOf,
    /// What a frame is that is not spoken of.
    pub except: AnyOf,
    /// What functions are that must have a tenth of the bytes that are spoken of, or more.
    pub needs: AnyOf,
    /// What the category's heaviest stack must not run through: something else is behind its bytes.
    pub unless_under: AnyOf,
    /// What that stack must run through.
    pub under: AnyOf,
    /// What calls a function, in most of its bytes' stacks.
    pub called_by: AnyOf,
    /// What does not.
    pub unless_called_by: AnyOf,
    /// Whether what calls it so has at least half as many bytes of its own; none where that does not matter.
    pub caller_makes: Option<bool>,
    /// What a function calls.
    pub calls: AnyOf,
    /// What asks for a function from outside, in most of its bytes' stacks.
    pub asked_by: AnyOf,
    /// What does not.
    pub unless_asked_by: AnyOf,
    /// Where the code ran; none for anywhere.
    pub platform: Option<Platform>,
    /// What the profile has a frame of.
    pub beside: AnyOf,
    /// What it has none of.
    pub unless_beside: AnyOf,
}

impl Scope {
    pub(super) fn read(table: Table<'_, '_>) -> Result<Self, RuleError> {
        let any_of = |key, path| AnyOf::read(table, key, path);
        Ok(Self {
            part: AnyOf(table.get("match").map(parts).transpose()?),
            except: any_of("except", "recommendation.except")?,
            needs: any_of("needs", "recommendation.needs")?,
            unless_under: any_of("unless_under", "recommendation.unless_under")?,
            under: any_of("under", "recommendation.under")?,
            called_by: any_of("called_by", "recommendation.called_by")?,
            caller_makes: table.get("caller_makes").map(Value::boolean).transpose()?,
            unless_called_by: any_of("unless_called_by", "recommendation.unless_called_by")?,
            calls: any_of("calls", "recommendation.calls")?,
            asked_by: any_of("asked_by", "recommendation.asked_by")?,
            unless_asked_by: any_of("unless_asked_by", "recommendation.unless_asked_by")?,
            platform: platform(table)?,
            beside: any_of("beside", "recommendation.beside")?,
            unless_beside: any_of("unless_beside", "recommendation.unless_beside")?,
        })
    }

    /// This, and what it does not mention from `other`.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            part: self.part.or(other.part),
            except: self.except.or(other.except),
            needs: self.needs.or(other.needs),
            unless_under: self.unless_under.or(other.unless_under),
            under: self.under.or(other.under),
            called_by: self.called_by.or(other.called_by),
            caller_makes: self.caller_makes.or(other.caller_makes),
            unless_called_by: self.unless_called_by.or(other.unless_called_by),
            calls: self.calls.or(other.calls),
            asked_by: self.asked_by.or(other.asked_by),
            unless_asked_by: self.unless_asked_by.or(other.unless_asked_by),
            platform: self.platform.or(other.platform),
            beside: self.beside.or(other.beside),
            unless_beside: self.unless_beside.or(other.unless_beside),
        }
    }

    /// Whether a frame of the category is spoken of, by what it is.
    pub fn fits(&self, subject: &Subject<'_>) -> bool {
        (!self.part.is_asked() || self.part.fits(subject)) && !self.except.fits(subject)
    }

    /// Whether all frames of the category are.
    pub fn fits_all(&self) -> bool {
        !self.part.is_asked() && !self.except.is_asked()
    }

    /// Whether anything is said of a profile of code that ran there, of which `has` says whether it has a frame that fits.
    pub fn suits(&self, platform: Platform, mut has: impl FnMut(&AnyOf) -> bool) -> bool {
        self.platform.is_none_or(|wanted| wanted == platform)
            && (!self.beside.is_asked() || has(&self.beside))
            && (!self.unless_beside.is_asked() || !has(&self.unless_beside))
    }
}

const PLATFORMS: [(&str, Platform); 2] = [("browser", Platform::Browser), ("node", Platform::Node)];

/// Where the code must have run, as the key `platform` says.
pub(super) fn platform(table: Table<'_, '_>) -> Result<Option<Platform>, RuleError> {
    table.get("platform").map(|value: Value<'_, '_>| value.word(&PLATFORMS)).transpose()
}
