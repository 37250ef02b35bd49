// A click on the head of a column sorts by it; rows that sum up the others stay last.
const units = { B: 1, KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30, TB: 2 ** 40 };
const number = (text) => {
  const found = /([-+]?\d[\d,]*\.?\d*)(?:[^A-Z%]*?\b([KMGT]?B)\b)?/.exec(text);
  return found ? Number(found[1].replaceAll(',', '')) * (units[found[2]] ?? 1) : -Infinity;
};
for (const head of document.querySelectorAll('thead th')) {
  head.tabIndex = 0;
  const sort = () => {
    const table = head.closest('table'), column = head.cellIndex, isNumber = head.classList.contains('n');
    const descending = head.getAttribute('aria-sort') ? head.getAttribute('aria-sort') === 'ascending' : isNumber;
    for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort');
    head.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
    const text = (row) => row.cells[column]?.textContent.trim() ?? '';
    const isRest = (row) => [...row.cells].some((cell) => /^Other \(/.test(cell.textContent));
    const order = (a, b) => {
      const by = isNumber ? number(text(a)) - number(text(b)) : text(a).localeCompare(text(b), 'en', { numeric: true });
      return isRest(a) - isRest(b) || (descending ? -by : by);
    };
    table.tBodies[0].append(...[...table.tBodies[0].rows].sort(order));
  };
  head.addEventListener('click', sort);
  head.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      sort();
    }
  });
}
// On paper nothing is folded.
addEventListener('beforeprint', () => {
  for (const part of document.querySelectorAll('details:not([open])')) part.open = true;
});
