//! Which rule a frame's category comes from, and which others came close.

use super::{Classifier, subject};
use crate::profile::{Class, Classify, RawFrame};
use crate::rules::{MatchRule, Recommendation, RuleError};

/// How a frame came to its category.
#[derive(Debug)]
pub struct Explanation<'a> {
    /// What the frame belongs to.
    pub class: Class<'a>,
    /// Rules that fit, and those that name its package (or its function, if they name no package) but do not fit, in order of precedence.
    pub rules: Vec<Weighed<'a>>,
    /// What would be advised about its bytes.
    pub recommendations: Vec<&'a Recommendation>,
}

/// A rule, and how it fared.
#[derive(Debug)]
pub struct Weighed<'a> {
    /// The rule.
    pub rule: &'a MatchRule,
    /// What of it fits, as it is written.
    pub reasons: String,
    /// How it fared.
    pub verdict: Verdict,
}

/// How a rule fared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the first that fits.
    Won,
    /// It fits, but another comes before it.
    Lost,
    /// This key of it does not fit.
    Misfit(&'static str),
}

impl Classifier {
    /// How `frame` comes to its category. Every rule is looked at, so it takes longer than to classify.
    pub fn explain<'a>(&'a self, frame: RawFrame<'a>) -> Result<Explanation<'a>, RuleError> {
        let class = self.classify(frame);
        let origin = self.origin(frame);
        let subject = subject(frame, &origin);
        let (mut rules, mut is_won) = (Vec::new(), false);
        for rule in self.rules.match_rules() {
            let verdict = match rule.condition.misfit(&subject) {
                None if is_won => Verdict::Lost,
                None => Verdict::Won,
                Some(key) if rule.condition.is_named(&subject) => Verdict::Misfit(key),
                Some(_) => continue,
            };
            is_won |= verdict == Verdict::Won;
            rules.push(Weighed { rule, reasons: rule.condition.reasons(&subject), verdict });
        }
        let recommendations = self.rules.recommendations_for(&[class.category])?;
        let recommendations =
            recommendations.into_iter().filter(|recommendation| recommendation.scope.fits(&subject)).collect();
        Ok(Explanation { class, rules, recommendations })
    }
}
