//! Categories that were called otherwise in earlier versions: files of rules, gates and baselines that name them go on to mean what they meant.

/// What they were called, and are called now.
const FORMER: [(&str, &str); 2] = [("react-ssr", "react"), ("vue-ssr", "vue")];

/// What a category is called now that had this id; none where nothing had it.
pub(crate) fn called_now(id: &str) -> Option<&'static str> {
    FORMER.into_iter().find(|(former, _)| *former == id).map(|(_, now)| now)
}

/// What is to be said of a former id.
pub(crate) fn message(former: &str, now: &str) -> String {
    format!("the category `{former}` is called `{now}` by now")
}
