"use strict";
// Fills the live page: first with what came in it, then with what the server says as it happens.
// Whatever is told becomes text and never markup; an address begins with a folder of ours.
(() => {
  const at = (id) => document.getElementById(id);
  const facts = JSON.parse(at("facts").textContent);
  const order = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const many = (number, what) => `${number.toLocaleString("en")} ${what}${number === 1 ? "" : "s"}`;
  const moment = (text) => `${text.slice(0, 16).replace("T", " ")} UTC`;

  const made = (tag, text = "", className = "") => {
    const element = document.createElement(tag);
    if (text !== "") element.textContent = text;
    if (className) element.className = className;
    return element;
  };

  const linked = (href, text) => {
    const link = made("a", text);
    link.setAttribute("href", href);
    return link;
  };

  // --- the students: kept in order of their names, each row made anew when it changes

  const students = new Map(); // by number: what is known, and the row
  let sorted = []; // what is in the table, in its order
  let exercises = [];

  const before = (one, other) => order.compare(one.name, other.name) || one.number - other.number;

  const placeOf = (student) => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (before(sorted[middle], student) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  const named = (student) => {
    const name = document.createElement("bdi");
    name.append(/^(students|staff)\//.test(student.href) ? linked(student.href, student.name) : student.name);
    return name;
  };

  const rowOf = (student) => {
    const row = made("tr");
    const head = made("th", "", "name");
    head.scope = "row";
    head.append(named(student));
    row.append(head, made("td", student.done ? student.total : "\u2026", student.done ? "number" : "number waits"));
    for (const cell of student.cells) {
      const box = made("td");
      if (cell) {
        const [words, tone] = facts.verdicts[cell[1]];
        box.append(`${cell[0]} `, made("i", words, tone));
      }
      row.append(box);
    }
    return row;
  };

  const fits = (student, wanted) => !wanted || student.row.textContent.toLowerCase().includes(wanted);
  const wanted = () => at("text").value.trim().toLowerCase();

  const narrow = () => {
    const text = wanted();
    let shown = 0;
    for (const student of sorted) {
      const hidden = !fits(student, text);
      if (student.row.hidden !== hidden) student.row.hidden = hidden;
      shown += !hidden;
    }
    const all = many(sorted.length, "student");
    at("shown").textContent = text ? `${shown.toLocaleString("en")} of ${all}` : all;
  };

  const forget = (number) => {
    const student = students.get(number);
    if (!student) return;
    sorted.splice(sorted.indexOf(student), 1);
    student.row.remove();
    students.delete(number);
  };

  const put = ([number, name, href, total, cells, done], isNew) => {
    const student = { number, name, href, total, cells, done };
    const old = students.get(number);
    student.row = rowOf(student);
    if (isNew) {
      student.row.className = "new";
      setTimeout(() => student.row.classList.remove("new"), 2000); // else it is marked when it comes into sight
    }
    students.set(number, student);
    if (old) {
      sorted[sorted.indexOf(old)] = student;
      old.row.replaceWith(student.row);
    } else {
      const place = placeOf(student);
      at("body").insertBefore(student.row, sorted[place] ? sorted[place].row : null);
      sorted.splice(place, 0, student);
    }
  };

  const putAll = (rows) => {
    students.clear();
    sorted = rows.map(([number, name, href, total, cells, done]) => ({ number, name, href, total, cells, done }));
    sorted.sort(before);
    const body = document.createDocumentFragment();
    for (const student of sorted) {
      student.row = rowOf(student);
      students.set(student.number, student);
      body.append(student.row);
    }
    at("body").replaceChildren(body);
  };

  // --- how far it is

  const phases = {
    nothing: ["Nothing graded here yet", "This page fills itself as soon as a run of grader grade writes its reports here."],
    grading: ["Grading", "Begun"],
    stopped: ["Stopped before the end", "What is graded is kept, and the same command goes on from there. Begun"],
    finished: ["Graded", "Ended"],
    pages: ["Reports", "There is no journal here, so nothing is told of how they came about."],
  };
  let head = {};
  let ahead = 0; // seconds that the clock here is ahead of the server's

  const span = (seconds) => {
    if (seconds < 60) return `${Math.max(0, Math.round(seconds))} s`;
    const minutes = Math.round(seconds / 60);
    return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  };

  const now = () => Date.now() / 1000 - ahead;

  const numbers = () => {
    const found = [];
    if (head.phase === "nothing" || head.phase === "pages") return found;
    found.push([head.students === null ? "students done" : `of ${many(head.students, "student")} done`, head.done]);
    if (head.graded !== null) found.push(["exercises judged", head.graded]);
    if (head.reused) found.push(["known from before", head.reused]);
    if (head.ends !== null && head.ends > now()) found.push(["left", span(head.ends - now())]);
    return found;
  };

  const tick = () => {
    const pairs = numbers().map(([label, said]) => {
      const pair = made("div");
      pair.append(made("dt", label), made("dd", said.toLocaleString("en")));
      return pair;
    });
    at("numbers").replaceChildren(...pairs);
    const running = head.running.map(([words, began]) => made("li", `${words} ${span(now() - began)}`));
    if (head.more) running.push(made("li", `and ${head.more} more`));
    at("running").replaceChildren(...running);
    at("runs").hidden = running.length === 0;
  };

  const showPhase = () => {
    const [title, words] = phases[head.phase];
    const when = { grading: head.started, stopped: head.started, finished: head.ended }[head.phase];
    if (at("phase").textContent !== title) {
      at("phase").textContent = title;
      at("news").textContent = title; // read aloud; numbers are not, they change all the time
    }
    at("told").textContent = when ? `${words} ${moment(when)}.` : words;
    at("problem").textContent = head.problem;
    at("problem").hidden = !head.problem;
    document.title = head.phase === "grading" && head.students ? `${head.done} of ${head.students} \u00b7 Grading` : title;
  };

  const showBar = () => {
    const bar = at("bar");
    bar.hidden = head.phase !== "grading";
    at("far").hidden = head.phase === "nothing" || head.phase === "pages";
    bar.max = Math.max(1, head.students ?? 1);
    bar.value = head.done;
  };

  const showPages = () => {
    at("pages").replaceChildren(...head.pages.map(([href, words]) => linked(href, words)));
  };

  const showExercises = () => {
    const rows = head.exercises.map(([name, , verdicts]) => {
      const row = made("tr");
      const first = made("th", name);
      first.scope = "row";
      const told = made("td", "", "verdicts");
      let judged = 0;
      for (const [place, number] of verdicts) {
        const [words, tone] = facts.verdicts[place];
        const part = made("span", `${number.toLocaleString("en")} `);
        part.append(made("i", words, tone));
        told.append(part, " ");
        judged += number;
      }
      row.append(first, made("td", judged.toLocaleString("en"), "number"), told);
      return row;
    });
    at("verdicts").replaceChildren(...rows);
    at("by-exercise").hidden = rows.length === 0;
  };

  const showOdd = () => {
    const parts = [];
    facts.oddities.forEach(([kind, told], place) => {
      const [number, first] = head[`odd${place}`];
      if (number === 0) return;
      const part = made("div");
      const who = made("dd");
      const list = made("p", "", "who");
      first.forEach(([student, words], nth) => {
        if (nth) list.append(", ");
        const known = students.get(student);
        list.append(known ? named(known) : "");
        if (words) list.append(" ", made("span", words, "quiet"));
      });
      if (number > first.length) list.append(` and ${(number - first.length).toLocaleString("en")} more`);
      who.append(made("span", told, "quiet"), list);
      part.append(made("dt", `${kind}: ${many(number, "student")}`), who);
      parts.push(part);
    });
    at("odd").replaceChildren(...parts);
    at("by-oddity").hidden = parts.length === 0;
  };

  const showHeads = () => {
    const names = JSON.stringify(head.exercises.map(([name, most]) => [name, most]));
    if (names === exercises) return;
    exercises = names;
    const row = made("tr");
    const add = (text, className, below) => {
      const cell = made("th", text, className);
      cell.scope = "col";
      if (below) cell.append(made("span", ` of ${below}`, "quiet"));
      row.append(cell);
    };
    add("student", "name");
    add("total", "number");
    for (const [name, most] of head.exercises) add(name, "", most);
    at("heads").replaceChildren(row);
    at("grid").style.setProperty("--exercises", head.exercises.length);
  };

  const show = (told, isWhole) => {
    head = isWhole ? told : { ...head, ...told };
    ahead = Date.now() / 1000 - told.now;
    if (isWhole) putAll(told.rows);
    else {
      told.gone.forEach(forget);
      for (const row of told.rows) put(row, true);
    }
    showPhase();
    showBar();
    if (told.pages) showPages();
    if (told.exercises) showExercises();
    if (Object.keys(told).some((fact) => fact.startsWith("odd"))) showOdd();
    if (told.exercises) showHeads();
    at("by-student").hidden = students.size === 0;
    narrow();
    tick();
  };

  // --- what happens: as long as somebody looks, because a browser has few connections to one server

  let seen = facts.seen;
  let source = null;
  let over = false;

  const lost = (words) => {
    at("problem").textContent = words;
    at("problem").hidden = false;
  };

  const listen = () => {
    if (source || over || document.hidden) return;
    source = new EventSource(`events?after=${encodeURIComponent(seen)}`);
    const hear = (isWhole) => (event) => {
      seen = event.lastEventId;
      show(JSON.parse(event.data), isWhole);
    };
    source.addEventListener("whole", hear(true));
    source.addEventListener("some", hear(false));
    source.addEventListener("open", showPhase);
    source.addEventListener("error", () => lost("The server does not answer; this is what it said last."));
    source.addEventListener("over", () => {
      over = true;
      source.close();
      lost("The server has ended; this is what it said last. Started again, it has another link.");
    });
  };

  addEventListener("visibilitychange", () => {
    if (document.hidden && source) {
      source.close();
      source = null;
    }
    listen();
  });

  at("tools").addEventListener("submit", (event) => event.preventDefault());
  at("text").addEventListener("input", narrow);
  show(facts.known, true);
  setInterval(() => { if (head.phase === "grading" && !over) tick(); }, 1000);
  listen();
})();
