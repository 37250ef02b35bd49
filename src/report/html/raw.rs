//! HTML that stands in documents: the few tags that reports use, and nothing else.

/// What a document may have. Names are escaped before they come here; this keeps it so if one is not.
const TAGS: [&str; 8] = ["<details>", "</details>", "<summary>", "</summary>", "<code>", "</code>", "<sub>", "</sub>"];

/// Adds HTML with all other tags made text. Entities stay what they are.
pub(super) fn add(html: &str, out: &mut String) {
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let tag = TAGS.into_iter().find(|tag| rest.starts_with(tag));
        out.push_str(tag.unwrap_or("&lt;"));
        rest = &rest[tag.map_or(1, str::len)..];
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_tags_of_reports_are_tags() {
        let table = [
            (
                "<details><summary>a <code>b &lt; c</code></summary>",
                "<details><summary>a <code>b &lt; c</code></summary>",
            ),
            ("<script>x</script>", "&lt;script>x&lt;/script>"),
            ("<details open onclick=x>", "&lt;details open onclick=x>"),
            ("<", "&lt;"),
            ("größe", "größe"),
        ];
        for (html, expected) in table {
            let mut out = String::new();
            add(html, &mut out);
            assert_eq!(out, expected);
        }
    }
}
