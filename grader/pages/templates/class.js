// Sorts the tables that can be sorted, and filters the grid of students. The rows are in the page already.
(() => {
  const words = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

  // --- sorting: a button in each header; what has no number stands last in either direction

  const numbered = (text) => Number.parseFloat(text.replaceAll(",", ""));

  const byText = (one, other, sign) => sign * words.compare(one.text, other.text);

  const byNumber = (one, other, sign) => {
    if (Number.isNaN(one.number) || Number.isNaN(other.number)) {
      return Number.isNaN(one.number) - Number.isNaN(other.number);
    }
    return sign * (one.number - other.number || words.compare(one.text, other.text));
  };

  const sort = (table, header) => {
    const place = header.cellIndex;
    const numbers = header.dataset.by === "number";
    const before = header.getAttribute("aria-sort");
    // Names begin with A, numbers with the largest.
    const upwards = before === "none" ? !numbers : before === "descending";
    const body = table.tBodies[0];
    const compare = numbers ? byNumber : byText;
    const rows = Array.from(body.rows, (row) => {
      const text = row.cells[place].textContent.trim();
      return { row, text, number: numbers ? numbered(text) : 0 };
    });
    rows.sort((one, other) => compare(one, other, upwards ? 1 : -1));
    const sorted = document.createDocumentFragment();
    for (const { row } of rows) sorted.append(row);
    body.append(sorted);
    for (const other of table.tHead.rows[0].cells) {
      if (other.dataset.by) other.setAttribute("aria-sort", "none");
    }
    header.setAttribute("aria-sort", upwards ? "ascending" : "descending");
  };

  for (const table of document.querySelectorAll("table.sorts")) {
    for (const header of table.tHead.rows[0].cells) {
      if (!header.dataset.by) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.append(header.firstChild); // its name, without the most that there is to be had
      button.addEventListener("click", () => sort(table, header));
      header.prepend(button);
      if (!header.hasAttribute("aria-sort")) header.setAttribute("aria-sort", "none");
    }
  }

  // --- filtering: text anywhere in a row, a verdict in any or one exercise, a list of rows

  const [form, shown, grid] = ["tools", "shown", "grid"].map((id) => document.getElementById(id));
  const [text, exercise, verdict] = ["text", "exercise", "verdict"].map((id) => document.getElementById(id));
  const lists = JSON.parse(document.getElementById("lists").textContent);
  const rows = Array.from(grid.tBodies[0].rows); // as written: lists speak of these places
  const count = (many) => many.toLocaleString("en");
  let only = null; // the rows of a list, and what it is called
  let read = null;

  const contents = () => {
    read ??= rows.map((row) => ({
      text: row.textContent.toLowerCase(),
      verdicts: Array.from(row.querySelectorAll("i"), (each) => each.textContent),
    }));
    return read;
  };

  const has = (verdicts) => {
    if (!verdict.value) return exercise.value === "" || verdicts[exercise.value] !== "";
    return exercise.value === "" ? verdicts.includes(verdict.value) : verdicts[exercise.value] === verdict.value;
  };

  const filter = () => {
    const wanted = text.value.trim().toLowerCase();
    let many = 0;
    contents().forEach((content, place) => {
      const fits = content.text.includes(wanted) && has(content.verdicts) && (!only || only.rows.has(place));
      if (rows[place].hidden === fits) rows[place].hidden = !fits;
      many += fits;
    });
    const all = `${count(rows.length)} ${rows.length === 1 ? "student" : "students"}`;
    const some = many === rows.length ? all : `${count(many)} of ${all}`;
    shown.textContent = only ? `${some}: ${only.label}` : some;
  };

  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => {
    only = null;
    setTimeout(filter); // once the fields are empty
  });

  for (const button of document.querySelectorAll("[data-list]")) {
    button.addEventListener("click", () => {
      form.reset();
      only = { rows: new Set(lists[button.dataset.list]), label: button.dataset.label };
      filter();
      document.getElementById("students").scrollIntoView();
      document.getElementById("rows").focus({ preventScroll: true });
    });
    button.hidden = false;
  }
  form.hidden = false;
})();
