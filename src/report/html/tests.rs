use std::collections::HashSet;

use super::{Page, page};
use crate::analysis::model::{Report, ReportOptions};
use crate::analysis::test_support;

/// The article that a document becomes.
fn article(markdown: &str) -> String {
    let mut out = Vec::new();
    page(|text| text.write_all(markdown.as_bytes()), &mut out).expect("memory can be written");
    let html = String::from_utf8(out).expect("text");
    let (_, rest) = html.split_once("<article>\n").expect("an article");
    rest.split_once("</article>").expect("its end").0.to_owned()
}

fn reports(count: usize, flame_graph: Option<&str>) -> String {
    let profile = test_support::hostile();
    let report = Report::new(&profile, ReportOptions::default());
    let (mut page, mut out) = (Page::default(), Vec::new());
    for _ in 0..count {
        page.report(&report, flame_graph, &mut out).expect("memory can be written");
    }
    page.finish(&mut out).expect("memory can be written");
    String::from_utf8(out).expect("text")
}

/// Names of elements as they open and close, in order; `/` before those that close.
fn tags(html: &str) -> Vec<&str> {
    html.split('<')
        .skip(1)
        .map(|tag| tag.split(|c: char| c.is_whitespace() || c == '>').next().unwrap_or_default())
        .collect()
}

#[test]
fn shares_have_bars_and_numbers_stand_to_the_right() {
    let table = "| What | Size | % | Diff |\n|---|---:|---:|---:|\n| **a** `b\\|c` | 1 KB | 12.34% | +5.00% |\n| d | | 200% | 3% x |\n";
    let expected = "<div class=\"wide\"><table>\n<thead><tr><th>What</th><th class=\"n\">Size</th><th class=\"n\">%</th>\
        <th class=\"n\">Diff</th></tr></thead>\n<tbody>\n<tr><td><strong>a</strong> <code>b|c</code></td><td class=\"n\">1 KB</td>\
        <td class=\"n\" style=\"--share:12.3%\">12.34%</td><td class=\"n\">+5.00%</td></tr>\n<tr><td>d</td><td class=\"n\"></td>\
        <td class=\"n\">200%</td><td class=\"n\">3% x</td></tr>\n</tbody></table></div>\n";
    assert_eq!(article(table), expected);
}

#[test]
fn parts_open_and_close_where_they_stand() {
    let text = "## A\n\n### 1\n\na\n\n### 2\n\n### 3\n\n### 4\n\n---\n\n## B\n\n<details><summary>c</summary>\n\n### 5\n\nd\n\n</details>\n\ne\n";
    let expected = "<h2 id=\"a-1\">A</h2>\n<details class=\"part\" open><summary><h3>1</h3></summary>\n<p>a</p>\n</details>\n\
        <details class=\"part\" open><summary><h3>2</h3></summary>\n</details>\n\
        <details class=\"part\" open><summary><h3>3</h3></summary>\n</details>\n\
        <details class=\"part\"><summary><h3>4</h3></summary>\n</details>\n\
        <h2 id=\"b-2\">B</h2>\n<details><summary>c</summary>\n\
        <details class=\"part\" open><summary><h3>5</h3></summary>\n<p>d</p>\n</details>\n</details>\n<p>e</p>\n";
    assert_eq!(article(text), expected);
}

#[test]
fn nothing_leads_out_of_the_page_but_links_to_files_and_the_web() {
    let links = "[a](javascript:alert) [b](reports/x.md) [c](https://d.e) [f](data:text/html,x) ![g](http://h.i/j.png)";
    let html = article(links);
    assert_eq!(html.matches("href=\"#\"").count(), 2, "{html}");
    assert!(html.contains("href=\"reports/x.md\"") && html.contains("href=\"https://d.e\""), "{html}");
    assert!(!html.contains("<img") && !html.contains("j.png"), "{html}");
    let html = article("a <script>b</script> <b onclick=c>\n\n<iframe src=x>\n\n<details open>\n\n`<i>`\n");
    let found: HashSet<_> = tags(&html).into_iter().collect();
    assert_eq!(found, HashSet::from(["p", "/p", "code", "/code"]), "{html}");
}

#[test]
fn names_are_text_and_elements_are_balanced() {
    for (count, picture) in [(1, None), (2, Some("<?xml?><svg height=\"70\"><text>\"a\" &amp; b</text></svg>"))] {
        let html = reports(count, picture);
        assert!(html.contains("&lt;script&gt;") && !html.contains("<script>d"), "{html}");
        let bad = html.chars().find(|&c| c != '\n' && (c.is_control() || "\u{202e}\u{200b}".contains(c)));
        assert_eq!(bad, None);
        let body = html.split_once("<body>").expect("a body").1.split_once("<script>").expect("its script").0;
        let mut open = Vec::new();
        for tag in tags(body).into_iter().filter(|tag| !["br", "br/"].contains(tag)) {
            match tag.strip_prefix('/') {
                Some(tag) => assert_eq!(open.pop(), Some(tag), "{html}"),
                None => open.push(tag),
            }
        }
        assert!(open.is_empty(), "{open:?}");
        let ids: Vec<_> = body.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len(), "{ids:?}");
        let links = body.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next());
        assert_eq!(links.filter(|link| !ids.contains(link)).collect::<Vec<_>>(), Vec::<&str>::new());
        assert_eq!(html.matches("height=\"70\" srcdoc=\"").count(), if picture.is_some() { count } else { 0 });
    }
}

#[test]
fn a_page_of_nothing_is_whole() {
    let mut out = Vec::new();
    Page::default().finish(&mut out).expect("memory can be written");
    let html = String::from_utf8(out).expect("text");
    assert!(html.starts_with("<!doctype html>") && html.contains("<main>\n</main>") && html.ends_with("</html>\n"));
}
