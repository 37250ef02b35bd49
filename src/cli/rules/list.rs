//! `heapsift rules list`.

use std::cmp::Reverse;
use std::io::Write;

use crate::profile::{CategoryId, Platform};
use crate::report::escaped;
use crate::rules::{Rules, Saves};

/// Prints the categories in the order in which they are tried, and what is advised about each.
pub(super) fn print(rules: &Rules, out: &mut Vec<u8>) -> Result<(), String> {
    let first = |id: CategoryId| rules.match_rules().iter().position(|rule| rule.category == id);
    let mut ids: Vec<CategoryId> =
        (0..rules.categories().len()).filter_map(|id| u16::try_from(id).ok().map(CategoryId)).collect();
    ids.sort_by_key(|&id| Reverse(first(id).map(Reverse)));
    let mut write = |line: String| writeln!(out, "{line}").map_err(|error| error.to_string());
    for id in ids {
        let category = &rules.categories()[usize::from(id.0)];
        let precedence = first(id).map_or("last".to_owned(), |rule| rules.match_rules()[rule].precedence.to_string());
        let target = rules.target(id).map_or(String::new(), |target| format!(", target {:.0} %", target * 100.0));
        write(format!(
            "{}  {}  (precedence {precedence}{target}; {})",
            category.id,
            escaped(&category.name),
            escaped(rules.source_of(id))
        ))?;
        let advice = rules.recommendations_for(&[id]).map_err(|error| escaped(&error.to_string()))?;
        for recommendation in advice {
            let saving = &recommendation.saving;
            let of = match recommendation.saves {
                Saves::Allocation => "",
                Saves::Peak => " (of the peak)",
                Saves::Repetition => " (if it is made again and again)",
                Saves::Kept => " (of what is allocated)",
                Saves::Held => " (of what lives)",
            };
            let platform = recommendation.scope.platform.map_or("", |platform| match platform {
                Platform::Browser => ", in browsers",
                Platform::Node => ", in Node",
            });
            write(format!(
                "    {}  saves {:.0} to {:.0} % of what it matches{of}, {} effort{platform}",
                recommendation.id,
                saving.low * 100.0,
                saving.high * 100.0,
                recommendation.effort.name()
            ))?;
        }
    }
    Ok(())
}
